"""Releases of public projects: the engine says of each object what the server said."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cluster.client import Client
from k8s_datamodel_plugins.cel_rules import missing
from rehearsal.answers import answered
from rehearsal.cases import Case, Json
from rehearsal.real_pairs import FILE, OF_EACH, PAIRS, Pair, cases, differing, told

pytestmark = pytest.mark.corpora
KEPT: dict[str, Json] = json.loads(FILE.read_text(encoding="utf-8"))
AT_ONCE = 6
HURT = {"refused", "pruned", "gone"}
KINDS = {
    **dict.fromkeys(("words-only", "bound-not-met", "version-unserved"), False),
    **dict.fromkeys(("subtree-pruned", "list-to-set", "list-to-map"), True),
    **dict.fromkeys(("enum-added", "bound-met", "version-leaves"), True),
}
"""Kinds of changes that the server takes, and whether an object is hurt."""


@pytest.fixture(scope="module")
def pairs(shared: Path) -> list[tuple[Pair, list[Case]]]:
    return list(cases(shared / "corpora"))


def test_the_engine_says_of_releases_what_the_server_said(
    pairs: list[tuple[Pair, list[Case]]],
) -> None:
    found = {
        case.name: each
        for _, made in pairs
        for case in made
        if not (missing() and _has_rules(case))  # no engine for this Python
        and (each := differing(case, KEPT[case.name]))
    }
    assert found == {}


def _has_rules(case: Case) -> bool:
    return "x-kubernetes-validations" in json.dumps([case.old, case.new])


def test_the_pairs_are_of_each_kind(pairs: list[tuple[Pair, list[Case]]]) -> None:
    hurt: dict[str, bool] = {}
    refused = []
    for pair, made in pairs:
        assert len(made) == OF_EACH
        answers = [KEPT[case.name] for case in made]
        if all(each.get("crd") == "refused" for each in answers):
            refused.append(pair.kind)
            continue
        said = [set(each["operations"].values()) for each in answers]
        hurt[pair.kind] = any(HURT & each for each in said)
        verdicts = Counter(
            f"{operation} {each}"
            for one in answers
            for operation, each in one["operations"].items()
        )
        print(pair.kind, pair.name, dict(sorted(verdicts.items())))
    assert set(refused) == {"stored-version-leaves"}
    assert hurt == KINDS
    assert sum(len(made) for _, made in pairs) == len(KEPT) == OF_EACH * len(PAIRS)


@pytest.mark.soak
@pytest.mark.cluster
def test_the_server_still_says_so_of_releases(
    admin: Client, pairs: list[tuple[Pair, list[Case]]]
) -> None:
    made = [case for _, each in pairs for case in each]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = zip(
            made, pool.map(lambda case: told(case, answered(admin, case)), made), strict=True
        )
        found = {case.name: each for case, each in answers if each != KEPT[case.name]}
    assert found == {}

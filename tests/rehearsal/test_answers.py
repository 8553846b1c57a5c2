"""The engine says what the server said, operation by operation."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from cluster.client import Client
from k8s_datamodel_plugins.cel_rules import missing
from rehearsal.answers import answered, every_case, kept
from rehearsal.cases import Json
from rehearsal.compared import compare

CASES = {case.name: case for case in every_case()}
KEPT = kept()
ANEW = sorted(KEPT)[:: max(1, len(KEPT) // 40)][:40]
"""What CI asks the server again, spread over all."""

AT_ONCE = 12
TIMES = 20
VERDICTS = {
    "read": ("same", "defaulted", "changed", "pruned", "gone"),
    **dict.fromkeys(
        ("write", "edit", "status", "apply", "create", "create_strict"), ("ok", "refused")
    ),
}


def test_each_case_has_an_answer_and_each_answer_a_case() -> None:
    assert sorted(CASES) == sorted(KEPT)


def test_the_engine_says_what_the_server_said() -> None:
    differing = {
        name: found
        for name, answers in KEPT.items()
        if "crd" not in answers
        and not (name.startswith("cel-") and missing())  # no engine for this Python
        and (found := compare(CASES[name], answers))
    }
    assert differing == {}


def test_the_cases_are_many_and_of_each_kind() -> None:
    played = [answers for answers in KEPT.values() if "crd" not in answers]
    counts = Counter(
        (operation, verdict)
        for answers in played
        for operation, verdict in answers["operations"].items()
    )
    hurt = sum(
        1 for one in played if {"refused", "pruned", "gone"} & set(one["operations"].values())
    )
    print(f"{len(played)} pairs, {hurt} refuse or prune")
    for (operation, verdict), count in sorted(counts.items()):
        print(f"{operation:14} {verdict:10} {count}")
    assert len(played) >= 300
    assert hurt >= 0.3 * len(played)
    wanted = {(operation, verdict) for operation in VERDICTS for verdict in VERDICTS[operation]}
    assert {each: counts[each] for each in wanted if counts[each] < TIMES} == {}


def again(admin: Client, names: list[str]) -> dict[str, Json]:
    """What the server says now, the cases that say the same left out."""

    with ThreadPoolExecutor(AT_ONCE) as pool:
        played = pool.map(lambda name: answered(admin, CASES[name]), names)
        told = dict(zip(names, played, strict=True))
    return {name: answers for name, answers in told.items() if answers != KEPT[name]}


@pytest.mark.cluster
def test_the_server_still_says_so(admin: Client) -> None:
    assert len(ANEW) == 40
    assert again(admin, ANEW) == {}


@pytest.mark.soak
@pytest.mark.cluster
def test_the_server_still_says_so_of_all(admin: Client) -> None:
    assert again(admin, sorted(KEPT)) == {}

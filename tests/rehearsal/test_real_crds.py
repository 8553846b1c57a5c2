"""CRDs of public projects, played on the real server beside the engine."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cluster.client import Client
from rehearsal.answers import answered
from rehearsal.cases import Case, Json
from rehearsal.compared import compare, rehearsal
from rehearsal.real_crds import releases, schemas

pytestmark = [pytest.mark.soak, pytest.mark.cluster, pytest.mark.corpora]
AT_ONCE, OF_EACH = 6, 3


def known(found: Json) -> Json:
    """What differs, without what the engine calls unknown: a rule that reads another type."""
    return {key: each for key, each in found.items() if each[0] != "unknown"}


def test_the_schemas_of_public_projects(admin: Client, shared: Path) -> None:
    cases = list(schemas(shared / "corpora"))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda case: answered(admin, case), cases))
    told = [pair for pair in zip(cases, answers, strict=True) if "crd" not in pair[1]]
    differing = {case.name: found for case, each in told if (found := known(compare(case, each)))}
    print(len(told), Counter(each["operations"]["create"] for _, each in told))
    assert len(told) > 150
    assert differing == {}


def test_the_releases_of_public_projects(admin: Client, shared: Path) -> None:
    pairs = list(releases(shared / "corpora"))

    def of_one(pair: tuple[str, list[Case]]) -> tuple[str, Json]:
        """Plays objects that the old release takes; what differs, and how the rest went."""
        found: Json = {"played": 0, "refused": 0, "differing": {}}
        for case in pair[1]:
            try:
                answers = answered(admin, case)
            except AssertionError:  # the old release refuses the object
                continue
            if "crd" in answers:  # a version leaves in which objects are stored
                verdicts = rehearsal(case).operations(answers["shown"]).operations
                assert set(verdicts.values()) == {"unknown"}
                found["refused"] += 1
                break
            found["played"] += 1
            found["differing"].update({case.name: known(compare(case, answers))})
            if found["played"] == OF_EACH:
                break
        return pair[0], found

    with ThreadPoolExecutor(AT_ONCE) as pool:
        told = dict(pool.map(of_one, pairs))
    for name, found in told.items():
        print(name, {key: found[key] for key in ("played", "refused")})
    projects = {
        name.split()[0] for name, found in told.items() if found["played"] + found["refused"]
    }
    assert {key: v for each in told.values() for key, v in each["differing"].items() if v} == {}
    assert len([name for name, found in told.items() if found["played"]]) >= 6
    assert len(projects) >= 4

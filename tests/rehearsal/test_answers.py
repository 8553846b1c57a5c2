"""The engine says what the server said, operation by operation."""

from __future__ import annotations

from collections import Counter

import pytest

from cluster.client import Client
from rehearsal.answers import every_case, kept, plain
from rehearsal.cases import Case, Json
from rehearsal.compared import compare, concerned
from rehearsal.player import Player

CASES = {case.name: case for case in every_case()}
KEPT = kept()
ANEW = sorted(KEPT)[:: max(1, len(KEPT) // 40)][:40]
"""What CI asks the server again, spread over all."""

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
        if "crd" not in answers and (found := compare(CASES[name], answers))
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


def again(admin: Client, case: Case) -> Json:
    player = Player(admin, case)
    try:
        return plain(player.play(concerned(case)), player.group)
    finally:
        player.forget()


@pytest.mark.cluster
@pytest.mark.parametrize("name", ANEW)
def test_the_server_still_says_so(admin: Client, name: str) -> None:
    assert again(admin, CASES[name]) == KEPT[name]


@pytest.mark.soak
@pytest.mark.cluster
@pytest.mark.parametrize("name", sorted(KEPT))
def test_the_server_still_says_so_of_all(admin: Client, name: str) -> None:
    assert again(admin, CASES[name]) == KEPT[name]

"""What plugins know of objects: it is passed on, and one that fails is named and left out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from k8s_datamodel.api import EvidenceSpec, KubernetesObject
from k8s_datamodel.data.ledger import LedgerEntry
from k8s_datamodel.reading.given_evidence import GivenEvidence
from k8s_datamodel.testing import EvidenceContract, alone

ITEM: KubernetesObject = {"kind": "Deployment", "metadata": {"name": "pilot"}}


def asked(function: Callable[[KubernetesObject], Any], kind: str = "operators") -> Any:
    """What is known of two objects, and the ledger."""
    ledger: list[LedgerEntry] = []
    spec = EvidenceSpec("owners", "operators", function)
    given = GivenEvidence(alone(spec), kind, ledger.append)
    return [tuple(each) for _ in range(2) for each in given.of(ITEM)], ledger


def knows(item: KubernetesObject) -> Any:
    yield "manages", f"{item['metadata']['name']}s.coast.example"


def test_what_it_knows_is_passed_on() -> None:
    found = ("owners", "manages", "pilots.coast.example")
    assert asked(knows) == ([found, found], [])


def test_another_type_does_not_ask() -> None:
    assert asked(knows, "crds") == ([], [])


def fails(_: KubernetesObject) -> Any:
    raise ValueError("no such team")


def ends(_: KubernetesObject) -> Any:
    raise SystemExit(3)


def half(item: KubernetesObject) -> Any:
    yield from knows(item)
    raise ValueError("no such team")


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (fails, "ValueError: no such team (test_given_evidence.py:"),
        (half, "ValueError: no such team"),
        (ends, "SystemExit: 3"),
        (lambda _: ["manages"], "'manages' is no pair of a word and a text"),
        (lambda _: [("manages", 7)], "is no pair of a word and a text"),
        (lambda _: 7, "TypeError"),
    ],
)
def test_one_that_fails_is_named_once_and_says_nothing(
    function: Callable[[KubernetesObject], Any], reason: str
) -> None:
    found, ledger = asked(function)
    assert found == []
    assert [(each.read, each.outcome.status) for each in ledger] == [("evidence owners", "failed")]
    assert "evidence owners (plugin tested of tested 0) failed: " in ledger[0].outcome.reason
    assert reason in ledger[0].outcome.reason
    assert ledger[0].incomplete


def test_nothing_is_as_good_as_an_empty_list() -> None:
    assert asked(lambda _: None) == ([], [])


def knows_with_spec(item: KubernetesObject) -> Any:
    return knows(item) if "spec" in item else None


class TestKnows(EvidenceContract):
    """The kit passes sound evidence."""

    evidence = EvidenceSpec("owners", "operators", knows_with_spec)
    objects = ({**ITEM, "spec": {}},)


def forgets() -> Callable[[KubernetesObject], Any]:
    said = iter([[("operator", "true")]] * 1)
    return lambda _: next(said, [("operator", "false")])


def changes(item: KubernetesObject) -> Any:
    item["seen"] = True  # type: ignore[index]
    return [("operator", "true")]


@pytest.mark.parametrize(
    ("function", "test"),
    [
        (lambda _: (), "test_it_knows_something_of_each_object"),
        (lambda _: [("owns", "x")], "test_it_knows_something_of_each_object"),
        (forgets(), "test_it_says_the_same_each_time"),
        (changes, "test_it_says_the_same_each_time"),
        (lambda item: [("operator", item["metadata"]["name"])], "test_an_object_may_hold_nothing"),
    ],
)
def test_the_kit_finds_faults(function: Callable[[KubernetesObject], Any], test: str) -> None:
    class Faulty(EvidenceContract):
        evidence = EvidenceSpec("owners", "operators", function)
        objects = ({**ITEM, "metadata": {"name": "pilot"}},)

    with pytest.raises(AssertionError):
        getattr(Faulty(), test)()

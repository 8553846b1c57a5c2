"""Tests for what a plugin knows of the things of a type."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from typing import ClassVar

from k8s_datamodel.contracts.collecting import Evidence
from k8s_datamodel.contracts.specs import EvidenceSpec
from k8s_datamodel.data.ledger import LedgerEntry
from k8s_datamodel.data.objects import KubernetesObject
from k8s_datamodel.reading.given_evidence import GivenEvidence
from k8s_datamodel.testing.alone import alone, unloadable

_BARE: Sequence[KubernetesObject] = (
    {"apiVersion": "apps/v1", "kind": "Deployment"},
    {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "bare"}},
    {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "odd", "labels": None, "annotations": None},
        "spec": {"template": None},
    },
)
"""What files may hold: objects with nothing in them."""


class EvidenceContract:
    """Tests of evidence, to subclass as ``Test<Something>``.

    Attributes:
        evidence: what is tested.
        objects: of which it knows something, each.
        words: that the type knows.
    """

    evidence: ClassVar[EvidenceSpec]
    objects: ClassVar[Iterable[KubernetesObject]]
    words: ClassVar[Iterable[str]] = ("manages", "operator")

    def known(self, item: KubernetesObject) -> list[Evidence]:
        """What it gives of an object. Raises AssertionError with the reason if it fails."""
        ledger: list[LedgerEntry] = []
        given = GivenEvidence(alone(self.evidence), self.evidence.type, ledger.append)
        found = list(given.of(item))
        assert not ledger, ledger[0].outcome.reason
        return found

    def test_description_is_valid(self) -> None:
        """The host accepts it, and it can be imported."""
        assert unloadable(self.evidence) == []

    def test_it_knows_something_of_each_object(self) -> None:
        """Each sample says something, in words that the type knows."""
        objects = list(self.objects)
        assert objects, "there are no samples"
        for item in objects:
            found = self.known(item)
            assert found, f"it knows nothing of {item.get('metadata')}"
            assert {each.word for each in found} <= {*self.words}

    def test_it_says_the_same_each_time(self) -> None:
        """It has no memory, and leaves the objects as they are."""
        for item in self.objects:
            before = copy.deepcopy(item)
            assert self.known(item) == self.known(item)
            assert item == before, "it changed the object"

    def test_an_object_may_hold_nothing(self) -> None:
        """A manifest is checked by no server."""
        for item in _BARE:
            self.known(item)

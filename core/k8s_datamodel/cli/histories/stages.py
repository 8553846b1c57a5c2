"""The snapshots of one cluster in order, and each as a side that is compared with the others."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import Any, cast

from k8s_datamodel.cli.diffs.stored_sides import side_of
from k8s_datamodel.cli.histories.timelines import Point
from k8s_datamodel.comparing.changes import Gap
from k8s_datamodel.comparing.comparability import Reading, reading, unended
from k8s_datamodel.comparing.comparisons import Comparison
from k8s_datamodel.comparing.side_by_side import EntryPair, side_by_side
from k8s_datamodel.comparing.sides import DigestingStore, Entry, HeldRows, Side, StoredRows
from k8s_datamodel.comparing.type_comparisons import Looks
from k8s_datamodel.contracts.stores import AbleStore, RecordDigest, Store
from k8s_datamodel.data.objects import Row
from k8s_datamodel.data.snapshots import Snapshot
from k8s_datamodel.reading.stored_moments import RecordSums, StoredMoment
from k8s_datamodel.types.comparison_rules import DefinedBy
from k8s_datamodel.types.resource_types import ResourceType

_KEPT = 8
"""Sides that are in memory at once: without rows they are small."""

EVERYTHING_READ = Reading()


@dataclass(frozen=True, slots=True)
class _Given:
    """The rows of a type of which only some are compared."""

    store: Store
    snapshot_id: int
    type_name: str
    some: Sequence[Entry]

    def entries(self) -> Iterator[Entry]:
        return iter(self.some)

    def rows(self, entries: Sequence[Entry]) -> Iterable[Row]:
        if all(each.held is not None for each in entries):
            return [each.held or {} for each in entries]
        store = cast(DigestingStore, self.store)
        keys = [each.key for each in entries]
        return store.records(self.snapshot_id, self.type_name, objects=True, only=keys)


@dataclass(slots=True)
class Stages:
    """The snapshots of a store as sides, made when they are needed.

    Attributes:
        types: all that are in use.
        defined_by: what says which kinds there were, for types that read one list a kind.
    """

    store: Store
    types: Sequence[ResourceType]
    defined_by: DefinedBy | None = None
    side: Any = field(init=False)
    _heads: dict[int, Snapshot] = field(default_factory=dict, init=False)
    _sums: RecordSums = field(init=False)
    _manifests: dict[Hashable, bool] = field(default_factory=dict, init=False)
    _unended: dict[tuple[int, str, str], Gap | None] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._sums = RecordSums(self.store)
        self.side = lru_cache(_KEPT)(self._side)

    def _side(self, number: int) -> Side:
        snapshot = self._heads.get(number) or self.store.snapshot(number)
        moment = StoredMoment.of(self.store, snapshot, self.types)
        content = self._content(snapshot)
        side = side_of(moment, self.types, None, manifest=self._manifests.get(content))
        if content:
            self._manifests[content] = side.manifest
        return side

    def _content(self, snapshot: Snapshot) -> Hashable:
        """Equal for snapshots that hold the same; empty if it is not known what one holds."""
        sums = self._sums.of(snapshot.id)
        if sums is None or None in sums.values():
            return ()
        return snapshot.cluster.uid, snapshot.cluster.source, frozenset(sums.items())

    def reading(self, snapshot: Snapshot, resource_type: ResourceType) -> Reading:
        """What a snapshot read of a type; its ledger is read only where it may say more."""
        counted = snapshot.counts.get(resource_type.name) is not None
        simple = not resource_type.on_request and snapshot.namespace_filter is None
        if counted and simple and snapshot.complete:
            return EVERYTHING_READ
        said = self._sums.of(snapshot.id) if resource_type.on_request else None
        if said is not None and resource_type.name not in said:
            return reading(resource_type, _NOTHING_SAID)
        self._heads[snapshot.id] = snapshot
        side: Side = self.side(snapshot.id)
        return reading(resource_type, side, partial(self._unended_of, snapshot, resource_type))

    def _unended_of(self, snapshot: Snapshot, resource_type: ResourceType, kind: str) -> Gap | None:
        """As ``unended``; asked once a kind, and for each of its things."""
        at = snapshot.id, resource_type.name, kind
        if at not in self._unended:
            side: Side = self.side(snapshot.id)
            self._unended[at] = unended(resource_type, side, self.defined_by, kind)
        return self._unended[at]

    def entries(self, number: int, resource_type: ResourceType) -> Iterator[Entry]:
        """All records of a type, in order of identity."""
        if hasattr(self.store, "digests"):
            store = cast(DigestingStore, self.store)
            return StoredRows(store, number, resource_type).entries()
        rows = self.store.records(number, resource_type.name, objects=True)
        return HeldRows(resource_type, rows).entries()

    def alike(self, old: int, new: int, name: str) -> bool:
        """Whether two snapshots are known to have equal records of a type, and no others."""
        one, other = (self._sums.of_type(number, name) for number in (old, new))
        return one is not None and one == other

    def differing(
        self, old: int, new: int, resource_type: ResourceType, *, same_number: bool = False
    ) -> Iterator[EntryPair]:
        """The records of a type in which two snapshots differ, in order of identity.

        ``same_number``: both are known to have as many.
        """
        if hasattr(self.store, "differing"):
            store = cast(AbleStore, self.store)
            name, names = resource_type.name, resource_type.identity
            ours = list(map(_entry, store.differing(old, new, name, names)))
            if not ours and same_number:  # then the newer one has nothing else either
                return
            theirs = map(_entry, store.differing(new, old, name, names))
            yield from side_by_side(iter(ours), theirs)
            return
        both = [self.entries(each, resource_type) for each in (old, new)]
        for one, other in side_by_side(both[0], both[1]):
            if one is None or other is None or not _equal(one, other, resource_type):
                yield one, other

    def comparison(
        self,
        numbers: tuple[int, int],
        resource_type: ResourceType,
        pairs: Sequence[EntryPair],
        looks: Looks,
    ) -> Comparison:
        """The comparison of some records of two snapshots of one cluster.

        What one of them lacks is known not to be there.
        """
        old, new = (
            self._some(number, resource_type, _there(each[index] for each in pairs))
            for index, number in enumerate(numbers)
        )
        return Comparison(
            old,
            replace(new, cluster=old.cluster),
            looks,
            only=[resource_type.name],
            certain=True,
        )

    def _some(self, number: int, resource_type: ResourceType, entries: Sequence[Entry]) -> Side:
        """A snapshot as a side that has only some records of a type."""
        side: Side = self.side(number)
        given = _Given(self.store, number, resource_type.name, entries)
        return replace(side, rows=lambda _: given)


def _no_rows(name: str) -> HeldRows:
    raise KeyError(name)


_NOTHING_SAID = Side((), _no_rows)
"""What is left of a snapshot for a type of which it says nothing."""


def _there(entries: Iterable[Entry | None]) -> list[Entry]:
    return [each for each in entries if each is not None]


def point(snapshot: Snapshot) -> Point:
    """A snapshot as a step names it."""
    return Point(snapshot.id, snapshot.timestamp)


def _entry(each: RecordDigest) -> Entry:
    return Entry(each.identity, (each.columns, each.state), each.content, key=each.key)


def _equal(one: Entry, other: Entry, resource_type: ResourceType) -> bool:
    if one.whole is not None:
        return one.whole == other.whole
    names = [*(column.name for column in resource_type.columns), "spec"]
    return all((one.held or {}).get(name) == (other.held or {}).get(name) for name in names)

"""Moments that a store holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from k8s_datamodel.contracts.stores import AbleStore, Store
from k8s_datamodel.data.ledger import Count, Outcome
from k8s_datamodel.data.objects import Identity, Resource, Row, in_order
from k8s_datamodel.data.snapshots import ClusterInfo, Snapshot
from k8s_datamodel.naming.snapshot_names import newest_first
from k8s_datamodel.reading.moments import Moment
from k8s_datamodel.types.resource_types import EARLIER, ResourceType

_AHEAD = 250
"""Of so many snapshots the sums are read together."""

_MOST = 10_000
"""Of more records than these none are kept."""


@dataclass(slots=True)
class RecordSums:
    """The sums of a store's snapshots, read when they are needed."""

    store: Store
    _read: dict[int, Mapping[str, str | None] | None] = field(default_factory=dict)

    def of(self, number: int) -> Mapping[str, str | None] | None:
        """Those of one snapshot, by each type of which it says anything; None if unknown.

        Those of the snapshots before it are read with them, as they are needed next.
        """
        if not hasattr(self.store, "sums"):
            return None
        if number not in self._read:
            some = range(max(0, number - _AHEAD), number + 1)
            self._read |= dict.fromkeys(some) | dict(cast(AbleStore, self.store).sums(some))
        return self._read[number]

    def of_type(self, number: int, name: str) -> str | None:
        """That of one type in a snapshot; None if it is not known."""
        return (self.of(number) or {}).get(name)


@dataclass(frozen=True, slots=True)
class _Held:
    """The rows of a type in a snapshot, and what they sum up to."""

    number: int
    total: str
    rows: Sequence[Row]


@dataclass(slots=True)
class RowsOnce:
    """Rows of snapshots that follow one another, of which equal ones are read once."""

    store: Store
    _sums: RecordSums = field(init=False)
    _held: dict[str, _Held] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._sums = RecordSums(self.store)

    def rows(self, number: int, resource_type: ResourceType, count: int | None) -> Iterator[Row]:
        """The rows of a type in a snapshot, with their columns and nothing else.

        ``count`` is how many the snapshot says there are; None if it does not know.
        """
        name = resource_type.name
        total = self._sums.of_type(number, name)
        if total is None or count is None or count > _MOST:
            yield from self.store.records(number, name, objects=False)
            return
        held = self._held.get(name)
        if held is None or held.total != total:
            rows = self._changed(number, resource_type, held) if held else None
            if rows is None or len(rows) != count:
                found = self.store.records(number, name, objects=False)
                rows = [_columns(resource_type, row) for row in found]
            held = self._held[name] = _Held(number, total, rows)
        yield from map(dict, held.rows)

    def _changed(
        self, number: int, resource_type: ResourceType, held: _Held
    ) -> Sequence[Row] | None:
        """The rows of a snapshot, of which those are read that another one does not have.

        None where the store does not tell which these are.
        """
        if not hasattr(self.store, "differing"):
            return None
        able, name, names = cast(AbleStore, self.store), resource_type.name, resource_type.identity
        gone = {each.identity for each in able.differing(held.number, number, name, names)}
        keys = [each.key for each in able.differing(number, held.number, name, names)]
        read = able.records(number, name, objects=False, only=keys)
        rows = [_columns(resource_type, row) for row in read]
        rows += (row for row in held.rows if _identity(resource_type, row) not in gone)
        return sorted(rows, key=lambda row: in_order(_identity(resource_type, row)))


def _columns(resource_type: ResourceType, row: Row) -> Row:
    """A row with its columns and nothing else."""
    return {each.name: row.get(each.name) for each in resource_type.columns}


def _identity(resource_type: ResourceType, row: Row) -> Identity:
    return tuple(row.get(name) for name in resource_type.identity)


@dataclass(slots=True)
class StoredMoment(Moment):
    """What a store holds; use it while the store is open.

    Attributes:
        snapshot: what is said of it; without a number where that means nothing.
        store: holds it.
        stored_as: its number there.
        once: reads equal rows of moments that follow one another once; None of a moment alone.
    """

    snapshot: Snapshot
    store: Store
    stored_as: int
    once: RowsOnce | None = None

    @classmethod
    def of(
        cls,
        store: Store,
        snapshot: Snapshot,
        types: Sequence[ResourceType],
        *,
        scratch: bool = False,
    ) -> StoredMoment:
        """The moment of a snapshot.

        A ``scratch`` store is gone afterwards, so the snapshot's number means nothing.
        """
        names = {each.name for each in types}
        counts = {name: count for name, count in snapshot.counts.items() if name in names}
        times = snapshot.timestamp, snapshot.namespace_filter
        shown = replace(snapshot, id=0, created_at="") if scratch else snapshot
        return cls(types, *times, counts, store.ledger(snapshot.id), shown, store, snapshot.id)

    def cluster(self) -> ClusterInfo:
        """What was known of the cluster."""
        return self.snapshot.cluster

    def rows(self, type_name: str, *, objects: bool = False) -> Iterator[Row]:
        """The rows of one type, in order of identity."""
        for each in self.types:
            if each.name == type_name:
                rows = self._records(each, objects=objects)
                yield from _explained(each, rows) if each.deferred else rows

    def _records(self, resource_type: ResourceType, *, objects: bool) -> Iterator[Row]:
        name = resource_type.name
        if self.once is None or objects:
            return self.store.records(self.stored_as, name, objects=objects)
        return self.once.rows(self.stored_as, resource_type, self.counts.get(name))

    def finish(self) -> None:
        """There is nothing left to read."""

    def probe(self, resources: Sequence[Resource]) -> Sequence[Outcome]:
        """None: nothing is read."""
        return ()

    def count(self, resources: Sequence[Resource]) -> Iterator[Count]:
        """None: nothing is counted."""
        return iter(())


def _explained(resource_type: ResourceType, rows: Iterable[Row]) -> Iterator[Row]:
    """Stored rows; those from before the type had its deferred columns say so."""
    for row in rows:
        without = [
            each.why
            for each in resource_type.deferred
            if all(row.get(name) is None for name in each.columns)
        ]
        yield {**row, **dict.fromkeys(without, EARLIER)} if without else row


def has_digests(moment: StoredMoment) -> bool:
    """Whether its store has the capability ``digests``."""
    return hasattr(moment.store, "digests")


def identities(
    moment: StoredMoment, resource_type: ResourceType, more: Sequence[str] = ()
) -> Iterator[Identity]:
    """The identities of a type's rows, with the values of ``more`` columns behind them.

    Nothing is decoded where the store gives digests.
    """
    names = (*resource_type.identity, *more)
    if has_digests(moment):
        able = cast(AbleStore, moment.store)
        for each in able.digests(moment.stored_as, resource_type.name, names):
            yield each.identity
        return
    for row in moment.rows(resource_type.name):
        yield tuple(row.get(name) for name in names)


def earlier(moment: Moment, store: Store) -> Iterator[StoredMoment]:
    """What a store holds of the same cluster from before a moment, the newest first."""
    cluster = moment.cluster()
    before = moment.number is None
    once = RowsOnce(store)
    for snapshot in newest_first(store):
        if before and of_one_cluster(snapshot.cluster, cluster):
            found = StoredMoment.of(store, snapshot, moment.types)
            found.once = once
            yield found
        before = before or snapshot.id == moment.number


def cluster_keys(snapshots: Iterable[Snapshot]) -> Callable[[ClusterInfo], str]:
    """What tells the clusters of some snapshots apart: the UID; the context where none is known.

    One whose UID could not be read is of the only cluster that has its context.
    """
    uids: dict[str, set[str]] = {}
    for each in snapshots:
        if each.cluster.uid:
            uids.setdefault(each.cluster.context, set()).add(each.cluster.uid)

    def key(cluster: ClusterInfo) -> str:
        known = uids.get(cluster.context, set())
        only = next(iter(known)) if len(known) == 1 else cluster.context
        return cluster.uid or only

    return key


def of_one_cluster(one: ClusterInfo, other: ClusterInfo) -> bool:
    """Whether two moments are of one cluster: by its UID, else by what it is called."""
    if one.uid and other.uid:
        return one.uid == other.uid
    return one.context == other.context

"""Moments that a store holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import cast

from k8s_datamodel.contracts.stores import AbleStore, Store
from k8s_datamodel.data.ledger import Count, Outcome
from k8s_datamodel.data.objects import Identity, Resource, Row
from k8s_datamodel.data.snapshots import ClusterInfo, Snapshot
from k8s_datamodel.naming.snapshot_names import newest_first
from k8s_datamodel.reading.moments import Moment
from k8s_datamodel.types.resource_types import EARLIER, ResourceType


@dataclass(slots=True)
class StoredMoment(Moment):
    """What a store holds; use it while the store is open.

    Attributes:
        snapshot: what is said of it; without a number where that means nothing.
        store: holds it.
        stored_as: its number there.
    """

    snapshot: Snapshot
    store: Store
    stored_as: int

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
                rows = self.store.records(self.stored_as, type_name, objects=objects)
                yield from _explained(each, rows) if each.deferred else rows

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
    before = moment.snapshot is None
    for snapshot in newest_first(store):
        if before and of_one_cluster(snapshot.cluster, cluster):
            yield StoredMoment.of(store, snapshot, moment.types)
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

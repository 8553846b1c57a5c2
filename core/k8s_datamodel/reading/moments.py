"""What one cluster held at one time: a stored snapshot, or what a run reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from k8s_datamodel.base.threads import result_of
from k8s_datamodel.contracts.stores import Store
from k8s_datamodel.data.ledger import Count, LedgerEntry, Outcome
from k8s_datamodel.data.objects import KubernetesObject, Record, Resource, Row
from k8s_datamodel.data.snapshots import ClusterInfo, Snapshot
from k8s_datamodel.types.resource_types import Read, ResourceType

if TYPE_CHECKING:
    from k8s_datamodel.reading.pipeline import Run
    from k8s_datamodel.reading.reader import Reader


def row_of(resource_type: ResourceType, record: Record, *, objects: bool = True) -> Row:
    """A record as a row: every column, and the complete object or None as ``spec``."""
    values = {column.name: record.values.get(column.name) for column in resource_type.columns}
    return {**values, "spec": record.spec if objects else None}


@dataclass(slots=True)
class Moment:
    """What one cluster held at one time. Fields may be added in a minor version.

    A stored snapshot is whole from the start. A run (of a live cluster or a dump) reads while
    ``rows`` is iterated; what a moment says of it holds when all its types are read, see
    ``finish``.

    Attributes:
        types: whose rows there are.
        timestamp: when it was read, UTC.
        namespace: the namespace that limited the reading, or None.
        counts: rows by name of type; None where they could not all be read, and missing for a
            type that was left out.
        ledger: what was read, and how that ended.
        snapshot: the stored one; None for what is read now.
        store: holds the snapshot; None for what is read now.
    """

    types: Sequence[ResourceType]
    timestamp: str
    namespace: str | None
    counts: Mapping[str, int | None]
    ledger: Sequence[LedgerEntry]
    snapshot: Snapshot | None = None
    store: Store | None = None
    _run: Run | None = None
    _dump: bool = False
    _id: int = 0
    _reader: Reader | None = None
    _unread: list[ResourceType] = field(default_factory=list)
    _kept: dict[str, list[Row]] = field(default_factory=dict)

    @classmethod
    def stored(
        cls,
        store: Store,
        snapshot: Snapshot,
        types: Sequence[ResourceType],
        *,
        scratch: bool = False,
    ) -> Moment:
        """What a store holds; use it while the store is open.

        A ``scratch`` store is gone afterwards, so the snapshot's number means nothing.
        """
        names = {each.name for each in types}
        counts = {name: count for name, count in snapshot.counts.items() if name in names}
        times = snapshot.timestamp, snapshot.namespace_filter
        ledger = store.ledger(snapshot.id)
        shown = replace(snapshot, id=0, created_at="") if scratch else snapshot
        return cls(types, *times, counts, ledger, shown, store, _id=snapshot.id)

    @property
    def number(self) -> int | None:
        """The stored snapshot's; None for what is read now."""
        return self.snapshot.id or None if self.snapshot else None

    @property
    def complete(self) -> bool:
        """Whether nothing that matters was left unread."""
        if self.snapshot:
            return self.snapshot.complete
        return not any(entry.incomplete for entry in self.ledger)

    def cluster(self) -> ClusterInfo:
        """What is known of the cluster as a whole."""
        if self._run:
            return result_of(self._run.session.describe())
        return self.snapshot.cluster if self.snapshot else ClusterInfo("")

    def asked_for(self, resource_type: ResourceType) -> bool:
        """Whether it is about a type: about one on request only if that was asked for."""
        name = resource_type.name
        known = not resource_type.on_request or self.counts.get(name) is not None
        return known or any(entry.resource_type == name for entry in self.ledger)

    def rows(self, type_name: str, *, objects: bool = False) -> Iterator[Row]:
        """The rows of one type: of a snapshot in order of identity, of a run as they are read.

        A run reads each type once. It keeps the rows of types that it must read before, without
        their objects. A type that is not one of ``types`` has no rows. Without ``objects``,
        ``spec`` is None or missing. Raises LookupError if a run has read the type already, or
        has kept it without the objects.
        """
        if self.store:
            if any(each.name == type_name for each in self.types):
                yield from self.store.records(self._id, type_name, objects=objects)
            return
        while self._unread and type_name not in self._kept:
            each = self._unread[0]
            if each.name == type_name:
                yield from self._read(each, objects=objects)
                return
            self._kept[each.name] = list(self._read(each, objects=False))
        if objects and type_name in self._kept:
            raise LookupError(f"{type_name} were read without their objects: ask for them first")
        if type_name not in self._kept and any(each.name == type_name for each in self.types):
            raise LookupError(f"{type_name} were read already: a run reads each type once")
        yield from self._kept.get(type_name, ())

    def finish(self, *, keep: bool = False) -> None:
        """Read the remaining types, so that counts and ledger are final; ``keep`` for ``rows``."""
        while self._unread:
            name = self._unread[0].name
            rows = self._read(self._unread[0], objects=False)
            if keep:
                self._kept[name] = list(rows)
            for _ in rows:
                pass

    def keep(self, rows: Mapping[str, list[Row]]) -> None:
        """Take the rows of a run that was read elsewhere, as while it was stored."""
        self._unread.clear()
        self._kept.update(rows)

    def objects(self, read: Read, type_name: str) -> Iterator[KubernetesObject]:
        """The objects of one of a type's lists: read now, or those that a snapshot has records of.

        The ledger has how a list that is read now ended.
        """
        if self._run is None:
            complete = (row.get("spec") or {} for row in self.rows(type_name, objects=True))
            yield from (each for each in complete if each.get("kind") == read.resource.kind)
            return
        listing = self._run.reader().list(read, type_name)
        for chunk in listing:
            yield from chunk
        self._run.session.note(LedgerEntry(type_name, read.resource.name, listing.outcome))

    def probe(self, resources: Sequence[Resource]) -> Sequence[Outcome]:
        """How a list of each resource ends, without reading it: a small request each.

        A dump is read already, and may list what it cannot count. A stored snapshot has no answer.
        """
        if self._run and self._dump:
            reader = self._run.reader()
            return [reader.list(Read(each), "").drain() for each in resources]
        return [count.outcome for count in self.count(resources)]

    def count(self, resources: Sequence[Resource]) -> Iterator[Count]:
        """How many objects there are of each resource, counted now; nothing of a snapshot."""
        return self._run.session.count(resources) if self._run else iter(())

    def _read(self, resource_type: ResourceType, *, objects: bool) -> Iterator[Row]:
        self._unread.remove(resource_type)
        if self._run:
            self._reader = self._reader or self._run.reader()
            for record in self._run.collect(resource_type, self._reader):
                yield row_of(resource_type, record, objects=objects)
        if self._dump and not self._unread:  # its unreadable files are found when it is described
            self.cluster()


def read_by(run: Run, *, dump: bool = False) -> Moment:
    """What a run reads, which nobody used before; ``dump``: of no live server."""
    moment = Moment(run.types, run.timestamp, run.session.namespace, run.counts, run.ledger)
    moment._run, moment._dump, moment._unread = run, dump, run.order()
    return moment


def run_of(moment: Moment) -> Run | None:
    """The run that reads a moment; None for a snapshot."""
    return moment._run


def earlier(moment: Moment, store: Store) -> Iterator[Moment]:
    """What a store holds of the same cluster from before a moment, the newest first."""
    snapshots = store.snapshots()
    ids = [each.id for each in snapshots]
    before = snapshots[: ids.index(moment.snapshot.id)] if moment.snapshot else snapshots
    cluster = moment.cluster()
    for snapshot in reversed(before):
        if _same(snapshot.cluster, cluster):
            yield Moment.stored(store, snapshot, moment.types)


def _same(one: ClusterInfo, other: ClusterInfo) -> bool:
    if one.uid and other.uid:
        return one.uid == other.uid
    return one.context == other.context

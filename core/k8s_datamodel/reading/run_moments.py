"""Moments that a run reads now: of a live cluster or a dump."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from k8s_datamodel.base.threads import result_of
from k8s_datamodel.data.ledger import Count, LedgerEntry, Outcome
from k8s_datamodel.data.objects import KubernetesObject, Record, Resource, Row
from k8s_datamodel.data.snapshots import ClusterInfo
from k8s_datamodel.reading.moments import Moment
from k8s_datamodel.reading.pipeline import Run
from k8s_datamodel.reading.reader import Reader
from k8s_datamodel.types.resource_types import Read, ResourceType


@dataclass(slots=True)
class RunMoment(Moment):
    """What a run reads, which nobody used before.

    Attributes:
        run: reads it, once.
        dump: it is of no live server.
    """

    run: Run
    dump: bool
    _unread: list[ResourceType]
    _kept: dict[str, list[Row]] = field(default_factory=dict)
    _reader: Reader | None = None

    @classmethod
    def of(cls, run: Run, *, dump: bool = False) -> RunMoment:
        """The moment of a run."""
        said = run.types, run.timestamp, run.session.namespace, run.counts, run.ledger, None
        return cls(*said, run, dump, run.order())

    def cluster(self) -> ClusterInfo:
        """What the source says of the cluster, which is read once."""
        return result_of(self.run.session.describe())

    def rows(self, type_name: str, *, objects: bool = False) -> Iterator[Row]:
        """The rows of one type, as they are read. Raises LookupError, see ``Moment``."""
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

    def finish(self) -> None:
        """Read the remaining types, so that counts and ledger are final."""
        while self._unread:
            for _ in self._read(self._unread[0], objects=False):
                pass

    def keep_rest(self) -> None:
        """Read the remaining types, and keep what is in them for ``rows``."""
        while self._unread:
            name = self._unread[0].name
            self._kept[name] = list(self._read(self._unread[0], objects=False))

    def objects(self, read: Read, type_name: str) -> Iterator[KubernetesObject]:
        """The objects of one of a type's lists, read now; the ledger has how the list ended."""
        listing = self.run.reader().list(read, type_name)
        for chunk in listing:
            yield from chunk
        self.run.session.note(LedgerEntry(type_name, read.resource.name, listing.outcome))

    def probe(self, resources: Sequence[Resource]) -> Sequence[Outcome]:
        """How a list of each resource ends: by a small request each, or by listing a dump."""
        if self.dump:
            reader = self.run.reader()
            return [reader.list(Read(each), "").drain() for each in resources]
        return [count.outcome for count in self.count(resources)]

    def count(self, resources: Sequence[Resource]) -> Iterator[Count]:
        """How many objects there are of each resource, counted now."""
        return self.run.session.count(resources)

    def _read(self, resource_type: ResourceType, *, objects: bool) -> Iterator[Row]:
        self._unread.remove(resource_type)
        self._reader = self._reader or self.run.reader()
        for record in self.run.collect(resource_type, self._reader):
            yield row_of(resource_type, record, objects=objects)
        if self.dump and not self._unread:  # its unreadable files are found when it is described
            self.cluster()


def row_of(resource_type: ResourceType, record: Record, *, objects: bool = True) -> Row:
    """A record as a row: every column, and the complete object or None as ``spec``."""
    values = {column.name: record.values.get(column.name) for column in resource_type.columns}
    return {**values, "spec": record.spec if objects else None}

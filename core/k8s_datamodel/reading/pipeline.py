"""One run: the objects of a source become records of some types."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from k8s_datamodel.base.clock import now
from k8s_datamodel.base.errors import DatamodelError, SourceError
from k8s_datamodel.base.stopwatch import Stage, Stopwatch
from k8s_datamodel.contracts.collecting import Collector
from k8s_datamodel.contracts.sources import NamespaceSource, Source
from k8s_datamodel.data.asked import ALL, Asked
from k8s_datamodel.data.ledger import LedgerEntry, Outcome
from k8s_datamodel.data.objects import KubernetesObject, Record
from k8s_datamodel.data.timings import BUSY, CONNECT, DERIVE, OTHER
from k8s_datamodel.plugins.finders import Plugin
from k8s_datamodel.plugins.isolation import fault_of, guarded
from k8s_datamodel.plugins.registry import Registry
from k8s_datamodel.plugins.stamps import code_stamp
from k8s_datamodel.reading.given_evidence import GivenEvidence
from k8s_datamodel.reading.once.known_rows import KnownRows, is_pure
from k8s_datamodel.reading.progress import Progress
from k8s_datamodel.reading.reader import OPEN, Passage, Reader
from k8s_datamodel.reading.record_checks import Checks
from k8s_datamodel.reading.run_redactor import RunRedactor
from k8s_datamodel.reading.session import Session
from k8s_datamodel.reading.type_reader import RunTypeReader
from k8s_datamodel.redaction.messages import without_credentials
from k8s_datamodel.types.column_values import filler
from k8s_datamodel.types.resource_types import ResourceType

BATCH = 100
"""Records in one write: about a chunk of CRDs."""


@dataclass(slots=True)
class Run:
    """Collects some types from one source, once.

    ``counts`` are the records by type name; None when they could not all be read or kept.
    """

    session: Session
    registry: Registry
    types: Sequence[ResourceType]
    asked: Asked
    timestamp: str
    started: float
    counts: dict[str, int | None] = field(default_factory=dict)

    @property
    def ledger(self) -> Sequence[LedgerEntry]:
        """What was read so far, and how that ended."""
        return self.session.ledger

    @property
    def complete(self) -> bool:
        """Whether nothing that matters is missing."""
        return not any(entry.incomplete for entry in self.ledger)

    def reader(self, passage: Passage = OPEN) -> Reader:
        """Reads the lists of the run's types."""
        return Reader(self.session, self.registry, self.types, passage)

    def records(self, reader: Reader | None = None) -> Iterator[tuple[ResourceType, Record]]:
        """All records of all types, type by type; ``counts`` is whole when this is through."""
        reader = reader or self.reader()
        later = self.order()
        ahead = False
        while later:
            resource_type = later.pop(0)
            for record in self.collect(resource_type, reader):
                if not ahead and self.session.can_do_more():
                    ahead = True
                    reader.ahead(later)
                yield resource_type, record

    def order(self) -> list[ResourceType]:
        """The types in the order in which they are best collected."""
        return in_reading_order(self.types)

    def collect(self, resource_type: ResourceType, reader: Reader) -> Iterator[Record]:
        """All records of one type; its number in ``counts`` is there when this is through."""
        with self.session.stopwatch.during(Stage(DERIVE, resource_type.name)):
            yield from self._collect(resource_type, reader)

    def _collect(self, resource_type: ResourceType, reader: Reader) -> Iterator[Record]:
        self.session.progress.phase(f"reading {resource_type.plural}")
        given = GivenEvidence(self.registry, resource_type.name, self.session.note)
        type_reader = RunTypeReader(self.session, reader, resource_type, self.asked, given)
        plugin = self.registry.owner("type", resource_type.name)
        checks = Checks(resource_type, thorough=not plugin.builtin)
        number = 0
        sound = True
        collected: Iterator[Record] | None = None
        while True:
            try:
                collected = collected or iter(self._collected(resource_type, type_reader, plugin))
                checked = checks.checked(next(collected))
                record = self._kept(resource_type, checked, checks, reader.redactor)
            except StopIteration:
                break
            except KeyboardInterrupt:
                raise
            except BaseException as fault:  # of whatever kind: GeneratorExit, CancelledError
                # One broken collector must not take the others with it, nor end the program.
                sound = False
                self.session.note(_fault(resource_type, fault, plugin))
                break
            if record is None:
                sound = False
                continue
            number += 1
            yield record
        type_reader.finish()
        number += type_reader.kept
        self.counts[resource_type.name] = number if sound and type_reader.read_all else None

    def _kept(
        self,
        resource_type: ResourceType,
        record: Record,
        checks: Checks,
        redactor: RunRedactor | None,
    ) -> Record | None:
        """The record as a run that stores stores it; None, and noted, if it cannot be stored."""
        if redactor is None:
            return record
        if record.row and record.row.known:  # it was looked through when it was stored
            beside = redactor.beside(record, resource_type)
            return Record(record.values, record.spec, beside, record.row)
        try:
            kept = redactor.record(record, resource_type)
            beside = redactor.beside(record, resource_type)
        except DatamodelError as fault:
            outcome = Outcome("failed", f"{fault}: left out")
            self.session.note(LedgerEntry(resource_type.name, "redaction", outcome))
            return None
        kept = kept if kept is record else checks.without_tokens(kept)
        return Record(kept.values, kept.spec, beside, kept.row)

    def _collected(
        self, resource_type: ResourceType, type_reader: RunTypeReader, plugin: Plugin
    ) -> Iterable[Record]:
        fill = filler(resource_type.columns, partial(self.registry.load_function, resource_type))
        if is_pure(resource_type):
            fill = KnownRows(resource_type, fill, code_stamp(resource_type, plugin))

        def collected() -> Iterable[Record]:
            return map(fill, self._yielded(resource_type, type_reader))

        return collected() if plugin.builtin else guarded(collected, BATCH)

    def _yielded(
        self, resource_type: ResourceType, type_reader: RunTypeReader
    ) -> Iterable[Record | KubernetesObject]:
        if not resource_type.collector:
            return type_reader.objects(resource_type.reads[0].resource)
        collector: Collector = self.registry.load_target(resource_type)
        return collector(type_reader)


def in_reading_order(types: Sequence[ResourceType]) -> list[ResourceType]:
    """The types, each that streams a list before those that want only facts of it.

    Types on request list custom resources before others ask who wrote those.
    """
    remaining = sorted(types, key=lambda each: not each.on_request)
    ordered: list[ResourceType] = []
    while remaining:
        streamed = {id(t): {r.resource.name for r in t.reads if r.streamed} for t in remaining}
        ready = next(
            (t for t in remaining if not _waits(t, streamed)),
            remaining[0],  # types that wait for each other: each list is then read when asked for
        )
        remaining.remove(ready)
        ordered.append(ready)
    return ordered


def _waits(resource_type: ResourceType, streamed: Mapping[int, set[str]]) -> bool:
    wanted = {read.resource.name for read in resource_type.reads if read.fact}
    return any(wanted & names for other, names in streamed.items() if other != id(resource_type))


def _fault(resource_type: ResourceType, fault: BaseException, plugin: Plugin) -> LedgerEntry:
    found = fault_of(fault)
    said = str(fault) if isinstance(fault, DatamodelError) else found.reason
    where = f" ({Path(found.file).name}:{found.line})" if found.file and not plugin.builtin else ""
    whose = "" if plugin.builtin else f" (plugin {plugin.name} of {plugin.origin})"
    reason = f"the collector of {resource_type.name}{whose} failed: {said}{where}"
    return LedgerEntry(resource_type.name, "collector", Outcome("failed", reason))


@contextmanager
def start(
    open_source: Callable[[], Source],
    registry: Registry,
    types: Sequence[ResourceType],
    namespace: str | None = None,
    asked: Asked | None = None,
    *,
    storing: bool = False,
    cluster_name: str | None = None,
    progress: Progress | None = None,
) -> Iterator[Run]:
    """Open a source and give a run of some types against it; its time counts from here.

    The ledger of a run that becomes a snapshot says what is wrong with the namespace. Raises
    SourceError if the source cannot be opened, or surely has no such namespace.
    """
    timestamp, started = now(), time.monotonic()
    stopwatch = Stopwatch(Stage(CONNECT), BUSY)
    with (
        closing(open_source()) as source,
        Session(source, namespace, cluster_name, progress, registry.blamed, stopwatch) as session,
    ):
        if namespace:
            _look_up(namespace, session, storing=storing)
        stopwatch.switch(Stage(OTHER))
        yield Run(session, registry, types, asked or ALL, timestamp, started)


def _look_up(namespace: str, session: Session, *, storing: bool) -> None:
    """Find out whether the namespace exists: every list in a missing one is empty."""
    if not isinstance(session.source, NamespaceSource):
        return
    outcome = session.source.namespace(namespace)
    missing = outcome.status == "absent"
    if missing and not storing:
        why = without_credentials(outcome.reason)
        raise SourceError(f"there is no namespace {namespace} ({why})")
    if missing:
        outcome = replace(outcome, status="failed", reason=f"no such namespace ({outcome.reason})")
    # A user without the right to read namespaces may read objects in them; a dump may lack one.
    optional = not missing and outcome.status != "partial"
    session.note(LedgerEntry("", f"namespaces/{namespace}", outcome, optional=optional))

"""One run: a source's objects become records, and records become a snapshot or a listing."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any

from k8s_datamodel.clock import now
from k8s_datamodel.contracts import Collector, Source, Store
from k8s_datamodel.errors import DatamodelError
from k8s_datamodel.model import (
    INCOMPLETE,
    ClusterInfo,
    LedgerEntry,
    Outcome,
    Record,
    ResourceType,
    Snapshot,
)
from k8s_datamodel.reading import Reader, TypeContext
from k8s_datamodel.redaction import Redactor
from k8s_datamodel.registry import Registry

UNREDACTED = "none"
"""``Snapshot.redaction`` of a snapshot that keeps every literal."""

BATCH = 100
"""Records in one write: a page of CRDs."""

_CHECKS: Mapping[str, Callable[[Any], bool]] = {
    "text": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "real": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "list": lambda value: (
        isinstance(value, Sequence)
        and not isinstance(value, str)
        and all(isinstance(item, str) for item in value)
    ),
    "json": lambda value: True,
}


@dataclass(frozen=True, slots=True)
class StoreOptions:
    """How a run is stored. It may grow.

    Attributes:
        notes: the user's words.
        redact: replace literals that look like credentials.
        full: read everything, reuse nothing.
    """

    notes: str | None = None
    redact: bool = True
    full: bool = False


@dataclass(slots=True)
class Run:
    """Collects some types from one source. Use it once, in a ``with``.

    Attributes:
        timestamp: when it began.
        reader: gives the ledger.
        counts: records by type name; None when they could not all be read.
        failed: names of types of which a record had to be left out.
    """

    reader: Reader
    registry: Registry
    types: Sequence[ResourceType]
    timestamp: str
    started: float
    counts: dict[str, int | None] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.reader.close()

    @property
    def ledger(self) -> Sequence[LedgerEntry]:
        """What was read so far, and how that ended."""
        return self.reader.ledger

    @property
    def complete(self) -> bool:
        """Whether nothing that matters is missing."""
        return not any(entry.incomplete for entry in self.ledger)

    def records(self) -> Iterator[tuple[ResourceType, Record]]:
        """All records of all types, type by type; ``counts`` is whole when this is through."""
        for resource_type in in_reading_order(self.types):
            for record in self._collect(resource_type):
                yield resource_type, record

    def _collect(self, resource_type: ResourceType) -> Iterator[Record]:
        context = TypeContext(self.reader, resource_type)
        number = 0
        sound = True
        try:
            for record in self._collector(resource_type)(context):
                check(resource_type, record)
                number += 1
                yield record
        except Exception as fault:  # one broken collector must not take the others with it
            sound = False
            self.reader.record(_fault(resource_type, fault))
        context.finish()
        self.counts[resource_type.name] = number if sound and known(context) else None

    def _collector(self, resource_type: ResourceType) -> Collector:
        collector: Collector = self.registry.load_target(resource_type)
        return collector


def known(context: TypeContext) -> bool:
    """Whether the reads of a type were such that the number of its records means something."""
    statuses = set(context.required)
    return not statuses & INCOMPLETE and statuses != {"skipped"}


def in_reading_order(types: Sequence[ResourceType]) -> list[ResourceType]:
    """The types, such that who streams a list comes before who wants only facts of it."""
    remaining = list(types)
    ordered: list[ResourceType] = []
    while remaining:
        streamed = {id(t): {r.resource.name for r in t.reads if not r.fact} for t in remaining}
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


def check(resource_type: ResourceType, record: object) -> None:
    """Raise TypeError or ValueError, in words, when a record does not fit its type."""
    if not isinstance(record, Record):
        raise TypeError(f"yielded {type(record).__name__} in place of a Record")
    columns = {column.name: column.type for column in resource_type.columns}
    for name, value in record.values.items():
        if name not in columns:
            raise ValueError(f"a record has a value for {name!r}, which is no column")
        if value is not None and not _CHECKS[columns[name]](value):
            found = type(value).__name__
            raise TypeError(f"column {name!r} is {columns[name]}, a record has {found}")
    for name in resource_type.identity:
        if name not in record.values:
            raise ValueError(f"a record lacks {name!r}, which is part of its identity")


def _fault(resource_type: ResourceType, fault: Exception) -> LedgerEntry:
    kind = "" if isinstance(fault, DatamodelError) else f"{type(fault).__name__}: "
    reason = f"the collector of {resource_type.name} failed: {kind}{fault}"
    return LedgerEntry(resource_type.name, "collector", Outcome("failed", reason))


@contextmanager
def start(
    open_source: Callable[[], Source],
    registry: Registry,
    types: Sequence[ResourceType],
    namespace: str | None = None,
) -> Iterator[Run]:
    """Open a source and give a run of some types against it; its time counts from here."""
    timestamp, started = now(), time.monotonic()
    with closing(open_source()) as source:
        reader = Reader(source, registry, types, namespace)
        with Run(reader, registry, types, timestamp, started) as run:
            yield run


def store(
    run: Run,
    store_: Store,
    options: StoreOptions,
    seen: Callable[[ResourceType, Record], None] = lambda resource_type, record: None,
) -> Snapshot:
    """Collect and store one snapshot.

    Args:
        run: not yet used.
        store_: open for writing.
        options: see ``StoreOptions``.
        seen: called with each record before it is redacted.

    Returns:
        The snapshot as it is stored, with its id.

    Raises:
        StorageError: nothing of the snapshot is visible then.
    """
    cluster = run.reader.describe().result()
    redactor = Redactor(store_.redaction_key) if options.redact else None
    if not options.full:
        run.reader.known = store_.known(cluster, redactor.id if redactor else UNREDACTED)
    with store_.begin(run.types) as writer:
        for resource_type, records in _batches(run.records(), seen):
            redacted = _redacted(run, redactor, resource_type, records) if redactor else records
            writer.write(resource_type, redacted)
        snapshot = _snapshot(run, cluster, options, redactor)
        snapshot_id = writer.commit(snapshot, run.ledger)
    return store_.snapshot(snapshot_id)


def _redacted(
    run: Run, redactor: Redactor, resource_type: ResourceType, records: Sequence[Record]
) -> list[Record]:
    """The records without credentials; one that cannot be looked through is left out, and said."""
    redacted = []
    for record in records:
        try:
            redacted.append(redactor.record(record))
        except DatamodelError as fault:
            run.failed.add(resource_type.name)
            outcome = Outcome("failed", str(fault))
            run.reader.record(LedgerEntry(resource_type.name, "redaction", outcome))
    return redacted


def _snapshot(
    run: Run, cluster: ClusterInfo, options: StoreOptions, redactor: Redactor | None
) -> Snapshot:
    return Snapshot(
        timestamp=run.timestamp,
        cluster=cluster,
        counts={name: None if name in run.failed else n for name, n in run.counts.items()},
        namespace_filter=run.reader.namespace,
        notes=options.notes,
        complete=run.complete,
        redaction=redactor.id if redactor else UNREDACTED,
        seconds=round(time.monotonic() - run.started, 3),
        uuid=str(uuid.uuid4()),
    )


def _batches(
    records: Iterable[tuple[ResourceType, Record]], seen: Callable[[ResourceType, Record], None]
) -> Iterator[tuple[ResourceType, list[Record]]]:
    """Records of one type together, no more than ``BATCH`` at once."""
    batch: list[Record] = []
    current: ResourceType | None = None
    for resource_type, record in records:
        seen(resource_type, record)
        if current is not None and (current is not resource_type or len(batch) == BATCH):
            yield current, batch
            batch = []
        current = resource_type
        batch.append(record)
    if current is not None:
        yield current, batch

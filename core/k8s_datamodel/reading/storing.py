"""Store the records of one run as one snapshot, without what the database cannot hold."""

from __future__ import annotations

import secrets
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby, islice

from k8s_datamodel.base.errors import DatamodelError, UnstorableError
from k8s_datamodel.base.threads import result_of
from k8s_datamodel.contracts.stores import SnapshotQuery, SnapshotWriter, Store
from k8s_datamodel.data.ledger import STORING, LedgerEntry, Outcome
from k8s_datamodel.data.objects import Record
from k8s_datamodel.data.snapshots import REDACTION_RULES, UNREDACTED, ClusterInfo, Snapshot
from k8s_datamodel.plugins.stamps import stamp_of
from k8s_datamodel.reading.pipeline import BATCH, Run
from k8s_datamodel.reading.reader import Passage
from k8s_datamodel.reading.run_redactor import RunRedactor
from k8s_datamodel.types.resource_types import ResourceType

_LATELY = 50  # more than others store while one snapshot is committed


@dataclass(frozen=True, slots=True)
class StoreOptions:
    """How a run is stored. Fields may be added in a minor version.

    Attributes:
        notes: the user's words.
        redact: replace literals that look like credentials.
        full: read everything, reuse nothing.
        key: secret salt of the tokens; None for the store's own.
    """

    notes: str | None = None
    redact: bool = True
    full: bool = False
    key: bytes | None = field(default=None, repr=False)


def store(
    run: Run,
    store_: Store,
    options: StoreOptions,
    stored: Callable[[int], None] = lambda number: None,
) -> Snapshot:
    """Collect with an unused run, and store; the snapshot, with its id.

    ``stored`` is called with the snapshot's number once it is visible, also when an interrupt comes
    before this returns. Raises StorageError; nothing of the snapshot is visible then.
    """
    cluster = result_of(run.session.describe())
    key = options.key or getattr(store_, "redaction_key", None) or secrets.token_bytes(32)
    redactor = RunRedactor(key if options.redact else None)
    redaction = redactor.redaction or UNREDACTED
    find = None if options.full else getattr(store_, "reusable", None)
    reusable = find(cluster, redaction) if find else None
    beginning, left_out = begin(store_, run.types)
    with beginning as writer:
        unheld = {entry.resource_type for entry in left_out}
        note = getattr(writer, "note_definition", None)
        reader = run.reader(Passage(redactor, reusable, by_definition=note is not None))
        for resource_type, records in _batches(run.records(reader)):
            if resource_type.name not in unheld:
                writer.write(resource_type, records)
        if note:
            for resource, definition in reader.definitions.items():
                note(resource, definition)
        # A backend that keeps nothing back has no such method.
        for entry in [*left_out, *getattr(writer, "finish", tuple)()]:
            run.counts[entry.resource_type] = None
            run.session.note(entry)
        run.session.progress.phase("storing")
        snapshot = _snapshot(run, cluster, options, redaction)
        try:
            number = writer.commit(snapshot, run.ledger)
            stored(number)
        except BaseException:
            for each in _committed(store_, snapshot):
                stored(each)
            raise
    return store_.snapshot(number)


def _committed(store_: Store, snapshot: Snapshot) -> list[int]:
    """The number of a snapshot, if it is visible; whoever commits may be interrupted after it."""
    with suppress(DatamodelError):
        last = store_.snapshots(SnapshotQuery(limit=_LATELY))
        return [each.id for each in last if each.uuid == snapshot.uuid]
    return []


def _snapshot(run: Run, cluster: ClusterInfo, options: StoreOptions, redaction: str) -> Snapshot:
    return Snapshot(
        timestamp=run.timestamp,
        cluster=cluster,
        counts=dict(run.counts),
        namespace_filter=run.session.namespace,
        notes=options.notes,
        complete=run.complete,
        redaction=redaction,
        seconds=round(time.monotonic() - run.started, 3),
        uuid=str(uuid.uuid4()),
        redaction_rules=REDACTION_RULES,
        stamps={
            each.name: stamp_of(each, run.registry.owner("type", each.name)) for each in run.types
        },
    )


def _batches(
    records: Iterable[tuple[ResourceType, Record]],
) -> Iterator[tuple[ResourceType, list[Record]]]:
    """Records of one type together, at most ``BATCH`` of them."""
    for _, group in groupby(records, key=lambda pair: pair[0].name):
        while batch := list(islice(group, BATCH)):
            yield batch[0][0], [record for _, record in batch]


def begin(
    store: Store, types: Sequence[ResourceType]
) -> tuple[SnapshotWriter, Sequence[LedgerEntry]]:
    """Start writing the types that a database can hold; an entry for each of the others.

    Raises UnstorableError if it can hold none, and StorageError if it cannot be written.
    """
    try:
        return store.begin(types), ()
    except UnstorableError as error:
        whole = error
    held: list[ResourceType] = []
    left_out = []
    for each in types:
        try:
            store.begin([each])
        except UnstorableError as error:
            left_out.append(LedgerEntry(each.name, STORING, Outcome("failed", str(error))))
        else:
            held.append(each)
    if not (held and left_out):
        raise whole
    return store.begin(held), left_out

"""Store the records of one run as one snapshot, without what the database cannot hold.

Columns of a type that follow from types that are read later are completed at the end.
"""

from __future__ import annotations

import secrets
import time
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby, islice
from typing import Any

from k8s_datamodel.base.errors import DatamodelError, UnstorableError
from k8s_datamodel.base.stopwatch import Stage
from k8s_datamodel.base.threads import result_of
from k8s_datamodel.contracts.stores import SnapshotQuery, SnapshotWriter, Store
from k8s_datamodel.data.ledger import STORING, LedgerEntry, Outcome
from k8s_datamodel.data.objects import Identity, Record, Row
from k8s_datamodel.data.snapshots import (
    FROM_FILES,
    REDACTION_RULES,
    UNREDACTED,
    ClusterInfo,
    Snapshot,
)
from k8s_datamodel.data.timings import COMMIT, CONNECT, WRITE, Timings
from k8s_datamodel.plugins.isolation import fault_of
from k8s_datamodel.plugins.stamps import stamp_of
from k8s_datamodel.reading.once.unchanged import StoredLists
from k8s_datamodel.reading.pipeline import BATCH, Run
from k8s_datamodel.reading.reader import Passage
from k8s_datamodel.reading.run_moments import RunMoment, row_of
from k8s_datamodel.reading.run_redactor import RunRedactor
from k8s_datamodel.types.resource_types import Deferred, ResourceType

_LATELY = 50  # more than others store while one snapshot is committed


@dataclass(frozen=True, slots=True)
class StoreOptions:
    """How a run is stored. Fields may be added in a minor version.

    Attributes:
        notes: the user's words.
        redact: replace literals that look like credentials.
        full: read everything, reuse nothing.
        key: secret salt of the tokens; None for the store's own.
        timed: is told where the time went once the snapshot is stored, and the ledger keeps all of
            it but the last transaction; None for neither.
    """

    notes: str | None = None
    redact: bool = True
    full: bool = False
    key: bytes | None = field(default=None, repr=False)
    timed: Callable[[Timings], None] | None = None


class Deferring:
    """Keeps what deferred columns need while a run stores: some types' rows, without objects."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._deferring = {each.name: each for each in run.types if each.deferred}
        self._identities: dict[str, list[Identity]] = {name: [] for name in self._deferring}
        wanted = {name for t in self._deferring.values() for d in t.deferred for name in d.types}
        self._rows: dict[str, list[Row]] = {t.name: [] for t in run.types if t.name in wanted}

    @property
    def looked_at(self) -> Set[str]:
        """Names of the types whose records it must see."""
        return self._rows.keys() | self._deferring.keys()

    def see(self, resource_type: ResourceType, records: Iterable[Record]) -> None:
        """Take records as they are stored."""
        rows = self._rows.get(resource_type.name)
        if rows is not None:
            rows += [row_of(resource_type, record, objects=False) for record in records]
        identities = self._identities.get(resource_type.name)
        if identities is not None:
            names = resource_type.identity
            identities += [tuple(record.values.get(n) for n in names) for record in records]

    def amend(self, writer: SnapshotWriter, unheld: Collection[str]) -> None:
        """Complete what was written, save of types that the database does not hold.

        All types are read by now. A backend that cannot complete records has no such method.
        """
        if amend := getattr(writer, "amend", None):
            for resource_type, values in self._values():
                if resource_type.name not in unheld:
                    amend(resource_type, values)

    def _values(self) -> Iterator[tuple[ResourceType, Mapping[Identity, Mapping[str, Any]]]]:
        """The values of each type's deferred columns, by identity.

        A function that fails is in the ledger; its columns stay as the collector gave them.
        """
        for resource_type in self._deferring.values():
            values: dict[Identity, dict[str, Any]] = {
                identity: {} for identity in self._identities[resource_type.name]
            }
            for deferred in resource_type.deferred:
                try:
                    self._fill(resource_type, deferred, values)
                except KeyboardInterrupt:
                    raise
                except BaseException as fault:  # a plugin's function may raise anything
                    outcome = Outcome("failed", fault_of(fault).reason)
                    what = f"deferred columns ({', '.join(deferred.columns)})"
                    self._run.session.note(LedgerEntry(resource_type.name, what, outcome))
            yield resource_type, values

    def _fill(
        self,
        resource_type: ResourceType,
        deferred: Deferred,
        values: dict[Identity, dict[str, Any]],
    ) -> None:
        run = self._run
        said = run.types, run.timestamp, run.session.namespace, run.counts, run.ledger, None
        moment = RunMoment(*said, run, False, [], self._rows)
        of: Callable[[Row], Mapping[str, Any]]
        of = run.registry.load_function(resource_type, deferred.target)(moment)
        names = resource_type.identity
        given = [of(dict(zip(names, identity, strict=True))) for identity in values]
        for known, each in zip(values.values(), given, strict=True):
            known.update({name: each.get(name) for name in deferred.columns})


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
    stopwatch = run.session.stopwatch
    with stopwatch.during(Stage(CONNECT)):
        cluster = result_of(run.session.describe())
    key = options.key or getattr(store_, "redaction_key", None) or secrets.token_bytes(32)
    find = getattr(store_, "reusable", None)
    # What files hold is read anew each time, so nothing is found again by what was made of it.
    remembering = find is not None and cluster.source != FROM_FILES
    redactor = RunRedactor(key if options.redact else None, remembering=remembering)
    redaction = redactor.redaction or UNREDACTED
    reusable = find(cluster, redaction) if find and not options.full else None
    beginning, left_out = begin(store_, run.types)
    with beginning as writer:
        unheld = {entry.resource_type for entry in left_out}
        note = getattr(writer, "note_definition", None)
        deferring = Deferring(run)
        lists = StoredLists(reusable, writer, deferring.looked_at | unheld)
        by_definition = note is not None
        reader = run.reader(Passage(redactor, reusable, by_definition=by_definition, lists=lists))
        for resource_type, records in _batches(run.records(reader)):
            if resource_type.name not in unheld:
                with stopwatch.during(Stage(WRITE, resource_type.name)):
                    writer.write(resource_type, records)
            deferring.see(resource_type, records)
        deferring.amend(writer, unheld)
        if note:
            for resource, definition in reader.definitions.items():
                note(resource, definition)
        with stopwatch.during(Stage(WRITE)):  # a backend that keeps nothing back has no finish
            more: Sequence[LedgerEntry] = getattr(writer, "finish", tuple)()
        for entry in [*left_out, *more]:
            run.counts[entry.resource_type] = None
            run.session.note(entry)
        run.session.progress.phase("storing")
        snapshot = _snapshot(run, cluster, options, redaction)
        number = _commit(run, store_, writer, snapshot, options, stored)
    if options.timed:
        options.timed(Timings.measured(stopwatch, run.ledger))
    return store_.snapshot(number)


def _commit(
    run: Run,
    store_: Store,
    writer: SnapshotWriter,
    snapshot: Snapshot,
    options: StoreOptions,
    stored: Callable[[int], None],
) -> int:
    stopwatch = run.session.stopwatch
    if options.timed:
        for entry in Timings.measured(stopwatch, run.ledger).entries():
            run.session.note(entry)
    try:
        with stopwatch.during(Stage(COMMIT)):
            number = writer.commit(snapshot, run.ledger)
        stored(number)
    except BaseException:
        for each in _committed(store_, snapshot):
            stored(each)
        raise
    return number


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

"""Writes one snapshot: content by small transactions as it comes, the snapshot by a last one."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple, TypeVar

from k8s_datamodel.api import (
    LedgerEntry,
    Record,
    Resource,
    ResourceType,
    Snapshot,
    StorageError,
    UnchangedList,
    UnstorableError,
)
from k8s_datamodel_plugins.sql.access.connection import Database, Transaction
from k8s_datamodel_plugins.sql.access.sql_names import tables
from k8s_datamodel_plugins.sql.keeping import leases
from k8s_datamodel_plugins.sql.keeping.garbage import collect_garbage
from k8s_datamodel_plugins.sql.layout.content import SqlValue, state_digest
from k8s_datamodel_plugins.sql.layout.digests import item
from k8s_datamodel_plugins.sql.layout.list_entries import KeptList
from k8s_datamodel_plugins.sql.layout.stored_types import StoredType
from k8s_datamodel_plugins.sql.layout.version_index import Indexed, memo_seal, resource_name
from k8s_datamodel_plugins.sql.writers.commit import commit_snapshot
from k8s_datamodel_plugins.sql.writers.encoding import (
    EncodedRecord,
    Encoder,
    IdentityKey,
    identity_key,
    unstorable,
)
from k8s_datamodel_plugins.sql.writers.held import Held, Reference
from k8s_datamodel_plugins.sql.writers.left_out import LeftOut, in_ascii
from k8s_datamodel_plugins.sql.writers.stored_lists import Part

_BATCH_RECORDS = 500
_BATCH_BYTES = 2 * 1024 * 1024


class SqlSnapshotWriter:
    """A ``contracts.SnapshotWriter``. It keeps some numbers for each record, not the record."""

    def __init__(
        self, database: Database, types: Sequence[StoredType], defers: Collection[str] = ()
    ) -> None:
        self._database = database
        self._buffers = {each.type.name: _Buffer(each, defers) for each in types}
        self._definitions: dict[str, str] = {}
        self._held = Held()
        self._lease = 0
        self._renewed = 0.0
        self._open = False
        self._told = False

    def __enter__(self) -> SqlSnapshotWriter:
        """Start: take a lease, which keeps our content from being cleaned up."""
        self._lease = leases.take(self._database)
        self._renewed = time.monotonic()
        self._open = True
        return self

    def __exit__(self, *exc_info: object) -> None:
        """Give up unless committed."""
        self._held.close()
        if self._open:
            self._open = False
            # If not even this can be written, the lease grows old and others clean up.
            with suppress(StorageError):
                leases.abandon(self._database, self._lease)

    def write(self, resource_type: ResourceType, records: Sequence[Record]) -> None:
        """Add records of a type that ``begin`` was called with."""
        buffer = self._buffers.get(resource_type.name)
        if buffer is None or not self._open:
            raise StorageError(f'"{resource_type.name}" is not being stored in this snapshot')
        for record in records:
            buffer.add(record)
            if buffer.full:
                _store(self._store_all, buffer, buffer.take())

    def amend(
        self, resource_type: ResourceType, values: Mapping[tuple[Any, ...], Mapping[str, Any]]
    ) -> None:
        """Take values of deferred columns, by identity; ``finish`` writes them."""
        given = {identity_key(identity): each for identity, each in values.items()}
        self._buffers[resource_type.name].amendments.update(given)

    def note_list(self, resource_type: ResourceType, resource: Resource, note: str) -> None:
        """Make a list known to the next snapshot, with the host's note."""
        api_version = f"{resource.group}/{resource.version}"
        name = resource_name(api_version, resource.kind)
        self._buffers[resource_type.name].part.notes[name] = note

    def keep(self, resource_type: ResourceType, unchanged: UnchangedList) -> None:
        """Add the records of a list as they are in an earlier snapshot."""
        part = self._buffers[resource_type.name].part
        kept: KeptList = unchanged.place
        if self._overdue:  # nothing else is written while list after list is kept
            with self._database.write() as transaction:
                leases.renew(transaction, self._lease, self._database.place)
            self._renewed = time.monotonic()
        self._held.keep(part.stored.id, kept.entry.first_key, part.keep(kept).number)

    def finish(self) -> Sequence[LedgerEntry]:
        """Write what is kept back; an entry for each record that the database cannot hold."""
        for buffer in self._buffers.values():
            _store(self._store_all, buffer, buffer.take())
            for states in buffer.take_states():
                _store(self._store_all_states, buffer, states)
        self._told = True
        return [entry for buffer in self._buffers.values() for entry in buffer.left_out.entries()]

    def note_definition(self, resource: Resource, definition: str) -> None:
        """Keep the definition under which objects of this resource may be reused."""
        api_version = f"{resource.group}/{resource.version}"
        self._definitions[resource_name(api_version, resource.kind)] = definition

    def commit(self, snapshot: Snapshot, ledger: Sequence[LedgerEntry]) -> int:
        """Make the snapshot visible, whole, in one transaction; returns its id.

        Raises UnstorableError for a record that cannot be held, unless ``finish`` told of it, and
        DamagedError if the snapshot came with another digest.
        """
        if not self._open:
            raise StorageError("this snapshot is not being stored any more")
        told = self._told
        left_out = self.finish()
        if left_out and not told:
            raise UnstorableError(left_out[0].outcome.reason)
        try:
            number = self._commit(snapshot, ledger)
        except UnstorableError:
            if snapshot.created_at:
                raise  # a copy is the same or is none
            number = self._commit(*in_ascii(snapshot, ledger))
        self._open = False
        # The snapshot is stored; that nobody could clean up after others is no failure of it.
        with suppress(StorageError):
            collect_garbage(self._database)
        return number

    def _commit(self, snapshot: Snapshot, ledger: Sequence[LedgerEntry]) -> int:
        parts = [buffer.part for buffer in self._buffers.values()]
        with self._database.write() as transaction:
            leases.give_back(transaction, self._lease, self._database.place)
            return commit_snapshot(
                transaction, snapshot, ledger, parts, self._held, self._definitions
            )

    @property
    def _overdue(self) -> bool:
        """Whether the lease must be renewed."""
        return time.monotonic() - self._renewed > leases.RENEW_SECONDS

    def _store_all(self, buffer: _Buffer, records: Sequence[EncodedRecord]) -> None:
        if not records:
            return
        with self._database.read() as transaction:
            found = _Found(transaction, buffer, records)
        if any(record.record is not None and record.row not in found.rows for record in records):
            self._store_all(buffer, [_with_row(buffer, record, found) for record in records])
            return
        if found.lacks_something(records) or self._overdue:
            with self._database.write() as transaction:
                leases.renew(transaction, self._lease, self._database.place)
                found.store(transaction, records)
            self._renewed = time.monotonic()
        self._held.note(buffer.versions(records, found))
        referred = (buffer.refer(record, found) for record in records)
        self._held.refer(buffer.part.stored.id, (each for each in referred if each is not None))

    def _store_all_states(self, buffer: _Buffer, stateless: Sequence[_Stateless]) -> None:
        made = [(each, buffer.state_of(each)) for each in stateless]
        states = {digest: values for _, (digest, values) in made if digest is not None}
        found = _States(buffer)
        with self._database.read() as transaction:
            found.find(transaction, states)
        if states.keys() - found.ids.keys():
            with self._database.write() as transaction:
                leases.renew(transaction, self._lease, self._database.place)
                found.store(transaction, states)
            self._renewed = time.monotonic()
        self._held.refer(
            buffer.part.stored.id,
            (
                buffer.refer_to(each, digest, None if digest is None else found.ids[digest])
                for each, (digest, _) in made
            ),
        )


def _with_row(buffer: _Buffer, record: EncodedRecord, found: _Found) -> EncodedRecord:
    """The record, encoded anew if the row that was noted of it is gone."""
    if record.record is None or record.row in found.rows:
        return record
    return buffer.encoder.encode(record.record, anew=True)


class _Stateless(NamedTuple):
    """A record whose row is stored, and whose state is made when all types are read."""

    identity: IdentityKey
    row: bytes
    row_id: int
    values: tuple[SqlValue, ...]
    beside: bytes | None
    beside_id: int | None


_Storable = TypeVar("_Storable", EncodedRecord, _Stateless)


def _store(
    at_once: Callable[[_Buffer, Sequence[_Storable]], None],
    buffer: _Buffer,
    records: Sequence[_Storable],
) -> None:
    """Store records; those that the database cannot hold are left out, and no others.

    ``at_once`` stores all it is given, or raises UnstorableError and stores none.
    """
    try:
        at_once(buffer, records)
    except UnstorableError as error:
        middle = len(records) // 2
        if middle:
            _store(at_once, buffer, records[:middle])
            _store(at_once, buffer, records[middle:])
        else:
            buffer.leave_out(records[0].identity, error)


class _Buffer:
    """Records of one type: those still to be stored, and the numbers of those that are."""

    def __init__(self, stored: StoredType, defers: Collection[str]) -> None:
        self.left_out = LeftOut(stored.type.name)
        self.encoder = Encoder(stored, defers=stored.type.name in defers)
        self.tables = tables(stored.type.name)
        self.part = Part(stored)
        self.amendments: dict[IdentityKey, Mapping[str, Any]] = {}
        self._stateless: list[_Stateless] = []
        self._records: list[EncodedRecord] = []
        self._bytes = 0

    @property
    def full(self) -> bool:
        return len(self._records) >= _BATCH_RECORDS or self._bytes >= _BATCH_BYTES

    def add(self, record: Record) -> None:
        try:
            encoded = self.encoder.encode(record)
        except UnstorableError as error:
            self.left_out.add(str(error))
            return
        self._records.append(encoded)
        self._bytes += encoded.content.size

    def take(self) -> list[EncodedRecord]:
        records, self._records, self._bytes = self._records, [], 0
        return records

    def take_states(self) -> Iterator[Sequence[_Stateless]]:
        """The records that have no state yet, in batches."""
        stateless, self._stateless = self._stateless, []
        for start in range(0, len(stateless), _BATCH_RECORDS):
            yield stateless[start : start + _BATCH_RECORDS]

    def state_of(self, record: _Stateless) -> tuple[bytes | None, tuple[SqlValue, ...]]:
        """Digest and values of a record's state, as amended. Raises UnstorableError."""
        given = self.amendments.get(record.identity, {})
        values = self.encoder.amended(record.values, given)
        return state_digest(self.encoder.volatile_names, values), values

    def leave_out(self, identity: IdentityKey, error: UnstorableError) -> None:
        shown = identity.replace("\0", "/")
        self.left_out.add(str(unstorable(self.encoder.name, shown, error)))

    def refer(self, record: EncodedRecord, found: _Found) -> Reference | None:
        """The reference to a record; None where its state is made later."""
        row_id, _ = found.rows[record.row]
        beside_id = None if record.beside is None else found.beside[record.beside]
        beside = record.beside, beside_id
        held = _Stateless(record.identity, record.row, row_id, record.state_values, *beside)
        if self.encoder.defers:
            self._stateless.append(held)
            return None
        state_id = None if record.state is None else found.states.ids[record.state]
        resource = ""
        if version := record.version:
            resource = version.resource
            fingerprint = self.part.list_named(resource).fingerprint
            fingerprint.add(*record.name, version.uid, version.resource_version)
        return self.refer_to(held, record.state, state_id, resource)

    def refer_to(
        self, record: _Stateless, state: bytes | None, state_id: int | None, resource: str = ""
    ) -> Reference:
        list_ = self.part.list_named(resource)
        list_.sum.add(item(record.row, state, record.beside))
        return record.identity, record.row_id, state_id, record.beside_id, list_.number

    def versions(
        self, records: Sequence[EncodedRecord], found: _Found
    ) -> Iterator[tuple[str, str, Indexed]]:
        """What the index is to know of records, with resource and uid."""
        for record in records:
            if record.version is not None:
                resource, uid, version = record.version
                beside_id = None if record.beside is None else found.beside[record.beside]
                number, digest = found.rows[record.row][1], record.content.digest
                entry = Indexed(version, number, digest, beside_id, record.beside)
                known = record.entry
                same = known is not None and known[:5] == entry[:5]
                yield resource, uid, known if known is not None and same else entry


class _Found:
    """Numbers of rows and states by digest, as far as the database has them.

    What is inserted is sorted by digest, so that two writers with the same content cannot wait for
    each other in a circle.
    """

    def __init__(
        self, transaction: Transaction, buffer: _Buffer, records: Sequence[EncodedRecord]
    ) -> None:
        self._encoder = buffer.encoder
        self._tables = buffer.tables
        self.rows: dict[bytes, tuple[int, int]] = {}
        self.states = _States(buffer)
        self.beside: dict[bytes, int] = {}
        self._find_rows(transaction, {record.row for record in records})
        self.states.find(transaction, {record.state for record in records if record.state})
        self._find_beside(transaction, {record.beside for record in records if record.beside})

    def lacks_something(self, records: Sequence[EncodedRecord]) -> bool:
        return any(
            record.row not in self.rows
            or (record.state is not None and record.state not in self.states.ids)
            or (record.beside is not None and record.beside not in self.beside)
            or record.memo is not None
            for record in records
        )

    def store(self, transaction: Transaction, records: Sequence[EncodedRecord]) -> None:
        """Insert what is not there yet."""
        rows = {each.row: each for each in records if each.row not in self.rows}
        objects = _store_objects(transaction, list(rows.values()))
        transaction.insert(
            self._tables.rows,
            ("kdm_digest", "kdm_object", *self._encoder.derived_names),
            [(key, objects[rows[key].content.digest], *rows[key].values) for key in sorted(rows)],
            ignore=True,
        )
        self._find_rows(transaction, set(rows))
        states = {each.state: each.state_values for each in records if each.state is not None}
        self.states.store(transaction, states)
        texts = {each.beside: each.beside_text for each in records if each.beside is not None}
        unknown = sorted(texts.keys() - self.beside.keys())
        values = [(digest, texts[digest]) for digest in unknown]
        transaction.insert("kdm_beside", ("digest", "body"), values, ignore=True)
        self._find_beside(transaction, set(unknown))
        self._store_memos(transaction, records)

    def _store_memos(self, transaction: Transaction, records: Sequence[EncodedRecord]) -> None:
        """Keep what was made of the objects in place of what was."""
        memos: dict[int, tuple[str, bytes, str]] = {}
        for each in records:
            text = each.memo.text() if each.memo is not None else ""
            if text and each.version is not None:
                version = each.version.resource_version
                sealed = memo_seal(each.content.digest, version, text)
                memos[self.rows[each.row][1]] = version, sealed, text
        transaction.insert(
            "kdm_memos",
            ("object_id", "resource_version", "seal", "body"),
            [(number, *memos[number]) for number in sorted(memos)],
            replace=("object_id",),
        )

    def _find_beside(self, transaction: Transaction, digests: set[bytes]) -> None:
        query = "SELECT digest, id FROM kdm_beside WHERE digest IN ({keys})"
        for row in transaction.lookup(query, sorted(digests)):
            self.beside[bytes(row[0])] = row[1]

    def _find_rows(self, transaction: Transaction, digests: set[bytes]) -> None:
        query = "SELECT kdm_digest, kdm_id, kdm_object FROM {table} WHERE kdm_digest IN ({keys})"
        for row in transaction.lookup(query, sorted(digests), table=self._tables.rows):
            self.rows[bytes(row[0])] = (row[1], row[2])


class _States:
    """Numbers of states by digest, as far as the database has them; inserted sorted, see above."""

    def __init__(self, buffer: _Buffer) -> None:
        self._table = buffer.tables.states
        self._names = buffer.encoder.volatile_names
        self.ids: dict[bytes, int] = {}

    def find(self, transaction: Transaction, digests: Iterable[bytes]) -> None:
        query = "SELECT kdm_digest, kdm_id FROM {table} WHERE kdm_digest IN ({keys})"
        for row in transaction.lookup(query, sorted(digests), table=self._table):
            self.ids[bytes(row[0])] = row[1]

    def store(self, transaction: Transaction, states: Mapping[bytes, tuple[SqlValue, ...]]) -> None:
        """Insert what is not there yet."""
        new = sorted(states.keys() - self.ids.keys())
        columns = ("kdm_digest", *self._names)
        rows = [(digest, *states[digest]) for digest in new]
        transaction.insert(self._table, columns, rows, ignore=True)
        self.find(transaction, new)


def _store_objects(
    transaction: Transaction, records: Sequence[EncodedRecord]
) -> Mapping[bytes, int]:
    """Numbers of the records' objects by digest; those that are not there yet are stored."""
    wanted = {record.content.digest: record for record in records}
    ids = _find_objects(transaction, wanted)
    new = [wanted[digest].full_content() for digest in sorted(wanted.keys() - ids.keys())]
    transaction.insert(
        "kdm_objects",
        ("digest", "size", "body"),
        [(content.digest, content.size, content.text) for content in new],
        ignore=True,
    )
    return {**ids, **_find_objects(transaction, [content.digest for content in new])}


def _find_objects(transaction: Transaction, digests: Iterable[bytes]) -> dict[bytes, int]:
    rows = transaction.lookup(
        "SELECT digest, id FROM kdm_objects WHERE digest IN ({keys})", sorted(digests)
    )
    return {bytes(row[0]): row[1] for row in rows}

"""Reads records. Each portion is a short transaction: nothing is open between two rows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from k8s_datamodel.api import Column, Row, StorageError
from k8s_datamodel_plugins.sql.access.connection import Database, Transaction
from k8s_datamodel_plugins.sql.access.sql_names import Raw, tables
from k8s_datamodel_plugins.sql.layout.content import decode
from k8s_datamodel_plugins.sql.layout.stored_types import StoredType, stored_types
from k8s_datamodel_plugins.sql.layout.views import as_stored
from k8s_datamodel_plugins.sql.readers.snapshot_reader import (
    damaged_snapshot,
    is_there,
    not_found,
)

_PORTION_ROWS = 500
_PORTION_BYTES = 2 * 1024 * 1024

_SIZES = """
SELECT r.id, COALESCE(o.size, 0) FROM {refs} r
LEFT JOIN {rows} w ON w.kdm_id = r.row_id
LEFT JOIN kdm_objects o ON o.id = w.kdm_object
WHERE r.snapshot_id = :snapshot AND r.id > :after
ORDER BY r.id LIMIT :rows
"""

_PORTION = """
SELECT id, {columns}{spec} FROM ({records}) v
WHERE snapshot_id = :snapshot AND id > :after AND id <= :last
ORDER BY id LIMIT :rows
"""

_BESIDE = """
SELECT r.id, b.body FROM {refs} r LEFT JOIN kdm_beside b ON b.id = r.beside_id
WHERE r.snapshot_id = :snapshot AND r.id > :after ORDER BY r.id LIMIT :rows
"""

_CHOSEN_BESIDE = """
SELECT r.id, b.body FROM {refs} r LEFT JOIN kdm_beside b ON b.id = r.beside_id
WHERE r.snapshot_id = {mark} AND r.id IN ({keys})
"""

_CHOSEN = """
SELECT id, {columns}{spec} FROM ({records}) v WHERE snapshot_id = {mark} AND id IN ({keys})
"""

_CHOSEN_SIZES = """
SELECT r.id, o.size FROM {refs} r
JOIN {rows} w ON w.kdm_id = r.row_id
JOIN kdm_objects o ON o.id = w.kdm_object
WHERE r.snapshot_id = {mark} AND r.id IN ({keys})
"""


def read_records(
    database: Database,
    number: int,
    name: str,
    *,
    objects: bool,
    only: Sequence[int] | None = None,
) -> Iterator[Row]:
    """Rows of one type of a snapshot; none of a type that this database has never seen.

    With ``only``, those with these numbers, in their order. Raises SnapshotNotFoundError at once,
    and StorageError while reading if somebody deletes the snapshot meanwhile, or if there is no
    such row.
    """
    stored, expected = type_and_count(database, number, name)
    if only is not None and only:
        if stored is None:
            raise broken(database, number, name)
        return _Portions(database, number, stored, objects=objects).chosen(only)
    if stored is None or not expected or only is not None:
        return iter(())
    return _Portions(database, number, stored, objects=objects).rows(expected)


def type_and_count(database: Database, number: int, name: str) -> tuple[StoredType | None, int]:
    """A type as the database knows it, and how many records of it a snapshot has.

    Raises SnapshotNotFoundError, and DamagedError if this cannot be read.
    """
    with database.read() as transaction:
        if not is_there(transaction, number):
            raise not_found(database, number)
        stored = stored_types(transaction).get(name)
        expected = transaction.scalar(
            "SELECT c.records FROM kdm_counts c JOIN kdm_types t ON t.id = c.type_id "
            "WHERE c.snapshot_id = :id AND t.name = :name",
            {"id": number, "name": name},
        )
    if not isinstance(expected, (int, type(None))):
        raise damaged_snapshot(database.place, number, "how much it holds")
    return stored, expected or 0


def broken(database: Database, number: int, name: str) -> StorageError:
    """The error for records that should be there."""
    return StorageError(
        f"{database.place}: {name} of snapshot {number} are missing: it "
        "was deleted while it was read, or the database is damaged (`database verify` tells)"
    )


def read_beside(
    database: Database, number: int, name: str, only: Sequence[int] | None = None
) -> Iterator[Mapping[str, Any]]:
    """What is kept beside each record of one type, in the order of ``read_records``.

    With ``only``, beside those with these numbers, in their order. Raises as that does.
    """
    stored, expected = type_and_count(database, number, name)
    if only is not None:
        return _chosen_beside(database, number, name, only)
    if stored is None or not expected:
        return iter(())
    return _beside(database, number, name, expected)


def _beside(
    database: Database, number: int, name: str, expected: int
) -> Iterator[Mapping[str, Any]]:
    after = seen = 0
    while seen < expected:
        values = {"snapshot": number, "after": after, "rows": _PORTION_ROWS}
        with database.read() as transaction:
            portion = transaction.run(_BESIDE, values, refs=tables(name).refs).fetchall()
        if not portion:
            raise broken(database, number, name)
        after = portion[-1][0]
        seen += len(portion)
        for _, text in portion:
            yield _decoded_beside(database, number, name, text)


def _chosen_beside(
    database: Database, number: int, name: str, only: Sequence[int]
) -> Iterator[Mapping[str, Any]]:
    for start in range(0, len(only), _PORTION_ROWS):
        some = only[start : start + _PORTION_ROWS]
        with database.read() as transaction:
            found = transaction.lookup(_CHOSEN_BESIDE, some, number, refs=tables(name).refs)
            texts = dict(map(tuple, found))
        if len(texts) < len(set(some)):
            raise broken(database, number, name)
        for each in some:
            yield _decoded_beside(database, number, name, texts[each])


def _decoded_beside(
    database: Database, number: int, name: str, text: str | None
) -> Mapping[str, Any]:
    try:
        found: Mapping[str, Any] = {} if text is None else json.loads(text)
    except (ValueError, TypeError) as error:
        what = f"what is beside one of its {name}"
        raise damaged_snapshot(database.place, number, what) from error
    return found


class _Portions:
    """Goes through the records of one type of a snapshot."""

    def __init__(
        self, database: Database, number: int, stored: StoredType, *, objects: bool
    ) -> None:
        self._database = database
        self._number = number
        self._type = stored.type
        self._records = Raw(as_stored(stored))
        self._tables = tables(stored.type.name)
        self._objects = objects

    def rows(self, expected: int) -> Iterator[Row]:
        """All rows; an end before ``expected`` rows is an error, not an answer."""
        after = seen = 0
        while seen < expected:
            portion = self._portion(after)
            if not portion:
                raise self._broken()
            after = portion[-1][0]
            seen += len(portion)
            yield from map(self._row, portion)

    def chosen(self, numbers: Sequence[int]) -> Iterator[Row]:
        """The rows with these numbers, in their order."""
        for start in range(0, len(numbers), _PORTION_ROWS):
            for some in self._of_bounded_size(numbers[start : start + _PORTION_ROWS]):
                with self._database.read() as transaction:
                    found = transaction.lookup(_CHOSEN, some, self._number, **self._selected())
                    rows = {row[0]: row for row in found}
                if len(rows) < len(set(some)):
                    raise self._broken()
                yield from (self._row(rows[each]) for each in some)

    def _of_bounded_size(self, numbers: Sequence[int]) -> Iterator[Sequence[int]]:
        """The numbers in parts whose complete objects may be in memory at once."""
        if not self._objects:
            yield numbers
            return
        names = {"refs": self._tables.refs, "rows": self._tables.rows}
        with self._database.read() as transaction:
            sizes = dict(
                map(tuple, transaction.lookup(_CHOSEN_SIZES, numbers, self._number, **names))
            )
        part: list[int] = []
        total = 0
        for each in numbers:
            total += sizes.get(each) or 0
            if part and total > _PORTION_BYTES:
                yield part
                part, total = [], sizes.get(each) or 0
            part.append(each)
        yield part

    def _selected(self) -> dict[str, Any]:
        return {
            "records": self._records,
            "columns": [column.name for column in self._type.columns],
            "spec": Raw(", spec" if self._objects else ""),
        }

    def _portion(self, after: int) -> Sequence[Any]:
        values = {"snapshot": self._number, "after": after, "rows": _PORTION_ROWS}
        with self._database.read() as transaction:
            last = self._last_of_portion(transaction, values) if self._objects else 2**62
            portion = transaction.run(_PORTION, {**values, "last": last}, **self._selected())
            return portion.fetchall()

    def _last_of_portion(self, transaction: Transaction, values: Mapping[str, int]) -> int:
        """Where a portion ends that holds complete objects: memory follows bytes, not rows."""
        size = 0
        last = values["after"]
        sizes = transaction.run(_SIZES, values, refs=self._tables.refs, rows=self._tables.rows)
        for record_id, record_size in sizes.fetchall():
            if not isinstance(record_size, int):
                raise self._broken()
            size += record_size
            if size > _PORTION_BYTES and last > values["after"]:
                break
            last = record_id
        return last

    def _row(self, row: Sequence[Any]) -> Row:
        try:
            return self._decoded(row)
        except (ValueError, TypeError) as error:
            what = f"one of its {self._type.name}"
            raise damaged_snapshot(self._database.place, self._number, what) from error

    def _decoded(self, row: Sequence[Any]) -> Row:
        columns: tuple[Column, ...] = self._type.columns
        values = {"id": row[0]}
        for column, value in zip(columns, row[1:], strict=False):
            values[column.name] = decode(column, value)
        if self._objects:
            if row[-1] is None:
                raise self._broken()
            values["spec"] = json.loads(row[-1])
        return values

    def _broken(self) -> StorageError:
        return broken(self._database, self._number, self._type.name)

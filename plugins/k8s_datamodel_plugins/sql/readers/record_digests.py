"""Reads the records of a snapshot by their digests: nothing of them is decoded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from k8s_datamodel.api import Column, RecordDigest
from k8s_datamodel_plugins.sql.access.connection import Database
from k8s_datamodel_plugins.sql.access.sql_names import Raw, compose, tables
from k8s_datamodel_plugins.sql.layout.content import decode
from k8s_datamodel_plugins.sql.layout.stored_types import StoredType, stored_types
from k8s_datamodel_plugins.sql.readers.record_reader import broken, type_and_count
from k8s_datamodel_plugins.sql.readers.snapshot_reader import damaged_snapshot, is_there, not_found

_PORTION = 500

_JOINED = """FROM {refs} r
JOIN {rows} w ON w.kdm_id = r.row_id
LEFT JOIN {states} s ON s.kdm_id = r.state_id"""

_IN_ORDER = """
SELECT r.id {joined} WHERE r.snapshot_id = :snapshot {unlike} ORDER BY {order}r.id
"""

_UNLIKE = """AND (r.row_id, COALESCE(r.state_id, 0)) IN (
  SELECT row_id, COALESCE(state_id, 0) FROM {refs} WHERE snapshot_id = :snapshot
  EXCEPT SELECT row_id, COALESCE(state_id, 0) FROM {refs} WHERE snapshot_id = :other
)"""
"""Rows and states are each stored once, so equal records have equal numbers of both. A join with
what differs would go through the references of the snapshot for each of them."""

_DIGESTS = """
SELECT r.id, o.digest, w.kdm_digest, s.kdm_digest{identity} {joined}
JOIN kdm_objects o ON o.id = w.kdm_object
WHERE r.snapshot_id = {mark} AND r.id IN ({keys})
"""


def read_digests(
    database: Database, number: int, name: str, identity: Sequence[str] = ()
) -> Iterator[RecordDigest]:
    """The records of one type of a snapshot in order of identity, see ``contracts.AbleStore``.

    The numbers of the records are sorted by the database, for they have the order of the identity
    that the type had when they were stored, which is another one if its plugin changed it. Only
    they are all held at once. Raises SnapshotNotFoundError at once, and StorageError while reading
    if somebody deletes the snapshot meanwhile.
    """
    stored, expected = type_and_count(database, number, name)
    if stored is None or not expected:
        return iter(())
    return _Digests(database, number, stored, identity or stored.type.identity).read(expected)


def read_differing(
    database: Database, number: int, other: int, name: str, identity: Sequence[str] = ()
) -> Iterator[RecordDigest]:
    """Those of ``read_digests`` that another snapshot does not have. Raises as that does."""
    with database.read() as transaction:
        for each in (number, other):
            if not is_there(transaction, each):
                raise not_found(database, each)
        stored = stored_types(transaction).get(name)
    if stored is None:
        return iter(())
    return _Digests(database, number, stored, identity or stored.type.identity).unlike(other)


class _Digests:
    """Goes through the digests of one type of a snapshot."""

    def __init__(
        self, database: Database, number: int, stored: StoredType, identity: Sequence[str]
    ) -> None:
        self._database = database
        self._number = number
        self._name = stored.type.name
        known = {column.name: column for column in stored.type.columns}
        self._identity = [known.get(each) for each in identity]
        each = tables(self._name)
        self._joined = Raw(compose(_JOINED, refs=each.refs, rows=each.rows, states=each.states))
        self._unlike = compose(_UNLIKE, refs=each.refs)

    def read(self, expected: int) -> Iterator[RecordDigest]:
        """All records; fewer than expected are an error, not an answer."""
        numbers = self._in_order()
        if len(numbers) < expected:
            raise broken(self._database, self._number, self._name)
        yield from self._all(numbers)

    def unlike(self, other: int) -> Iterator[RecordDigest]:
        """The records that another snapshot does not have."""
        yield from self._all(self._in_order(other))

    def _in_order(self, other: int | None = None) -> list[int]:
        """The numbers of all records, or of those that another snapshot does not have."""
        order = Raw("".join(map(_sorted_by, self._known())))
        values = {"snapshot": self._number} | ({} if other is None else {"other": other})
        with self._database.read() as transaction:
            rows = transaction.run(
                _IN_ORDER,
                values,
                joined=self._joined,
                unlike=Raw("" if other is None else self._unlike),
                order=Raw(compose(order, **transaction.dialect.words)),
            )
            return [row[0] for row in rows]

    def _all(self, numbers: Sequence[int]) -> Iterator[RecordDigest]:
        selected = Raw("".join(f", {expression(column)}" for column in self._known()))
        for start in range(0, len(numbers), _PORTION):
            yield from self._portion(numbers[start : start + _PORTION], selected)

    def _known(self) -> list[Column]:
        return [column for column in self._identity if column is not None]

    def _portion(self, numbers: Sequence[int], selected: Raw) -> Iterator[RecordDigest]:
        parts = {"joined": self._joined, "identity": selected}
        with self._database.read() as transaction:
            found = {r[0]: r for r in transaction.lookup(_DIGESTS, numbers, self._number, **parts)}
        if len(found) < len(numbers):
            raise broken(self._database, self._number, self._name)
        for each in numbers:
            try:
                yield self._digest(*found[each])
            except (ValueError, TypeError) as error:
                what = f"one of its {self._name}"
                raise damaged_snapshot(self._database.place, self._number, what) from error

    def _digest(
        self, number: int, content: Any, row: Any, state: Any, *values: Any
    ) -> RecordDigest:
        given = iter(values)
        identity = tuple(
            None if column is None else decode(column, next(given)) for column in self._identity
        )
        digests = as_bytes(content), as_bytes(row), as_bytes(state or b"")
        return RecordDigest(identity, number, *digests)


def expression(column: Column) -> str:
    """A column in a statement on references ``r``, rows ``w`` and states ``s``."""
    return compose("s.{name}" if column.volatile else "w.{name}", name=column.name)


def _sorted_by(column: Column) -> str:
    collated = " {by_code_point}" if column.type in ("text", "list", "json") else ""
    return f"{expression(column)}{collated} {{null_first}}, "


def as_bytes(digest: Any) -> bytes:
    """A digest as bytes, whatever a driver gives. Raises TypeError for a text or a number."""
    if isinstance(digest, int):
        raise TypeError("a digest is a number")
    return bytes(digest)

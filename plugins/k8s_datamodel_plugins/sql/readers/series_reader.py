"""Reads some columns over many snapshots: what several of them refer to is read once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from k8s_datamodel.api import Column, ValuesSeen
from k8s_datamodel_plugins.sql.access.connection import Database, Transaction
from k8s_datamodel_plugins.sql.access.sql_names import tables
from k8s_datamodel_plugins.sql.layout.content import decode
from k8s_datamodel_plugins.sql.layout.stored_types import StoredType, stored_types
from k8s_datamodel_plugins.sql.readers.record_reader import broken
from k8s_datamodel_plugins.sql.readers.snapshot_reader import damaged_snapshot

_EXPECTED = """
SELECT snapshot_id, records FROM kdm_counts WHERE type_id = {mark} AND snapshot_id IN ({keys})
"""

_REFS = "SELECT row_id, state_id, snapshot_id FROM {refs} WHERE snapshot_id IN ({keys})"

_VALUES = "SELECT {columns} FROM {table} WHERE kdm_id IN ({keys})"

_Seen = Mapping[tuple[int, int | None], Sequence[int]]
"""Numbers of snapshots by the row and the state that a reference of theirs names."""


def read_series(
    database: Database, numbers: Sequence[int], name: str, columns: Sequence[str]
) -> Iterator[ValuesSeen]:
    """The values of some columns of all records of some snapshots, see ``contracts.AbleStore``.

    Raises StorageError if a snapshot has fewer records than it says.
    """
    with database.read() as transaction:
        stored = stored_types(transaction).get(name)
        if stored is None:
            return
        seen = _seen(database, transaction, stored, numbers)
        known = {each.name: each for each in stored.type.columns}
        there = [known[each] for each in columns if each in known]
        of = tables(name)
        rows = _values(transaction, of.rows, _of(there, volatile=False), {row for row, _ in seen})
        states = _values(
            transaction, of.states, _of(there, volatile=True), {state for _, state in seen} - {None}
        )
    for (row, state), where in seen.items():
        try:
            found = rows[row] | (states[state] if state is not None else {})
            values = {column: decode(known[column], value) for column, value in found.items()}
        except KeyError:
            raise broken(database, where[0], name) from None
        except (ValueError, TypeError) as error:
            raise damaged_snapshot(database.place, where[0], f"one of its {name}") from error
        yield ValuesSeen(tuple(map(values.get, columns)), where)


def _seen(
    database: Database, transaction: Transaction, stored: StoredType, numbers: Sequence[int]
) -> _Seen:
    name = stored.type.name
    refs = tables(name).refs
    found: dict[tuple[int, int | None], list[int]] = defaultdict(list)
    for row, state, number in transaction.lookup(_REFS, numbers, refs=refs):
        found[row, state].append(number)
    held = Counter(number for where in found.values() for number in where)
    for number, expected in transaction.lookup(_EXPECTED, numbers, stored.id):
        if not isinstance(expected, int):
            raise damaged_snapshot(database.place, number, "how much it holds")
        if held[number] < expected:
            raise broken(database, number, name)
    return found


def _of(columns: Sequence[Column], *, volatile: bool) -> list[str]:
    return [each.name for each in columns if each.volatile is volatile]


def _values(
    transaction: Transaction, table: str, columns: Sequence[str], keys: Collection[int | None]
) -> dict[int | None, dict[str, Any]]:
    """The values of columns by number of row, as SQL holds them."""
    if not columns:
        return {key: {} for key in keys}
    names = ["kdm_id", *columns]
    rows = transaction.lookup(_VALUES, list(keys), columns=names, table=table)
    return {row[0]: dict(zip(columns, row[1:], strict=True)) for row in rows}

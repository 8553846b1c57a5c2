"""Reads one thing in all snapshots, by its digests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from k8s_datamodel.api import Column, Sighting
from k8s_datamodel_plugins.sql.access.connection import Database
from k8s_datamodel_plugins.sql.access.sql_names import Raw, tables
from k8s_datamodel_plugins.sql.layout.content import decode, encode
from k8s_datamodel_plugins.sql.layout.stored_types import StoredType, stored_types
from k8s_datamodel_plugins.sql.readers.record_digests import as_bytes, expression
from k8s_datamodel_plugins.sql.readers.snapshot_reader import damaged_snapshot

_ROWS = "SELECT w.kdm_id FROM {rows} w WHERE {are}"

_SIGHTINGS = """
SELECT r.snapshot_id, r.id, o.digest, w.kdm_digest, s.kdm_digest{values} FROM (
  SELECT snapshot_id, id, row_id, state_id FROM {refs} WHERE row_id IN ({numbers})
) r
JOIN {rows} w ON w.kdm_id = r.row_id
JOIN kdm_objects o ON o.id = w.kdm_object
LEFT JOIN {states} s ON s.kdm_id = r.state_id
WHERE {are} ORDER BY r.snapshot_id
"""
"""The references are read from end to end, which costs 0.03 s a million; their numbers stand in the
statement, for SQLite takes half as long again to look them up in a subquery."""

_EVER = "SELECT DISTINCT {columns} FROM {rows} w"


def read_sightings(
    database: Database, name: str, identity: Mapping[str, Any], columns: Sequence[str] = ()
) -> Iterator[Sighting]:
    """One thing in each snapshot that has it, see ``contracts.AbleStore``."""
    stored = _stored(database, name)
    if stored is None:
        return
    known = {column.name: column for column in stored.type.columns}
    there = [known[each] for each in columns if each in known]
    each = tables(name)
    (of_rows, row_values), (of_states, state_values) = _conditions(known, identity)
    with database.read() as transaction:
        found = transaction.run(_ROWS, row_values, rows=each.rows, are=of_rows)
        numbers = Raw(", ".join(str(int(row[0])) for row in found) or "NULL")
        rows = transaction.run(
            _SIGHTINGS,
            state_values,
            values=Raw("".join(f", {expression(column)}" for column in there)),
            are=of_states,
            numbers=numbers,
            refs=each.refs,
            rows=each.rows,
            states=each.states,
        ).fetchall()
    for number, key, content, columns_of, state, *given in rows:
        try:
            values = {c.name: decode(c, value) for c, value in zip(there, given, strict=True)}
            digests = as_bytes(content), as_bytes(columns_of), as_bytes(state or b"")
        except (ValueError, TypeError) as error:
            what = f"one of its {name}"
            raise damaged_snapshot(database.place, number, what) from error
        yield Sighting(number, key, *digests, tuple(map(values.get, columns)))


def read_ever_stored(
    database: Database, name: str, columns: Sequence[str]
) -> Iterator[tuple[Any, ...]]:
    """The values of some columns, each combination once, see ``contracts.AbleStore``."""
    stored = _stored(database, name)
    if stored is None:
        return
    known = {column.name: column for column in stored.derived}
    there = [known[each] for each in columns if each in known]
    if not there:
        return
    selected = Raw(", ".join(map(expression, there)))
    with database.read() as transaction:
        rows = transaction.run(_EVER, columns=selected, rows=tables(name).rows).fetchall()
    for row in rows:
        found = {c.name: decode(c, value) for c, value in zip(there, row, strict=True)}
        yield tuple(found.get(each) for each in columns)


def _stored(database: Database, name: str) -> StoredType | None:
    with database.read() as transaction:
        return stored_types(transaction).get(name)


_Condition = tuple[Raw, dict[str, Any]]


def _conditions(
    known: Mapping[str, Column], identity: Mapping[str, Any]
) -> tuple[_Condition, _Condition]:
    """What is true of the rows of a thing, and of its states, each with values of parameters."""
    tests: dict[bool, list[str]] = {False: ["1 = 1"], True: ["1 = 1"]}
    values: dict[bool, dict[str, Any]] = {False: {}, True: {}}
    for number, (name, value) in enumerate(identity.items()):
        column = known.get(name)
        if column is None:  # a column that is not stored yet is null in all records
            tests[False] += [] if value is None else ["1 = 0"]
            continue
        test = "IS NULL" if value is None else f"= :v{number}"
        tests[column.volatile].append(f"{expression(column)} {test}")
        if value is not None:
            values[column.volatile][f"v{number}"] = encode(column, value)
    of_rows, of_states = (
        (Raw(" AND ".join(tests[which])), values[which]) for which in (False, True)
    )
    return of_rows, of_states

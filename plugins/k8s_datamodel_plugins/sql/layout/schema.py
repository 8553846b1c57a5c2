"""Makes the relations of resource types, and makes them fit when a type has changed.

A type's definition is kept in the database, so that its snapshots can be read when the plugin is
gone. A column that a plugin drops stays, for the snapshots that have it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from k8s_datamodel.api import Column, ResourceType, UnstorableError
from k8s_datamodel_plugins.sql.access.connection import Database, Transaction
from k8s_datamodel_plugins.sql.access.sql_names import Raw, check_names, tables
from k8s_datamodel_plugins.sql.layout.meta_table import write_seals
from k8s_datamodel_plugins.sql.layout.stored_types import (
    StoredType,
    definition,
    merged,
    stored_types,
)
from k8s_datamodel_plugins.sql.layout.views import make_views, names_beside

_TYPE_TABLES = """
CREATE TABLE {rows} (
  kdm_id {identity},
  kdm_digest {bytes} NOT NULL UNIQUE,
  kdm_object {integer} NOT NULL {object_fk}
);
CREATE TABLE {states} (kdm_id {identity}, kdm_digest {bytes} NOT NULL UNIQUE);
CREATE TABLE {refs} (
  snapshot_id {integer} NOT NULL REFERENCES kdm_snapshots (id),
  id {integer} NOT NULL,
  row_id {integer} NOT NULL,
  state_id {integer},
  beside_id {integer},
  PRIMARY KEY (snapshot_id, id)
) {clustered}
"""

_TEXTS = frozenset({"text", "list"})
"""Column types that may follow one another: both are plain text."""


def fit(
    database: Database, types: Sequence[ResourceType], needed: Iterable[str]
) -> dict[str, StoredType]:
    """Make the database's relations fit the active types; returns all its types.

    A type that cannot be stored is passed over: it must not keep the others from being stored.
    Raises UnstorableError if it is needed.
    """
    required = set(needed)
    with database.read() as transaction:
        known = stored_types(transaction)
    if not any(_changed(known.get(each.name), each) for each in types):
        return known
    with database.write() as transaction:
        if database.dialect.before_migrating:
            transaction.run(database.dialect.before_migrating)
        known = stored_types(transaction)
        changed: list[str] = []
        for each in types:
            try:
                _check(transaction, known, each)
            except UnstorableError:
                if each.name in required:
                    raise
                continue
            if _changed(known.get(each.name), each):
                _fit_type(transaction, known.get(each.name), each)
                known = stored_types(transaction)
                changed.append(each.name)
        make_views(transaction, known, changed)
        write_seals(transaction)
    return known


def _changed(stored: StoredType | None, active: ResourceType) -> bool:
    return stored is None or definition(merged(stored.type, active)) != definition(stored.type)


def _check(transaction: Transaction, known: Mapping[str, StoredType], active: ResourceType) -> None:
    check_names(active)
    for other in known.values():
        if other.type.name != active.name and other.type.count.lower() == active.count.lower():
            raise UnstorableError(
                f'resource types "{other.type.name}" and "{active.name}" both call their count '
                f'"{active.count}": one of the plugins must rename it'
            )
    stored = known.get(active.name)
    whole = active if stored is None else merged(stored.type, active)
    columns = len(whole.columns) + len(names_beside(whole))
    if columns > transaction.dialect.most_columns:
        raise UnstorableError(
            f'resource type "{active.name}" cannot be stored: it has {columns:,} '
            f"columns, this database takes {transaction.dialect.most_columns:,}"
        )
    if stored is not None:
        _check_columns(stored.type, active)
    elif transaction.exists(active.name):
        raise UnstorableError(
            f'resource type "{active.name}" cannot be stored: a relation of that name, which is '
            "not ours, is there already"
        )


def _check_columns(stored: ResourceType, active: ResourceType) -> None:
    now = {column.name: column for column in active.columns}
    for before in stored.columns:
        after = now.get(before.name)
        if after is None:
            continue
        same_type = after.type == before.type or {after.type, before.type} <= _TEXTS
        if not same_type or after.volatile != before.volatile:
            raise UnstorableError(
                f'resource type "{active.name}": its plugin changed column "{before.name}" from '
                f"{_kind(before)} to {_kind(after)}, which stored snapshots do not allow: use "
                "another database, or the plugin's earlier version"
            )


def _kind(column: Column) -> str:
    return f"volatile {column.type}" if column.volatile else column.type


def _fit_type(transaction: Transaction, stored: StoredType | None, active: ResourceType) -> None:
    have: set[str] = set()
    if stored is None:
        _create_tables(transaction, active.name)
        made = [(active.name, definition(active))]
        transaction.insert("kdm_types", ("name", "definition"), made)
    else:
        active = merged(stored.type, active)
        have = {column.name for column in stored.type.columns}
        transaction.run(
            "UPDATE kdm_types SET definition = :definition WHERE id = :id",
            {"definition": definition(active), "id": stored.id},
        )
    _add_columns(transaction, active, have)


def _add_columns(transaction: Transaction, active: ResourceType, have: Collection[str]) -> None:
    names = tables(active.name)
    for column in active.columns:
        if column.name not in have:
            transaction.run(
                "ALTER TABLE {table} ADD COLUMN {column} {type}",
                table=names.states if column.volatile else names.rows,
                column=column.name,
                type=Raw(transaction.dialect.types[column.type]),
            )


def _create_tables(transaction: Transaction, name: str) -> None:
    names = tables(name)
    for statement in _TYPE_TABLES.split(";"):
        transaction.run(statement, rows=names.rows, states=names.states, refs=names.refs)


def make_relations(transaction: Transaction, known: Mapping[str, StoredType]) -> None:
    """Make the relations of all types, and our own views, where there are none."""
    for stored in known.values():
        _create_tables(transaction, stored.type.name)
        _add_columns(transaction, stored.type, ())
    make_views(transaction, known, known)

"""Makes the relations of resource types, and makes them fit when a type has changed.

A type's definition is kept in the database, so that its snapshots can be read when the plugin is
gone. A column that a plugin drops stays, for the snapshots that have it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from k8s_datamodel.api import Column, Level, ResourceType, StorageError, UnstorableError
from k8s_datamodel_plugins.sql.access.connection import Database, Transaction
from k8s_datamodel_plugins.sql.access.sql_names import (
    LEDGER_VIEW,
    OWN_RELATIONS,
    SNAPSHOTS_VIEW,
    Raw,
    check_names,
    compose,
    quote,
    tables,
)
from k8s_datamodel_plugins.sql.layout.meta_table import write_seals

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

_TYPE_VIEW = """
SELECT r.id, r.snapshot_id, {columns}o.body AS spec
FROM {refs} r
JOIN {rows} w ON w.kdm_id = r.row_id
LEFT JOIN {states} s ON s.kdm_id = r.state_id
LEFT JOIN kdm_objects o ON o.id = w.kdm_object
"""

_SNAPSHOTS_VIEW = """
SELECT s.id, s.timestamp, s.cluster_context, s.cluster_info, {counts}s.namespace_filter, s.notes,
  s.created_at, s.complete, s.cluster_uid, s.source, s.source_timestamp, s.redaction, s.seconds,
  s.uuid
FROM kdm_snapshots s
"""

_COUNT = """(SELECT c.count FROM kdm_counts c WHERE c.snapshot_id = s.id AND c.type_id = {id})
  AS {count}, """

_LEDGER_VIEW = """
SELECT l.snapshot_id, d.resource_type, d.read, l.status, l.reason, l.http_code, l.requests,
  l.objects, l.reused, l.bytes, l.microseconds / 1000000.0 AS seconds, l.optional
FROM kdm_ledger l
JOIN kdm_reads d ON d.id = l.read_id
"""

_TEXTS = frozenset({"text", "list"})
"""Column types that may follow one another: both are plain text."""


_DEFINITION = (
    "name",
    "command",
    "singular",
    "plural",
    "identity",
    "skip",
    "count",
    "order",
    "description",
)
"""What is stored of a type besides its columns: how to show it, not how to collect it."""

_COLUMN_FIELDS = frozenset(field.name for field in fields(Column))


@dataclass(frozen=True, slots=True)
class StoredType:
    """A type as the database knows it: its number there and its definition, less collector."""

    id: int
    type: ResourceType

    @property
    def derived(self) -> list[Column]:
        """Columns that are kept with the content."""
        return [column for column in self.type.columns if not column.volatile]

    @property
    def volatile(self) -> list[Column]:
        """Columns that are kept with the snapshot."""
        return [column for column in self.type.columns if column.volatile]


def stored_types(transaction: Transaction) -> dict[str, StoredType]:
    """All types the database knows, by name, in the order of documents."""
    rows = transaction.run("SELECT id, name, definition FROM kdm_types").fetchall()
    found = [StoredType(row.id, _read_definition(row.name, row.definition)) for row in rows]
    found.sort(key=lambda stored: (stored.type.order, stored.type.name))
    return {stored.type.name: stored for stored in found}


def _definition(resource_type: ResourceType) -> str:
    values: dict[str, Any] = {name: getattr(resource_type, name) for name in _DEFINITION}
    values["columns"] = [asdict(replace(each, path="", value="")) for each in resource_type.columns]
    return json.dumps(values, sort_keys=True)


def _read_definition(name: str, text: str) -> ResourceType:
    try:
        values = json.loads(text)
        return ResourceType(
            **{name: values[name] for name in _DEFINITION if name != "identity"},
            identity=tuple(values["identity"]),
            columns=tuple(_column(column) for column in values["columns"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StorageError(
            f'the database is damaged: its definition of the resource type "{name}" cannot be '
            "read; restore a backup"
        ) from error


def _column(values: Mapping[str, Any]) -> Column:
    # Another version may have stored more about a column than this one knows.
    known = {name: value for name, value in values.items() if name in _COLUMN_FIELDS}
    known["levels"] = tuple(Level(**level) for level in known.get("levels", ()))
    return Column(**known)


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
                make_views(transaction, known, [each.name])
        make_views(transaction, known, OWN_RELATIONS)
        write_seals(transaction)
    return known


def _changed(stored: StoredType | None, active: ResourceType) -> bool:
    return stored is None or _definition(merged(stored.type, active)) != _definition(stored.type)


def merged(stored: ResourceType, active: ResourceType) -> ResourceType:
    """The active definition, with the columns that it has no more at the end."""
    names = {column.name for column in active.columns}
    dropped = tuple(column for column in stored.columns if column.name not in names)
    return replace(active, columns=active.columns + dropped)


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
    if len(whole.columns) > transaction.dialect.most_columns:
        raise UnstorableError(
            f'resource type "{active.name}" cannot be stored: it has {len(whole.columns):,} '
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
        definition = [(active.name, _definition(active))]
        transaction.insert("kdm_types", ("name", "definition"), definition)
    else:
        active = merged(stored.type, active)
        have = {column.name for column in stored.type.columns}
        transaction.run(
            "UPDATE kdm_types SET definition = :definition WHERE id = :id",
            {"definition": _definition(active), "id": stored.id},
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
    make_views(transaction, known, [*known, *OWN_RELATIONS])


def make_views(
    transaction: Transaction, known: Mapping[str, StoredType], names: Iterable[str]
) -> None:
    """Make views that people query anew: those of types, or our own."""
    for name in names:
        transaction.run("DROP VIEW IF EXISTS {view}", view=name)
        selects = Raw(selection(known, name))
        transaction.run("CREATE VIEW {view} AS {selects}", view=name, selects=selects)


def selection(known: Mapping[str, StoredType], name: str) -> str:
    """What a view selects."""
    if name == LEDGER_VIEW:
        return _LEDGER_VIEW
    if name == SNAPSHOTS_VIEW:
        counts = (
            compose(_COUNT, id=Raw(str(stored.id)), count=stored.type.count)
            for stored in known.values()
        )
        return compose(_SNAPSHOTS_VIEW, counts=Raw("".join(counts)))
    columns = "".join(
        f"{'s' if column.volatile else 'w'}.{quote(column.name)}, "
        for column in known[name].type.columns
    )
    each = tables(name)
    return compose(
        _TYPE_VIEW, columns=Raw(columns), refs=each.refs, rows=each.rows, states=each.states
    )

"""The views that people query: of snapshots, of ledgers, of each type, and of what types add.

All of them select from our tables, and none from another view, so that each can be made anew alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from k8s_datamodel.api import ResourceType
from k8s_datamodel_plugins.sql.access.connection import Transaction
from k8s_datamodel_plugins.sql.access.dialects import Dialect
from k8s_datamodel_plugins.sql.access.sql_names import (
    CHANGES_VIEW,
    LATEST,
    LEDGER_VIEW,
    SNAPSHOTS_VIEW,
    Raw,
    compose,
    is_column,
    quote,
    tables,
)
from k8s_datamodel_plugins.sql.layout.change_view import select_changes
from k8s_datamodel_plugins.sql.layout.item_views import select_items
from k8s_datamodel_plugins.sql.layout.stored_types import StoredType

_TYPE_VIEW = """
SELECT r.id, r.snapshot_id, {columns}{spec} AS spec{beside}
FROM {refs} r
JOIN {rows} w ON w.kdm_id = r.row_id
LEFT JOIN {states} s ON s.kdm_id = r.state_id
LEFT JOIN kdm_objects o ON o.id = w.kdm_object
"""

_OF_LATEST = """
WHERE r.snapshot_id IN (
  SELECT n.id FROM (
    SELECT p.id, row_number() OVER (
      PARTITION BY coalesce(nullif(p.cluster_uid, ''), p.cluster_context)
      ORDER BY p.sorted_at DESC, p.id DESC
    ) AS place
    FROM kdm_snapshots p
    JOIN kdm_counts c ON c.snapshot_id = p.id AND c.type_id = {id}
  ) n
  WHERE n.place = 1
)
"""
"""As ``latest`` of a listing: the newest of a cluster that was stored with the type."""

_SNAPSHOTS_VIEW = """
SELECT s.id, {timestamp} AS timestamp, s.cluster_context, s.cluster_info,
  {counts}s.namespace_filter, s.notes, {created_at} AS created_at, {complete} AS complete,
  s.cluster_uid, s.source, {source_timestamp} AS source_timestamp, s.redaction, s.seconds, s.uuid
FROM kdm_snapshots s
"""

_COUNT = """(SELECT c.count FROM kdm_counts c WHERE c.snapshot_id = s.id AND c.type_id = {id})
  AS {count}, """

_LEDGER_VIEW = """
SELECT l.snapshot_id, d.resource_type, d.read, l.status, l.reason, l.http_code, l.requests,
  l.objects, l.reused, l.bytes, l.microseconds / 1000000.0 AS seconds, {optional} AS optional
FROM kdm_ledger l
JOIN kdm_reads d ON d.id = l.read_id
"""

_KINDS = {
    "timestamp": "time",
    "created_at": "time",
    "source_timestamp": "time",
    "complete": "boolean",
}
"""Columns of snapshots that a database may have a type of its own for."""


def make_views(
    transaction: Transaction, known: Mapping[str, StoredType], of: Iterable[str]
) -> None:
    """Make the views of some types and our own anew, and drop those that nobody wants any more.

    A relation that is there and that we did not make stays as it is: its name is taken.
    """
    wanted = selections(known, transaction.dialect)
    names = {name for each in of for name in view_names(known[each].type)}
    ours = {row[0] for row in transaction.run("SELECT name FROM kdm_views").fetchall()}
    for name in sorted(ours):
        if name not in wanted:
            transaction.run("DROP VIEW IF EXISTS {view}", view=name)
            transaction.run("DELETE FROM kdm_views WHERE name = :name", {"name": name})
    for name, selects in wanted.items():
        if name not in names and name not in (SNAPSHOTS_VIEW, LEDGER_VIEW, CHANGES_VIEW):
            continue
        if name in ours:
            transaction.run("DROP VIEW IF EXISTS {view}", view=name)
        elif transaction.exists(name):
            continue
        transaction.run("CREATE VIEW {view} AS {selects}", view=name, selects=Raw(selects))
        transaction.insert("kdm_views", ("name",), [(name,)], ignore=True)


def view_names(resource_type: ResourceType) -> list[str]:
    """The views that a type has."""
    name = resource_type.name
    return [name, f"{LATEST}{name}", *(each.name for each in resource_type.relations)]


def selections(known: Mapping[str, StoredType], dialect: Dialect) -> dict[str, str]:
    """What each view selects, by its name. Of two with one name the first counts."""
    found = {
        SNAPSHOTS_VIEW: _snapshots(known, dialect),
        LEDGER_VIEW: compose(_LEDGER_VIEW, optional=Raw(dialect.typed("l.optional", "boolean"))),
    }
    found.update((name, _records(stored, dialect.typed)) for name, stored in known.items())
    for name, stored in known.items():
        latest = compose(_OF_LATEST, id=Raw(str(stored.id)))
        found.setdefault(f"{LATEST}{name}", f"{found[name]}{latest}")
        for each in stored.type.relations:
            found.setdefault(each.name, select_items(stored.type, each, dialect))
    found.setdefault(CHANGES_VIEW, select_changes(known, dialect))
    return found


def as_stored(stored: StoredType) -> str:
    """What the view of a type selects, less the database's own types of values."""
    return _records(stored, lambda value, kind: value)


def names_beside(resource_type: ResourceType) -> dict[str, str]:
    """Names that columns have in documents and can have in SQL, too, by the column's name."""
    taken = {"id", "snapshot_id", "spec", *(each.name.lower() for each in resource_type.columns)}
    beside = {}
    for column in resource_type.columns:
        if column.key.lower() not in taken and is_column(column.key):
            beside[column.name] = column.key
            taken.add(column.key.lower())
    return beside


def _snapshots(known: Mapping[str, StoredType], dialect: Dialect) -> str:
    counts = (
        compose(_COUNT, id=Raw(str(stored.id)), count=stored.type.count)
        for stored in known.values()
    )
    columns = {name: Raw(dialect.typed(f"s.{name}", kind)) for name, kind in _KINDS.items()}
    return compose(_SNAPSHOTS_VIEW, counts=Raw("".join(counts)), **columns)


def _records(stored: StoredType, typed: Callable[[str, str], str]) -> str:
    columns = {
        each.name: typed(f"{'s' if each.volatile else 'w'}.{quote(each.name)}", each.type)
        for each in stored.type.columns
    }
    beside = names_beside(stored.type)
    each = tables(stored.type.name)
    return compose(
        _TYPE_VIEW,
        columns=Raw("".join(f"{text} AS {quote(name)}, " for name, text in columns.items())),
        beside=Raw("".join(f", {columns[name]} AS {quote(key)}" for name, key in beside.items())),
        spec=Raw(typed("o.body", "json")),
        refs=each.refs,
        rows=each.rows,
        states=each.states,
    )

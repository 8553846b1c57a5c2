"""Report how much is stored and what uses the space."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from k8s_datamodel.api import DamagedError, StoreStats
from k8s_datamodel_plugins.sql.access.connection import Database, Transaction
from k8s_datamodel_plugins.sql.access.sql_names import tables
from k8s_datamodel_plugins.sql.layout.stored_types import stored_types

_PARTS = {
    "kdm_snapshots": "snapshots",
    "kdm_counts": "snapshots",
    "kdm_ledger": "ledger",
    "kdm_reads": "ledger",
}
"""Part of the storage by table; what is neither here nor a type's is ``other``."""


def read_stats(database: Database) -> StoreStats:
    """How much there is of what."""
    with database.read() as transaction:
        total = transaction.run(
            "SELECT count(*) AS snapshots, min(timestamp) AS first, max(timestamp) AS last "
            "FROM kdm_snapshots"
        ).one()
        clusters = transaction.run(
            "SELECT cluster_context, count(*) FROM kdm_snapshots "
            "GROUP BY cluster_context ORDER BY count(*) DESC, cluster_context"
        ).fetchall()
        texts = [*(row[0] for row in clusters), total.first or "", total.last or ""]
        if not all(isinstance(text, str) for text in texts):
            raise DamagedError(
                f"{database.place}: the database is damaged (`database verify` names what); "
                "restore a backup"
            )
        size = _size(transaction)
        return StoreStats(
            location=database.place,
            size=size,
            snapshots=total.snapshots,
            first=total.first,
            last=total.last,
            clusters={row[0]: row[1] for row in clusters},
            records=_records(transaction),
            storage=_storage(transaction, size),
        )


def _records(transaction: Transaction) -> dict[str, int]:
    rows = transaction.run("SELECT type_id, sum(records) FROM kdm_counts GROUP BY type_id")
    totals = {row[0]: int(row[1]) for row in rows}
    return {name: totals.get(stored.id, 0) for name, stored in stored_types(transaction).items()}


def _size(transaction: Transaction) -> int:
    if transaction.dialect.name == "sqlite":
        pages = transaction.scalar("SELECT page_count FROM pragma_page_count")
        return int(pages * transaction.scalar("SELECT page_size FROM pragma_page_size"))
    return sum(_server_sizes(transaction).values())


def _storage(transaction: Transaction, size: int) -> dict[str, int]:
    """Bytes by part. Objects are divided among the types by the size of theirs."""
    types = list(stored_types(transaction))
    owners = dict(_PARTS)
    for name in types:
        each = tables(name)
        owners |= dict.fromkeys((each.rows, each.states, each.refs), name)
    parts = dict.fromkeys(("snapshots", *types, "ledger"), 0)
    relations = relation_sizes(transaction)
    objects = relations.pop("kdm_objects", 0)
    for relation, used in relations.items():
        if relation in owners:
            parts[owners[relation]] += used
    for name, share in _shares(_object_sizes(transaction, types), objects).items():
        parts[name] += share
    return {**parts, "other": size - sum(parts.values())}


def relation_sizes(transaction: Transaction) -> dict[str, int]:
    """Bytes by table, its indexes included."""
    if transaction.dialect.name != "sqlite":
        return _server_sizes(transaction)
    if not transaction.scalar(
        "SELECT count(*) FROM pragma_compile_options WHERE compile_options = 'ENABLE_DBSTAT_VTAB'"
    ):
        return _estimated_sizes(transaction)
    rows = transaction.run(
        "SELECT COALESCE(m.tbl_name, d.name), sum(d.pgsize) FROM dbstat d "
        "LEFT JOIN sqlite_master m ON m.name = d.name WHERE d.aggregate = 1 GROUP BY 1"
    )
    return {row[0]: row[1] for row in rows}


def _server_sizes(transaction: Transaction) -> dict[str, int]:
    rows = transaction.run(
        "SELECT relname, pg_total_relation_size(oid) FROM pg_class "
        "WHERE relkind = 'r' AND starts_with(relname, 'kdm_') AND pg_table_is_visible(oid)"
    )
    return {row[0]: row[1] for row in rows}


def _estimated_sizes(transaction: Transaction) -> dict[str, int]:
    """Where SQLite cannot tell: objects as they are, everything else by the number of rows."""
    sizes = {"kdm_objects": int(transaction.scalar("SELECT sum(size) FROM kdm_objects") or 0)}
    for name in stored_types(transaction):
        each = tables(name)
        for table, row_bytes in ((each.rows, 300), (each.states, 60), (each.refs, 16)):
            sizes[table] = row_bytes * int(
                transaction.scalar("SELECT count(*) FROM {table}", table=table)
            )
    total, size = sum(sizes.values()), _size(transaction)
    return sizes if total <= size else _shares(sizes, size)


def _object_sizes(transaction: Transaction, types: Sequence[str]) -> dict[str, int]:
    """Bytes of the distinct objects of each type."""
    query = "SELECT sum(size) FROM kdm_objects WHERE id IN (SELECT kdm_object FROM {rows})"
    return {name: int(transaction.scalar(query, rows=tables(name).rows) or 0) for name in types}


def _shares(weights: Mapping[str, int], whole: int) -> dict[str, int]:
    """``whole`` divided by weight, rounded down; nothing where there is no weight."""
    total = sum(weights.values())
    return {name: whole * weight // total for name, weight in weights.items() if total}

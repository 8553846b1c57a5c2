"""Looks for damage: what the file says of itself, digests, references, counts and ledgers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import get_args

from k8s_datamodel.api import INCOMPLETE, Status, StorageError
from k8s_datamodel_plugins.sql.connection import Database, Transaction
from k8s_datamodel_plugins.sql.content import SqlValue, digest_of, row_digest, state_digest
from k8s_datamodel_plugins.sql.names import OWN_RELATIONS, Raw, tables
from k8s_datamodel_plugins.sql.schema import StoredType, stored_types

_PAGE = 200

_DANGLING = """
SELECT count(*) FROM {table} a LEFT JOIN {other} b ON b.{key} = a.{column}
WHERE a.{column} IS NOT NULL AND b.{key} IS NULL
"""


def find_problems(database: Database) -> Iterator[str]:
    """One line for each thing that is wrong; none when all is well.

    The whole content is read, page by page, without keeping anybody from writing.
    """
    try:
        with database.read() as transaction:
            types = list(stored_types(transaction).values())
            yield from list(_file_problems(transaction))
            yield from list(_view_problems(transaction, types))
            yield from list(_snapshot_problems(transaction))
            yield from list(_ledger_problems(transaction))
            yield from list(_reference_problems(transaction, types))
            yield from list(_count_problems(transaction, types))
        yield from _object_problems(database)
        for stored in types:
            yield from _content_problems(database, stored, states=False)
            yield from _content_problems(database, stored, states=True)
    except StorageError as error:
        yield str(error)


def _file_problems(transaction: Transaction) -> Iterator[str]:
    if transaction.dialect.name != "sqlite":
        return
    for row in transaction.run("PRAGMA integrity_check"):
        if row[0] != "ok":
            yield f"file: {row[0]}"


def _view_problems(transaction: Transaction, types: list[StoredType]) -> Iterator[str]:
    for name in (*sorted(OWN_RELATIONS), *(stored.type.name for stored in types)):
        if types and not transaction.exists(name):
            yield f"the relation {name} is missing"
    key = transaction.scalar("SELECT value FROM kdm_meta WHERE key = 'redaction_key'")
    if not re.fullmatch("[0-9a-f]{64}", key or ""):
        yield "kdm_meta: the salt of the redaction is missing or damaged"


def _snapshot_problems(transaction: Transaction) -> Iterator[str]:
    infos = transaction.run("SELECT cluster_info, min(id) FROM kdm_snapshots GROUP BY cluster_info")
    for text, number in infos.fetchall():
        try:
            sound = {"version", "platform", "nodes"} <= json.loads(text).keys()
        except (ValueError, AttributeError):
            sound = False
        if not sound:
            yield f"snapshot {number}: what it says of its cluster is damaged"


def _ledger_problems(transaction: Transaction) -> Iterator[str]:
    gaps = transaction.run(
        "SELECT snapshot_id FROM kdm_ledger GROUP BY snapshot_id "
        "HAVING count(*) <> max(position) + 1 ORDER BY snapshot_id"
    )
    for row in gaps.fetchall():
        yield f"snapshot {row[0]}: a part of its ledger is missing"
    known = ", ".join(f"'{status}'" for status in get_args(Status))
    statuses = transaction.run(
        "SELECT snapshot_id, min(status) FROM kdm_ledger WHERE status NOT IN ({known}) "
        "GROUP BY snapshot_id ORDER BY snapshot_id",
        known=Raw(known),
    )
    for row in statuses.fetchall():
        yield f'snapshot {row[0]}: its ledger has the status "{row[1]}", which there is not'
    incomplete = ", ".join(f"'{status}'" for status in sorted(INCOMPLETE))
    liars = transaction.run(
        "SELECT id FROM kdm_snapshots WHERE complete = 1 AND id IN (SELECT snapshot_id "
        "FROM kdm_ledger WHERE optional = 0 AND status IN ({incomplete})) ORDER BY id",
        incomplete=Raw(incomplete),
    )
    for row in liars.fetchall():
        yield f"snapshot {row[0]}: it says that it is complete, and its ledger that it is not"


def _reference_problems(transaction: Transaction, types: list[StoredType]) -> Iterator[str]:
    references = [
        ("kdm_counts", "snapshot_id", "kdm_snapshots", "id"),
        ("kdm_counts", "type_id", "kdm_types", "id"),
        ("kdm_ledger", "snapshot_id", "kdm_snapshots", "id"),
        ("kdm_ledger", "read_id", "kdm_reads", "id"),
        ("kdm_indexed", "cluster_id", "kdm_clusters", "id"),
        ("kdm_index", "indexed_id", "kdm_indexed", "id"),
        ("kdm_index", "object_id", "kdm_objects", "id"),
    ]
    for stored in types:
        each = tables(stored.type.name)
        references += [
            (each.refs, "snapshot_id", "kdm_snapshots", "id"),
            (each.refs, "row_id", each.rows, "kdm_id"),
            (each.refs, "state_id", each.states, "kdm_id"),
            (each.rows, "kdm_object", "kdm_objects", "id"),
        ]
    for table, column, other, key in references:
        count = transaction.run(_DANGLING, table=table, column=column, other=other, key=key)
        if missing := count.scalar():
            yield f"{table}: {missing} rows whose {column} is not in {other}"


def _count_problems(transaction: Transaction, types: list[StoredType]) -> Iterator[str]:
    for stored in types:
        rows = transaction.run(
            "SELECT s.id, c.records, c.count, count(r.id) AS found FROM kdm_snapshots s "
            "LEFT JOIN kdm_counts c ON c.snapshot_id = s.id AND c.type_id = :type "
            "LEFT JOIN {refs} r ON r.snapshot_id = s.id "
            "GROUP BY s.id, c.records, c.count HAVING count(r.id) <> COALESCE(c.records, 0) "
            "OR c.count > c.records",
            {"type": stored.id},
            refs=tables(stored.type.name).refs,
        )
        for row in rows.fetchall():
            yield (
                f"snapshot {row.id}: {row.found} {stored.type.name} are there, "
                f"{row.count if row.found == row.records else row.records or 0} should be"
            )
    without = transaction.run(
        "SELECT id FROM kdm_snapshots EXCEPT SELECT snapshot_id FROM kdm_ledger"
    )
    for row in without.fetchall():
        yield f"snapshot {row[0]}: its ledger is missing"


def _object_problems(database: Database) -> Iterator[str]:
    after = 0
    while True:
        with database.read() as transaction:
            rows = transaction.run(
                "SELECT id, digest, size, body FROM kdm_objects WHERE id > :after "
                "ORDER BY id LIMIT :rows",
                {"after": after, "rows": _PAGE},
            ).fetchall()
        if not rows:
            return
        for row in rows:
            if bytes(row.digest) != digest_of(row.body) or row.size != len(row.body.encode()):
                yield f"kdm_objects: the content of object {row.id} is not what its digest says"
        after = rows[-1].id


def _content_problems(database: Database, stored: StoredType, *, states: bool) -> Iterator[str]:
    """Rows, or states, of a type whose digest is not theirs."""
    each = tables(stored.type.name)
    table = each.states if states else each.rows
    names = [column.name for column in (stored.volatile if states else stored.derived)]
    after = 0
    while True:
        with database.read() as transaction:
            rows = transaction.run(
                _STATES if states else _ROWS,
                {"after": after, "rows": _PAGE},
                table=table,
                columns=Raw("".join(f', t."{name}"' for name in names)),
            ).fetchall()
        if not rows:
            return
        for row in rows:
            values: list[SqlValue] = list(row[3:])
            actual = (
                state_digest(names, values) if states else row_digest(bytes(row[2]), names, values)
            )
            if actual != bytes(row[1]):
                yield f"{table}: row {row[0]} is not what its digest says"
        after = rows[-1][0]


_ROWS = """
SELECT t.kdm_id, t.kdm_digest, o.digest{columns} FROM {table} t
JOIN kdm_objects o ON o.id = t.kdm_object
WHERE t.kdm_id > :after ORDER BY t.kdm_id LIMIT :rows
"""

_STATES = """
SELECT t.kdm_id, t.kdm_digest, NULL{columns} FROM {table} t
WHERE t.kdm_id > :after ORDER BY t.kdm_id LIMIT :rows
"""

"""Looks for damage, and for changes that nobody of ours made.

Small things are asked for by a query and told in its words; see ``digested`` for what has a digest.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import get_args

from k8s_datamodel.api import INCOMPLETE, Status, StorageError
from k8s_datamodel_plugins.sql.access.connection import Database
from k8s_datamodel_plugins.sql.access.sql_names import Raw, compose, tables
from k8s_datamodel_plugins.sql.keeping.digested import (
    beside_problems,
    content_problems,
    index_problems,
    list_problems,
    memo_problems,
    object_problems,
    snapshot_problems,
)
from k8s_datamodel_plugins.sql.keeping.shape import relation_problems
from k8s_datamodel_plugins.sql.layout.meta_table import PATTERNS, broken_seals
from k8s_datamodel_plugins.sql.layout.migrations import MIGRATIONS
from k8s_datamodel_plugins.sql.layout.stored_types import StoredType, stored_types

_Check = Callable[[Database], Iterator[str]]


def find_problems(database: Database) -> Iterator[str]:
    """One line for each thing that is wrong; none when all is well.

    The whole content is read, portion by portion, without keeping anybody from writing. What keeps
    one check from being made is told in its place.
    """
    told = set()
    for check in _CHECKS:
        for problem in _found(check, database):
            if problem not in told:
                told.add(problem)
                yield problem


def _found(check: _Check, database: Database) -> Iterator[str]:
    try:
        yield from check(database)
    except StorageError as error:
        yield str(error)


def _quoted(words: Sequence[str]) -> Raw:
    return Raw(", ".join(f"'{word}'" for word in words))


_FINDINGS = (
    (
        "SELECT snapshot_id FROM kdm_ledger GROUP BY snapshot_id "
        "HAVING count(*) <> max(position) + 1 ORDER BY snapshot_id",
        "snapshot {0}: a part of its ledger is missing",
    ),
    (
        compose(
            "SELECT snapshot_id, min(status) FROM kdm_ledger WHERE status NOT IN ({statuses}) "
            "GROUP BY snapshot_id ORDER BY snapshot_id",
            statuses=_quoted(get_args(Status)),
        ),
        'snapshot {0}: its ledger has the status "{1}", which there is not',
    ),
    (
        compose(
            "SELECT id FROM kdm_snapshots WHERE complete = 1 AND id IN (SELECT snapshot_id "
            "FROM kdm_ledger WHERE optional = 0 AND status IN ({incomplete})) ORDER BY id",
            incomplete=_quoted(sorted(INCOMPLETE)),
        ),
        "snapshot {0}: it says that it is complete, and its ledger that it is not",
    ),
    (
        "SELECT id FROM kdm_snapshots EXCEPT SELECT snapshot_id FROM kdm_ledger",
        "snapshot {0}: its ledger is missing",
    ),
    (
        # See ``commit``: a snapshot sorts by its time, or by the last of those before it.
        "SELECT id FROM kdm_snapshots s WHERE sorted_at <> timestamp AND (sorted_at < timestamp "
        "OR sorted_at NOT LIKE '____-__-__ __:__:__' "
        "OR EXISTS (SELECT 1 FROM kdm_snapshots e WHERE e.sorted_at > s.sorted_at AND e.id < s.id)"
        ") ORDER BY id",
        "snapshot {0}: its place in the order is not one that a store gives",
    ),
    (
        # Only those that an earlier version stored have none.
        "SELECT DISTINCT snapshot_id FROM kdm_counts WHERE sum IS NULL AND snapshot_id >= "
        "(SELECT min(snapshot_id) FROM kdm_counts WHERE sum IS NOT NULL) ORDER BY snapshot_id",
        "snapshot {0}: the sum of its records is missing",
    ),
)
"""Queries, and what each row of their answers means."""

_COUNTS = """
SELECT s.id, count(r.id),
  CASE WHEN count(r.id) = c.records THEN c.count ELSE COALESCE(c.records, 0) END
FROM kdm_snapshots s
LEFT JOIN kdm_counts c ON c.snapshot_id = s.id AND c.type_id = {type}
LEFT JOIN {refs} r ON r.snapshot_id = s.id
GROUP BY s.id, c.records, c.count
HAVING count(r.id) <> COALESCE(c.records, 0) OR c.count > c.records
"""

_DANGLING = """
SELECT count(*) FROM {table} a LEFT JOIN {other} b ON b.{key} = a.{column}
WHERE a.{column} IS NOT NULL AND b.{key} IS NULL HAVING count(*) > 0
"""

_REFERENCES = (
    ("kdm_counts", "snapshot_id", "kdm_snapshots", "id"),
    ("kdm_counts", "type_id", "kdm_types", "id"),
    ("kdm_ledger", "snapshot_id", "kdm_snapshots", "id"),
    ("kdm_ledger", "read_id", "kdm_reads", "id"),
    ("kdm_indexed", "cluster_id", "kdm_clusters", "id"),
    ("kdm_index", "indexed_id", "kdm_indexed", "id"),
    ("kdm_index", "object_id", "kdm_objects", "id"),
    ("kdm_index", "beside_id", "kdm_beside", "id"),
    ("kdm_memos", "object_id", "kdm_objects", "id"),
    ("kdm_lists", "indexed_id", "kdm_indexed", "id"),
    ("kdm_lists", "type_id", "kdm_types", "id"),
    ("kdm_lists", "snapshot_id", "kdm_snapshots", "id"),
    ("kdm_baselines", "snapshot_id", "kdm_snapshots", "id"),
)
"""Table, column, and where its values must be."""

_NUMBERED = ("kdm_snapshots", "kdm_types", "kdm_objects", "kdm_reads", "kdm_clusters", "kdm_beside")
"""Tables whose numbers are never used twice."""


def _types(database: Database) -> list[StoredType]:
    with database.read() as transaction:
        return list(stored_types(transaction).values())


def _file(database: Database) -> Iterator[str]:
    if database.dialect.name == "sqlite":
        with database.read() as transaction:
            rows = transaction.run("PRAGMA integrity_check").fetchall()
        yield from (f"file: {row[0]}" for row in rows if row[0] != "ok")


def _meta(database: Database) -> Iterator[str]:
    with database.read() as transaction:
        meta = {row[0]: row[1] for row in transaction.run("SELECT key, value FROM kdm_meta")}
        applied = {row[0] for row in transaction.run("SELECT name FROM kdm_migrations")}
        broken = list(broken_seals(transaction))
    for key, pattern in {**PATTERNS, "schema": str(len(MIGRATIONS))}.items():
        if not re.fullmatch(pattern, str(meta.get(key))):
            what = "the salt of the redaction" if key == "redaction_key" else key
            yield f"kdm_meta: {what} is missing or damaged"
    for name in sorted({each.name for each in MIGRATIONS} ^ applied):
        yield f'kdm_migrations: the step "{name}" is not there, or is not known'
    yield from broken


def _clusters(database: Database) -> Iterator[str]:
    with database.read() as transaction:
        infos = transaction.run(
            "SELECT cluster_info, min(id) FROM kdm_snapshots GROUP BY cluster_info"
        ).fetchall()
    for text, number in infos:
        try:
            sound = {"version", "platform", "nodes"} <= json.loads(text).keys()
        except (ValueError, TypeError, AttributeError):
            sound = False
        if not sound:
            yield f"snapshot {number}: what it says of its cluster is damaged"


def _findings(database: Database) -> Iterator[str]:
    """What the queries find, those for all and those for each type."""
    for query, words in (*_FINDINGS, *_dangling(database), *_counts(database)):
        with database.read() as transaction:
            rows = transaction.run(query).fetchall()
        yield from (words.format(*row) for row in rows)


def _dangling(database: Database) -> Iterator[tuple[str, str]]:
    references = list(_REFERENCES)
    for stored in _types(database):
        each = tables(stored.type.name)
        references += [
            (each.refs, "snapshot_id", "kdm_snapshots", "id"),
            (each.refs, "row_id", each.rows, "kdm_id"),
            (each.refs, "state_id", each.states, "kdm_id"),
            (each.refs, "beside_id", "kdm_beside", "id"),
            (each.rows, "kdm_object", "kdm_objects", "id"),
        ]
    for table, column, other, key in references:
        query = compose(_DANGLING, table=table, column=column, other=other, key=key)
        yield query, f"{table}: {{0}} rows whose {column} is not in {other}"


def _counts(database: Database) -> Iterator[tuple[str, str]]:
    for stored in _types(database):
        refs = tables(stored.type.name).refs
        words = f"snapshot {{0}}: {{1}} {stored.type.name} are there, {{2}} should be"
        yield compose(_COUNTS, type=Raw(str(stored.id)), refs=refs), words


def _numbers(database: Database) -> Iterator[str]:
    """Counters that would give a number a second time."""
    types = _types(database)
    named = [(table, "id") for table in _NUMBERED]
    for stored in types:
        each = tables(stored.type.name)
        named += [(each.rows, "kdm_id"), (each.states, "kdm_id")]
    with database.read() as transaction:
        for table, key in named:
            highest = transaction.scalar("SELECT max({key}) FROM {table}", key=key, table=table)
            last = transaction.scalar(transaction.dialect.last_number, {"table": table, "key": key})
            if (highest or 0) > (last or 0):
                yield f"{table}: its next number was given already"
        for stored in types:
            refs = tables(stored.type.name).refs
            highest = transaction.scalar("SELECT max(id) FROM {refs}", refs=refs)
            find = "SELECT next_ref FROM kdm_types WHERE id = :id"
            following = transaction.scalar(find, {"id": stored.id})
            if not isinstance(following, int) or (highest or 0) >= following:
                yield f"{refs}: its next number was given already"


_CHECKS: tuple[_Check, ...] = (
    _file,
    relation_problems,
    _meta,
    _clusters,
    _findings,
    _numbers,
    index_problems,
    list_problems,
    memo_problems,
    snapshot_problems,
    object_problems,
    beside_problems,
    content_problems,
)
"""In the order of their lines."""

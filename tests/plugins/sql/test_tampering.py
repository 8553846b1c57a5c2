"""Kinds of damage and of careless changes: ``database verify`` names each. The next is one line.

Whoever can make a snapshot's digest anew is not found out; see ``docs/safety.md``.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import psycopg
import pytest

from k8s_datamodel.api import StorageError
from support.forked import Forked
from support.servers.postgres import Postgres
from support.sql_stores import (
    CLUSTER,
    LEDGER,
    RESOURCE,
    WIDGETS,
    Backend,
    record,
    snapshot,
    widget,
    widgets,
)

GADGETS = replace(WIDGETS, name="gadgets", command="gadget", count="gadget_count", order=20)

SNAPSHOT_1 = "snapshot 1: it is not what its digest says"
SNAPSHOT_2 = "snapshot 2: it is not what its digest says"

REFERENCES = {
    "a reference repointed": ("UPDATE kdm_widgets_refs SET row_id = 1 WHERE id = 1", SNAPSHOT_1),
    "all references to one row": ("UPDATE kdm_widgets_refs SET row_id = 1", SNAPSHOT_2),
    "two references swapped between snapshots": (
        "UPDATE kdm_widgets_refs SET row_id = (SELECT o.row_id FROM kdm_widgets_refs o "
        "WHERE o.id = 8 - kdm_widgets_refs.id) WHERE id IN (2, 6)",
        SNAPSHOT_1,
    ),
    "a reference moved to another snapshot": (
        "UPDATE kdm_widgets_refs SET snapshot_id = 2 WHERE id = 1",
        "snapshot 1: 3 widgets are there, 4 should be",
    ),
    "a reference moved, and the counts with it": (
        "UPDATE kdm_widgets_refs SET snapshot_id = 2 WHERE id = 1;"
        "UPDATE kdm_counts SET count = 3, records = 3 WHERE snapshot_id = 1 AND type_id = 1;"
        "UPDATE kdm_counts SET count = 5, records = 5 WHERE snapshot_id = 2 AND type_id = 1",
        SNAPSHOT_1,
    ),
    "a record removed": (
        "DELETE FROM kdm_widgets_refs WHERE id = 2",
        "snapshot 1: 3 widgets are there, 4 should be",
    ),
    "a record removed, and the count with it": (
        "DELETE FROM kdm_widgets_refs WHERE id = 2;"
        "UPDATE kdm_counts SET count = 3, records = 3 WHERE snapshot_id = 1 AND type_id = 1",
        SNAPSHOT_1,
    ),
    "a record twice, and the count with it": (
        "INSERT INTO kdm_widgets_refs VALUES (1, 90, 1, 1, 1);"
        "UPDATE kdm_types SET next_ref = 99;"
        "UPDATE kdm_counts SET count = 5, records = 5 WHERE snapshot_id = 1 AND type_id = 1",
        SNAPSHOT_1,
    ),
    "one record twice in place of another": (
        "UPDATE kdm_widgets_refs SET row_id = 1, state_id = 1 WHERE id = 2",
        SNAPSHOT_1,
    ),
    "a state of another record": (
        "UPDATE kdm_widgets_refs SET state_id = 2 WHERE id = 1",
        SNAPSHOT_1,
    ),
    "a state gone": ("UPDATE kdm_widgets_refs SET state_id = NULL WHERE id = 1", SNAPSHOT_1),
    "a reference to nothing": (
        "UPDATE kdm_widgets_refs SET row_id = 99 WHERE id = 1",
        "kdm_widgets_refs: 1 rows whose row_id is not in kdm_widgets_rows",
    ),
    "a reference to no state": (
        "UPDATE kdm_widgets_refs SET state_id = 99 WHERE id = 1",
        "kdm_widgets_refs: 1 rows whose state_id is not in kdm_widgets_states",
    ),
    "records of no snapshot": (
        "UPDATE kdm_gadgets_refs SET snapshot_id = 77 WHERE snapshot_id = 2",
        "kdm_gadgets_refs: 2 rows whose snapshot_id is not in kdm_snapshots",
    ),
}

CONTENT = {
    "an object's body": (
        "UPDATE kdm_objects SET body = '{}' WHERE id = 2",
        "the content of object 2 is not what its digest says",
    ),
    "one word in a body": (
        "UPDATE kdm_objects SET body = replace(body, 'shop', 'shed') WHERE id = 3",
        "the content of object 3 is not what its digest says",
    ),
    "a body's size": ("UPDATE kdm_objects SET size = 7 WHERE id = 2", "content of object 2 is not"),
    "bodies swapped": (
        "UPDATE kdm_objects SET body = (SELECT o.body FROM kdm_objects o WHERE o.id = "
        "3 - kdm_objects.id) WHERE id IN (1, 2)",
        "the content of object 1 is not what its digest says",
    ),
    "an object's digest": (
        "UPDATE kdm_objects SET digest = kdm_widgets_rows.kdm_digest FROM kdm_widgets_rows "
        "WHERE kdm_objects.id = 2 AND kdm_widgets_rows.kdm_id = 2",
        "the content of object 2 is not what its digest says",
    ),
    "an object gone": (
        "DELETE FROM kdm_objects WHERE id = 2",
        "kdm_widgets_rows: 1 rows whose kdm_object is not in kdm_objects",
    ),
    "a column of a row": (
        "UPDATE kdm_widgets_rows SET name = 'other' WHERE kdm_id = 1",
        "kdm_widgets_rows: row 1 is not what its digest says",
    ),
    "a column emptied": (
        "UPDATE kdm_widgets_rows SET size = NULL WHERE kdm_id = 2",
        "kdm_widgets_rows: row 2 is not what its digest says",
    ),
    "another object for a row": (
        "UPDATE kdm_widgets_rows SET kdm_object = 2 WHERE kdm_id = 1",
        "kdm_widgets_rows: row 1 is not what its digest says",
    ),
    "a row's digest": (
        "UPDATE kdm_gadgets_rows SET kdm_digest = kdm_objects.digest FROM kdm_objects "
        "WHERE kdm_objects.id = 1 AND kdm_gadgets_rows.kdm_id = 1",
        "kdm_gadgets_rows: row 1 is not what its digest says",
    ),
    "a row gone": (
        "DELETE FROM kdm_widgets_rows WHERE kdm_id = 1",
        "kdm_widgets_refs: 2 rows whose row_id is not in kdm_widgets_rows",
    ),
    "what is beside records": (
        'UPDATE kdm_beside SET body = replace(body, \'[]\', \'[["v1","x","Apply",""]]\')',
        "kdm_beside: row 1 is not what its digest says",
    ),
    "no JSON beside records": (
        "UPDATE kdm_beside SET body = 'x'",
        "kdm_beside: row 1 is not what its digest says",
    ),
    "nothing beside a record": (
        "UPDATE kdm_widgets_refs SET beside_id = NULL WHERE id = 1",
        SNAPSHOT_1,
    ),
    "what is beside records is gone": (
        "DELETE FROM kdm_beside WHERE id = 1",
        "rows whose beside_id is not in kdm_beside",
    ),
    "a state's value": (
        "UPDATE kdm_widgets_states SET in_use = 7 WHERE kdm_id = 1",
        "kdm_widgets_states: row 1 is not what its digest says",
    ),
    "a state removed": (
        "DELETE FROM kdm_widgets_states WHERE kdm_id = 1",
        "rows whose state_id is not in kdm_widgets_states",
    ),
}

HEADS = {
    "complete, though it was not": (
        "UPDATE kdm_snapshots SET complete = 1 WHERE id = 2",
        SNAPSHOT_2,
    ),
    "incomplete, though it was not": (
        "UPDATE kdm_snapshots SET complete = 0 WHERE id = 1",
        SNAPSHOT_1,
    ),
    "a time": (
        "UPDATE kdm_snapshots SET timestamp = '2019-01-01 00:00:00' WHERE id = 1",
        SNAPSHOT_1,
    ),
    "its place before its time": (
        "UPDATE kdm_snapshots SET sorted_at = '2019-01-01 00:00:00' WHERE id = 2",
        "snapshot 2: its place in the order is not one that a store gives",
    ),
    "no place": (
        "UPDATE kdm_snapshots SET sorted_at = '' WHERE id = 1",
        "snapshot 1: its place in the order is not one that a store gives",
    ),
    "a place that is no time": (
        "UPDATE kdm_snapshots SET sorted_at = 'last' WHERE id = 2",
        "snapshot 2: its place in the order is not one that a store gives",
    ),
    "an earlier one put last": (
        "UPDATE kdm_snapshots SET sorted_at = CASE id WHEN 1 THEN '2099-01-01 00:00:00' "
        "ELSE '2030-01-01 00:00:00' END",
        "snapshot 2: its place in the order is not one that a store gives",
    ),
    "when it was stored": (
        "UPDATE kdm_snapshots SET created_at = '2019-01-01 00:00:00' WHERE id = 1",
        SNAPSHOT_1,
    ),
    "how long it took": ("UPDATE kdm_snapshots SET seconds = 0 WHERE id = 1", SNAPSHOT_1),
    "a context": ("UPDATE kdm_snapshots SET cluster_context = 'dev' WHERE id = 1", SNAPSHOT_1),
    "a cluster's uid": ("UPDATE kdm_snapshots SET cluster_uid = 'other' WHERE id = 1", SNAPSHOT_1),
    "a source": ("UPDATE kdm_snapshots SET source = 'file' WHERE id = 1", SNAPSHOT_1),
    "the time of a dump": (
        "UPDATE kdm_snapshots SET source_timestamp = '2019-01-01 00:00:00' WHERE id = 1",
        SNAPSHOT_1,
    ),
    "a uuid": ("UPDATE kdm_snapshots SET uuid = 'other' WHERE id = 1", SNAPSHOT_1),
    "a namespace filter": (
        "UPDATE kdm_snapshots SET namespace_filter = NULL WHERE id = 2",
        SNAPSHOT_2,
    ),
    "redacted, though it was not": (
        "UPDATE kdm_snapshots SET redaction = 'salt-1' WHERE id = 2",
        SNAPSHOT_2,
    ),
    "a server's version": (
        "UPDATE kdm_snapshots SET cluster_info = replace(cluster_info, 'v1.30.1', 'v1.9.0')",
        SNAPSHOT_1,
    ),
    "a cluster that is a list": (
        "UPDATE kdm_snapshots SET cluster_info = '[]' WHERE id = 1",
        "snapshot 1: what it says of its cluster is damaged",
    ),
    "a cluster that is a number": (
        "UPDATE kdm_snapshots SET cluster_info = '7' WHERE id = 1",
        "snapshot 1: what it says of its cluster is damaged",
    ),
    "a cluster that is no JSON": (
        "UPDATE kdm_snapshots SET cluster_info = 'x' WHERE id = 1",
        "snapshot 1: what it says of its cluster is damaged",
    ),
    "a snapshot's digest": (
        "UPDATE kdm_snapshots SET digest = replace(digest, '1:', '1:0') WHERE id = 1",
        SNAPSHOT_1,
    ),
    "a digest removed": (
        "UPDATE kdm_snapshots SET digest = NULL WHERE id = 1",
        "snapshot 1: its digest is missing",
    ),
    "a digest of another snapshot": (
        "UPDATE kdm_snapshots SET digest = (SELECT digest FROM kdm_snapshots WHERE id = 2)",
        SNAPSHOT_1,
    ),
    "a snapshot gone": (
        "DELETE FROM kdm_snapshots WHERE id = 2",
        "kdm_widgets_refs: 4 rows whose snapshot_id is not in kdm_snapshots",
    ),
}

COUNTS = {
    "a count": (
        "UPDATE kdm_counts SET count = 5 WHERE snapshot_id = 1 AND type_id = 1",
        "snapshot 1: 4 widgets are there, 5 should be",
    ),
    "a smaller count": ("UPDATE kdm_counts SET count = 3 WHERE snapshot_id = 1", SNAPSHOT_1),
    "an unknown count": ("UPDATE kdm_counts SET count = NULL WHERE snapshot_id = 1", SNAPSHOT_1),
    "a count that was unknown": (
        "UPDATE kdm_counts SET count = 2 WHERE snapshot_id = 2 AND type_id = 2",
        SNAPSHOT_2,
    ),
    "counts gone": (
        "DELETE FROM kdm_counts WHERE snapshot_id = 1",
        "snapshot 1: 4 widgets are there, 0 should be",
    ),
    "another sum": (
        "UPDATE kdm_counts SET sum = (SELECT d.sum FROM kdm_counts d WHERE d.snapshot_id = 1 "
        "AND d.type_id = 1) WHERE snapshot_id = 2 AND type_id = 1",
        "snapshot 2: its widgets have another sum",
    ),
    "no sum": (
        "UPDATE kdm_counts SET sum = NULL WHERE snapshot_id = 2",
        "snapshot 2: the sum of its records is missing",
    ),
    "counts of a type there is not": (
        "UPDATE kdm_counts SET type_id = 9 WHERE type_id = 2",
        "kdm_counts: 2 rows whose type_id is not in kdm_types",
    ),
}

LEDGERS = {
    "a status": (
        "UPDATE kdm_ledger SET status = 'absent' WHERE snapshot_id = 2 AND position = 0",
        SNAPSHOT_2,
    ),
    "a status there is not": (
        "UPDATE kdm_ledger SET status = 'fine'",
        'snapshot 1: its ledger has the status "fine"',
    ),
    "a status worse than the snapshot": (
        "UPDATE kdm_ledger SET status = 'forbidden', optional = 0 WHERE snapshot_id = 1",
        "snapshot 1: it says that it is complete, and its ledger that it is not",
    ),
    "optional": ("UPDATE kdm_ledger SET optional = 1 WHERE position = 0", SNAPSHOT_1),
    "a reason": ("UPDATE kdm_ledger SET reason = 'because' WHERE position = 1", SNAPSHOT_1),
    "an HTTP code": ("UPDATE kdm_ledger SET http_code = 418 WHERE position = 0", SNAPSHOT_1),
    "requests": ("UPDATE kdm_ledger SET requests = 0 WHERE position = 0", SNAPSHOT_1),
    "objects": ("UPDATE kdm_ledger SET objects = 0 WHERE position = 0", SNAPSHOT_1),
    "reused": ("UPDATE kdm_ledger SET reused = 0 WHERE position = 0", SNAPSHOT_1),
    "bytes": ("UPDATE kdm_ledger SET bytes = 0 WHERE position = 0", SNAPSHOT_1),
    "how long a read took": (
        "UPDATE kdm_ledger SET microseconds = 0 WHERE position = 0",
        SNAPSHOT_1,
    ),
    "a ledger cut at its end": ("DELETE FROM kdm_ledger WHERE position = 1", SNAPSHOT_1),
    "a ledger cut at its beginning": (
        "DELETE FROM kdm_ledger WHERE position = 0",
        "snapshot 1: a part of its ledger is missing",
    ),
    "a ledger gone": ("DELETE FROM kdm_ledger WHERE snapshot_id = 1", "snapshot 1: its ledger is"),
    "an entry more": (
        "INSERT INTO kdm_ledger SELECT snapshot_id, 2, read_id, optional, status, reason, "
        "http_code, requests, objects, reused, bytes, microseconds FROM kdm_ledger "
        "WHERE snapshot_id = 1 AND position = 1",
        SNAPSHOT_1,
    ),
    "what was read": ("UPDATE kdm_reads SET read = 'pods' WHERE id = 1", SNAPSHOT_1),
    "for which type it was read": (
        "UPDATE kdm_reads SET resource_type = 'gadgets' WHERE resource_type = 'widgets'",
        SNAPSHOT_1,
    ),
    "another read": ("UPDATE kdm_ledger SET read_id = 1", SNAPSHOT_1),
    "no read": ("DELETE FROM kdm_reads", "kdm_ledger: 4 rows whose read_id is not in kdm_reads"),
}

RELATIONS = {
    "a view gone": ("DROP VIEW widgets", "the relation widgets is missing"),
    "our own view gone": ("DROP VIEW inventory_ledger", "relation inventory_ledger is missing"),
    "a view that shows less": (
        "ALTER_VIEW widgets SELECT id, snapshot_id, name FROM (OLD) w",
        "the relation widgets is not the one that we make",
    ),
    "a view that leaves rows out": (
        "ALTER_VIEW widgets SELECT * FROM (OLD) w WHERE name <> 'widget-00001'",
        "the relation widgets is not the one that we make",
    ),
    "our own view that says complete": (
        "ALTER_VIEW inventory_ledger SELECT snapshot_id, resource_type, read, 'complete' AS status "
        "FROM (OLD) l",
        "the relation inventory_ledger is not the one that we make",
    ),
    "a table in place of a view": (
        "DROP VIEW widgets; CREATE TABLE widgets (id INTEGER, name TEXT)",
        "the relation widgets is not the one that we make",
    ),
    "a table gone": ("DROP TABLE kdm_index", "the table kdm_index is missing"),
    "a table of a type gone": (
        "DROP VIEW changes; DROP VIEW gadgets; DROP VIEW latest_gadgets;"
        "DROP TABLE kdm_gadgets_refs",
        "the table kdm_gadgets_refs is missing",
    ),
    "an index gone": (
        "DROP INDEX kdm_snapshots_time",
        "kdm_snapshots: its index of timestamp is missing",
    ),
    "an index of other columns": (
        "DROP INDEX kdm_snapshots_cluster;"
        "CREATE INDEX kdm_snapshots_cluster ON kdm_snapshots (timestamp, id)",
        "kdm_snapshots: its index of cluster_context, sorted_at is missing",
    ),
    "a column gone": (
        "ALTER TABLE kdm_leases DROP COLUMN pid",
        "kdm_leases: its column pid is missing",
    ),
    "a column renamed": (
        "ALTER TABLE kdm_index RENAME COLUMN seal TO deal",
        "kdm_index: its column seal is missing",
    ),
}

REST = {
    "the salt": (
        f"UPDATE kdm_meta SET value = '{'0' * 64}' WHERE key = 'redaction_key'",
        "kdm_meta: the salt of the redaction changed since",
    ),
    "no salt": (
        "UPDATE kdm_meta SET value = 'x' WHERE key = 'redaction_key'",
        "kdm_meta: the salt of the redaction is missing or damaged",
    ),
    "the salt gone": (
        "DELETE FROM kdm_meta WHERE key = 'redaction_key'",
        "kdm_meta: the salt of the redaction is missing or damaged",
    ),
    "no next lease": ("DELETE FROM kdm_meta WHERE key = 'next_lease'", "kdm_meta: next_lease is"),
    "a migration gone": (
        "DELETE FROM kdm_migrations WHERE name = '2026-11-digests'",
        'kdm_migrations: the step "2026-11-digests" is not there, or is not known',
    ),
    "a migration more": (
        "INSERT INTO kdm_migrations VALUES ('2031-flying', '2031-01-01 00:00:00')",
        'kdm_migrations: the step "2031-flying" is not there, or is not known',
    ),
    "a type's definition": (
        """UPDATE kdm_types SET definition = replace(definition, '"Widget"', '"Gizmo"')""",
        "kdm_meta: the definitions of the resource types changed since",
    ),
    "a type's column of another kind": (
        "UPDATE kdm_types SET definition = replace(definition, '\"list\"', '\"text\"')",
        "kdm_meta: the definitions of the resource types changed since",
    ),
    "a definition that cannot be read": (
        "UPDATE kdm_types SET definition = '{' WHERE id = 1",
        'definition of the resource type "widgets" cannot be read',
    ),
    "a definition that is a list": (
        "UPDATE kdm_types SET definition = '[]' WHERE id = 1",
        'definition of the resource type "widgets" cannot be read',
    ),
    "two types' names swapped": (
        "UPDATE kdm_types SET name = 'x' WHERE id = 1;"
        "UPDATE kdm_types SET name = 'widgets' WHERE id = 2;"
        "UPDATE kdm_types SET name = 'gadgets' WHERE id = 1",
        "kdm_meta: the definitions of the resource types changed since",
    ),
    "numbers of records given again": (
        "UPDATE kdm_types SET next_ref = 1 WHERE id = 1",
        "kdm_widgets_refs: its next number was given already",
    ),
    "the index repointed": (
        "UPDATE kdm_index SET object_id = CASE object_id WHEN 1 THEN 2 ELSE 1 END",
        "kdm_index: parts.example.org/v1/Widget",
    ),
    "nothing beside an object of the index": (
        "UPDATE kdm_index SET beside_id = NULL",
        "kdm_index: parts.example.org/v1/Widget",
    ),
    "a version in the index": (
        "UPDATE kdm_index SET resource_version = '99'",
        "kdm_index: parts.example.org/v1/Widget",
    ),
    "what the index speaks of": (
        "UPDATE kdm_indexed SET resource = 'apps/v1/Deployment'",
        "kdm_index: apps/v1/Deployment",
    ),
    "the index of another server version": (
        "UPDATE kdm_clusters SET version = 'v1.31.0'",
        "kdm_index: parts.example.org/v1/Widget",
    ),
    "the index under other rules of redaction": (
        "UPDATE kdm_clusters SET redaction = 'salt-1/99'",
        "kdm_index: parts.example.org/v1/Widget",
    ),
    "the index in another context": (
        "UPDATE kdm_indexed SET context = 'crd-uid/generation-9'",
        "kdm_index: parts.example.org/v1/Widget",
    ),
}

ON_SQLITE = {
    "numbers of snapshots given again": (
        "UPDATE sqlite_sequence SET seq = 0 WHERE name = 'kdm_snapshots'",
        "kdm_snapshots: its next number was given already",
    ),
    "numbers of objects given again": (
        "DELETE FROM sqlite_sequence WHERE name = 'kdm_objects'",
        "kdm_objects: its next number was given already",
    ),
    "a trigger": (
        "CREATE TRIGGER later AFTER INSERT ON kdm_snapshots BEGIN DELETE FROM kdm_index; END",
        'kdm_snapshots: the trigger or rule "later" is not ours',
    ),
    "a trigger on a view": (
        "CREATE TRIGGER into_view INSTEAD OF INSERT ON widgets BEGIN SELECT 1; END",
        'widgets: the trigger or rule "into_view" is not ours',
    ),
    "nothing keeps digests apart": (
        "PRAGMA writable_schema = ON; DELETE FROM sqlite_master WHERE name LIKE "
        "'sqlite_autoindex_kdm_objects%'; UPDATE sqlite_master SET sql = replace(sql, "
        "'digest BLOB NOT NULL UNIQUE', 'digest BLOB NOT NULL') WHERE name = 'kdm_objects'",
        "kdm_objects: nothing keeps its digest unique",
    ),
    "a number that is text": ("UPDATE kdm_ledger SET bytes = 'many'", SNAPSHOT_1),
    "seconds that are text": ("UPDATE kdm_snapshots SET seconds = 'long' WHERE id = 1", SNAPSHOT_1),
    "a digest that is text": (
        "UPDATE kdm_widgets_rows SET kdm_digest = 'x' WHERE kdm_id = 1",
        "kdm_widgets_rows: row 1 is not what its digest says",
    ),
    "a body that is bytes": (
        "UPDATE kdm_objects SET body = x'00ff' WHERE id = 1",
        "the content of object 1 is not what its digest says",
    ),
}

ON_POSTGRESQL = {
    "numbers of snapshots given again": (
        "SELECT setval('kdm_snapshots_id_seq', 1)",
        "kdm_snapshots: its next number was given already",
    ),
    "a trigger": (
        "CREATE TRIGGER later BEFORE UPDATE ON kdm_snapshots FOR EACH ROW "
        "EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        'kdm_snapshots: the trigger or rule "later" is not ours',
    ),
    "a rule": (
        "CREATE RULE never AS ON DELETE TO kdm_ledger DO INSTEAD NOTHING",
        'kdm_ledger: the trigger or rule "never" is not ours',
    ),
    "nothing keeps digests apart": (
        "ALTER TABLE kdm_objects DROP CONSTRAINT kdm_objects_digest_key",
        "kdm_objects: nothing keeps its digest unique",
    ),
    "nothing keeps references apart": (
        "ALTER TABLE kdm_widgets_refs DROP CONSTRAINT kdm_widgets_refs_pkey",
        "kdm_widgets_refs: nothing keeps its snapshot_id, id unique",
    ),
}

Case: TypeAlias = tuple[str, str, str]

EVERYWHERE = {**REFERENCES, **CONTENT, **HEADS, **COUNTS, **LEDGERS, **RELATIONS, **REST}


def _cases(*tables: dict[str, tuple[str, str]]) -> list[object]:
    return [
        pytest.param(*case, id=name.replace(" ", "-"))
        for table in tables
        for name, case in table.items()
    ]


def _fill(backend: Backend) -> None:
    """Two snapshots of two types, the second one of one namespace, incomplete, and not redacted."""
    store = backend.open(WIDGETS, GADGETS)
    for number in (1, 2):
        second = number == 2
        with store.begin([WIDGETS, GADGETS]) as writer:
            writer.note_definition(RESOURCE, "crd-uid/generation-4")
            sizes = (0, 10 * number, 2, 3)
            writer.write(
                WIDGETS,
                [record(widget(f"widget-{n:05}", size), in_use=n) for n, size in enumerate(sizes)],
            )
            writer.write(GADGETS, widgets(2))
            changes = {"namespace_filter": "shop", "complete": False, "redaction": "none"}
            writer.commit(
                snapshot(
                    timestamp=f"2024-03-1{number} 10:00:00",
                    counts={"gadgets": None} if second else {},
                    **(changes if second else {}),
                ),
                LEDGER,
            )
    # What the second one changed of the index is not what these cases are of.
    with store.begin([WIDGETS]) as writer:
        writer.note_definition(RESOURCE, "crd-uid/generation-4")
        writer.write(WIDGETS, widgets(3))
        last = writer.commit(snapshot(cluster=CLUSTER), LEDGER)
    store.delete([last])


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file to copy."""
    path = tmp_path_factory.mktemp("filled") / "inventory.db"
    backend = Backend("sqlite", str(path))
    _fill(backend)
    backend.close()
    return path


@pytest.fixture(scope="module")
def filled_on_server(postgres: Postgres) -> str:
    """A database to copy; its name."""
    backend = Backend("postgresql", postgres.new_database())
    _fill(backend)
    backend.close()
    return backend.url.rpartition("/")[2]


@pytest.fixture
def file(filled: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy."""
    path = tmp_path / "inventory.db"
    shutil.copy(filled, path)
    return path


def _statements(damage: str, text_of: Callable[[str], str]) -> str:
    """``ALTER_VIEW name SELECT ... (OLD) ...`` puts a view in place that selects from the old."""
    if not damage.startswith("ALTER_VIEW"):
        return damage
    _, name, select = damage.split(" ", 2)
    old = text_of(name).rstrip().rstrip(";")
    return f"DROP VIEW {name}; CREATE VIEW {name} AS {select.replace('OLD', old)}"


@pytest.mark.parametrize(("damage", "said"), _cases(EVERYWHERE, ON_SQLITE))
def test_verify_names_it_in_a_file(file: Path, damage: str, said: str) -> None:
    with closing(sqlite3.connect(file)) as connection:

        def text_of(view: str) -> str:
            query = "SELECT sql FROM sqlite_master WHERE name = ?"
            text: str = connection.execute(query, (view,)).fetchone()[0]
            return text.partition(" AS")[2]

        connection.executescript(_statements(damage, text_of))
        connection.commit()
    _verify(Backend("sqlite", str(file)), said)


@pytest.mark.postgresql
@pytest.mark.parametrize(("damage", "said"), _cases(EVERYWHERE, ON_POSTGRESQL))
def test_verify_names_it_on_a_server(
    postgres: Postgres, filled_on_server: str, damage: str, said: str
) -> None:
    url = postgres.new_database(filled_on_server)
    with psycopg.connect(url, autocommit=True) as connection:

        def text_of(view: str) -> str:
            row = connection.execute("SELECT pg_get_viewdef(to_regclass(%s))", (view,)).fetchone()
            assert row
            return str(row[0])

        # Past the server's own checks of references.
        connection.execute("SET session_replication_role = replica")
        connection.execute(_statements(damage, text_of).encode())
    _verify(Backend("postgresql", url), said)


def _verify(backend: Backend, said: str) -> None:
    """Any exception but a StorageError is a fault of ours."""
    try:
        problems = list(backend.open(WIDGETS, GADGETS, create=False).verify())
    except StorageError as error:
        problems = [str(error)]
    finally:
        backend.close()
    assert said in "\n".join(problems)


def _cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _zeros(content: bytes) -> bytes:
    page = 4096 * 4
    return content[:page] + bytes(4096) + content[page + 4096 :]


def _letter(content: bytes) -> bytes:
    return content.replace(b'"namespace":"shop"', b'"namespace":"shed"')


def _header(content: bytes) -> bytes:
    return b"another format 3" + content[16:]


def test_the_command_ends_with_1(command: Forked, file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(REFERENCES["a reference repointed"][0])
        connection.commit()
    done = command.run("database", "verify", "--db-path", file)
    assert (done.code, done.out, done.err) == (1, f"{SNAPSHOT_1}\n", "")


@pytest.mark.parametrize("damage", [_cut, _zeros, _letter, _header])
def test_verify_names_damaged_bytes(
    command: Forked, file: Path, damage: Callable[[bytes], bytes]
) -> None:
    file.write_bytes(damage(file.read_bytes()))
    done = command.run("database", "verify", "--db-path", file)
    assert done.code == 1
    assert (done.out + done.err).strip()
    assert "Traceback" not in done.err


def test_there_are_enough_kinds() -> None:
    assert len(EVERYWHERE) + len(ON_SQLITE) >= 51


def test_what_was_not_changed_is_well(
    command: Forked, file: Path, postgres: Postgres, filled_on_server: str
) -> None:
    for place in (file, postgres.new_database(filled_on_server)):
        done = command.ok("database", "verify", "--db-path", place)
        assert done.out == ""
        assert "The database is well." in done.err

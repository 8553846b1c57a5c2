"""The relations that people query, and what becomes of them when types change."""

from __future__ import annotations

import sqlite3
import subprocess
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from k8s_datamodel.api import Column, ResourceType, StorageError
from k8s_datamodel_plugins.crds import TYPE as CRDS
from k8s_datamodel_plugins.olm import TYPE as CSVS
from k8s_datamodel_plugins.operators import TYPE as OPERATORS
from k8s_datamodel_plugins.sql.layout.migrations import MIGRATIONS
from support.sql_stores import WIDGETS, Backend, record, snapshot, store_widgets, widget, widgets

DIAGRAM = {
    "inventory_snapshots": (
        "id timestamp cluster_context cluster_info crd_count operator_count csv_count "
        "namespace_filter notes created_at"
    ),
    "crds": (
        "id snapshot_id name group_name version kind plural singular scope creation_timestamp "
        "labels annotations instance_count spec"
    ),
    "operators": (
        "id snapshot_id name namespace operator_type image version creation_timestamp "
        "operator_framework replicas ready_replicas managed_crds spec"
    ),
    "csvs": (
        "id snapshot_id name namespace display_name version phase description provider owned_crds "
        "required_crds spec"
    ),
}
"""Columns of the manual's diagram."""


def _sqlite3(path: str, statement: str) -> str:
    done = subprocess.run(["sqlite3", path, statement], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _with(*columns: Column, without: str = "") -> ResourceType:
    kept = tuple(each for each in WIDGETS.columns if each.name != without)
    return replace(WIDGETS, columns=kept + columns)


@pytest.mark.parametrize("relation", DIAGRAM)
def test_all_columns_of_the_diagram_answer(backend: Backend, relation: str) -> None:
    store = backend.open(CRDS, OPERATORS, CSVS)
    with store.begin([CRDS]) as writer:
        writer.commit(snapshot(), ())
    columns = ", ".join(DIAGRAM[relation].split())
    assert len(backend.select(f"SELECT {columns} FROM {relation}")) == (
        relation == "inventory_snapshots"
    )


def test_the_sqlite3_program_reads_it(sqlite_backend: Backend) -> None:
    store_widgets(sqlite_backend.open(), [record(widget("lamp", 7), colours=["red", "blue"])])
    path = sqlite_backend.url
    schema = _sqlite3(path, ".schema")
    assert "CREATE VIEW" in schema
    assert "kdm_objects" in schema
    assert _sqlite3(path, "PRAGMA integrity_check") == "ok\n"
    assert _sqlite3(path, "PRAGMA foreign_key_check") == ""
    joined = (
        "SELECT s.timestamp, w.name, w.colours, json_extract(w.spec, '$.spec.size') "
        "FROM inventory_snapshots s JOIN widgets w ON w.snapshot_id = s.id"
    )
    assert _sqlite3(path, joined) == "2024-03-15 10:30:15|lamp|red,blue|7\n"
    _sqlite3(path, "VACUUM")
    assert _sqlite3(path, "PRAGMA auto_vacuum; PRAGMA user_version") == f"2\n{len(MIGRATIONS)}\n"


def test_a_query_for_one_snapshot_searches_and_does_not_scan(sqlite_backend: Backend) -> None:
    store_widgets(sqlite_backend.open(), widgets(1))
    plan = _sqlite3(
        sqlite_backend.url, "EXPLAIN QUERY PLAN SELECT name FROM widgets WHERE snapshot_id = 1"
    )
    assert "SCAN" not in plan
    assert "kdm_objects" not in plan


def test_a_dumped_and_reloaded_database_is_still_ours(
    sqlite_backend: Backend, tmp_path: Path
) -> None:
    store_widgets(sqlite_backend.open(), widgets(2))
    copy = Backend("sqlite", str(tmp_path / "copy.db"))
    script = _sqlite3(sqlite_backend.url, ".dump")
    subprocess.run(["sqlite3", copy.url], input=script, text=True, check=True)
    assert store_widgets(copy.open(), widgets(3)) == 2
    copy.close()


def test_a_column_that_a_plugin_adds_is_null_in_old_snapshots(backend: Backend) -> None:
    old = store_widgets(backend.open(), widgets(2))
    changed = _with(Column("price", "real"), Column("owner", volatile=True))
    store = backend.open(changed)
    new = store_widgets(store, [record(widget("x"), price=2.5, owner="me")], resource_type=changed)
    assert [row["price"] for row in store.records(old, "widgets", objects=True)] == [None, None]
    (row,) = store.records(new, "widgets", objects=False)
    assert (row["price"], row["owner"]) == (2.5, "me")
    assert backend.select("SELECT name, price, owner, spec FROM widgets WHERE snapshot_id = 2")
    assert store.verify() == []


def test_rows_are_not_stored_again_for_a_new_column_without_value(backend: Backend) -> None:
    store_widgets(backend.open(), widgets(5))
    changed = _with(Column("price", "real"))
    store_widgets(backend.open(changed), widgets(5), resource_type=changed)
    assert backend.select("SELECT count(*) FROM kdm_widgets_rows") == [(5,)]


def test_a_column_that_a_plugin_drops_stays_for_old_snapshots(backend: Backend) -> None:
    old = store_widgets(backend.open(), [record(widget("x"), weight=1.5)])
    changed = _with(without="weight")
    store = backend.open(changed)
    store_widgets(store, [record(widget("x"))], resource_type=changed)
    assert [row["weight"] for row in store.records(old, "widgets", objects=False)] == [1.5]
    assert backend.select("SELECT weight FROM widgets ORDER BY id") == [(1.5,), (None,)]


@pytest.mark.parametrize(
    ("column", "said"),
    [
        (Column("size", "text"), 'changed column "size" from integer to text'),
        (Column("size", "integer", volatile=True), "from integer to volatile integer"),
        (Column("labels", "list"), "from json to list"),
    ],
)
def test_an_incompatible_change_names_type_and_column(
    backend: Backend, column: Column, said: str
) -> None:
    before = store_widgets(backend.open(), widgets(1))
    changed = _with(column, without=column.name)
    store = backend.open(changed)
    with pytest.raises(StorageError, match=said) as caught:
        store.begin([changed])
    assert 'resource type "widgets"' in str(caught.value)
    assert len(list(store.records(before, "widgets", objects=True))) == 1


def test_text_may_become_a_list(backend: Backend) -> None:
    old = store_widgets(backend.open(), [record(widget("x"), why="a,b")])
    changed = _with(Column("why", "list", volatile=True), without="why")
    store = backend.open(changed)
    store_widgets(store, [record(widget("x"), why=["c"])], resource_type=changed)
    assert [row["why"] for row in store.records(old, "widgets", objects=False)] == [["a", "b"]]


def test_a_type_that_cannot_be_stored_does_not_keep_others_from_it(backend: Backend) -> None:
    broken = replace(WIDGETS, name="kdm_objects", count="broken_count")
    store = backend.open(WIDGETS, broken)
    assert store_widgets(store, widgets(1)) == 1
    with pytest.raises(StorageError, match='"kdm_objects" cannot be stored'):
        store.begin([WIDGETS, broken])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": "inventory_snapshots"}, "taken by the database"),
        ({"name": "select"}, "is a word of SQL"),
        ({"columns": (Column("ctid"),)}, '"ctid" has a name that databases use'),
        ({"name": "sqlite_master"}, "taken by the database"),
        ({"name": 'x"; DROP TABLE kdm_meta; --'}, "must be a-z"),
        ({"count": "notes"}, '"notes" cannot name its count'),
        ({"columns": (Column("spec"),)}, '"spec" is there already'),
        ({"columns": (Column("a"), Column("A"))}, '"A" is there already'),
        ({"columns": (Column("a b"),)}, '"a b" cannot name a column'),
        ({"columns": (Column("kdm_id"),)}, '"kdm_id" cannot name a column'),
    ],
)
def test_names_that_sql_cannot_take_are_refused(
    sqlite_backend: Backend, changes: dict[str, object], said: str
) -> None:
    changed = replace(WIDGETS, **changes)  # type: ignore[arg-type]
    store = sqlite_backend.open(changed)
    with pytest.raises(StorageError, match=said):
        store.begin([changed])


@pytest.mark.parametrize(
    "word", ["from", "to", "order", "table", "index", "values", "where", "references", "limit"]
)
def test_words_that_need_quotes_in_plain_sql_are_no_names(backend: Backend, word: str) -> None:
    with closing(sqlite3.connect(":memory:")) as db, pytest.raises(sqlite3.OperationalError):
        db.execute(f"create table t ({word} text)")
    changed = _with(Column(word))
    with pytest.raises(StorageError, match=f'"{word}" is a word of SQL: .* name it {word}_name'):
        backend.open(changed).begin([changed])


def test_two_types_cannot_share_a_count(backend: Backend) -> None:
    twin = replace(WIDGETS, name="gadgets")
    store = backend.open(WIDGETS, twin)
    assert store_widgets(store, widgets(1)) == 1
    with pytest.raises(StorageError, match='"widgets" and "gadgets" both call their count'):
        store.begin([twin])


def test_snapshots_of_a_plugin_that_is_gone_still_read(backend: Backend) -> None:
    number = store_widgets(backend.open(), [record(widget("x"), colours=["red"])])
    store = backend.open(CRDS)
    (row,) = store.records(number, "widgets", objects=True)
    assert row["colours"] == ["red"]
    assert store.snapshot(number).counts["widgets"] == 1
    (widgets_type,) = store.types()
    assert widgets_type.columns == WIDGETS.columns
    assert (widgets_type.name, widgets_type.singular) == ("widgets", "Widget")


def test_reading_writes_nothing(sqlite_backend: Backend) -> None:
    store_widgets(sqlite_backend.open(), widgets(3))
    before = Path(sqlite_backend.url).read_bytes()
    store = sqlite_backend.open(_with(Column("new")), CRDS, create=False)
    assert len(list(store.records(1, "widgets", objects=True))) == 3
    store.stats()
    store.verify()
    assert Path(sqlite_backend.url).read_bytes() == before

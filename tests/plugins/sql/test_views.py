"""The views beside the manual's relations: the newest records, and the items of lists."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

import pytest

from k8s_datamodel.api import (
    ClusterInfo,
    Column,
    ItemColumn,
    ItemRelation,
    Record,
    StorageError,
)
from k8s_datamodel_plugins.sql.layout import migrations
from k8s_datamodel_plugins.sql.layout.migrations import MIGRATIONS
from support.servers.postgres import Postgres
from support.sql_stores import WIDGETS, Backend, record, store_widgets, widget, widgets

COLOURS = ItemRelation(
    "widget_colours",
    items="colours",
    columns=(
        ItemColumn("widget", column="name"),
        ItemColumn("polished", column="polished"),
        ItemColumn("colour"),
    ),
)
PARTS = ItemRelation(
    "widget_parts",
    items=".spec.parts",
    columns=(
        ItemColumn("widget", column="name"),
        ItemColumn("part", key="name"),
        ItemColumn("spare", "boolean", key="spare", default=False),
        ItemColumn("hidden", "boolean", key="hidden"),
        ItemColumn("coloured", "boolean", key="name", within="colours"),
    ),
)
TYPE = replace(
    WIDGETS,
    columns=(*WIDGETS.columns, Column("group_name", key="group"), Column("kind", key="Size")),
    relations=(COLOURS, PARTS),
)

NAMED = ("widgets", "latest_widgets", "widget_colours", "widget_parts")


def _cluster(context: str, uid: str | None) -> ClusterInfo:
    return ClusterInfo(context, uid, "v1.30.1", "eks", 5, "kubernetes")


def _views(backend: Backend) -> set[str]:
    statement = "SELECT name FROM sqlite_master WHERE type = 'view'"
    if backend.kind == "postgresql":
        statement = "SELECT viewname FROM pg_views WHERE schemaname = 'public'"
    return {name for (name,) in backend.select(statement)}


def test_latest_is_the_newest_snapshot_of_each_cluster_with_the_type(backend: Backend) -> None:
    store = backend.open(WIDGETS, replace(WIDGETS, name="gadgets", count="gadget_count"))
    stored: list[tuple[str, str | None, str]] = [
        ("prod", "uid-1", "gone"),
        ("renamed", "uid-1", "there"),  # the same cluster under another name
        ("prod", "uid-2", "other"),
        ("dump", None, "old"),
        ("dump", None, "new"),
        ("dump2", "", "alone"),
    ]
    for context, uid, name in stored:
        store_widgets(store, [record(widget(name))], cluster=_cluster(context, uid))
    gadgets = replace(WIDGETS, name="gadgets", count="gadget_count")
    store_widgets(store, [], resource_type=gadgets, cluster=_cluster("prod", "uid-2"))
    found = backend.select("SELECT snapshot_id, name FROM latest_widgets ORDER BY snapshot_id")
    assert found == [(2, "there"), (3, "other"), (5, "new"), (6, "alone")]
    assert backend.select("SELECT count(*) FROM latest_gadgets") == [(0,)]


def test_latest_goes_by_the_order_of_storing_and_not_by_clocks(backend: Backend) -> None:
    store = backend.open()
    for name, time in (("ahead", "2090-01-01 00:00:00"), ("last", "2024-01-01 00:00:00")):
        store_widgets(store, [record(widget(name))], timestamp=time)
    assert backend.select("SELECT name FROM latest_widgets") == [("last",)]


def test_names_of_documents_stand_at_the_end(backend: Backend) -> None:
    store_widgets(
        backend.open(TYPE), [record(widget("x", 7), group_name="g", kind="k")], resource_type=TYPE
    )
    for relation in ("widgets", "latest_widgets"):
        assert backend.select(f'SELECT "group" FROM {relation}') == [("g",)]
        # "Size" would be the column size, for SQL tells no case.
        ((*_, group),) = backend.select(f"SELECT * FROM {relation}")
        assert group == "g"
        assert backend.select(f"SELECT size FROM {relation}") == [(7,)]


ITEMS: dict[str, tuple[list[str] | None, list[str]]] = {
    "unknown": (None, []),
    "none": ([], []),
    "one": (["red"], ["red"]),
    "several": (["red", "light blue", "ä"], ["light blue", "red", "ä"]),
    "an empty text": ([""], [""]),
    "empty ones among others": (["", "x", ""], ["", "", "x"]),
    "commas and backslashes": (
        ["a,b", "c\\", "\\,d", ",", "\\"],
        [",", "\\", "\\,d", "a,b", "c\\"],
    ),
    "quotes": (['"', "'", "]", "[1]"], ['"', "'", "[1]", "]"]),
}


def test_items_of_a_list_column(backend: Backend) -> None:
    store = backend.open(TYPE)
    records = [record(widget(name), colours=items) for name, (items, _) in ITEMS.items()]
    store_widgets(store, records, resource_type=TYPE)
    found: dict[str, list[str]] = {name: [] for name in ITEMS}
    for name, colour in backend.select("SELECT widget, colour FROM widget_colours"):
        found[name].append(colour)
    assert {name: sorted(items) for name, items in found.items()} == {
        name: items for name, (_, items) in ITEMS.items()
    }


T, F = True, False
OBJECTS: dict[str, tuple[Any, list[str] | None, list[tuple[Any, ...]]]] = {
    "no list": (None, [], []),
    "another thing": ("text", [], []),
    "not objects": ([1, "x", None, ["y"]], [], []),
    "among others": ([1, {"name": "a"}], [], [("a", F, None, F)]),
    "true and false": (
        [{"name": "a", "spare": True, "hidden": False}, {"name": "b", "spare": False}],
        ["b", "c"],
        [("a", T, F, F), ("b", F, None, T)],
    ),
    "of other types": (
        [{"name": 1, "spare": "true?", "hidden": 3}, {"spare": None}],
        ["1"],
        [("1", F, None, T), (None, F, None, None)],
    ),
    "an unknown list": ([{"name": "a"}], None, [("a", F, None, None)]),
    "a part of a word": ([{"name": "a"}], ["aa", "ba"], [("a", F, None, F)]),
    "what text cannot hold": (
        [{"name": "a", "note": "\x00 \ud800"}, {"name": "b"}],
        [],
        [("a", F, None, F), ("b", F, None, F)],
    ),
}


def test_items_of_the_complete_object(backend: Backend) -> None:
    store = backend.open(TYPE)
    records = [
        record(widget(name, parts=parts, note="\x00\ud800"), colours=colours)
        for name, (parts, colours, _) in OBJECTS.items()
    ]
    store_widgets(store, records, resource_type=TYPE)
    rows = backend.select(
        "SELECT widget, CAST(part AS TEXT), spare, hidden, coloured FROM widget_parts "
        "ORDER BY part IS NULL, part"
    )
    found: dict[str, list[tuple[Any, ...]]] = {name: [] for name in OBJECTS}
    for name, *values in rows:
        found[name].append(tuple(values))
    assert found == {name: expected for name, (*_, expected) in OBJECTS.items()}
    assert store.verify() == []


def test_relations_come_and_go_with_the_type(backend: Backend) -> None:
    store_widgets(backend.open(), widgets(1))
    assert _views(backend).isdisjoint({"widget_colours", "widget_parts"})
    store_widgets(backend.open(TYPE), widgets(2), resource_type=TYPE)
    assert _views(backend) >= set(NAMED)
    assert backend.select("SELECT count(*) FROM widget_colours") == [(0,)]
    less = replace(TYPE, relations=(PARTS,))
    store = backend.open(less)
    store_widgets(store, widgets(1), resource_type=less)
    assert "widget_colours" not in _views(backend)
    assert store.verify() == []


def test_a_relation_of_somebody_else_stays(backend: Backend) -> None:
    backend.open()
    backend.execute("CREATE TABLE widget_parts (mine integer)")
    backend.execute("CREATE VIEW latest_widgets AS SELECT 1 AS mine")
    store = backend.open(TYPE)
    store_widgets(store, widgets(1), resource_type=TYPE)
    assert backend.select("SELECT mine FROM widget_parts") == []
    assert backend.select("SELECT mine FROM latest_widgets") == [(1,)]
    assert "widget_colours" in _views(backend)
    assert store.verify() == []
    backend.execute("DROP VIEW latest_widgets")
    assert store.verify() == ["the relation latest_widgets is missing"]


def test_verify_finds_a_view_that_is_not_as_it_was_made(backend: Backend) -> None:
    store = backend.open(TYPE)
    store_widgets(store, widgets(1), resource_type=TYPE)
    backend.execute("DROP VIEW widget_parts")
    assert store.verify() == ["the relation widget_parts is missing"]
    backend.execute("CREATE VIEW widget_parts AS SELECT 1 AS snapshot_id")
    assert store.verify() == ["the relation widget_parts is not the one that we make"]
    backend.execute("INSERT INTO kdm_views VALUES ('more')")
    assert "kdm_views: more is no view of ours" in store.verify()


def test_an_earlier_database_gets_the_views_when_it_is_opened(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_widgets(backend.open(), [record(widget("x"), colours=["red"])])
    step = migrations.Migration("again", lambda transaction: None)
    monkeypatch.setattr(migrations, "MIGRATIONS", (*MIGRATIONS, step))
    backend.open(TYPE, create=False)
    assert backend.select("SELECT widget, colour FROM widget_colours") == [("x", "red")]
    assert backend.select("SELECT count(*) FROM kdm_types") == [(1,)]


def test_a_type_cannot_take_a_name_of_ours(backend: Backend) -> None:
    store_widgets(backend.open(TYPE), widgets(1), resource_type=TYPE)
    for name in ("latest_x", "widget_parts"):
        taken = replace(WIDGETS, name=name, count="other_count")
        with pytest.raises(StorageError, match="cannot be stored"):
            backend.open(taken).begin([taken])


@pytest.mark.postgresql
def test_a_server_has_its_own_types(postgres: Postgres) -> None:
    backend = Backend("postgresql", postgres.new_database())
    nul = Record({"name": "nul", "labels": {"a": "\x00"}}, widget("nul", note="\x00"), {})
    store_widgets(backend.open(), [nul, record(widget("x"), polished=True, labels={"a": "b"})])
    time = datetime(2024, 3, 15, 10, 30, 15, tzinfo=timezone.utc)
    assert backend.select("SELECT timestamp, complete FROM inventory_snapshots") == [(time, True)]
    assert backend.select("SELECT labels ->> 'a' FROM widgets WHERE polished") == [("b",)]
    assert backend.select("SELECT spec IS NULL, spec::text LIKE '%u0000%' FROM widgets") == [
        (False, True),
        (False, False),
    ]
    asked = "SELECT read FROM inventory_ledger WHERE optional AND NOT status = 'complete'"
    assert backend.select(asked) == [("nodes",)]
    backend.close()

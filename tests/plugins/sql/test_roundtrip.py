"""What goes in comes out, the same on both backends."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from k8s_datamodel.api import (
    ClusterInfo,
    Record,
    SnapshotNotFoundError,
    SnapshotQuery,
    StorageError,
)
from support.sql_stores import (
    CLUSTER,
    LEDGER,
    WIDGETS,
    Backend,
    record,
    snapshot,
    store_widgets,
    widget,
    widgets,
)

RICH = record(
    widget("lamp", 7, text="Grüße, 'quoted' \"twice\" \\ and\nlines"),
    weight=1.25,
    polished=True,
    colours=["red", "dark, very dark", "back\\slash", ""],
    labels={"app": "lamp", "ünï": [1, None, {"deep": False}]},
    in_use=3,
    why="it glows",
)


def test_a_record_comes_back_typed_as_its_columns_say(backend: Backend) -> None:
    store = backend.open()
    number = store_widgets(store, [RICH])

    (row,) = store.records(number, "widgets", objects=True)

    assert {name: row[name] for name in RICH.values} == RICH.values
    assert row["polished"] is True
    expected = json.loads(json.dumps(RICH.spec))
    del expected["metadata"]["resourceVersion"]
    assert row["spec"] == expected
    assert isinstance(row["id"], int)


def test_columns_that_are_left_out_are_null(backend: Backend) -> None:
    store = backend.open()
    number = store_widgets(store, [Record({"name": "bare"}, widget("bare"))])

    (row,) = store.records(number, "widgets", objects=False)

    assert "spec" not in row
    assert {name: value for name, value in row.items() if value is not None} == {
        "id": row["id"],
        "name": "bare",
    }


@pytest.mark.parametrize("items", [[], [""], ["", ""], ["a"], ["a", ""], ["\\"], [",", "\\,"]])
def test_lists_come_back_as_they_were(sqlite_backend: Backend, items: list[str]) -> None:
    store = sqlite_backend.open()
    number = store_widgets(store, [record(widget("x"), colours=items)])
    (row,) = store.records(number, "widgets", objects=False)
    assert row["colours"] == items


def test_plain_lists_are_comma_separated_text(backend: Backend) -> None:
    store_widgets(backend.open(), [record(widget("x"), colours=["a", "b.c"]), record(widget("y"))])
    assert backend.select("SELECT colours FROM widgets ORDER BY name") == [("a,b.c",), ("",)]


def test_booleans_and_json_are_the_databases_own_where_it_has_them(backend: Backend) -> None:
    store_widgets(backend.open(), [record(widget("x"), polished=False, labels={"b": 1, "a": 2})])
    (row,) = backend.select("SELECT polished, labels FROM widgets WHERE NOT polished")
    assert row == ((0, '{"a":2,"b":1}') if backend.kind == "sqlite" else (False, {"a": 2, "b": 1}))


def test_records_come_in_order_of_identity(backend: Backend) -> None:
    store = backend.open()
    names = ["b", "a-b", "ab", "a", "B", "ä"]
    number = store_widgets(store, [record(widget(name)) for name in names])
    rows = list(store.records(number, "widgets", objects=False))
    assert [row["name"] for row in rows] == sorted(names)
    assert [row["id"] for row in rows] == sorted(row["id"] for row in rows)


def test_many_records_are_read_page_by_page(backend: Backend) -> None:
    store = backend.open()
    number = store_widgets(store, widgets(1201))
    assert len(list(store.records(number, "widgets", objects=False))) == 1201
    sizes = [row["spec"]["spec"]["size"] for row in store.records(number, "widgets", objects=True)]
    assert sizes == list(range(1201))


def test_large_objects_end_a_page_early(backend: Backend) -> None:
    store = backend.open()
    large = [record(widget(f"w{n}", n, blob="x" * 1_500_000)) for n in range(5)]
    number = store_widgets(store, large)
    rows = list(store.records(number, "widgets", objects=True))
    assert [len(row["spec"]["spec"]["blob"]) for row in rows] == [1_500_000] * 5


def test_a_snapshot_comes_back_as_it_was(backend: Backend) -> None:
    store = backend.open()
    given = snapshot(
        cluster=replace(CLUSTER, source_timestamp="2024-03-01 00:00:00"),
        counts={"widgets": None},
        namespace_filter="shop",
        notes='it\'s a note; 100 % "true" :id',
        complete=False,
        created_at="2024-03-15 10:31:00",
        uuid="6f0e4c1e-6a53-4d0b-8d43-0d9a2f1b7c55",
    )
    with store.begin([WIDGETS]) as writer:
        writer.write(WIDGETS, widgets(2))
        number = writer.commit(given, LEDGER)
    found = store.snapshot(number)
    assert found == replace(given, id=number, digest=found.digest)


def test_what_is_unknown_of_a_cluster_stays_null(backend: Backend) -> None:
    store = backend.open()
    number = store_widgets(store, widgets(1), cluster=ClusterInfo("dump"))
    assert store.snapshot(number).cluster == ClusterInfo("dump")
    assert backend.select("SELECT cluster_info FROM inventory_snapshots") == [
        ('{"nodes":null,"platform":"unknown","version":null}',)
    ]


def test_the_ledger_comes_back_in_order(backend: Backend) -> None:
    store = backend.open()
    numbers = [store_widgets(store, widgets(1)) for _ in range(2)]
    assert [list(store.ledger(number)) for number in numbers] == [list(LEDGER)] * 2
    assert backend.select(
        "SELECT read, status, reason FROM inventory_ledger WHERE snapshot_id = 1 AND optional"
    ) == [("nodes", "forbidden", "nodes: 403")]


def test_created_at_is_set_when_it_is_stored(backend: Backend) -> None:
    store = backend.open()
    created = store.snapshot(store_widgets(store, [])).created_at
    assert len(created) == len("2024-03-15 10:30:15")
    assert created > "2024-03-15"


def test_counts_are_of_the_snapshot_and_null_for_types_that_it_lacks(backend: Backend) -> None:
    gadgets = replace(WIDGETS, name="gadgets", command="gadget", count="gadget_count")
    store = backend.open(WIDGETS, gadgets)
    number = store_widgets(store, widgets(3))
    assert store.snapshot(number).counts == {"gadgets": None, "widgets": 3}
    assert backend.select("SELECT widget_count, gadget_count FROM inventory_snapshots") == [
        (3, None)
    ]
    assert list(store.records(number, "gadgets", objects=True)) == []
    assert list(store.records(number, "unheard_of", objects=True)) == []


def test_copies_come_oldest_first_and_the_limit_keeps_the_newest(backend: Backend) -> None:
    store = backend.open()

    def copied(day: int, cluster: ClusterInfo = CLUSTER) -> int:
        times = {"timestamp": f"2024-03-{day} 00:00:00", "created_at": "2024-04-01 00:00:00"}
        return store_widgets(store, [], cluster=cluster, **times)

    days = {day: copied(day) for day in (17, 15)}
    days[16] = copied(16, replace(CLUSTER, context="dev"))
    twin = copied(17)

    def numbers(query: SnapshotQuery) -> list[int]:
        return [each.id for each in store.snapshots(query)]

    assert numbers(SnapshotQuery()) == [days[15], days[16], days[17], twin]
    assert numbers(SnapshotQuery(limit=2)) == [days[17], twin]
    assert numbers(SnapshotQuery(cluster_context="prod")) == [days[15], days[17], twin]
    assert numbers(SnapshotQuery(cluster_context="dev", limit=5)) == [days[16]]
    assert numbers(SnapshotQuery(cluster_context="none")) == []


@pytest.mark.parametrize("what", ["snapshot", "ledger", "records"])
def test_a_missing_snapshot_is_said_at_once(backend: Backend, what: str) -> None:
    store = backend.open()
    arguments = {"records": (41, "widgets")}.get(what, (41,))
    keywords = {"objects": False} if what == "records" else {}
    with pytest.raises(SnapshotNotFoundError, match="no snapshot 41 in "):
        getattr(store, what)(*arguments, **keywords)


def test_text_that_no_database_holds_is_replaced_but_kept_in_the_object(backend: Backend) -> None:
    store = backend.open()
    odd = widget("odd", 1, nul="a\0b", lone="\ud800")
    number = store_widgets(store, [record(odd, why="a\0b\ud800")], notes="n\udcffote")
    (row,) = store.records(number, "widgets", objects=True)
    assert row["why"] == "a\ufffdb\ufffd"
    assert row["spec"]["spec"]["nul"] == "a\0b"
    assert row["spec"]["spec"]["lone"] == "\ud800"
    assert store.snapshot(number).notes == "n\ufffdote"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"size": "3"}, "takes integer, not '3'"),
        ({"size": 2**63}, "takes integer"),
        ({"weight": float("nan")}, "takes real"),
        ({"polished": 1}, "takes boolean"),
        ({"colours": "red"}, "takes list"),
        ({"labels": {1, 2}}, "takes json"),
    ],
)
def test_a_value_of_the_wrong_type_names_type_record_and_column(
    sqlite_backend: Backend, values: dict[str, object], said: str
) -> None:
    store = sqlite_backend.open()
    with pytest.raises(StorageError, match=said) as caught:
        store_widgets(store, [record(widget("x"), **values)])
    assert str(caught.value).startswith('widgets "shop/x" cannot be stored: column "')
    assert store.snapshots() == []


def test_an_object_that_is_no_json_is_refused_by_name(sqlite_backend: Backend) -> None:
    store = sqlite_backend.open()
    with pytest.raises(StorageError, match='widgets "shop/x" cannot be stored'):
        store_widgets(store, [record(widget("x", 1, number=float("inf")))])
    deep: dict[str, object] = {}
    for _ in range(100_000):
        deep = {"d": deep}
    with pytest.raises(StorageError, match='widgets "shop/y" cannot be stored'):
        store_widgets(store, [record(widget("y", 1, deep=deep))])


def test_the_redaction_key_is_made_once(backend: Backend) -> None:
    key = backend.open().redaction_key
    assert len(key) == 32
    assert backend.open().redaction_key == key

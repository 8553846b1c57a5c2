"""Content is stored once: a snapshot costs what changed."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from support.sql_stores import (
    CLUSTER,
    WIDGETS,
    Backend,
    record,
    snapshot,
    store_widgets,
    widget,
    widgets,
)


def _size(backend: Backend) -> int:
    return Path(backend.url).stat().st_size


def test_unchanged_objects_and_rows_are_stored_once(backend: Backend) -> None:
    store = backend.open()
    for _ in range(3):
        store_widgets(store, widgets(10))
    assert backend.select("SELECT count(*) FROM kdm_objects") == [(10,)]
    assert backend.select("SELECT count(*) FROM kdm_widgets_rows") == [(10,)]
    assert backend.select("SELECT count(*), count(DISTINCT id) FROM widgets") == [(30, 30)]


def test_thirty_snapshots_cost_little_more_than_one(sqlite_backend: Backend) -> None:
    store = sqlite_backend.open()
    objects = [record(widget(f"w{n}", n, blob=f"{n}" * 8000)) for n in range(60)]
    store_widgets(store, objects)
    first = _size(sqlite_backend)
    for day in range(1, 31):
        store_widgets(store, objects, timestamp=f"2024-04-{day:02} 00:00:00")
    assert (_size(sqlite_backend) - first) / 30 <= 4096
    assert sqlite_backend.select("SELECT count(*) FROM widgets") == [(31 * 60,)]


def test_two_thousand_unchanged_objects_cost_fifty_bytes_each_at_most(
    sqlite_backend: Backend,
) -> None:
    store = sqlite_backend.open()
    objects = widgets(2000)
    reason = "the API server did not say how many there are, and counting was not worth it"
    many = [
        record(dict(each.spec), why=reason, in_use=number % 7)
        for number, each in enumerate(objects)
    ]
    store_widgets(store, many)
    first = _size(sqlite_backend)
    for _ in range(10):
        store_widgets(store, many)
    assert (_size(sqlite_backend) - first) / 10 / len(many) <= 20


def test_a_changed_count_stores_neither_object_nor_row_again(backend: Backend) -> None:
    store = backend.open()
    numbers = [store_widgets(store, [record(widget("x"), in_use=use)]) for use in (1, 2, None)]
    rows = [next(iter(store.records(number, "widgets", objects=False))) for number in numbers]
    assert [row["in_use"] for row in rows] == [1, 2, None]
    assert backend.select("SELECT count(*) FROM kdm_widgets_rows") == [(1,)]


def test_a_changed_object_is_stored_beside_the_old_one(backend: Backend) -> None:
    store = backend.open()
    numbers = [store_widgets(store, [record(widget("x", size))]) for size in (1, 2)]
    sizes = [
        row["spec"]["spec"]["size"]
        for number in numbers
        for row in store.records(number, "widgets", objects=True)
    ]
    assert sizes == [1, 2]


def test_what_the_server_writes_by_itself_is_no_content(backend: Backend) -> None:
    store = backend.open()
    plain = widget("x")
    noisy: dict[str, Any] = json.loads(json.dumps(plain))
    noisy["metadata"] |= {
        "resourceVersion": "99",
        "managedFields": [{"manager": "kubectl"}],
        "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{}"},
    }
    kept = json.loads(json.dumps(noisy))
    kept["metadata"]["annotations"]["mine"] = "yes"
    for each in (plain, noisy, kept):
        store_widgets(store, [record(each)])
    bodies = [json.loads(row[0]) for row in backend.select("SELECT body FROM kdm_objects")]
    assert len(bodies) == 2
    assert [body["metadata"].get("annotations") for body in bodies] == [None, {"mine": "yes"}]
    assert all({"resourceVersion", "managedFields"}.isdisjoint(b["metadata"]) for b in bodies)


def test_writing_leaves_the_objects_as_they_were(sqlite_backend: Backend) -> None:
    complete = widget("x")
    complete["metadata"]["managedFields"] = []
    before = json.dumps(complete)
    store_widgets(sqlite_backend.open(), [record(complete)])
    assert json.dumps(complete) == before


def test_two_types_share_an_object(backend: Backend) -> None:
    from dataclasses import replace

    gadgets = replace(WIDGETS, name="gadgets", command="gadget", count="gadget_count")
    store = backend.open(WIDGETS, gadgets)
    with store.begin([WIDGETS, gadgets]) as writer:
        writer.write(WIDGETS, widgets(3))
        writer.write(gadgets, widgets(3))
        number = writer.commit(snapshot(), ())
    assert backend.select("SELECT count(*) FROM kdm_objects") == [(3,)]
    assert [row["name"] for row in store.records(number, "gadgets", objects=True)] == [
        row["name"] for row in store.records(number, "widgets", objects=True)
    ]


def test_nothing_is_seen_before_commit_or_after_giving_up(backend: Backend) -> None:
    store = backend.open()
    with store.begin([WIDGETS]) as writer:
        writer.write(WIDGETS, widgets(600))
        assert backend.open().snapshots() == []
        assert backend.select("SELECT count(*) FROM widgets") == [(0,)]
    assert store.snapshots() == []
    number = store_widgets(store, widgets(1))
    # What was given up is garbage, and the next store that ends cleans up.
    assert backend.select("SELECT count(*) FROM kdm_objects") == [(1,)]
    assert store.snapshot(number).counts == {"widgets": 1}


def test_numbers_are_never_used_twice(backend: Backend) -> None:
    store = backend.open()
    first = store_widgets(store, widgets(3))
    record_ids = {row["id"] for row in store.records(first, "widgets", objects=False)}
    assert store.delete([first]) == 1
    second = store_widgets(store, widgets(3))
    assert second > first
    assert record_ids.isdisjoint(r["id"] for r in store.records(second, "widgets", objects=False))


def test_numbers_survive_a_vacuum(sqlite_backend: Backend) -> None:
    store = sqlite_backend.open()
    numbers = [store_widgets(store, widgets(20)) for _ in range(3)]
    store.delete(numbers[:2])
    before = sqlite_backend.select("SELECT id, snapshot_id, name FROM widgets ORDER BY id")
    with closing(sqlite3.connect(sqlite_backend.url)) as connection:
        connection.execute("VACUUM")
    assert sqlite_backend.select("SELECT id, snapshot_id, name FROM widgets ORDER BY id") == before


def test_a_commit_without_types_is_a_snapshot(backend: Backend) -> None:
    store = backend.open()
    with store.begin([]) as writer:
        number = writer.commit(snapshot(cluster=CLUSTER), ())
    assert store.snapshot(number).counts == {"widgets": None}

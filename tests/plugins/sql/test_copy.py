"""Snapshots move between databases of either kind, whole, each once."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from k8s_datamodel.api import Column, StorageError, Store
from k8s_datamodel.reading.copying import UnreadableError, copy_snapshot, lacking
from support.servers.postgres import Postgres
from support.sql_stores import (
    CLUSTER,
    LEDGER,
    RESOURCE,
    WIDGETS,
    Backend,
    Writers,
    record,
    snapshot,
    store_widgets,
    widget,
    widgets,
)

MakeBackend = Callable[[], Backend]


def _makers(request: pytest.FixtureRequest, tmp_path: Path, kind: str) -> Backend:
    if kind == "sqlite":
        return Backend("sqlite", str(tmp_path / f"{uuid.uuid4()}.db"))
    server: Postgres = request.getfixturevalue("postgres")
    return Backend("postgresql", server.new_database())


@pytest.fixture(
    params=[
        ("sqlite", "sqlite"),
        pytest.param(("sqlite", "postgresql"), marks=pytest.mark.postgresql),
        pytest.param(("postgresql", "sqlite"), marks=pytest.mark.postgresql),
        pytest.param(("postgresql", "postgresql"), marks=pytest.mark.postgresql),
    ],
    ids="-to-".join,
)
def two(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Backend, Backend]]:
    """Two empty databases."""
    pair = tuple(_makers(request, tmp_path, kind) for kind in request.param)
    yield pair[0], pair[1]
    for each in pair:
        each.close()


def _copy(source: Store, target: Store) -> int:
    todo = lacking(source.snapshots(), target)
    for each in todo:
        copy_snapshot(source, target, each, [WIDGETS])
    return len(todo)


def _content(store: Store) -> list[object]:
    """Everything that a database says of its snapshots, but for their numbers."""
    said: list[object] = []
    for each in store.snapshots():
        rows = store.records(each.id, "widgets", objects=True)
        plain = [{name: value for name, value in row.items() if name != "id"} for row in rows]
        said += [replace(each, id=0), plain, list(store.ledger(each.id))]
    return said


def test_all_arrives_and_twice_is_once(two: tuple[Backend, Backend]) -> None:
    source, target = (each.open() for each in two)
    store_widgets(source, widgets(1203), notes="first", namespace_filter="shop")
    odd = record(widget("odd"), weight=0.1, polished=True, colours=["a,b", ""], why="ü\n", in_use=7)
    store_widgets(source, [odd, *widgets(700)], counts={"widgets": None}, complete=False)
    assert _copy(source, target) == 2
    assert _content(target) == _content(source)
    assert _copy(source, target) == 0
    assert _copy(target, source) == 0
    assert target.verify() == []
    count = "SELECT count(*) FROM kdm_objects"
    assert two[1].select(count) == two[0].select(count) == [(1204,)]


def test_two_merge_into_one_that_has_snapshots_of_its_own(two: tuple[Backend, Backend]) -> None:
    source, target = (each.open() for each in two)
    for day in (15, 17):
        store_widgets(source, widgets(5), timestamp=f"2024-03-{day} 00:00:00")
    mine = [store_widgets(target, widgets(6), timestamp="2024-03-16 00:00:00") for _ in range(3)]
    assert _copy(source, target) == 2
    assert [each.timestamp[8:10] for each in target.snapshots()] == ["15", "16", "16", "16", "17"]
    assert sorted(each.id for each in target.snapshots())[:3] == mine
    assert two[1].select("SELECT count(*) FROM kdm_objects") == [(6,)]
    # What was deleted here comes again from there, under a number that nothing had before.
    target.delete([5])
    assert _copy(source, target) == 1
    assert max(each.id for each in target.snapshots()) == 6


def test_what_was_redacted_keeps_its_salt_and_the_target_knows_its_cluster(
    two: tuple[Backend, Backend],
) -> None:
    source, target = (each.open() for each in two)
    assert source.redaction_key != target.redaction_key
    secret = "[redacted:0123abcd:0123456789abcdef]"
    store_widgets(source, [record(widget("w", password=secret))], redaction="0123abcd")
    store_widgets(target, widgets(3), redaction="ours", timestamp="2024-03-16 00:00:00")
    _copy(source, target)
    copy, _ = target.snapshots()
    assert copy.redaction == "0123abcd"
    (row,) = target.records(copy.id, "widgets", objects=True)
    assert row["spec"]["spec"]["password"] == secret
    uid = widgets(1)[0].spec["metadata"]["uid"]
    known = target.reusable(CLUSTER, "ours")
    assert known is not None
    assert list(known.find(RESOURCE, {uid: "1"})) == [uid]


def test_a_type_whose_plugin_is_gone_or_has_changed(two: tuple[Backend, Backend]) -> None:
    dropped = replace(WIDGETS, columns=(*WIDGETS.columns, Column("mood")))
    gadgets = replace(WIDGETS, name="gadgets", command="gadget", count="gadget_count")
    source = two[0].open(dropped, gadgets)
    store_widgets(source, [record(widget("w"), mood="blue")], resource_type=dropped)
    with source.begin([gadgets]) as writer:
        writer.write(gadgets, widgets(2))
        writer.commit(snapshot(timestamp="2024-03-16 00:00:00"), LEDGER)
    target = two[1].open()
    store_widgets(target, widgets(1), timestamp="2024-03-01 00:00:00")
    assert _copy(source, target) == 2
    assert [each.counts for each in target.snapshots()] == [
        {"widgets": 1, "gadgets": None},
        {"widgets": 1, "gadgets": None},
        {"widgets": None, "gadgets": 2},
    ]
    assert two[1].select("SELECT name, mood FROM widgets ORDER BY name") == [
        ("w", "blue"),
        ("widget-00000", None),
    ]
    assert two[1].select("SELECT count(*) FROM gadgets") == [(2,)]


@pytest.mark.parametrize(
    "two",
    [pytest.param(("sqlite", "postgresql"), marks=pytest.mark.postgresql)],
    indirect=True,
    ids="-to-".join,
)
def test_while_others_write_to_both(two: tuple[Backend, Backend]) -> None:
    source, target = (each.open() for each in two)
    store_widgets(source, widgets(600))
    busy = [Writers(each.url, 2, records=200, times=2) for each in two]
    while any(each.running() for each in busy):
        _copy(source, target)
    for each in busy:
        each.succeed()
    _copy(source, target)
    assert len(source.snapshots()) == 5
    assert len(target.snapshots()) == 9
    assert len({each.uuid for each in target.snapshots()}) == 9
    assert target.verify() == source.verify() == []


def test_what_was_copied_meanwhile_by_another_is_there_once(two: tuple[Backend, Backend]) -> None:
    source, target = (each.open() for each in two)
    store_widgets(source, widgets(3))
    (todo,) = lacking(source.snapshots(), target)
    assert copy_snapshot(source, target, todo) == copy_snapshot(source, target, todo) == 1
    assert len(target.snapshots()) == 1
    assert target.verify() == []


def test_a_damaged_snapshot_leaves_nothing_behind(two: tuple[Backend, Backend]) -> None:
    source, target = (each.open() for each in two)
    store_widgets(source, widgets(700))
    two[0].execute("DELETE FROM kdm_widgets_rows WHERE kdm_id = 650")
    (todo,) = lacking(source.snapshots(), target)
    with pytest.raises(UnreadableError, match="widgets of snapshot 1 are missing"):
        copy_snapshot(source, target, todo)
    assert list(target.snapshots()) == []
    assert target.verify() == []


def test_a_snapshot_without_a_uuid_is_refused(sqlite_backend: Backend) -> None:
    store = sqlite_backend.open()
    with pytest.raises(StorageError, match="gives its snapshots no uuid"):
        lacking([snapshot()], store)

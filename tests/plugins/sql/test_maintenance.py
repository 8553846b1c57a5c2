"""Deleting, giving space back, backups, statistics, and finding damage."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from k8s_datamodel.api import StorageError, StorageRequest, UsageError
from k8s_datamodel_plugins.sql.readers import statistics
from k8s_datamodel_plugins.sql.store import open_store
from support.sql_stores import (
    CLUSTER,
    LEDGER,
    WIDGETS,
    Backend,
    Writers,
    record,
    snapshot,
    store_widgets,
    widget,
    widgets,
)

MEGABYTE = "x" * 1_000_000


def _size(backend: Backend) -> int:
    return Path(backend.url).stat().st_size


def test_deleting_tells_how_many_there_were(backend: Backend) -> None:
    store = backend.open()
    numbers = [store_widgets(store, widgets(2)) for _ in range(30)]
    assert store.delete([*numbers[:28], numbers[0], 999]) == 28
    assert [each.id for each in store.snapshots()] == numbers[28:]
    assert store.delete([]) == store.delete([999]) == 0


def test_deleting_removes_what_only_those_snapshots_needed(backend: Backend) -> None:
    store = backend.open()
    kept = store_widgets(store, [record(widget("both")), record(widget("kept"))])
    gone = store_widgets(store, [record(widget("both"), in_use=9), record(widget("gone"))])
    store.delete([gone])
    assert [row["name"] for row in store.records(kept, "widgets", objects=True)] == ["both", "kept"]
    assert backend.select("SELECT count(*) FROM kdm_objects") == [(2,)]
    assert backend.select("SELECT count(*) FROM kdm_widgets_rows") == [(2,)]
    assert backend.select("SELECT count(*) FROM kdm_widgets_states") == [(1,)]
    assert store.verify() == []


def test_deleting_everything_leaves_nothing(backend: Backend) -> None:
    store = backend.open()
    store.delete([store_widgets(store, widgets(10)) for _ in range(2)])
    for table in ("objects", "widgets_rows", "widgets_refs", "counts", "ledger", "reads", "index"):
        assert backend.select(f"SELECT count(*) FROM kdm_{table}") == [(0,)]


def test_space_comes_back_to_the_file_system(sqlite_backend: Backend) -> None:
    store = sqlite_backend.open()
    kept = store_widgets(store, [record(widget("kept", 1, blob=MEGABYTE))])
    before = _size(sqlite_backend)
    gone = store_widgets(store, [record(widget(f"w{n}", n, blob=MEGABYTE)) for n in range(9)])
    assert _size(sqlite_backend) > 9_000_000
    store.delete([gone])
    assert _size(sqlite_backend) <= before + 16 * 1024
    assert len(list(store.records(kept, "widgets", objects=True))) == 1
    assert sqlite_backend.select("PRAGMA integrity_check") == [("ok",)]
    assert sqlite_backend.select("PRAGMA auto_vacuum") == [(2,)]


def test_space_comes_back_from_a_file_that_was_not_made_for_it(sqlite_backend: Backend) -> None:
    store = sqlite_backend.open()
    number = store_widgets(store, [record(widget("w", 1, blob=MEGABYTE))])
    with closing(sqlite3.connect(sqlite_backend.url, isolation_level=None)) as connection:
        connection.execute("PRAGMA auto_vacuum = NONE")
        connection.execute("VACUUM")
    store.delete([number])
    assert _size(sqlite_backend) < 500_000


def test_a_backup_opens_and_is_private(sqlite_backend: Backend, tmp_path: Path) -> None:
    store = sqlite_backend.open()
    store_widgets(store, widgets(50))
    target = tmp_path / "backup.db"
    target.write_text("an older one")
    store.backup(target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    copy = open_store(StorageRequest(str(target), (WIDGETS,), create=True))
    assert len(list(copy.records(1, "widgets", objects=True))) == 50
    assert copy.verify() == []
    assert copy.redaction_key == store.redaction_key
    assert store_widgets(copy, widgets(1)) == 2
    copy.close()


def test_a_backup_while_others_write_is_whole(sqlite_backend: Backend, tmp_path: Path) -> None:
    store = sqlite_backend.open()
    store_widgets(store, widgets(1))
    three = Writers(sqlite_backend.url, 3, records=300, times=2)
    target = tmp_path / "backup.db"
    backups = 0
    while three.running():
        store.backup(target)
        backups += 1
        copy = open_store(StorageRequest(str(target), (WIDGETS,)))
        assert copy.verify() == []
        copy.close()
    three.succeed()
    assert backups > 1


def test_a_backup_taken_during_a_store_does_not_wait_for_it(
    sqlite_backend: Backend, tmp_path: Path
) -> None:
    store = sqlite_backend.open()
    with store.begin([WIDGETS]) as writer:
        writer.write(WIDGETS, widgets(600))
        store.backup(tmp_path / "backup.db")
        writer.commit(snapshot(), LEDGER)
    copy = Backend("sqlite", str(tmp_path / "backup.db"))
    store_widgets(copy.open(), widgets(1))
    # What the store had written is not needed in the copy.
    assert copy.select("SELECT count(*) FROM kdm_objects") == [(1,)]
    copy.close()


@pytest.mark.parametrize("target", [".", "inventory.db", "missing/folder.db"])
def test_a_backup_that_cannot_be_made_leaves_nothing(
    sqlite_backend: Backend, tmp_path: Path, target: str
) -> None:
    store = sqlite_backend.open()
    store_widgets(store, widgets(1))
    with pytest.raises(UsageError, match=r"a regular file of its own|there is no folder"):
        store.backup(tmp_path / target)
    assert [each.name for each in tmp_path.iterdir()] == ["inventory.db"]
    assert store.verify() == []


def test_statistics_add_up(backend: Backend) -> None:
    gadgets = replace(WIDGETS, name="gadgets", command="gadget", count="gadget_count", order=20)
    store = backend.open(WIDGETS, gadgets)
    for day in (16, 15):
        with store.begin([WIDGETS, gadgets]) as writer:
            writer.write(WIDGETS, widgets(200, blob="x" * 1000))
            writer.write(gadgets, widgets(20))
            writer.commit(snapshot(timestamp=f"2024-03-{day} 00:00:00"), LEDGER)
    store_widgets(store, widgets(5), cluster=replace(CLUSTER, context="dev"))
    stats = store.stats()
    assert stats.snapshots == 3
    assert (stats.first, stats.last) == ("2024-03-15 00:00:00", "2024-03-16 00:00:00")
    assert stats.clusters == {"prod": 2, "dev": 1}
    assert stats.records == {"widgets": 405, "gadgets": 40}
    assert list(stats.storage) == ["snapshots", "widgets", "gadgets", "ledger", "other"]
    assert sum(stats.storage.values()) == stats.size
    assert all(part > 0 for part in stats.storage.values())
    assert stats.storage["widgets"] > stats.storage["gadgets"]
    if backend.kind == "sqlite":
        assert stats.size == _size(backend)
        assert stats.location == backend.url


def test_statistics_add_up_where_sqlite_cannot_tell(
    sqlite_backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = sqlite_backend.open()
    store_widgets(store, widgets(200, blob="x" * 1000))
    monkeypatch.setattr(statistics, "relation_sizes", statistics._estimated_sizes)
    stats = store.stats()
    assert sum(stats.storage.values()) == stats.size == _size(sqlite_backend)
    assert stats.storage["widgets"] > stats.size / 2


def test_statistics_of_nothing(backend: Backend) -> None:
    stats = backend.open().stats()
    assert (stats.snapshots, stats.first, stats.last, stats.records) == (0, None, None, {})
    assert sum(stats.storage.values()) == stats.size


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("UPDATE kdm_objects SET body = '{}' WHERE id = 2", "the content of object 2 is not"),
        ("UPDATE kdm_objects SET size = 7 WHERE id = 2", "the content of object 2 is not"),
        ("UPDATE kdm_widgets_rows SET size = 7", "kdm_widgets_rows: row 1 is not what"),
        ("UPDATE kdm_widgets_states SET in_use = 7", "kdm_widgets_states: row 1 is not what"),
        ("DELETE FROM kdm_objects", "kdm_widgets_rows: 3 rows whose kdm_object is not in"),
        ("DELETE FROM kdm_widgets_rows", "kdm_widgets_refs: 3 rows whose row_id is not in"),
        ("DELETE FROM kdm_widgets_states", "kdm_widgets_refs: 3 rows whose state_id is not"),
        ("DELETE FROM kdm_widgets_refs WHERE id = 2", "snapshot 1: 2 widgets are there, 3 should"),
        ("UPDATE kdm_counts SET count = 5", "snapshot 1: 3 widgets are there, 5 should be"),
        ("DELETE FROM kdm_counts", "snapshot 1: 3 widgets are there, 0 should be"),
        ("DELETE FROM kdm_ledger", "snapshot 1: its ledger is missing"),
        (
            "DELETE FROM kdm_ledger WHERE position = 0",
            "snapshot 1: a part of its ledger is missing",
        ),
        ("UPDATE kdm_ledger SET status = 'fine'", 'snapshot 1: its ledger has the status "fine"'),
        (
            "UPDATE kdm_ledger SET status = 'forbidden', optional = 0",
            "snapshot 1: it says that it is complete, and its ledger that it is not",
        ),
        ("UPDATE kdm_snapshots SET cluster_info = 'x'", "snapshot 1: what it says of its cluster"),
        ("DROP VIEW widgets", "the relation widgets is missing"),
        ("DROP VIEW inventory_ledger", "the relation inventory_ledger is missing"),
        ("UPDATE kdm_types SET definition = '{'", 'definition of the resource type "widgets"'),
        (
            "UPDATE kdm_meta SET value = 'x' WHERE key = 'redaction_key'",
            "the salt of the redaction",
        ),
        ("DELETE FROM kdm_reads", "kdm_ledger: 2 rows whose read_id is not in kdm_reads"),
    ],
)
def test_damage_is_found_and_named(backend: Backend, damage: str, said: str) -> None:
    store = backend.open()
    store_widgets(store, widgets(3))
    assert store.verify() == []
    if backend.kind == "postgresql":
        damage = f"SET session_replication_role = replica; {damage}"  # past its own checks
    backend.execute(damage)
    assert said in "\n".join(store.verify())


@pytest.mark.parametrize("table", ["kdm_objects", "kdm_widgets_rows"])
def test_a_record_without_its_content_is_an_error_and_no_null(backend: Backend, table: str) -> None:
    store = backend.open()
    number = store_widgets(store, widgets(3))
    backend.execute(f"DELETE FROM {table}")
    with pytest.raises(StorageError, match="widgets of snapshot 1 are missing"):
        list(store.records(number, "widgets", objects=True))

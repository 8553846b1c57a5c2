"""Several processes at one database: everybody gets through, nobody sees half a snapshot."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from k8s_datamodel.api import StorageError, StorageRequest
from k8s_datamodel_plugins.sql.access.connection import Transaction
from k8s_datamodel_plugins.sql.keeping import garbage, leases
from k8s_datamodel_plugins.sql.store import SqlStore, open_store
from support.sql_stores import (
    LEDGER,
    WAIT,
    WIDGETS,
    Backend,
    Writers,
    record,
    snapshot,
    store_widgets,
    widget,
    widgets,
)

_OBJECTS = "SELECT count(*) FROM kdm_objects"


def _whole(store: SqlStore) -> int:
    """How many snapshots there are, each of which must be whole."""
    snapshots = store.snapshots()
    for each in snapshots:
        rows = list(store.records(each.id, "widgets", objects=True))
        assert len(rows) == each.counts["widgets"]
        assert list(store.ledger(each.id)) == list(LEDGER)
    return len(snapshots)


def test_eight_writers_with_readers_all_succeed(backend: Backend) -> None:
    eight = Writers(backend.url, 8, records=200)  # and make the database
    store = backend.open()
    while eight.running():
        _whole(store)
    eight.succeed()
    assert _whole(store) == 8
    assert store.verify() == []
    assert backend.select("SELECT count(*) FROM kdm_leases") == [(0,)]
    assert len({each.cluster.context for each in store.snapshots()}) == 8


def test_writers_of_the_same_content_share_it(backend: Backend) -> None:
    backend.open()
    stores = [backend.open() for _ in range(6)]
    threads = [threading.Thread(target=store_widgets, args=(each, widgets(300))) for each in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT)
    assert backend.select("SELECT count(*) FROM kdm_objects") == [(300,)]
    assert _whole(stores[0]) == 6


def test_one_store_serves_many_threads(backend: Backend) -> None:
    store = backend.open()
    numbers: list[int] = []

    def both(context: int) -> None:
        number = store_widgets(store, widgets(50, of=context))
        numbers.append(number)
        assert len(list(store.records(number, "widgets", objects=True))) == 50

    threads = [threading.Thread(target=both, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT)
    assert sorted(numbers) == [1, 2, 3, 4, 5, 6]


def test_a_slow_reader_keeps_nobody_from_writing(backend: Backend) -> None:
    store = backend.open()
    number = store_widgets(store, widgets(1500))
    rows = store.records(number, "widgets", objects=True)
    next(rows)
    Writers(backend.url, 2, records=100).succeed()
    assert len(list(rows)) == 1499


def test_a_writer_waiting_for_its_source_locks_nobody_out(backend: Backend) -> None:
    store = backend.open()
    with store.begin([WIDGETS]) as writer:
        writer.write(WIDGETS, widgets(1000))
        Writers(backend.url, 2, records=100).succeed()
        assert writer.commit(snapshot(), LEDGER) == 3
    assert _whole(store) == 3


def test_a_snapshot_deleted_while_it_is_read_is_an_error_and_no_short_answer(
    backend: Backend,
) -> None:
    store = backend.open()
    number = store_widgets(store, widgets(1500))
    rows = store.records(number, "widgets", objects=False)
    next(rows)
    store.delete([number])
    with pytest.raises(StorageError, match="deleted while it was read"):
        list(rows)


def test_deleting_takes_nothing_from_a_running_store(backend: Backend) -> None:
    store = backend.open()
    old = store_widgets(store, widgets(20))
    with store.begin([WIDGETS]) as writer:
        writer.write(WIDGETS, widgets(600))
        # The writer counts on the content of this snapshot, and has written more.
        assert store.delete([old]) == 1
        writer.commit(snapshot(), LEDGER)
    assert _whole(store) == 1
    assert store.verify() == []


def test_the_last_store_that_ends_cleans_up_after_a_deletion(backend: Backend) -> None:
    store = backend.open()
    old = store_widgets(store, widgets(20, old=True))
    with store.begin([WIDGETS]) as writer:
        store.delete([old])
        assert backend.select("SELECT count(*) FROM kdm_objects") == [(20,)]
        writer.write(WIDGETS, widgets(1))
        writer.commit(snapshot(), LEDGER)
    assert backend.select("SELECT count(*) FROM kdm_objects") == [(1,)]


@pytest.mark.parametrize("count", [0, 600])
def test_a_store_whose_lease_is_gone_says_so(backend: Backend, count: int) -> None:
    store = backend.open()
    with store.begin([WIDGETS]) as writer:
        writer.write(WIDGETS, widgets(count))
        backend.execute("DELETE FROM kdm_leases")
        with pytest.raises(StorageError, match="another process cleaned up meanwhile"):
            writer.commit(snapshot(), LEDGER)
    assert store.snapshots() == []


@pytest.mark.parametrize(
    ("host", "pid", "age", "dies"),
    [
        ("here", "ours", 3600, False),
        ("here", "ours", leases.STALE_HERE_SECONDS + 60, True),
        ("here", "nobody's", 1, True),
        ("elsewhere", "ours", leases.STALE_SECONDS - 60, False),
        ("elsewhere", "ours", leases.STALE_SECONDS + 60, True),
    ],
)
def test_a_dead_stores_content_is_removed_and_a_living_ones_is_not(
    backend: Backend, host: str, pid: str, age: int, dies: bool
) -> None:
    store = backend.open()
    dead = store.begin([WIDGETS])
    dead.__enter__()
    dead.write(WIDGETS, widgets(600))
    with os.fdopen(os.open("/proc/sys/kernel/pid_max", os.O_RDONLY)) as file:
        free = int(file.read()) - 1
    backend.execute(
        f"UPDATE kdm_leases SET renewed_at = renewed_at - {age}, "
        f"host = '{leases.this_host() if host == 'here' else 'elsewhere'}', "
        f"pid = {os.getpid() if pid == 'ours' else free}"
    )
    store_widgets(store, [record(widget("new"))])
    assert backend.select("SELECT count(*) FROM kdm_leases") == [(0 if dies else 1,)]
    (left,) = backend.select("SELECT count(*) FROM kdm_objects")[0]
    assert left == 1 if dies else left > 1


def test_a_store_that_begins_while_others_clean_up_stops_them(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, other = backend.open(), backend.open()
    old = store_widgets(store, widgets(3))
    stored: list[bool] = []
    find = garbage._orphaned_objects

    class Trap(list[int]):
        """What was found to remove; between finding and removing it, another store runs."""

        def __len__(self) -> int:
            if not stored:
                stored.append(True)
                store_widgets(other, widgets(3))
            return super().__len__()

    def found(transaction: Transaction) -> Iterator[garbage._Orphans]:
        for table, key, ids in find(transaction):
            yield table, key, Trap(ids)

    monkeypatch.setattr(garbage, "_orphaned_objects", found)
    store.delete([old])
    assert stored
    assert _whole(store) == 1
    assert store.verify() == []


def test_a_large_transaction_locks_readers_out_only_when_it_commits(
    sqlite_backend: Backend,
) -> None:
    store = sqlite_backend.open()
    with store._database.write() as transaction:
        rows = [(bytes([number]), 1, "x" * 1_000_000) for number in range(8)]
        transaction.insert("kdm_objects", ("digest", "size", "body"), rows)
        with closing(sqlite3.connect(sqlite_backend.url, timeout=0)) as reader:
            assert reader.execute("SELECT count(*) FROM kdm_objects").fetchone() == (0,)


def test_kill_at_any_moment_leaves_whole_snapshots_only(sqlite_backend: Backend) -> None:
    journal = Path(sqlite_backend.url + "-journal")
    store_widgets(sqlite_backend.open(), widgets(1))
    while_writing = 0
    for _ in range(6):
        Writers(sqlite_backend.url, 1, records=300, times=3).kill(journal.exists)
        while_writing += journal.exists()
        store = sqlite_backend.open()
        _whole(store)
        with closing(sqlite3.connect(sqlite_backend.url)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        store_widgets(store, widgets(1))
        assert not journal.exists()
        assert store.verify() == []
    assert while_writing


@pytest.mark.postgresql
def test_kill_leaves_whole_snapshots_on_a_server(postgres) -> None:  # type: ignore[no-untyped-def]
    backend = Backend("postgresql", postgres.new_database())
    store = backend.open()
    store_widgets(store, widgets(1))
    for _ in range(3):
        before = backend.select(_OBJECTS)
        writer = Writers(backend.url, 1, records=300, times=3)
        writer.kill(lambda then=before: backend.select(_OBJECTS) != then)
        _whole(store)
        store_widgets(store, widgets(1))
        assert store.verify() == []
    backend.close()


def test_a_lock_that_never_ends_is_said(
    sqlite_backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    from k8s_datamodel_plugins.sql.access import connection

    store_widgets(sqlite_backend.open(), widgets(1))
    monkeypatch.setattr(
        connection, "_ON_CONNECT", ["PRAGMA busy_timeout = 10", *connection._ON_CONNECT[1:]]
    )
    impatient = open_store(StorageRequest(sqlite_backend.url, (WIDGETS,), create=True))
    with closing(sqlite3.connect(sqlite_backend.url, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StorageError) as caught:
            store_widgets(impatient, widgets(1))
        said = str(caught.value)
        assert said.startswith(f"{sqlite_backend.url}: another process kept it locked")
        assert "database is locked" not in said
    # The connection that failed holds nothing that would keep others out.
    assert store_widgets(impatient, widgets(1)) == 2
    impatient.close()

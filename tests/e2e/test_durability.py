"""A killed store, a copied file, a restored copy: nothing finished is ever lost."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from seed import sample
from support.command import PROGRAM
from support.forked import ok


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = tmp_path / "inventory.db"
    ok("database", "store", "--source", sample.FOLDER / "before", "--db-path", path)
    return path


def ids(path: Path) -> list[int]:
    return [row["id"] for row in ok("database", "list", "-o", "json", "--db-path", path).json]


def kill_while_writing(db: Path, archive: Path, journals: int) -> bool:
    """Kill a store at about its nth write; whether it was still running."""
    journal = Path(f"{db}-journal")
    process = subprocess.Popen(
        [PROGRAM, "database", "store", "--source", archive, "--db-path", db],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    seen, there = 0, False
    while process.poll() is None and seen < journals:
        seen += journal.exists() and not there
        there = journal.exists()
    process.send_signal(signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


def test_a_killed_store_leaves_the_database_whole(db: Path, shared: Path) -> None:
    archive = shared / "corpora" / "crds.tar.xz"
    killed = [kill_while_writing(db, archive, number) for number in (1, 2, 3)]
    assert any(killed)
    assert 1 in ids(db)
    with closing(sqlite3.connect(db)) as connection, connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    ok("database", "verify", "--db-path", db)
    copy = db.with_name("copy.db")
    shutil.copyfile(db, copy)
    assert ids(copy) == ids(db)
    before = ids(db)
    ok("database", "store", "--source", archive, "--db-path", db)
    assert len(ids(db)) == len(before) + 1


def test_a_copy_opens_while_another_reads(db: Path) -> None:
    with subprocess.Popen(
        [PROGRAM, "database", "export", "1", "--db-path", db], stdout=subprocess.PIPE
    ) as reader:
        assert reader.stdout
        reader.stdout.read(1000)  # it now stands still on a full pipe
        ok("database", "store", "--source", sample.FOLDER / "before", "--db-path", db)
        copy = db.with_name("copy.db")
        shutil.copyfile(db, copy)
        assert ids(copy) == [1, 2]
        reader.stdout.read()


def test_a_restored_copy_gives_the_old_content(db: Path) -> None:
    backup = db.with_name("backup.db")
    shutil.copyfile(db, backup)
    ok("database", "store", "--source", sample.FOLDER / "change", "--db-path", db)
    assert ids(db) == [1, 2]
    shutil.copyfile(backup, db)
    assert ids(db) == [1]
    before = ok("database", "export", "1", "--db-path", backup).json
    assert ok("database", "export", "1", "--db-path", db).json == before

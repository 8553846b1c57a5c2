"""``database restore``, and backups onto what is there: journals, other users, damage, kills."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from k8s_datamodel.api import StorageError, StorageRequest
from k8s_datamodel_plugins.sql.keeping.restore import restore as put_in_place
from k8s_datamodel_plugins.sql.store import open_store
from seed import sample
from support.command import PROGRAM, Done
from support.forked import Forked
from support.servers.postgres import Postgres
from support.sql_stores import WIDGETS, widgets

BEFORE, AFTER = sample.FOLDER / "before", sample.FOLDER / "change"

DIES = """
import os, sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("PRAGMA cache_size = 1")
db.execute("BEGIN IMMEDIATE")
db.execute("UPDATE kdm_objects SET body = body || zeroblob(9000)")
os._exit(1)
"""
"""Leaves the database with a hot journal: some pages are new, and the journal has the old ones."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, command: Forked) -> Path:
    folder = tmp_path_factory.mktemp("made")
    db = ("--db-path", folder / "inventory.db")
    command.ok(*db, "--source", BEFORE, "database", "store", "--notes", "first")
    command.ok(*db, "database", "backup", folder / "backup.db")
    command.ok(*db, "--source", BEFORE, "database", "store", "--notes", "second")
    return folder


@pytest.fixture
def world(made: Path, tmp_path: Path) -> Path:
    """A folder with a database of two snapshots, and a backup of the first one."""
    return Path(shutil.copytree(made, tmp_path / "world"))


def notes(command: Forked, db: object) -> list[str]:
    listed = command.ok("database", "list", "-o", "json", "--db-path", db).json
    return [each["notes"] for each in listed]


def restore(command: Forked, world: Path, backup: str = "backup.db") -> Done:
    db = world / "inventory.db"
    return command.run("database", "restore", world / backup, "--yes", "--db-path", db)


def restored(command: Forked, world: Path) -> None:
    """It is the database now, and nothing of the old one gets into it."""
    db = world / "inventory.db"
    assert notes(command, db) == ["first"]
    command.ok("database", "verify", "--db-path", db)
    assert not any(Path(f"{db}{end}").exists() for end in ("-journal", "-wal", "-shm"))
    command.ok("--source", BEFORE, "database", "store", "--notes", "next", "--db-path", db)
    assert notes(command, db) == ["first", "next"]


def die_while_writing(db: Path) -> None:
    assert subprocess.run([sys.executable, "-c", DIES, db], check=False).returncode == 1
    assert Path(f"{db}-journal").stat().st_size > 0


def as_it_is(db: Path) -> None:
    pass


def not_there(db: Path) -> None:
    db.unlink()


def empty(db: Path) -> None:
    db.write_bytes(b"")


def a_journal_without_its_database(db: Path) -> None:
    die_while_writing(db)
    db.unlink()


def with_a_log(db: Path) -> None:
    with closing(sqlite3.connect(db)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")


def a_log_of_a_killed_process(db: Path) -> None:
    code = (
        "import os, sqlite3, sys; db = sqlite3.connect(sys.argv[1])\n"
        "db.execute('PRAGMA journal_mode = WAL'); db.execute('CREATE TABLE kdm_more (x)')\n"
        "db.commit(); os._exit(1)"
    )
    subprocess.run([sys.executable, "-c", code, db], check=False)
    assert Path(f"{db}-wal").stat().st_size > 0


def of_other_pages(db: Path) -> None:
    with closing(sqlite3.connect(db, isolation_level=None)) as connection:
        connection.execute("PRAGMA page_size = 8192")
        connection.execute("VACUUM")


def of_a_dead_store(db: Path) -> None:
    with closing(sqlite3.connect(db)) as connection, connection:
        connection.execute("INSERT INTO kdm_leases VALUES (99, 0, 0, 'elsewhere', 1)")


def cut_off(db: Path) -> None:
    os.truncate(db, 5000)


def overwritten(db: Path) -> None:
    db.write_bytes(b"\xff" * 20000)


def overwritten_beside_a_journal(db: Path) -> None:
    die_while_writing(db)
    overwritten(db)


Change = Callable[[Path], None]
SOUND: list[Change] = [
    as_it_is,
    not_there,
    empty,
    die_while_writing,
    a_journal_without_its_database,
    with_a_log,
    a_log_of_a_killed_process,
    of_other_pages,
    of_a_dead_store,
]
DAMAGED: list[Change] = [cut_off, overwritten, overwritten_beside_a_journal]


@pytest.mark.parametrize("change", [*SOUND, *DAMAGED])
def test_a_backup_takes_the_place_of_whatever_is_there(
    command: Forked, world: Path, change: Change
) -> None:
    change(world / "inventory.db")
    backup = (world / "backup.db").read_bytes()
    done = restore(command, world)
    assert done.code == 0, done
    assert done.err.splitlines()[-1] == f"Restored 1 snapshot from {world / 'backup.db'}."
    assert stat.S_IMODE((world / "inventory.db").stat().st_mode) == 0o600
    restored(command, world)
    assert (world / "backup.db").read_bytes() == backup
    kept = [each for each in world.iterdir() if ".old-" in each.name]
    assert bool(kept) == (change in DAMAGED or change is a_journal_without_its_database)
    assert all(str(each) in done.err for each in kept)
    others = {each.name for each in world.iterdir()} - {each.name for each in kept}
    assert others == {"inventory.db", "backup.db"}


@pytest.mark.parametrize("change", SOUND)
def test_a_backup_onto_another_one_has_nothing_of_it(
    command: Forked, world: Path, change: Change
) -> None:
    target = world / "old.db"
    shutil.copyfile(world / "inventory.db", target)
    change(target)
    command.ok("database", "backup", target, "--db-path", world / "backup.db")
    assert notes(command, target) == ["first"]
    command.ok("database", "verify", "--db-path", target)


def a_text(backup: Path) -> None:
    backup.write_text("hello, world\n" * 1000)


def another_program_s(backup: Path) -> None:
    backup.unlink()
    with closing(sqlite3.connect(backup)) as connection:
        connection.execute("CREATE TABLE songs (title)")


def changed_behind_our_back(backup: Path) -> None:
    with closing(sqlite3.connect(backup)) as connection, connection:
        connection.execute("UPDATE kdm_objects SET body = '{}'")


def with_a_hot_journal(backup: Path) -> None:
    die_while_writing(backup)


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        (a_text, 1, "is not a SQLite database"),
        (empty, 1, "nothing is stored in it"),
        (cut_off, 1, "damaged"),
        (another_program_s, 1, "another program's database"),
        (changed_behind_our_back, 1, "was not restored, as"),
        (with_a_hot_journal, 1, "a killed process left it unfinished"),
        (not_there, 2, "there is no such file"),
    ],
)
def test_what_is_no_sound_backup_changes_nothing(
    command: Forked, world: Path, change: Change, code: int, said: str
) -> None:
    change(world / "backup.db")
    before = {each: each.read_bytes() for each in world.iterdir()}
    done = restore(command, world)
    assert (done.code, done.out) == (code, ""), done
    assert said in done.err
    assert done.err.count("\n") == 1
    assert {each: each.read_bytes() for each in world.iterdir()} == before


@pytest.mark.parametrize("spelling", ["itself", "link", "hard link", "journal"])
def test_a_database_is_no_backup_of_itself(command: Forked, world: Path, spelling: str) -> None:
    db = world / "inventory.db"
    if spelling == "link":
        (world / "name").symlink_to(db)
    elif spelling == "hard link":
        (world / "name").hardlink_to(db)
    elif spelling == "journal":
        die_while_writing(db)
        shutil.copyfile(db, world / "name")
        (world / "name").unlink()
        (world / "name").hardlink_to(world / "inventory.db-journal")
    done = restore(command, world, "inventory.db" if spelling == "itself" else "name")
    # Asking what is there opens the database, which rolls the journal back.
    assert done.code in (1, 2), done
    assert notes(command, db) == ["first", "second"]


@pytest.mark.parametrize(
    "begin",
    ["BEGIN; SELECT * FROM kdm_meta", "BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"],
    ids=["a reader", "a writer", "a writer that commits"],
)
def test_nobody_else_may_use_it(command: Forked, world: Path, begin: str) -> None:
    with closing(sqlite3.connect(world / "inventory.db", isolation_level=None)) as other:
        for statement in begin.split(";"):
            cursor = other.execute(statement)
        cursor.fetchone()
        request = StorageRequest(str(world / "inventory.db"), (WIDGETS,))
        with pytest.raises(StorageError, match="others are using it"):
            put_in_place(request, world / "backup.db")
        other.execute("ROLLBACK")
    assert notes(command, world / "inventory.db") == ["first", "second"]


def test_a_backup_that_others_keep_locked_is_not_waited_for(command: Forked, world: Path) -> None:
    backup = world / "backup.db"
    with closing(sqlite3.connect(backup, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        db = world / "inventory.db"
        put = ("database", "restore", backup, "--yes", "--db-path", db)
        done = command.run(*put, timeout=60)
    assert (done.code, done.err.count("\n")) == (1, 1), done
    assert f"{backup}: others are using it" in done.err
    assert notes(command, db) == ["first", "second"]


def test_a_folder_is_no_database(command: Forked, world: Path) -> None:
    put = ("database", "restore", world / "backup.db", "--yes", "--db-path", world)
    done = command.run(*put)
    assert (done.code, done.err) == (2, f"k8s-datamodel: {world} is a folder: name a file in it\n")


def test_a_store_that_runs_keeps_its_database(command: Forked, world: Path) -> None:
    store = open_store(StorageRequest(str(world / "inventory.db"), (WIDGETS,), create=True))
    with closing(store), store.begin([WIDGETS]) as writer:
        writer.write(WIDGETS, widgets(3))
        done = restore(command, world)
    assert done.code == 1
    assert f"others are using it, such as the store of process {os.getpid()}" in done.err
    assert notes(command, world / "inventory.db") == ["first", "second"]


def test_who_has_it_open_sees_the_new_one(command: Forked, world: Path) -> None:
    store = open_store(StorageRequest(str(world / "inventory.db"), ()))
    with closing(store):
        assert len(store.snapshots()) == 2
        assert restore(command, world).code == 0
        assert [each.notes for each in store.snapshots()] == ["first"]


def test_another_program_s_database_stays(command: Forked, world: Path) -> None:
    another_program_s(world / "inventory.db")
    before = (world / "inventory.db").read_bytes()
    done = restore(command, world)
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert "another program's database; nothing was changed" in done.err
    assert (world / "inventory.db").read_bytes() == before


def test_a_mistyped_place_keeps_what_is_read(command: Forked, world: Path) -> None:
    config = world / "config"
    config.write_text("contexts: []")
    for named in ({"KUBECONFIG": str(config)}, {"K8S_DATAMODEL_SOURCE": str(config)}):
        put = ("database", "restore", world / "backup.db", "--yes", "--db-path", config)
        done = command.run(*put, **named)
        assert done.code == 2, done
        assert config.read_text() == "contexts: []"


def test_it_asks_unless_it_is_told_not_to(command: Forked, world: Path) -> None:
    put = ("database", "restore", world / "backup.db", "--db-path")
    done = command.run(*put, world / "inventory.db")
    assert (done.code, done.out) == (2, "")
    assert "without a terminal, give --yes" in done.err
    assert notes(command, world / "inventory.db") == ["first", "second"]
    command.ok(*put, world / "new.db")  # where there is nothing, nothing is lost
    assert notes(command, world / "new.db") == ["first"]


def test_the_default_database_is_made_and_links_stay(command: Forked, world: Path) -> None:
    command.ok("database", "restore", world / "backup.db")
    folder = Path.home() / ".k8s-inventory"
    assert notes(command, folder / "inventory.db") == ["first"]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    (world / "link.db").symlink_to("inventory.db")
    command.ok("database", "restore", world / "backup.db", "-y", "--db-path", world / "link.db")
    assert (world / "link.db").is_symlink()
    restored(command, world)


def test_postgresql_is_filled_by_copying(command: Forked, world: Path, postgres: Postgres) -> None:
    url = postgres.new_database()
    done = command.run("database", "restore", world / "backup.db", "--yes", "--db-path", url)
    assert (done.code, done.out) == (2, "")
    assert "database copy" in done.err


@pytest.fixture
def held(world: Path) -> Path:
    """A database so large that putting a backup in its place can be killed half-way."""
    db = world / "inventory.db"
    with closing(sqlite3.connect(world / "backup.db")) as connection, connection:
        connection.execute("CREATE TABLE kdm_ballast (x)")
        connection.execute("INSERT INTO kdm_ballast VALUES (zeroblob(40000000))")
    return db


def test_killed_at_any_moment_it_leaves_the_old_or_the_new_one(command: Forked, held: Path) -> None:
    backup = held.with_name("backup.db")
    arguments = [PROGRAM, "database", "restore", backup, "--yes", "--db-path", held]
    journal = Path(f"{held}-journal")
    process = subprocess.Popen(list(map(str, arguments)), stderr=subprocess.DEVNULL)
    while process.poll() is None and not (journal.exists() and journal.stat().st_size):
        pass
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert notes(command, held) in (["first"], ["first", "second"])
    command.ok("database", "verify", "--db-path", held)

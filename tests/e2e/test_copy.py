"""``database copy``: moving and merging databases, killed in between, and doing it again."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from seed import sample
from support.command import PROGRAM
from support.forked import ok, run
from support.servers.postgres import PASSWORD, USER, Postgres
from support.sql_stores import Backend


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two snapshots, one of them without redaction."""
    path = tmp_path_factory.mktemp("made") / "from.db"
    store = ("database", "store", "--db-path", path)
    ok(*store, "--source", sample.FOLDER / "before", "--notes", "one")
    ok(*store, "--source", sample.FOLDER / "change", "--notes", "two", "--no-redact", "--no-olm")
    return path


@pytest.fixture
def db(made: Path, tmp_path: Path) -> Path:
    """The same, to do with it what one likes."""
    return Path(shutil.copy(made, tmp_path / "from.db"))


def exported(path: object) -> list[dict[str, Any]]:
    documents: list[dict[str, Any]] = ok(
        "database", "export-all", "--ledger", "--db-path", path
    ).json
    for each in documents:
        del each["snapshot"]["id"]
    return documents


def summarised(path: object) -> list[Any]:
    found = ok("database", "summary", "-o", "json", "--db-path", path).json
    return [found[key] for key in ("unread", "amounts", "breakdowns", "attention")]


@pytest.mark.postgresql
def test_to_a_server_and_back(db: Path, tmp_path: Path, postgres: Postgres) -> None:
    url, back = postgres.new_database(), tmp_path / "back.db"
    copied = ok("database", "copy", db, url)
    assert "Copied 2 snapshots; 0 were there already." in copied.err
    assert copied.out == ""
    assert "Copied 0 snapshots; 2 were there already." in ok("database", "copy", db, url).err
    ok("database", "copy", url, back)
    assert exported(back) == exported(url) == exported(db)
    for place in (back, url):
        ok("database", "verify", "--db-path", place)
    ids = "SELECT uuid FROM inventory_snapshots ORDER BY timestamp"
    with closing(sqlite3.connect(db)) as old, closing(sqlite3.connect(back)) as new:
        assert new.execute(ids).fetchall() == old.execute(ids).fetchall()
    assert summarised(url) == summarised(db)


def test_a_dry_run_only_says(db: Path, tmp_path: Path) -> None:
    done = ok("database", "copy", db, tmp_path / "to.db", "--dry-run")
    assert [line.split("\t")[3] for line in done.out.splitlines()] == ["one", "two"]
    assert "Would copy 2 snapshots." in done.err
    assert not (tmp_path / "to.db").exists()


def test_snapshots_of_one_cluster(db: Path, tmp_path: Path) -> None:
    ok("database", "copy", db, tmp_path / "to.db", "--cluster-context", "before")
    assert [each["snapshot"]["notes"] for each in exported(tmp_path / "to.db")] == ["one"]


def test_where_nothing_is_to_be_copied_from(tmp_path: Path) -> None:
    done = run("database", "copy", tmp_path / "none.db", tmp_path / "to.db")
    assert done.code == 1
    assert done.err.startswith(f"k8s-datamodel: no database at {tmp_path / 'none.db'} yet")
    assert not (tmp_path / "to.db").exists()


def test_a_damaged_snapshot_keeps_the_others_from_nothing(db: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(db)) as connection:
        connection.execute(
            "DELETE FROM kdm_operators_rows WHERE kdm_id IN "
            "(SELECT row_id FROM kdm_operators_refs WHERE snapshot_id = 1 EXCEPT "
            "SELECT row_id FROM kdm_operators_refs WHERE snapshot_id = 2)"
        )
        connection.commit()
    done = run("database", "copy", db, tmp_path / "to.db")
    assert done.code == 1
    assert "could not copy snapshot 1: " in done.err
    assert "Copied 1 snapshot; 0 were there already." in done.err
    assert [each["snapshot"]["notes"] for each in exported(tmp_path / "to.db")] == ["two"]
    ok("database", "verify", "--db-path", tmp_path / "to.db")


@pytest.mark.postgresql
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_killed_copy_leaves_whole_snapshots_and_is_done_again(
    db: Path, tmp_path: Path, kind: str, postgres: Postgres
) -> None:
    ok("database", "store", "--db-path", db, "--source", sample.FOLDER / "before")
    target = postgres.new_database() if kind == "postgresql" else str(tmp_path / "to.db")
    process = subprocess.Popen([PROGRAM, "database", "copy", db, target], stderr=subprocess.DEVNULL)
    seen = Backend(kind, target)
    while process.poll() is None and not _something_in(seen):
        pass
    process.send_signal(signal.SIGKILL)
    process.wait()
    whole = exported(db)
    done = exported(target)
    assert done
    assert done == whole[: len(done)]
    ok("database", "copy", db, target)
    assert exported(target) == whole
    ok("database", "verify", "--db-path", target)


def _something_in(target: Backend) -> bool:
    try:
        return target.select("SELECT count(*) FROM kdm_snapshots") != [(0,)]
    except (sqlite3.Error, psycopg.Error):
        return False  # it is not made yet


@pytest.mark.postgresql
def test_a_password_is_warned_about_and_never_shown(db: Path, postgres: Postgres) -> None:
    url = f"postgresql://{USER}:s3cr-t@127.0.0.1:{postgres.port}/nowhere"
    for command in (("database", "copy", db, url), ("database", "list", "--db-path", url)):
        done = run(*command, "--debug")
        assert done.code == 1
        assert "holds a password, which all users of this machine can see" in done.err
        assert "s3cr-t" not in done.out + done.err
        assert PASSWORD not in done.out + done.err
    plain = run("database", "list", K8S_DATAMODEL_DB=url)
    assert "holds a password" not in plain.err
    assert "the password was refused" in plain.err
    assert "s3cr-t" not in plain.err

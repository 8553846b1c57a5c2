"""Wrong input gets one clear line, the right exit code, and no traceback."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from cluster.server import Cluster
from seed import sample
from support.command import Done
from support.forked import ok, run


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "inventory.db"


@pytest.fixture
def stored(db: Path) -> Path:
    ok("database", "store", "--source", sample.FOLDER / "before", "--db-path", db)
    return db


def one_line(done: Done, code: int, *words: str) -> None:
    lines = done.err.strip().splitlines()
    assert done.code == code, done
    assert done.out == ""
    assert "Traceback" not in done.err
    assert "this is a fault of" not in done.err
    for word in words:
        assert word in lines[-1], done.err
    usage = [line for line in lines[:-1] if not line.startswith(("Usage:", "Try "))]
    assert not any(usage), done.err


def test_no_kubeconfig() -> None:
    one_line(run("crd", "list"), 1, "kubeconfig", "--source")


def test_a_kubeconfig_that_is_not_there(tmp_path: Path) -> None:
    one_line(run("crd", "list", "--kubeconfig", tmp_path / "none"), 1, str(tmp_path / "none"))


def test_a_kubeconfig_that_is_none(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text("clusters: [")
    one_line(run("crd", "list", "--kubeconfig", config), 1, str(config))


@pytest.mark.cluster
def test_a_wrong_context_names_those_there_are(cluster: Cluster) -> None:
    done = run("crd", "list", "--kubeconfig", cluster.kubeconfig, "--context", "nowhere")
    one_line(done, 2, "nowhere", "shared")


def test_a_dead_server(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text(
        """
apiVersion: v1
kind: Config
current-context: dead
clusters: [{name: dead, cluster: {server: "https://127.0.0.1:9"}}]
users: [{name: me, user: {token: t}}]
contexts: [{name: dead, context: {cluster: dead, user: me}}]
"""
    )
    one_line(run("crd", "list", "--kubeconfig", config), 1, "127.0.0.1:9")


@pytest.mark.cluster
def test_a_wrong_authority(cluster: Cluster) -> None:
    done = run("crd", "list", "--kubeconfig", cluster.kubeconfig_with_wrong_authority())
    one_line(done, 1, "certificate")


def test_a_wrong_output_names_those_there_are() -> None:
    done = run("database", "list", "-o", "jsn")
    assert done.code == 2
    assert "'jsn'" in done.err
    assert "json" in done.err


def test_a_missing_snapshot(stored: Path) -> None:
    one_line(run("database", "show", "7", "--db-path", stored), 1, "7")
    one_line(run("database", "show", "latest~3", "--db-path", stored), 1, "latest~3")
    one_line(run("database", "show", "tomorrow", "--db-path", stored), 2, "tomorrow")


def test_no_database_yet(db: Path) -> None:
    one_line(run("database", "show", "latest", "--db-path", db), 1, str(db), "store")
    listed = ok("database", "list", "-o", "json", "--db-path", db)
    assert listed.json == []
    assert str(db) in listed.err
    assert not db.exists()


def test_another_programs_database(db: Path) -> None:
    with closing(sqlite3.connect(db)) as connection, connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    before = db.read_bytes()
    source = sample.FOLDER / "before"
    one_line(run("database", "list", "--db-path", db), 1, str(db))
    one_line(run("database", "store", "--source", source, "--db-path", db), 1, str(db))
    assert db.read_bytes() == before


def test_a_file_that_is_no_database(db: Path) -> None:
    db.write_text("hello, world\n" * 1000)
    one_line(run("database", "list", "--db-path", db), 1, str(db))
    assert db.read_text() == "hello, world\n" * 1000


def test_a_folder_in_the_files_place(tmp_path: Path) -> None:
    one_line(run("database", "list", "--db-path", tmp_path), 2, str(tmp_path))


def test_a_truncated_database(stored: Path) -> None:
    content = stored.read_bytes()
    stored.write_bytes(content[: len(content) // 2])
    done = run("database", "show", "1", "-o", "json", "--db-path", stored)
    assert done.code == 1
    assert str(stored) in done.err
    assert "Traceback" not in done.err


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    one_line(run("crd", "list", "--source", tmp_path / "none"), 1, str(tmp_path / "none"))


def test_nothing_to_store(db: Path) -> None:
    flags = ("--no-crds", "--no-operators", "--no-olm")
    done = run("database", "store", *flags, "--source", sample.FOLDER / "before", "--db-path", db)
    one_line(done, 2, "nothing to collect")


def test_delete_needs_a_terminal_or_yes(stored: Path) -> None:
    one_line(run("database", "delete", "1", "--db-path", stored), 2, "--yes")
    ok("database", "delete", "1", "--yes", "--db-path", stored)
    one_line(run("database", "delete", "1", "--yes", "--db-path", stored), 1, "1")


@pytest.mark.parametrize("flags", [(), ("--keep", "0"), ("--keep", "-1"), ("--older-than", "soon")])
def test_cleanup_needs_sense(stored: Path, flags: tuple[str, ...]) -> None:
    done = run("database", "cleanup", *flags, "--db-path", stored)
    assert done.code == 2
    assert "Traceback" not in done.err
    assert len(ok("database", "list", "-o", "json", "--db-path", stored).json) == 1


def test_an_export_leaves_no_half_file(stored: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    done = run("database", "export", "1", "--file", target, "--db-path", stored)
    one_line(done, 2, "--crds-only")
    assert list(tmp_path.glob("*out*")) == []


def test_a_closed_pipe_is_quiet(stored: Path) -> None:
    import subprocess

    from support.command import PROGRAM

    done = subprocess.run(
        ["bash", "-c", f"{PROGRAM} database export 1 --db-path {stored} | head -c 10"],
        capture_output=True,
        check=False,
    )
    assert len(done.stdout) == 10
    assert done.stderr == b""

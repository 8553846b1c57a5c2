"""A database of the version before: it opens, verifies, and goes on."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from support.forked import ok, run

ROOT = Path(__file__).parents[2]
BEFORE = ROOT / "tests/data/before-digests.sql"
SAMPLE = ROOT / "docs/sample-cluster/before"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A database that the version before made, with two snapshots."""
    path = tmp_path / "inventory.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(BEFORE.read_text())
    return path


def test_it_verifies_and_says_what_has_no_digest(old: Path) -> None:
    said = ok("database", "verify", "--db-path", old).err
    assert said == "The database is well; 2 of 2 snapshots are without digest.\n"
    assert len(ok("database", "list", "--db-path", old, "-o", "json").json) == 2


def test_the_next_snapshot_has_a_digest_and_holds_the_same(old: Path) -> None:
    ok("--source", SAMPLE, "database", "store", "--db-path", old)
    said = ok("database", "verify", "--db-path", old).err
    assert said == "The database is well; 2 of 3 snapshots are without digest.\n"
    one, three = (
        ok("crd", "list", "--snapshot", number, "--db-path", old, "-o", "json").json
        for number in ("1", "3")
    )
    assert [each["name"] for each in one] == [each["name"] for each in three]


def test_the_upgrade_alone_is_no_change(old: Path) -> None:
    ok("--source", SAMPLE, "database", "store", "--db-path", old)
    place = ("--db-path", old, "1", "3")
    found = ok("diff", *place, "-o", "json").json
    assert (found["changes"], found["unknown"], found["incomparable"]) == ([], [], [])
    assert {each["unchanged"] for each in found["summary"].values()} == {18, 10, 2}
    assert "rederived from equal objects by another version of the rules" in ok("diff", *place).out


def test_a_copy_of_it_has_digests(old: Path, tmp_path: Path) -> None:
    target = tmp_path / "new.db"
    ok("database", "copy", old, target)
    assert ok("database", "verify", "--db-path", target).err == "The database is well.\n"
    again = tmp_path / "again.db"
    ok("database", "copy", target, again)
    digests = []
    for path in (target, again):
        with closing(sqlite3.connect(path)) as connection:
            query = "SELECT uuid, digest FROM kdm_snapshots ORDER BY uuid"
            digests.append(connection.execute(query).fetchall())
    assert digests[0] == digests[1]


COMMANDS = {
    "list": (("database", "list"), 1),
    "show": (("database", "show", "2"), 1),
    "export": (("database", "export", "2"), 1),
    "export-all": (("database", "export-all"), 1),
    "crd list": (("crd", "list", "--snapshot", "2"), 1),
    "stats": (("database", "stats"), 0),
    "verify": (("database", "verify"), 1),
}


@pytest.mark.parametrize("info", ["[]", "7", "null", "x", "{}"])
@pytest.mark.parametrize(("command", "code"), COMMANDS.values(), ids=COMMANDS)
def test_a_cluster_that_is_no_mapping_is_one_clear_line(
    old: Path, command: tuple[str, ...], code: int, info: str
) -> None:
    _damage(old, info)
    done = run(*command, "--db-path", old)
    assert done.code == code
    said = done.out if command[1] == "verify" else done.err
    if code:
        assert said.count("\n") == 1
        assert "snapshot 2" in said
        assert "damaged" in said
    assert "fault of k8s-datamodel" not in done.err
    assert "Traceback" not in done.err


def test_a_damaged_snapshot_can_be_deleted(old: Path) -> None:
    _damage(old, "[]")
    ok("database", "delete", "2", "--yes", "--db-path", old)
    assert "1 of 1" in ok("database", "verify", "--db-path", old).err


def test_copy_names_a_damaged_cluster(old: Path, tmp_path: Path) -> None:
    _damage(old, "[]")
    done = run("database", "copy", old, tmp_path / "new.db")
    assert done.code == 1
    assert "snapshot 2 is damaged" in done.err
    assert done.err.count("\n") == 1


def test_copy_leaves_out_what_is_not_what_its_digest_says(old: Path, tmp_path: Path) -> None:
    for _ in range(2):
        ok("--source", SAMPLE, "database", "store", "--db-path", old)
    with closing(sqlite3.connect(old)) as connection:
        connection.execute("UPDATE kdm_ledger SET status = 'absent' WHERE snapshot_id = 4")
        connection.commit()
    done = run("database", "copy", old, tmp_path / "new.db")
    assert done.code == 1
    assert "could not copy snapshot 4: " in done.err
    assert "is not what its digest says" in done.err
    assert "Copied 3 snapshots" in done.err
    assert (
        ok("database", "verify", "--db-path", tmp_path / "new.db").err == "The database is well.\n"
    )


def _damage(path: Path, info: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE kdm_snapshots SET cluster_info = ? WHERE id = 2", (info,))
        connection.commit()

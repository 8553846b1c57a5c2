"""The exit code of a store tells whether it stored, whoever reads what it says."""

from __future__ import annotations

import os
import shlex
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from seed import sample
from support.command import PROGRAM, ok

SOURCE = sample.FOLDER / "before" / "crds"

STORES = {
    "store": "database store",
    "store with output": "database store -o json",
    "listing": "crd list --store-db",
    "long listing": "crd list --store-db -o json --include-specs",
}

OTHERS = [store for store in STORES if store != "store with output"]

STREAMS = {
    "stdout closed": ">&-",
    "stderr closed": "2>&-",
    "both closed": ">&- 2>&-",
    "all closed": "<&- >&- 2>&-",
    "stderr full": "2>/dev/full",
    "nobody reads stdout": ">&9",
    "nobody reads stderr": "2>&9",
    "nobody reads": ">&9 2>&9",
}


def run(command: str, redirected: str, db: Path, source: Path = SOURCE) -> tuple[int, bytes]:
    """Exit code and stderr; descriptor 9 is a pipe that nobody reads."""
    reading, writing = os.pipe()
    os.close(reading)
    line = f"{shlex.quote(str(PROGRAM))} {command} --source {source}"
    script = f"export K8S_DATAMODEL_DB={db}; exec 9>&{writing}; {line} {redirected} 9>&-"
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, check=False, pass_fds=[writing]
    )
    os.close(writing)
    return done.returncode, done.stderr


def ids(db: Path) -> list[int]:
    with closing(sqlite3.connect(db)) as connection:
        return [number for (number,) in connection.execute("SELECT id FROM inventory_snapshots")]


@pytest.mark.parametrize(
    ("store", "streams"),
    [
        *(("store with output", streams) for streams in STREAMS),
        *((store, each) for store in OTHERS for each in ("all closed", "nobody reads")),
    ],
)
def test_what_is_stored_is_a_success(tmp_path: Path, store: str, streams: str) -> None:
    db = tmp_path / "inventory.db"
    code, err = run(STORES[store], STREAMS[streams], db)
    assert code == 0, err
    assert b"fault" not in err
    assert b"Traceback" not in err
    assert ids(db) == [1]


@pytest.mark.parametrize("streams", [">&-", "2>&-", ">&9", "2>&9"])
def test_what_is_incomplete_is_said_by_the_code(tmp_path: Path, streams: str) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "good.yaml").write_bytes((SOURCE / "others.yaml").read_bytes())
    (source / "bad.yaml").write_text("kind: [")
    commands = ["database store -o json", "crd list --store-db"]
    if "2" in streams:
        commands.reverse()
    allowed = f"{commands[1]} --allow-incomplete"
    for command, expected in ((commands[0], 3), (allowed, 0)):
        db = tmp_path / f"{expected}.db"
        assert run(command, streams, db, source)[0] == expected
        assert ids(db) == [1]


def test_no_database_gets_the_number_of_a_closed_stream(tmp_path: Path) -> None:
    db = tmp_path / "inventory.db"
    for _ in range(2):
        run("database store", ">&- 2>&-", db)
    ok("database", "verify", "--db-path", db)


@pytest.mark.parametrize("streams", [">&-", ">&- <&-"])
def test_data_that_cannot_be_printed_is_one_line(tmp_path: Path, streams: str) -> None:
    db = tmp_path / "inventory.db"
    for command in ("crd list", "crd list -o json --include-specs", "crd count"):
        code, err = run(command, streams, db)
        assert (code, err) == (
            1,
            b"k8s-datamodel: stdout is closed: there is nowhere to print to\n",
        )


def test_a_full_disk_behind_stdout_is_told_with_what_was_stored(tmp_path: Path) -> None:
    db = tmp_path / "inventory.db"
    code, err = run("database store -o json", ">/dev/full", db)
    assert code == 1
    assert b"k8s-datamodel: stdout: cannot be written: No space left on device" in err
    assert err.endswith(b"; snapshot 1 was stored\n")
    assert ids(db) == [1]


@pytest.mark.parametrize(
    ("number", "code", "said"),
    [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")],
)
@pytest.mark.parametrize("store", ["store with output", "listing", "long listing"])
def test_an_interrupt_after_the_commit_says_that_it_is_stored(
    tmp_path: Path, number: signal.Signals, code: int, said: str, store: str
) -> None:
    """It stands still on a full pipe then, with its snapshot stored."""
    db = tmp_path / "inventory.db"
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    try:
        while True:
            os.write(writing, b"x" * 4096)
    except BlockingIOError:
        os.set_blocking(writing, True)
    arguments = [*STORES[store].split(), "--source", str(SOURCE), "--db-path", str(db)]
    with subprocess.Popen([PROGRAM, *arguments], stdout=writing, stderr=subprocess.PIPE) as process:
        os.close(writing)
        assert process.stderr
        assert process.stderr.readline().startswith(b"Stored snapshot 1 of")
        process.send_signal(number)
        err = process.stderr.read().decode()
        assert process.wait(60) == code
    os.close(reading)
    assert err.strip() == f"k8s-datamodel: {said}; snapshot 1 was stored"
    assert ids(db) == [1]


WITHIN = """
import sys
from k8s_datamodel.cli import run
from k8s_datamodel_plugins.sql.writers import writer
def interrupted(database): raise {error}
writer.{name} = interrupted
sys.exit(run(sys.argv[1:]))
"""


@pytest.mark.parametrize(
    ("name", "stored"), [("collect_garbage", [1]), ("commit_snapshot", [])], ids=["after", "before"]
)
@pytest.mark.parametrize("command", ["database store", "crd list --store-db"])
def test_an_interrupt_within_the_commit_says_what_is_so(
    tmp_path: Path, name: str, stored: list[int], command: str
) -> None:
    db = tmp_path / "inventory.db"
    code = WITHIN.format(name=name, error="KeyboardInterrupt").replace("(database)", "(*given)")
    done = subprocess.run(
        [sys.executable, "-c", code, *command.split(), "--source", SOURCE, "--db-path", db],
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 130
    more = "; snapshot 1 was stored" if stored else ""
    assert done.stderr.strip() == f"k8s-datamodel: interrupted{more}"
    assert ids(db) == stored


CLOSING = """
import signal, sys, threading
from k8s_datamodel.cli import main
from sqlalchemy.engine.default import DefaultDialect
class Freed:
    def __del__(self): signal.raise_signal(NUMBER)
def in_closing(*given): signal.raise_signal(NUMBER)
def in_freeing(*given): Freed(); threading.Event().wait(60)
DefaultDialect.do_close = HOW
main()
"""


@pytest.mark.parametrize("how", ["in_closing", "in_freeing"])
@pytest.mark.parametrize(
    ("name", "code", "said"), [("SIGINT", 130, "interrupted"), ("SIGTERM", 143, "terminated")]
)
def test_an_interrupt_within_closing_is_one_line(
    tmp_path: Path, how: str, name: str, code: int, said: str
) -> None:
    """SQLAlchemy logs it with a traceback; and Python drops one while it frees an object."""
    db = tmp_path / "inventory.db"
    program = CLOSING.replace("NUMBER", f"signal.{name}").replace("HOW", how)
    arguments = ["-q", "database", "store", "--source", SOURCE, "--db-path", db]
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.stderr.strip() == f"k8s-datamodel: {said}; snapshot 1 was stored"
    assert done.returncode == code
    assert ids(db) == [1]

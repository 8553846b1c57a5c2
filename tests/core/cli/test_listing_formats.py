"""Which format a listing has where the user names none: plain in a pipe, a table on a terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import termios
from pathlib import Path

import pytest

from support.command import PROGRAM
from support.forked import Forked

SAMPLE = Path(__file__).parents[3] / "docs" / "sample-cluster" / "before"


@pytest.mark.parametrize(
    ("words", "begins"),
    [
        (("crd", "list"), "NAME "),
        (("operators", "list"), "NAME "),
        (("olm", "list"), "NAME "),
        (("instances", "list"), "GROUP "),
        (("crd", "list", "--wide"), "NAME "),
        (("crd", "list", "--no-headers"), "accesspasses.gates.skerrywater.example "),
        (("crd", "list", "-o", "table"), "┏"),
        (("crd", "list", "-o", "wide"), "┏"),
        (("crd", "list", "-o", "rich"), "CRDs\n┏"),
        (("crd", "list", "--store-db", "--db-path", "a.db"), "┏"),  # as the manual shows
        (("crd", "list", "--store-db", "--db-path", "a.db", "-o", "plain"), "NAME "),
        (("crd", "get", "berths.fleet.skerrywater.example"), "Name: "),
        (("crd", "groups"), "┏"),
        (("crd", "groups", "-o", "plain"), "GROUP "),
        (("cluster", "summary", "-o", "plain"), "context: "),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_in_a_pipe(
    words: tuple[str, ...],
    begins: str,
    command: Forked,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert command.ok("--source", SAMPLE, *words).out.startswith(begins)


def test_programs_find_each_column_of_each_line(command: Forked) -> None:
    lines = command.ok("--source", SAMPLE, "operators", "list").out.splitlines()
    rows = command.ok("--source", SAMPLE, "operators", "list", "-o", "json").json
    assert lines[0].split() == [
        *("NAME", "NAMESPACE", "TYPE", "FRAMEWORK", "VERSION", "REPLICAS", "READY", "MANAGED-CRDS")
    ]
    for line, row in zip(lines[1:], rows, strict=True):
        cells = line.split()
        assert cells[:3] == [row["name"], row["namespace"], row["type"]]
        assert cells[5:7] == [str(row["replicas"]), str(row["ready_replicas"])]
        assert cells[7] == (",".join(row["managed_crds"]) or "<none>")
        assert len(cells) == 8


def test_on_a_terminal_a_table_fits_and_stderr_names_what_had_no_room() -> None:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    env = {key: value for key, value in os.environ.items() if key != "COLUMNS"}
    done = subprocess.run(
        [PROGRAM, "--source", SAMPLE, "--no-color", "operators", "list"],
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.PIPE,
        env=env,
        text=True,
        check=True,
    )
    os.close(theirs)
    lines = os.read(ours, 1 << 16).decode().splitlines()
    os.close(ours)
    assert lines[0][0] == "┏"
    assert max(map(len, lines)) <= 100
    assert "No room for framework, version, replicas, ready_replicas:" in done.stderr

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cluster import build

SCRIPT = Path(build.__file__)


def _run(cache: Path, path: Path) -> subprocess.Popen[str]:
    env = {**os.environ, "XDG_CACHE_HOME": str(cache), "PATH": f"{path}:/usr/bin:/bin"}
    return subprocess.Popen(
        [sys.executable, str(SCRIPT)],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _compiler(folder: Path, script: str) -> None:
    """A program named go that does as little as these tests need of it."""
    (folder / "go").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "go").chmod(0o755)


def test_without_go_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(build.BuildError, match=r"needs Go .*go\.dev/dl"):
        build.build()


def test_a_failed_build_is_told_in_gos_words_and_leaves_nothing(tmp_path: Path) -> None:
    _compiler(tmp_path, "echo undefined: thing >&2; exit 2")
    with _run(tmp_path, tmp_path) as process:
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (1, "")
    assert "undefined: thing" in err
    assert not [p for p in (tmp_path / "k8s-datamodel-tests").iterdir() if p.suffix != ".lock"]


def test_two_processes_at_once_build_once(tmp_path: Path) -> None:
    calls, gate = tmp_path / "calls", tmp_path / "gate"
    os.mkfifo(gate)
    _compiler(tmp_path, f"echo called >> {calls}; read line < {gate}; echo made > made; mv made $6")
    with gate.open("r+b", buffering=0) as opened, _run(tmp_path, tmp_path) as first:
        _until(calls.exists)
        with _run(tmp_path, tmp_path) as second:
            _until(lambda: any(".lock" in target for target in _open_files(second.pid)))
            opened.write(b"go on\n" * 2)
            answers = [process.communicate(timeout=60)[0] for process in (first, second)]
    assert (first.returncode, second.returncode) == (0, 0)
    assert answers[0] == answers[1]
    assert calls.read_text() == "called\n"


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _open_files(pid: int) -> list[str]:
    listed = subprocess.run(["ls", "-l", f"/proc/{pid}/fd"], capture_output=True, check=False)
    return listed.stdout.decode().splitlines()


def test_the_binary_is_another_one_when_the_source_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "main.go").write_text("package main")
    monkeypatch.setattr(build, "SOURCE", tmp_path)
    before = build.source_digest()
    (tmp_path / "main.go").write_text("package main // changed")
    assert build.source_digest() != before

"""The pager is the user's, on a terminal only, as git has it."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from k8s_datamodel.cli.frame.pagers import paged, pager


@pytest.mark.parametrize(
    ("environment", "command"),
    [
        ({"PAGER": "sh -x"}, "sh -x"),
        ({"PAGER": "sh", "K8S_DATAMODEL_PAGER": "env less"}, "env less"),
        ({"PAGER": "LESS=X less"}, "LESS=X less"),
        ({"PAGER": "there-is-no-such-pager -x"}, ""),
        ({"PAGER": "more", "K8S_DATAMODEL_PAGER": "cat"}, ""),
        ({"PAGER": ""}, ""),
        ({"PATH": ""}, ""),
    ],
)
def test_which_pager(environment: dict[str, str], command: str) -> None:
    assert pager(environment) == command


def test_the_usual_one(tmp_path: Path) -> None:
    (tmp_path / "less").touch(0o755)
    assert pager({"PATH": str(tmp_path)}) == "less"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_what_is_written_goes_through_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = tmp_path / "shown"
    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.delenv("LESS", raising=False)
    monkeypatch.setenv("PAGER", f'(cat; echo "$LESS") > {shown}')
    with paged() as stream:
        stream.write("grün\n")
    assert shown.read_text() == "grün\nFRX\n"


def test_who_leaves_early_has_seen_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.setenv("PAGER", "true")
    with paged() as stream:
        for _ in range(100_000):
            stream.write("a line that nobody reads\n")


def test_without_a_terminal_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAGER", "false")
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    with paged() as stream:
        assert stream is sys.stdout

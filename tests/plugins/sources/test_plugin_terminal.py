"""Credential plugins that ask a question get the terminal, where one context is read."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from cluster.server import Cluster
from support.command import PROGRAM
from support.kubeconfigs.kubeconfig_cases import answer, plugin
from support.kubeconfigs.kubeconfig_runs import lay_out, placeholders

QUESTION = b"word? "
ASKS = 'printf "word? " >&2; read word; [ "$word" = open ] || exit 1\n'
GOOD = answer('{"token": "admin-token"}')


class Terminal:
    """A terminal and what was written to it so far.

    Args:
        descriptor: our end of it.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self.seen = b""

    def answer(self) -> None:
        """Wait for the question, and answer it."""
        while QUESTION not in self.seen:
            self.seen += os.read(self._descriptor, 1024)
        os.write(self._descriptor, b"open\n")

    def rest(self) -> bytes:
        """All that was written, once nobody can write any more."""
        with suppress(OSError):  # Linux says so by EIO
            while piece := os.read(self._descriptor, 1024):
                self.seen += piece
        return self.seen


@contextmanager
def at_a_terminal(
    *arguments: str, **env: str
) -> Iterator[tuple[subprocess.Popen[bytes], Terminal]]:
    """The command with a terminal as its stdin and stderr."""
    ours, theirs = os.openpty()
    with subprocess.Popen(
        [str(PROGRAM), *arguments],
        stdin=theirs,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        env={**os.environ, **env},
    ) as process:
        os.close(theirs)
        try:
            yield process, Terminal(ours)
        finally:
            process.kill()
            os.close(ours)


@pytest.mark.parametrize("mode", ["IfAvailable", "Always"])
def test_a_plugin_may_ask(cluster: Cluster, tmp_path: Path, mode: str) -> None:
    case = plugin(True, ASKS + GOOD, f", interactiveMode: {mode}")
    env = lay_out(case, tmp_path, placeholders(cluster, ""))
    with at_a_terminal("crd", "count", **env) as (process, terminal):
        terminal.answer()
        said = terminal.rest()
        assert process.wait() == 0, said


def test_plugins_of_several_contexts_have_no_terminal(cluster: Cluster, tmp_path: Path) -> None:
    case = plugin(True, "[ -t 0 ] && exit 1\n" + GOOD, ", interactiveMode: IfAvailable")
    env = lay_out(case, tmp_path, placeholders(cluster, ""))
    with (tmp_path / "config").open("a") as more:
        more.write("- name: beta\n  context: {cluster: alpha, user: me}\n")
    with at_a_terminal("crd", "count", "--all-contexts", **env) as (process, terminal):
        said = terminal.rest()
        assert process.wait() == 0, said


def test_a_plugin_that_never_asks_has_no_terminal(cluster: Cluster, tmp_path: Path) -> None:
    case = plugin(True, "[ -t 0 ] && exit 1\n" + GOOD)
    env = lay_out(case, tmp_path, placeholders(cluster, ""))
    with at_a_terminal("crd", "count", **env) as (process, terminal):
        said = terminal.rest()
        assert process.wait() == 0, said

"""Run one command on several clusters, some at once.

Each context is read by a thread of its own: reading waits for servers most of the time, and what
the command imports is imported once. A fault is its context's alone.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from k8s_datamodel.cli.frame.app import App, Task, line
from k8s_datamodel.data.columns import Column
from k8s_datamodel.plugins.isolation import isolated

PARALLEL = 5
"""Contexts read at once: each holds a chunk or two in memory."""

CLUSTER = Column(
    "cluster_context", title="Cluster", show="table", description="Context it was read from"
)
"""The first column of a listing of several clusters."""

_PATIENCE_SECONDS = 1.0

Result = TypeVar("Result")


class Stopped(KeyboardInterrupt):
    """Ends the reading of a context because the user wants no more of it."""


@dataclass(frozen=True, slots=True)
class Attempt(Generic[Result]):
    """What became of a context.

    Attributes:
        context: its name.
        result: what the work gave; None when it failed.
        error: why it failed, for people; empty when it did not.
    """

    context: str
    result: Result | None = None
    error: str = ""


class Fleet:
    """The clusters of several contexts, of which ``parallel`` are read at once."""

    def __init__(self, app: App, contexts: Sequence[str], parallel: int) -> None:
        self.contexts = contexts
        self._app = app
        self._parallel = parallel
        self._stop = threading.Event()

    def each(
        self,
        work: Callable[[Task], Result],
        done: Callable[[Attempt[Result]], None] = lambda attempt: None,
    ) -> list[Attempt[Result]]:
        """Do some work with every context in threads; what became of each, in their order.

        A context that fails is named on stderr and makes the exit code 1; the others go on. As each
        has ended, ``done`` is called in the caller's thread. Ctrl-C stops what runs.
        """
        waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
        ended: queue.SimpleQueue[Attempt[Result]] = queue.SimpleQueue()
        for context in self.contexts:
            waiting.put(context)
        with self._app.progress() as show, isolated(), _no_stdin():
            board = _Board(show, self._stop)
            threads = [
                threading.Thread(target=self._serve, args=(work, waiting, ended, board))
                for _ in range(min(self._parallel, len(self.contexts)))
            ]
            for thread in threads:
                thread.daemon = True  # one that hangs must not keep the program from ending
                thread.start()
            try:
                attempts = [self._next(ended, done) for _ in self.contexts]
            except BaseException:
                self._end(threads)
                raise
        order = {context: number for number, context in enumerate(self.contexts)}
        return sorted(attempts, key=lambda attempt: order[attempt.context])

    def _serve(
        self,
        work: Callable[[Task], Result],
        waiting: queue.SimpleQueue[str],
        ended: queue.SimpleQueue[Attempt[Result]],
        board: _Board,
    ) -> None:
        """Read one context after the other, until none is left."""
        while not self._stop.is_set():
            try:
                context = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                attempt = Attempt(context, work(Task(context, board.of(context))))
            except KeyboardInterrupt:  # ``Stopped`` is one
                return
            except BaseException as error:  # a plugin may raise anything; it is this context's
                self._app.complain_at_length(error)
                attempt = Attempt(context, error=line(error))
            board.ended(context)
            ended.put(attempt)

    def _next(
        self,
        ended: queue.SimpleQueue[Attempt[Result]],
        done: Callable[[Attempt[Result]], None],
    ) -> Attempt[Result]:
        while True:
            try:
                attempt = ended.get(timeout=1)  # on Windows, Ctrl-C interrupts no longer wait
                break
            except queue.Empty:
                continue
        if attempt.result is None:
            self._app.missing.failed = True
            self._app.complain(f"{attempt.context}: {attempt.error}")
        done(attempt)
        return attempt

    def _end(self, threads: Sequence[threading.Thread]) -> None:
        """Stop all readers, and wait a moment for them to end."""
        self._stop.set()
        until = time.monotonic() + _PATIENCE_SECONDS
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))


class _Board:
    """What every context is at, on as many lines of the terminal."""

    def __init__(self, show: Callable[[str], None], stop: threading.Event) -> None:
        self._show = show
        self._stop = stop
        self._lock = threading.Lock()
        self._texts: dict[str, str] = {}

    def of(self, context: str) -> Callable[[str], None]:
        """Where one context says what it is at."""

        def update(text: str) -> None:
            if self._stop.is_set():
                raise Stopped
            with self._lock:
                self._texts[context] = text
                self._draw()

        update("connecting")
        return update

    def ended(self, context: str) -> None:
        """Take a context's line away."""
        with self._lock:
            self._texts.pop(context, None)
            self._draw()

    def _draw(self) -> None:
        self._show("\n".join(f"{context}: {text}" for context, text in self._texts.items()))


@contextmanager
def _no_stdin() -> Iterator[None]:
    """Credential plugins of several contexts cannot share a terminal: none of them gets it."""
    stdin, kept = sys.stdin, os.dup(0)
    try:
        with Path(os.devnull).open(encoding="utf-8") as nothing:
            os.dup2(nothing.fileno(), 0)
            sys.stdin = nothing
            yield
    finally:
        sys.stdin = stdin
        os.dup2(kept, 0)
        os.close(kept)

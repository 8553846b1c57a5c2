"""Run work while the caller does something else."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from queue import SimpleQueue
from typing import TypeVar

Result = TypeVar("Result")

_LOOK_SECONDS = 0.2


class _Interruptible(Future[Result]):
    """A future whose ``result`` Ctrl-C can interrupt: a wait without a limit may lose a signal."""

    def result(self, timeout: float | None = None) -> Result:
        """The result of the work, or its exception; raises TimeoutError."""
        while timeout is None and not self.done():
            wait((self,), _LOOK_SECONDS)
        return super().result(timeout)


def in_background(work: Callable[[], Result]) -> Future[Result]:
    """Start work in a thread of its own; the program does not wait for it at its end."""
    future: Future[Result] = _Interruptible()
    threading.Thread(target=_do, args=(work, future), daemon=True).start()
    return future


class Helper:
    """One thread for works that come one after the other; it starts with the first.

    Large answers that are received in ever other threads leave memory behind in each: glibc gives
    threads heaps of their own.
    """

    def __init__(self) -> None:
        self._works: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._started = False

    def begin(self, work: Callable[[], Result]) -> Future[Result]:
        """Start work, after what was begun before."""
        future: Future[Result] = _Interruptible()
        self._works.put(lambda: _do(work, future))
        if not self._started:
            self._started = True
            threading.Thread(target=self._serve, daemon=True).start()
        return future

    def end(self) -> None:
        """Let the thread end after its last work."""
        self._works.put(None)

    def _serve(self) -> None:
        while (work := self._works.get()) is not None:
            work()


def _do(work: Callable[[], Result], future: Future[Result]) -> None:
    try:
        future.set_result(work())
    except BaseException as error:  # the caller of ``result`` raises it
        future.set_exception(error)

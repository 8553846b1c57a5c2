"""Run work while the caller does something else."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
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

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # the caller of ``result`` raises it
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future

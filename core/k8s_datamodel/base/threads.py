"""Run several generators in threads and yield their items as they arrive."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, wait
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import Generic, TypeVar

What = TypeVar("What")
Part = TypeVar("Part")
Result = TypeVar("Result")

_LOOK_SECONDS = 0.2
_PATIENCE_SECONDS = 1.0


def result_of(future: Future[Result]) -> Result:
    """The result of work in another thread; unlike ``Future.result``, Ctrl-C interrupts it.

    A wait without a limit ignores a signal that arrives just before it and, on Windows, any signal.
    """
    while not future.done():
        wait((future,), _LOOK_SECONDS)
    return future.result()


class _GivenUpError(Exception):
    """The consumer wants no more parts."""


@dataclass(slots=True)
class _Shared(Generic[What, Part]):
    """What the threads share."""

    todo: Iterator[What]
    read: Callable[[What], Generator[Part, None, None]]
    parts: queue.Queue[tuple[What, Part] | BaseException | None]
    lock: threading.Lock = field(default_factory=threading.Lock)
    stop: threading.Event = field(default_factory=threading.Event)

    def take(self) -> What | None:
        with self.lock:
            return next(self.todo, None)

    def give(self, part: tuple[What, Part] | BaseException | None) -> None:
        while not self.stop.is_set():
            try:
                self.parts.put(part, timeout=_LOOK_SECONDS)
            except queue.Full:
                continue
            return
        raise _GivenUpError


def side_by_side(
    things: Iterable[What],
    read: Callable[[What], Generator[Part, None, None]],
    parallel: int,
    useful: Callable[[], int] = lambda: 0,
) -> Generator[tuple[What, Part], None, None]:
    """Yield what the generators yield as it comes, the parts of one generator in order.

    At first ``parallel`` generators run, and at most ``parallel`` parts wait. More run as soon as
    ``useful`` says that more are of use. Close this generator
    to leave early: its threads then end, except a thread whose own source never answers. Nothing
    waits for such a thread. One thread at a time takes from ``things``. Raises whatever a generator
    raises.
    """
    shared: _Shared[What, Part] = _Shared(iter(things), read, queue.Queue(parallel))
    threads: list[threading.Thread] = []
    ended = 0
    try:
        while ended < max(len(threads), parallel):
            while len(threads) < parallel or (not ended and len(threads) < useful()):
                threads.append(threading.Thread(target=_serve, args=(shared,), daemon=True))
                threads[-1].start()
            try:
                part = shared.parts.get(timeout=_LOOK_SECONDS)
            except queue.Empty:  # as in ``result_of``
                continue
            if isinstance(part, BaseException):
                raise part
            if part is None:
                ended += 1
            else:
                yield part
    finally:
        shared.stop.set()
        until = time.monotonic() + _PATIENCE_SECONDS
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))


def _serve(shared: _Shared[What, Part]) -> None:
    with suppress(_GivenUpError):
        try:
            while (thing := shared.take()) is not None:
                with closing(shared.read(thing)) as parts:
                    for part in parts:
                        shared.give((thing, part))
            shared.give(None)
        except _GivenUpError:
            raise
        except BaseException as error:  # the consumer raises it
            shared.give(error)

"""Do many small things at once, in as many threads as are of use."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Generic, TypeVar

What = TypeVar("What")
Result = TypeVar("Result")

_MOST = 256


@dataclass(slots=True)
class _Page(Generic[Result]):
    """What one caller wants: so many results, of which these are there."""

    size: int
    results: dict[int, Result] = field(default_factory=dict)
    done: Future[list[Result]] = field(default_factory=Future)


class PagedWork(Generic[What, Result]):
    """Does pages of small things, one after the other in each thread.

    A page has one future: one for each thing would cost as much as a request. Threads come when
    there is use for them, and go when there is none.

    Args:
        do: does one of them.
        at_once: says how many threads are of use now.
    """

    def __init__(self, do: Callable[[What], Result], at_once: Callable[[], int]) -> None:
        self._do = do
        self._at_once = at_once
        self._threads = ThreadPoolExecutor(_MOST, thread_name_prefix="page")
        self._lock = threading.Lock()
        self._todo: deque[tuple[_Page[Result], int, What]] = deque()
        self._running = 0
        self._stopped = False

    def page(self, things: Sequence[What]) -> Future[list[Result]]:
        """Begin with a page; the future has the results in the order of the things."""
        page: _Page[Result] = _Page(len(things))
        if not things:
            page.done.set_result([])
            return page.done
        with self._lock:
            self._todo += ((page, number, each) for number, each in enumerate(things))
            self._start()
        return page.done

    def stop(self, *, wait: bool) -> None:
        """Begin with nothing more; may wait for what is under way."""
        with self._lock:
            self._stopped = True
            self._todo.clear()
        self._threads.shutdown(wait=wait, cancel_futures=True)

    def _start(self) -> None:
        most = min(_MOST, max(1, self._at_once()), self._running + len(self._todo))
        while self._running < most and not self._stopped:
            self._running += 1
            try:
                self._threads.submit(self._serve)
            except RuntimeError:  # the system gives no more threads
                if self._running == 1:
                    raise
                return  # it is done by a thread that ends another one

    def _serve(self) -> None:
        while (task := self._next()) is not None:
            page, number, thing = task
            try:
                result = self._do(thing)
            except BaseException as error:  # the caller of the future raises it
                self._failed(page, error)
            else:
                self._did(page, number, result)

    def _next(self) -> tuple[_Page[Result], int, What] | None:
        """What to do next; None when there is nothing, or enough others do it."""
        with self._lock:
            if not self._todo or self._running > max(1, self._at_once()):
                self._running -= 1
                return None
            task = self._todo.popleft()
            self._start()
            return task

    def _did(self, page: _Page[Result], number: int, result: Result) -> None:
        with self._lock:
            page.results[number] = result
            if len(page.results) == page.size:
                page.done.set_result([page.results[each] for each in range(page.size)])

    def _failed(self, page: _Page[Result], error: BaseException) -> None:
        with self._lock:
            if not page.done.done():
                page.done.set_exception(error)

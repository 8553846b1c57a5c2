"""Count many kinds at once, in as many threads as the source can make use of."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from k8s_datamodel.data.ledger import Count
from k8s_datamodel.data.objects import Resource

_MOST = 256


@dataclass(slots=True)
class _Page:
    """Kinds that are counted for one caller, and what is known of them."""

    counts: list[Count | None]
    left: int
    done: Future[list[Count]] = field(default_factory=Future)


class CountPages:
    """Counts pages of kinds, one kind after the other in each thread.

    A page has one future: a future for each kind would cost as much as its request. Threads come
    when there is use for them, and go when there is none.

    Args:
        count: counts a kind.
        at_once: says how many threads are of use now.
    """

    def __init__(self, count: Callable[[Resource], Count], at_once: Callable[[], int]) -> None:
        self._count = count
        self._at_once = at_once
        self._threads = ThreadPoolExecutor(_MOST, thread_name_prefix="count")
        self._lock = threading.Lock()
        self._todo: deque[tuple[_Page, int, Resource]] = deque()
        self._running = 0
        self._stopped = False

    def page(self, resources: Sequence[Resource]) -> Future[list[Count]]:
        """Start to count; the future has the counts in the order of the resources."""
        page = _Page([None] * len(resources), len(resources))
        if not resources:
            page.done.set_result([])
            return page.done
        with self._lock:
            self._todo += ((page, number, each) for number, each in enumerate(resources))
            self._start()
        return page.done

    def stop(self, *, wait: bool) -> None:
        """Count no more; may wait for the counts that are under way."""
        with self._lock:
            self._stopped = True
            self._todo.clear()
        self._threads.shutdown(wait=wait, cancel_futures=True)

    def _start(self) -> None:
        most = min(_MOST, max(1, self._at_once()), self._running + len(self._todo))
        while self._running < most and not self._stopped:
            self._running += 1
            self._threads.submit(self._serve)

    def _serve(self) -> None:
        while (task := self._next()) is not None:
            page, number, resource = task
            try:
                page.counts[number] = self._count(resource)
            except BaseException as error:  # the caller of the future raises it
                self._end(page, error)
            else:
                self._end(page)

    def _next(self) -> tuple[_Page, int, Resource] | None:
        """What to count next; None when there is nothing, or enough others do it."""
        with self._lock:
            if not self._todo or self._running > max(1, self._at_once()):
                self._running -= 1
                return None
            task = self._todo.popleft()
            self._start()
            return task

    def _end(self, page: _Page, error: BaseException | None = None) -> None:
        with self._lock:
            page.left -= 1
            last = page.left == 0
        if page.done.done():
            return
        if error is not None:
            page.done.set_exception(error)
        elif last:
            page.done.set_result([each for each in page.counts if each is not None])

"""Let requests through to an API server: some at once, and, if the user wants, some a second."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import inf
from typing import NamedTuple
from urllib.parse import urlsplit

from k8s_datamodel_plugins.sources.server.pace.windows import Window
from k8s_datamodel_plugins.sources.server.wire.request_limits import Limits

_LOOK_SECONDS = 0.2
_TELLING_BYTES = 1 << 16
_PORTS = {"http": 80, "https": 443}


class Asked(NamedTuple):
    """A request that was let through: its number, and when."""

    number: int
    at: float


class Gate:
    """The way to one API server, shared by all that read it; thread-safe.

    A request keeps its place while it waits to be sent again, and then takes a new one. So a server
    that refuses all requests, and says when to come back, gets none meanwhile, and fewer then.

    Args:
        most: requests in flight at once.
        per_second: requests a second.
        clock: tells the seconds.
        sleep: waits so many seconds.
    """

    def __init__(
        self,
        most: int,
        per_second: float = inf,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.users = 0
        self._window = Window(most)
        self._start = self._window.size
        self._apart = 1 / per_second
        self._next_at = 0.0
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._inside = 0
        self._first: deque[threading.Lock] = deque()
        self._patient: deque[threading.Lock] = deque()

    @property
    def size(self) -> int:
        """Requests that may be in flight now."""
        return self._window.size

    @property
    def share(self) -> int:
        """Requests that one of the users can have in flight now, at least as many as at first."""
        return max(self._start, -(-self._window.size // max(1, self.users)))

    @property
    def next_share(self) -> int:
        """Requests that one of the users may soon have in flight."""
        with self._lock:
            size = self._window.next_size
        return -(-size // max(1, self.users))

    @property
    def waiting(self) -> int:
        """How many wait for a place."""
        return len(self._first) + len(self._patient)

    @contextmanager
    def place(self, *, patient: bool = False) -> Iterator[None]:
        """Wait for a place, and keep it for a while; who is ``patient`` lets others go first."""
        self._enter(patient=patient)
        try:
            yield
        finally:
            self._leave()

    def ask(self) -> Asked:
        """Wait until one more request may be sent, of who has a place."""
        with self._lock:
            number = self._window.ask(self._inside)
            now = self._clock()
            at = max(now, self._next_at)
            self._next_at = at + self._apart
        if at > now:
            self._sleep(at - now)
            now = self._clock()
        return Asked(number, now)

    def answered(self, asked: Asked, size: int, alike: str) -> None:
        """Note an answer of so many bytes; a large one takes its time, whatever the server does."""
        if size > _TELLING_BYTES:
            return
        with self._lock:
            self._window.answered(asked.number, self._clock() - asked.at, alike)
            self._admit()

    def refused(self, asked: Asked) -> None:
        """Note that the server takes no more."""
        with self._lock:
            self._window.refused(asked.number)

    def _enter(self, *, patient: bool) -> None:
        with self._lock:
            waiting = self._first or (patient and self._patient)
            if self._inside < self._window.size and not waiting:
                self._inside += 1
                return
            turn = threading.Lock()
            turn.acquire()
            queue = self._patient if patient else self._first
            queue.append(turn)
        try:
            while not turn.acquire(timeout=_LOOK_SECONDS):  # so that Ctrl-C ends it everywhere
                pass
        except BaseException:
            with self._lock:
                if turn in queue:
                    queue.remove(turn)
                else:
                    self._inside -= 1
                    self._admit()
            raise

    def _leave(self) -> None:
        with self._lock:
            self._inside -= 1
            self._admit()

    def _admit(self) -> None:
        while (queue := self._first or self._patient) and self._inside < self._window.size:
            self._inside += 1
            queue.popleft().release()


_shared: dict[str, Gate] = {}
_sharing = threading.Lock()


@contextmanager
def gate_of(url: str, limits: Limits) -> Iterator[Gate]:
    """The gate of an API server; all that read it at the same time get the same one."""
    key = _server(url)
    with _sharing:
        gate = _shared.setdefault(key, Gate(limits.max_in_flight, limits.max_per_second))
        gate.users += 1
    try:
        yield gate
    finally:
        with _sharing:
            gate.users -= 1
            if not gate.users:
                del _shared[key]


def _server(url: str) -> str:
    """What is the same for all URLs of a server; the path tells servers behind a gateway apart."""
    parts = urlsplit(url)
    port = parts.port or _PORTS.get(parts.scheme, 0)
    return f"{parts.scheme}://{parts.hostname}:{port}{parts.path.rstrip('/')}"

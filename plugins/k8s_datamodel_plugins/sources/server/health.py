"""Share between the requests of one run whether the server is alive and how long they waited."""

from __future__ import annotations

import threading

from k8s_datamodel_plugins.sources.server.wire.faults import RequestError
from k8s_datamodel_plugins.sources.server.wire.request_limits import Limits

_DOUBTFUL = 4
"""How many requests in a row without any answer are suspicious."""


class Health:
    """Whether the server is alive and how long the requests of one run waited."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._silent = 0
        self._waited = 0.0
        self._lost: RequestError | None = None

    def check(self) -> None:
        """Raise a RequestError if the server is known to be dead."""
        if self._lost is not None:
            raise RequestError(f"not asked, the server no longer answers: {self._lost.reason}")

    def answered(self) -> None:
        """The server answered."""
        self._silent = 0

    def silent(self) -> bool:
        """Count a request without an answer; returns whether the server may be dead."""
        with self._lock:
            self._silent += 1
            return self._silent == _DOUBTFUL

    def lost(self, fault: RequestError) -> None:
        """The server is dead."""
        self._lost = fault

    def pause(self, fault: RequestError, attempt: int, elapsed: float) -> float | None:
        """Seconds before the next attempt, or None to give up; ``elapsed`` is since the first."""
        if not fault.transient or attempt >= self._limits.attempts:
            return None
        if fault.retry_after is not None:
            return self._obey(fault.retry_after)
        if elapsed > self._limits.retry_window:
            return None
        return self._limits.retry_pause * float(2 ** (attempt - 1))

    def _obey(self, seconds: float) -> float | None:
        with self._lock:
            total = self._waited + seconds
            if seconds > self._limits.retry_after or total > self._limits.retry_budget:
                return None
            self._waited = total
        return seconds

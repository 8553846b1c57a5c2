"""Learn from its answers how many requests an API server is given at once.

As TCP Vegas and Netflix's concurrency limits do: the size grows while answers are about as prompt
as the promptest so far, and shrinks when they get slower, or when the server refuses.
"""

from __future__ import annotations

import math

START = 4
"""Requests in flight at the start: enough for a server that is near."""

# Requests that one run can use in a second: more in flight than these need do not make it faster
# (Little's law). So a server that answers within 2 ms never gets more than at the start.
_USEFUL_PER_SECOND = 2_000
# How much slower than the promptest answer of its kind is still prompt, and what is too slow.
_PROMPT, _SLOW = 1.5, 2.5
_ROUND = 8
_LESS = 0.75


class Window:
    """How many requests may be in flight; ``size`` is between 1 and ``most``.

    It doubles at first, as TCP's slow start, and after the first slow or refused answer it grows by
    one. Slow answers bring it back to the start, refused ones down to 1. The caller locks.
    """

    def __init__(self, most: int) -> None:
        self.size = self._start = min(START, most)
        self._most = most
        self._doubles = True
        self._asked = 0
        self._since = 0
        self._busiest = 0
        self._least: dict[str, float] = {}
        self._slowness: list[float] = []

    def ask(self, in_flight: int) -> int:
        """Note a request, as one of so many that are in flight; returns its number."""
        self._asked += 1
        self._busiest = max(self._busiest, in_flight)
        return self._asked

    def answered(self, number: int, seconds: float, alike: str) -> None:
        """Note how long a small answer took; answers of requests that are ``alike`` compare."""
        least = self._least[alike] = min(seconds, self._least.get(alike, seconds))
        if number <= self._since:
            return  # it says nothing about the size of now
        self._slowness.append(seconds / least if least else 1.0)
        if len(self._slowness) >= min(self.size, _ROUND):
            self._end_of_round()

    @property
    def next_size(self) -> int:
        """The size after the next round, if its answers are prompt; 0 where the server is near."""
        if not self._least or self._useful() <= self._start:
            return 0
        grown = self.size > self._start
        return max(self.size, min(self._more(), self._useful())) if grown else self.size

    def refused(self, number: int) -> None:
        """Note that the server takes no more: halves the size, once for all that are in flight."""
        if number > self._since:
            self._become(max(1, self.size // 2), doubles=False)

    def _end_of_round(self) -> None:
        # Of the prompter answers: who makes a connection first waits for three round trips.
        slowness = sorted(self._slowness)[(len(self._slowness) - 1) // 4]
        if slowness > _SLOW:
            less = max(self._start, int(self.size * _LESS))
            self._become(min(self.size, less), doubles=False)
        elif slowness > _PROMPT or self._busiest * 2 < self.size:
            # Neither prompt nor slow, or too few were in flight to tell.
            self._become(self.size, doubles=self._doubles)
        else:
            self._become(min(self._more(), self._useful()), doubles=self._doubles)

    def _more(self) -> int:
        return self.size * 2 if self._doubles else self.size + 1

    def _useful(self) -> int:
        needed = math.ceil(min(self._least.values()) * _USEFUL_PER_SECOND)
        return min(self._most, max(self._start, needed))

    def _become(self, size: int, *, doubles: bool) -> None:
        self.size = size
        self._doubles = doubles
        self._since = self._asked
        self._busiest = 0
        self._slowness.clear()

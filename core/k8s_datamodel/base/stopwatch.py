"""Where the time of one thread goes, by what the thread is at."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

Item = TypeVar("Item")

_WINDOW_SECONDS = 0.02
"""The processor's clock is read no more often: it costs 50 times what the other clock does."""


class Stage(NamedTuple):
    """What a thread is at: ``name``, and for which resource type, if for one."""

    name: str
    resource_type: str = ""


@dataclass(slots=True)
class Spent:
    """Seconds on the clock, and how many of them the whole program computed nothing."""

    seconds: float = 0.0
    idle: float = 0.0


class Stopwatch:
    """Charges each moment of the thread that made it to one stage, from then on.

    The program is idle where the clock goes on and its processor time does not, in whatever thread.
    That is charged to the stages that wait for others; to ``busy``, which do not, only where a
    while has no other.

    Args:
        stage: the first.
        busy: names of the stages that wait for nobody.
        clock: seconds that pass.
        processor: seconds of processor time that the program has used.
    """

    def __init__(
        self,
        stage: Stage,
        busy: Iterable[str] = (),
        clock: Callable[[], float] = time.monotonic,
        processor: Callable[[], float] = time.process_time,
    ) -> None:
        self.spent: defaultdict[Stage, Spent] = defaultdict(Spent)
        self._stage = stage
        self._busy = frozenset(busy)
        self._clock = clock
        self._processor = processor
        self._thread = threading.get_ident()
        self._at = self._looked_at = clock()
        self._used = self._first_used = processor()
        self._window: dict[Stage, float] = {}

    def switch(self, stage: Stage) -> Stage:
        """Begin a stage; returns the one before it. Another thread's stages do not count."""
        if threading.get_ident() != self._thread:
            return stage
        now = self._clock()
        before, self._stage = self._stage, stage
        self._window[before] = self._window.get(before, 0.0) + now - self._at
        self._at = now
        if now - self._looked_at > _WINDOW_SECONDS:
            self._look(now)
        return before

    @contextmanager
    def during(self, stage: Stage) -> Iterator[None]:
        """Charge a block to a stage."""
        before = self.switch(stage)
        try:
            yield
        finally:
            self.switch(before)

    def waiting(self, stage: Stage, items: Iterable[Item]) -> Generator[Item, None, None]:
        """The items; what it takes to get each is charged to a stage.

        Like the loop that it stands in, it leaves the items open if it is closed early.
        """
        following = iter(items)
        while True:
            before = self.switch(stage)
            try:
                item = next(following)
            except StopIteration:
                return
            finally:
                self.switch(before)
            yield item

    def stop(self) -> float:
        """Charge all until now; returns the processor time used since the beginning."""
        self.switch(self._stage)
        self._look(self._at)
        return self._used - self._first_used

    def _look(self, now: float) -> None:
        """Share out what passed since the last look, and how much of it nothing was computed."""
        used = self._processor()
        idle = max(0.0, now - self._looked_at - used + self._used)
        window, self._window = self._window, {}
        waits = {each for each in window if each.name not in self._busy and window[each]}
        waits = waits or set(window)
        total = sum(window[stage] for stage in waits)
        for stage, seconds in window.items():
            spent = self.spent[stage]
            spent.seconds += seconds
            if stage in waits and total:
                spent.idle += min(seconds, idle * seconds / total)
        self._looked_at, self._used = now, used

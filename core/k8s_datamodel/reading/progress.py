"""One line on what a run is at: the phase, how much of how many, and what failed so far."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Progress:
    """Gathers what there is to tell, and shows it as one short text. Safe in threads.

    Args:
        show: takes the text; it may raise to stop the run.
    """

    def __init__(self, show: Callable[[str], None]) -> None:
        self._show = show
        self._lock = threading.Lock()
        self._phase = ""
        self._detail = ""
        self._counted = 0
        self._to_count = 0
        self._failed = 0

    def phase(self, text: str) -> None:
        """What the run is doing from now on."""
        with self._lock:
            self._phase, self._detail = text, ""
        self._tell()

    def detail(self, text: str) -> None:
        """How far it is with that, such as ``deployments 200 of 1,300``."""
        with self._lock:
            self._detail = text
        self._tell()

    def to_count(self, number: int) -> None:
        """So many more kinds are to be counted."""
        with self._lock:
            self._to_count += number
        self._tell()

    def counted(self) -> None:
        """One of them is counted."""
        with self._lock:
            self._counted += 1
        self._tell()

    def failed(self) -> None:
        """One more read failed that makes the run incomplete."""
        with self._lock:
            self._failed += 1
        self._tell()

    def _tell(self) -> None:
        # Without the lock: ``show`` may take its time, or raise.
        self._show(str(self))

    def __str__(self) -> str:
        with self._lock:
            told = [self._detail] if self._detail else []
            if self._counted < self._to_count:
                told.append(f"{self._counted:,} of {self._to_count:,} kinds counted")
            failed = f"{self._failed:,} read{'s' * (self._failed != 1)} failed"
            before = ", ".join([self._phase] * bool(self._phase) + [failed] * bool(self._failed))
        return ": ".join(filter(None, (before, ", ".join(told))))

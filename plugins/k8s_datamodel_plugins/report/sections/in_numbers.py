"""Numbers in words."""

from __future__ import annotations

from collections.abc import Sequence

_GROUPED = 10_000
"""As all numbers of a page: years, ports and most numbers read better without a comma."""


def shown(number: int | None) -> str:
    """A number with commas; ``unknown`` for None."""
    return "unknown" if number is None else f"{number:,}"


def grown(values: Sequence[int | float | None]) -> float | None:
    """By how much the last value is above the first known one; None if either is unknown."""
    first = next((each for each in values if each is not None), None)
    last = values[-1] if values else None
    return None if first is None or last is None else last - first


def signed(number: float | None) -> str:
    """A difference: ``+12``, ``-3``, ``0``."""
    if number is None:
        return "unknown"
    if not number:
        return "0"
    return f"{number:+,}" if abs(number) >= _GROUPED else f"{number:+}"

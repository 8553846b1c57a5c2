"""Numbers over time in one line of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

_BARS = "▁▂▃▄▅▆▇█"
_UNKNOWN = "?"
_ABSENT = " "
_LONGEST = 60


def sparkline(values: Sequence[Any], there: Sequence[bool]) -> str:
    """A bar for each number, ``?`` where it is not known, a blank where the thing is not there.

    Of more than sixty snapshots the last of each of sixty equal parts is drawn.

    Args:
        values: a number or None for each snapshot.
        there: whether the thing may be there, for each.
    """
    known = [value for value in values if value is not None]
    least, most = (min(known), max(known)) if known else (0, 0)
    drawn = [_bar(value, least, most) for value in values]
    pairs = zip(drawn, there, strict=True)
    return "".join(_last_of_parts([bar if is_there else _ABSENT for bar, is_there in pairs]))


def range_text(values: Sequence[Any]) -> str:
    """The least and the greatest of some numbers, and the last: ``3 to 120, last 118``."""
    known = [value for value in values if value is not None]
    if not known:
        return "not known"
    least, most, last = min(known), max(known), values[-1]
    told = f"{least:,}" if least == most else f"{least:,} to {most:,}"
    return f"{told}, last {'not known' if last is None else f'{last:,}'}"


def _bar(value: Any, least: Any, most: Any) -> str:
    if value is None:
        return _UNKNOWN
    if least == most:
        return _BARS[0]
    return _BARS[round((value - least) / (most - least) * (len(_BARS) - 1))]


def _last_of_parts(bars: Sequence[str]) -> Iterator[str]:
    parts = min(len(bars), _LONGEST)
    return (bars[(number + 1) * len(bars) // parts - 1] for number in range(parts))

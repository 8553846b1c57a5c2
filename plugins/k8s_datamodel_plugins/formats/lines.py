"""One line of text on a terminal: how wide it is, and how it gets narrower."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from rich.cells import cell_len

_CUT = "..."


def width_of(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return len(text) if text.isascii() else cell_len(text)


def padded(text: str, width: int, *, right: bool = False) -> str:
    """The text with blanks up to a width, after it or before it."""
    blanks = " " * (width - width_of(text))
    return blanks + text if right else text + blanks


def cut(text: str, width: int) -> str:
    """The text if it has room, else its beginning and ``...``."""
    if width_of(text) <= width:
        return text
    room = width - len(_CUT)
    if room <= 0:
        return _CUT[: max(width, 0)]
    return _beginning(text, room) + _CUT


def fold(items: Sequence[str], comma: str, width: int) -> str:
    """A list as long as it has room: ``a, b, +4`` stands for six items.

    Where the whole list has no room, names with dots show the part before their first dot if that
    tells them apart: ``certificates, issuers, +4`` of ``certificates.cert-manager.io`` and others.
    """
    whole = comma.join(items)
    if width_of(whole) <= width:
        return whole
    labels = _labels(items)
    for shown in range(len(labels), 0, -1):
        text = comma.join(labels[:shown]) + _more(len(labels) - shown, comma)
        if width_of(text) <= width:
            return text
    more = _more(len(labels) - 1, comma)
    return cut(cut(labels[0], max(width - len(more), len(_CUT) + 1)) + more, width)


def _more(number: int, comma: str) -> str:
    return f"{comma}+{number}" if number else ""


def _labels(items: Sequence[str]) -> Sequence[str]:
    """The first labels of domain names, ``plural`` of ``plural.group``; else the items."""
    labels = [item.partition(".")[0] for item in items]
    dotted = all(item.count(".") > 1 and item[0].isalpha() for item in items)
    return labels if dotted and len(set(labels)) == len(set(items)) else items


def _beginning(text: str, width: int) -> str:
    """As much of a text as fits: the width of what belongs together is not the sum of its parts."""
    if text.isascii():
        return text[:width]
    fits = bisect_right(range(len(text) + 1), width, key=lambda end: cell_len(text[:end]))
    return text[: fits - 1]

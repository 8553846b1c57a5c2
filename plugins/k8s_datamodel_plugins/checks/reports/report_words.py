"""Somebody else's words in reports."""

from __future__ import annotations

_LONGEST = 400


def one_line(text: str) -> str:
    """Somebody else's text as one line, in which nothing moves a cursor or turns the writing."""
    line = "".join(each if each.isprintable() else "\ufffd" for each in text)
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"

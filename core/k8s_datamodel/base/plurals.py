"""Numbers with what they count."""

from __future__ import annotations


def counted(number: int, one: str, several: str = "") -> str:
    """``1 read``, ``1,200 reads``; ``several`` where it is not ``one`` with an s."""
    return f"{number:,} {one if number == 1 else several or one + 's'}"

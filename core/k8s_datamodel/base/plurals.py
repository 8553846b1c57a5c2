"""Numbers with what they count."""

from __future__ import annotations

_STEP = 1024
_UNITS = ("bytes", "KB", "MB", "GB", "TB")


def counted(number: int, one: str, several: str = "") -> str:
    """``1 read``, ``1,200 reads``; ``several`` where it is not ``one`` with an s."""
    return f"{number:,} {one if number == 1 else several or one + 's'}"


def size(number: float) -> str:
    """Bytes for people, in steps of 1024, such as ``2.4 MB``."""
    for unit in _UNITS:
        if number < _STEP or unit == _UNITS[-1]:
            break
        number /= _STEP
    return f"{number:.0f} {unit}" if unit == "bytes" else f"{number:.1f} {unit}"

"""Ages and sizes that a user names."""

from __future__ import annotations

import re
from datetime import timedelta

from k8s_datamodel.base.errors import UsageError

_UNITS = {
    "s": 1,
    "second": 1,
    "m": 60,
    "min": 60,
    "minute": 60,
    "h": 3600,
    "hour": 3600,
    "d": 86400,
    "day": 86400,
    "w": 604800,
    "week": 604800,
    "month": 30 * 86400,
    "y": 365 * 86400,
    "year": 365 * 86400,
}
"""Seconds by unit; a plural ``s`` may follow the words. A month is 30 days, a year 365."""

_AGE = re.compile(r"\s*(\d{1,9})\s*([a-z]+)\s*$", re.IGNORECASE)


def age(text: str) -> timedelta:
    """An age such as ``30 days``, ``12h`` or ``2 weeks``. Raises UsageError."""
    match = _AGE.match(text)
    word = match[2].lower() if match else ""
    unit = _UNITS.get(word) or _UNITS.get(word.removesuffix("s"))
    if not match or not unit:
        raise UsageError(f"invalid age {text!r}; use for example 30 days, 12h or 2 weeks")
    try:
        return timedelta(seconds=int(match[1]) * unit)
    except OverflowError:
        raise UsageError(f"{text!r} is too long") from None


_BYTES = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}
"""Powers of 1024 by unit, as ``database stats`` counts."""

_SIZE = re.compile(r"\s*(\d{1,12}(?:\.\d{1,6})?)\s*([kmgt]?)(?:i?b|bytes?)?\s*$", re.IGNORECASE)


def size_of(text: str) -> int:
    """A size in bytes, such as ``2GB``, ``1.5 GiB`` or ``500 MB``. Raises UsageError."""
    match = _SIZE.match(text)
    number = float(match[1]) * 1024 ** _BYTES[match[2].lower()] if match else 0
    if number < 1:
        raise UsageError(f"invalid size {text!r}; use for example 2GB or 500 MB")
    return int(number)

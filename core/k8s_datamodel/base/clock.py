"""The current time, and how long ago another one is."""

from __future__ import annotations

from datetime import datetime, timezone

from k8s_datamodel.base.plurals import counted

_FORMAT = "%Y-%m-%d %H:%M:%S"
_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60))


def now() -> str:
    """The current UTC time as ``YYYY-MM-DD HH:MM:SS``."""
    return datetime.now(timezone.utc).strftime(_FORMAT)


def ago(time: str, since: str) -> str:
    """How long a time was before another one, in the largest whole unit: ``3 days ago``."""
    passed = datetime.strptime(since, _FORMAT) - datetime.strptime(time, _FORMAT)
    seconds = int(passed.total_seconds())
    if seconds < 0:
        return "ahead of now"
    for unit, length in _UNITS:
        if number := seconds // length:
            return f"{counted(number, unit)} ago"
    return "just now"

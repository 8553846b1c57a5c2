"""Times that a user names: a day, a time, or how long ago."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, timezone, tzinfo

from k8s_datamodel.base.errors import UsageError
from k8s_datamodel.naming.amounts import age

_ABSOLUTE = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?))?(?: ?(Z|[+-]\d\d:?\d\d))?$", re.ASCII
)
_DAYS = {"today": 0, "yesterday": 1}
_BEGINNING, _END = time(), time(23, 59, 59)

FORMS = "2026-11-01, '2026-11-01 08:00', '2026-11-01 08:00+02:00', '3 days ago' or yesterday"


def time_of(text: str, now: str, *, beginning: bool = False) -> str:
    """A time in UTC, ``YYYY-MM-DD HH:MM:SS``; a day alone means its end.

    Args:
        text: one of ``FORMS``; UTC unless it has an offset.
        now: the current time, see ``clock``.
        beginning: a day alone means its first second.

    Raises:
        UsageError: it is none of them, or no such day or time is.
    """
    current, of_day = datetime.fromisoformat(now), _BEGINNING if beginning else _END
    try:
        if text in _DAYS:
            return _told(datetime.combine(current.date() - timedelta(_DAYS[text]), of_day))
        if text.endswith(" ago"):
            return _told(current - age(text.removesuffix(" ago")))
        if match := _ABSOLUTE.match(text):
            return _told(_absolute(of_day, *match.groups()))
    except (ValueError, OverflowError, UsageError):  # the age of what was long ago, too
        pass
    raise UsageError(f"no time {text!r}; use for example {FORMS}")


def is_time(text: str) -> bool:
    """Whether a text has the form of a time."""
    return bool(text in _DAYS or text.endswith(" ago") or _ABSOLUTE.match(text))


def _absolute(of_day: time, day: str, clock: str | None, offset: str | None) -> datetime:
    at = time.fromisoformat(clock) if clock else of_day
    moment = datetime.combine(date.fromisoformat(day), at, _zone(offset))
    return moment.astimezone(timezone.utc)


def _zone(offset: str | None) -> tzinfo:
    if offset in (None, "Z"):
        return timezone.utc
    hours, minutes = int(offset[1:3]), int(offset[-2:])
    return timezone((1 if offset[0] == "+" else -1) * timedelta(hours=hours, minutes=minutes))


def _told(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(" ", "seconds")

"""Texts that a schema's format makes times, durations or bytes.

The source is kube-openapi, pkg/validation/strfmt.
The engine reads RFC 3339 and Go's durations. The API server reads more, so these are rewritten.
A text that neither reads stays as it is: the engine then reports it where a rule uses it.
"""

from __future__ import annotations

import base64
import binascii
import re
from datetime import datetime, timedelta
from fractions import Fraction

_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)?)?", re.ASCII
)
_GO_DURATION = re.compile(r"[+-]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)", re.ASCII)
_GO_PART = re.compile(r"(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)", re.ASCII)
_PART = re.compile(r"(\d+)\s*([A-Za-zµ]+)", re.ASCII)
_SECOND = 10**9
_NANOSECONDS = {
    "ns": 1,
    "us": 1000,
    "µs": 1000,
    "μs": 1000,
    "ms": 10**6,
    "s": _SECOND,
    "m": 60 * _SECOND,
    "h": 3600 * _SECOND,
}
_UNITS = (
    (("ns",), "nano", 1),
    (("us", "µs"), "micro", 1000),
    (("ms",), "milli", 10**6),
    (("s",), "sec", _SECOND),
    (("m",), "min", 60 * _SECOND),
    (("h", "hr"), "hour", 3600 * _SECOND),
    (("d",), "day", 86400 * _SECOND),
    (("w", "wk"), "week", 7 * 86400 * _SECOND),
)


def time_text(text: str) -> str:
    """A `date` or `date-time` as `timestamp()` reads it; an empty one is 1970."""
    found = _read(text)
    if found is None:
        return text
    moment, fraction, zone = found
    return f"{moment.isoformat()}{fraction}{zone}"


def utc_text(text: str) -> str:
    """A `date` or `date-time` in UTC: equal texts are the same time."""
    found = _read(text)
    if found is None:
        return text
    moment, fraction, zone = found
    try:
        return f"{(moment - _offset(zone)).isoformat()}{fraction}Z"
    except OverflowError:
        return text


def _read(text: str) -> tuple[datetime, str, str] | None:
    found = _TIME.fullmatch(text or "1970-01-01")
    if found is None:
        return None
    day, clock, fraction, zone = found.groups()
    try:
        moment = datetime.fromisoformat(f"{day}T{clock or '00:00:00'}")
    except ValueError:
        return None
    digits = (fraction or "")[:9].rstrip("0")
    same = zone is None or zone[1:] == "00:00"
    return moment, f".{digits}" if digits else "", "Z" if same else str(zone)


def _offset(zone: str) -> timedelta:
    if zone == "Z":
        return timedelta()
    hours, minutes = zone[1:].split(":")
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return offset if zone[0] == "+" else -offset


def duration_text(text: str) -> str:
    """A `duration` as `duration()` reads it: Go's form, or numbers with words (`2 days`)."""
    nanoseconds = _go_nanoseconds(text)
    if nanoseconds is None:
        nanoseconds = _worded_nanoseconds(text)
    if nanoseconds is None:
        return text
    sign = "-" if nanoseconds < 0 else ""
    whole, rest = divmod(abs(nanoseconds), _SECOND)
    return f"{sign}{whole}.{rest:09d}s" if rest else f"{sign}{whole}s"


def _go_nanoseconds(text: str) -> int | None:
    if not _GO_DURATION.fullmatch(text):
        return None
    total = sum(
        int(Fraction(_number(number)) * _NANOSECONDS[unit])
        for number, unit in _GO_PART.findall(text)
    )
    return -total if text.startswith("-") else total


def _number(text: str) -> str:
    return f"0{text}" if text.startswith(".") else text.rstrip(".") or "0"


def _worded_nanoseconds(text: str) -> int | None:
    total, found = 0, False
    for number, word in _PART.findall(text):
        unit = word.lower()
        for exact, start, factor in _UNITS:
            if unit in exact or unit.startswith(start):
                total, found = total + int(number) * factor, True
    return total if found else None


def bytes_of(text: str) -> bytes | str:
    """The bytes of base64; the text itself if it is none."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return text

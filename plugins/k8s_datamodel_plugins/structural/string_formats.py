"""The formats of strings that a Kubernetes version checks; it ignores all others.

Sources: apiextensions-apiserver ``pkg/apiserver/validation/formats.go`` for which and since when,
kube-openapi ``pkg/validation/strfmt`` for what they take.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from fractions import Fraction

import regex

from k8s_datamodel_plugins.structural.address_formats import (
    is_cidr,
    is_email,
    is_ipv4,
    is_ipv6,
    is_mac,
    is_request_uri,
)

FormatCheck = Callable[[str], "bool | None"]
Version = tuple[int, int]

NUMBERS_SINCE: Version = (1, 36)
"""Since then the ranges of int32, int64 and float are checked (kubernetes#136582)."""
_NAMES_SINCE: Version = (1, 34)

_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})\Z")
_TIME = re.compile(r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:.[0-9]+)?(?:z|[+-][0-9]{2}:[0-9]{2})\Z")
_MONTHS = 12
_LEAP_YEAR = 2000  # of year 0, which the calendar here does not have
_GO_DURATION = re.compile(r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h)")
_GO_PART = re.compile(r"([0-9.]+)(\D+)")
_NANOSECONDS = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "μs": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}
_LONGEST = 2**63 - 1
_WORDED = re.compile(r"([0-9]+)[\t\n\f\r ]*([A-Za-zµ]+)")
# The last word of each row matches as a prefix, the others only as a whole.
_UNITS = re.compile(
    r"ns|nano.*|us|µs|μs|micro.*|ms|milli.*|s|sec.*|m|min.*|h|hr|hour.*|d|day.*|w|wk|week.*",
    re.IGNORECASE,
)
_LETTER = r"[a-zA-Z0-9\p{S}\p{L}]"
_HOSTNAME = regex.compile(
    rf"(?:{_LETTER}(?:-?{_LETTER}{{0,62}})?"
    rf"|(?:{_LETTER}(?:[a-zA-Z0-9\-\p{{S}}\p{{L}}]{{0,61}}{_LETTER})?\.)+[a-zA-Z\p{{L}}]{{2,63}})\Z"
)
_LONGEST_HOSTNAME, _LONGEST_LABEL = 255, 63
_SHORT_NAME = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
_LONGEST_SHORT, _LONGEST_LONG = 63, 253
_SOCIAL_SECURITY = 11
_ISBN10, _ISBN13 = re.compile(r"[0-9]{9}[0-9X]\Z"), re.compile(r"[0-9]{13}\Z")
_CARD = re.compile(
    r"(?:4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|6(?:011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}"
    r"|3(?:0[0-5]|[68][0-9])[0-9]{11}|(?:2131|1800|35[0-9]{3})[0-9]{11})\Z"
)
_COLOUR = r"\s*(?:0|[1-9][0-9]?|1[0-9][0-9]?|2[0-4][0-9]|25[0-5])\s*"


def is_date(text: str) -> bool:
    """``2006-01-02``, a day that exists; the year 0 does."""
    found = _DATE.match(text)
    if not found:
        return False
    year, month, day = (int(part) for part in found.groups())
    return 1 <= month <= _MONTHS and 1 <= day <= monthrange(year or _LEAP_YEAR, month)[1]


def is_date_time(text: str) -> bool:
    """A date, ``T`` and a time with a zone; what follows another ``T`` is not looked at."""
    parts = text.lower().split("t")
    if len(parts) == 1 or not is_date(parts[0]):
        return False
    found = _TIME.match(parts[1])
    return found is not None and found[1] <= "23" and found[2] <= "59" and found[3] <= "59"


def is_duration(text: str) -> bool:
    """A duration of Go, or a number and a unit in words anywhere in the text."""
    if _is_go_duration(text):
        return True
    found = _WORDED.findall(text)
    if any(int(number) > _LONGEST for number, _ in found):
        return False
    return any(_UNITS.fullmatch(unit) for _, unit in found)


def _is_go_duration(text: str) -> bool:
    text = text[1:] if text[:1] in ("+", "-") and text else text
    if text == "0":
        return True
    if not re.fullmatch(f"(?:{_GO_DURATION.pattern})+", text):
        return False
    parts = (_GO_PART.match(part) for part in _GO_DURATION.findall(text))
    spans = (Fraction(part[1].rstrip(".")) * _NANOSECONDS[part[2]] for part in parts if part)
    return sum(spans, Fraction(0)) <= _LONGEST


def is_hostname(text: str) -> bool:
    """A name of letters, digits, symbols and dashes, or such names with dots."""
    octets = text.encode("utf-8", "surrogatepass")
    if len(octets) > _LONGEST_HOSTNAME or not _HOSTNAME.match(text):
        return False
    return all(len(label) <= _LONGEST_LABEL for label in octets.split(b"."))


def _is_isbn10(text: str) -> bool:
    digits = re.sub(r"[\t\n\f\r -]+", "", text)
    if not _ISBN10.match(digits):
        return False
    values = [10 if digit == "X" else int(digit) for digit in digits]
    return sum((at + 1) * value for at, value in enumerate(values)) % 11 == 0


def _is_isbn13(text: str) -> bool:
    digits = re.sub(r"[\t\n\f\r -]+", "", text)
    if not _ISBN13.match(digits):
        return False
    weighed = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(digits[:12]))
    return int(digits[12]) == (10 - weighed % 10) % 10


def _is_card(text: str) -> bool:
    digits = re.sub(r"[^0-9]+", "", text)
    if not _CARD.match(digits):
        return False
    doubled = [int(d) * (2 if at % 2 else 1) for at, d in enumerate(reversed(digits))]
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def _uuid(third: str, fourth: str) -> FormatCheck:
    group = "[0-9a-f]"
    return _full(
        f"{group}{{8}}-?{group}{{4}}-?{third}-?{fourth}-?{group}{{12}}", re.IGNORECASE | re.ASCII
    )


def _full(pattern: str, flags: int = re.ASCII) -> FormatCheck:
    compiled = re.compile(pattern, flags)
    return lambda text: compiled.fullmatch(text) is not None


_CHECKS: dict[str, FormatCheck] = {
    "bsonobjectid": _full("[0-9a-fA-F]{24}"),
    "byte": _full(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}[=A-Za-z0-9+/])"),
    "cidr": is_cidr,
    "creditcard": _is_card,
    "date": is_date,
    "datetime": is_date_time,
    "duration": is_duration,
    "email": is_email,
    "hexcolor": _full("#?(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})"),
    "hostname": is_hostname,
    "ipv4": is_ipv4,
    "ipv6": is_ipv6,
    "isbn": lambda text: _is_isbn10(text) or _is_isbn13(text),
    "isbn10": _is_isbn10,
    "isbn13": _is_isbn13,
    "mac": is_mac,
    "password": lambda _: True,
    "rgbcolor": _full(rf"rgb\({_COLOUR},{_COLOUR},{_COLOUR}\)"),
    "ssn": lambda text: (
        len(text) == _SOCIAL_SECURITY
        and bool(re.fullmatch("[0-9]{3}[- ]?[0-9]{2}[- ]?[0-9]{4}", text))
    ),
    "uri": is_request_uri,
    "uuid": _uuid("[0-9a-f]{4}", "[0-9a-f]{4}"),
    "uuid3": _uuid("3[0-9a-f]{3}", "[0-9a-f]{4}"),
    "uuid4": _uuid("4[0-9a-f]{3}", "[89ab][0-9a-f]{3}"),
    "uuid5": _uuid("5[0-9a-f]{3}", "[89ab][0-9a-f]{3}"),
}
_short, _long = _full(_SHORT_NAME), _full(rf"{_SHORT_NAME}(?:\.{_SHORT_NAME})*")
_NEWER: dict[str, FormatCheck] = {
    "k8sshortname": lambda text: len(text) <= _LONGEST_SHORT and bool(_short(text)),
    "k8slongname": lambda text: len(text) <= _LONGEST_LONG and bool(_long(text)),
}


def string_format(name: str, kubernetes: Version) -> FormatCheck | None:
    """What checks a format in a Kubernetes version; None where the server ignores it."""
    plain = name.replace("-", "")
    if plain in _NEWER and kubernetes >= _NAMES_SINCE:
        return _NEWER[plain]
    return _CHECKS.get(plain)

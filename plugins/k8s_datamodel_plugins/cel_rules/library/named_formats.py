"""`format.<name>()`; the formats are those of apimachinery's validation and of strfmt."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from datetime import date

from k8s_datamodel_plugins.cel_rules.library.made_values import FORMAT, Made, made, told
from k8s_datamodel_plugins.cel_rules.library.urls import is_url

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?", re.ASCII)
_LABEL_1035 = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?", re.ASCII)
_SUBDOMAIN = re.compile(rf"{_LABEL.pattern}(\.{_LABEL.pattern})*", re.ASCII)
_NAME = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_CLOCK = re.compile(
    r"([0-9]{2}):([0-9]{2}):([0-9]{2})(.[0-9]+)?(z|([+-][0-9]{2}:[0-9]{2}))", re.ASCII
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_BASE64 = re.compile(
    r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})", re.ASCII
)
_LONGEST_LABEL, _LONGEST_SUBDOMAIN = 63, 253
_QUALIFIED_PARTS = 2


def _prefix(text: str) -> str:
    """What is checked of a prefix of a name: a dash at its end stands for what follows."""
    return f"{text[:-2]}a" if len(text) > 1 and text.endswith("-") else text


def _label(text: str) -> list[str]:
    return _faults(
        ("must be no more than 63 characters", len(text) <= _LONGEST_LABEL),
        (
            "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', "
            "and must start and end with an alphanumeric character",
            bool(_LABEL.fullmatch(text)),
        ),
    )


def _label_1035(text: str) -> list[str]:
    return _faults(
        ("must be no more than 63 characters", len(text) <= _LONGEST_LABEL),
        (
            "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start "
            "with an alphabetic character, and end with an alphanumeric character",
            bool(_LABEL_1035.fullmatch(text)),
        ),
    )


def _subdomain(text: str) -> list[str]:
    return _faults(
        ("must be no more than 253 characters", len(text) <= _LONGEST_SUBDOMAIN),
        (
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, "
            "'-' or '.', and must start and end with an alphanumeric character",
            bool(_SUBDOMAIN.fullmatch(text)),
        ),
    )


def _qualified_name(text: str) -> list[str]:
    parts = text.split("/")
    if len(parts) > _QUALIFIED_PARTS:
        return ["a qualified name must consist of alphanumeric characters with an optional prefix"]
    faults = []
    if len(parts) == _QUALIFIED_PARTS:
        faults = ["prefix part must be non-empty"] if not parts[0] else _subdomain(parts[0])
    name = parts[-1]
    if not name:
        faults.append("name part must be non-empty")
    elif len(name) > _LONGEST_LABEL:
        faults.append("name part must be no more than 63 characters")
    if not _NAME.fullmatch(name):
        faults.append("name part must consist of alphanumeric characters, '-', '_' or '.'")
    return faults


def _label_value(text: str) -> list[str]:
    return _faults(
        ("must be no more than 63 characters", len(text) <= _LONGEST_LABEL),
        (
            "a valid label must be an empty string or consist of alphanumeric characters, '-', "
            "'_' or '.'",
            not text or bool(_NAME.fullmatch(text)),
        ),
    )


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    return bool(_BASE64.fullmatch(text))


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return bool(_DAY.fullmatch(text))


def _is_datetime(text: str) -> bool:
    day, mark, clock = text.lower().partition("t")
    found = _CLOCK.fullmatch(clock.split("t")[0])
    return (
        bool(mark)
        and _is_date(day)
        and found is not None
        and (found[1] <= "23" and found[2] <= "59" and found[3] <= "59")
    )


def _faults(*checks: tuple[str, bool]) -> list[str]:
    return [fault for fault, holds in checks if not holds]


_FORMATS: dict[str, Callable[[str], list[str]]] = {
    "dns1123Label": _label,
    "dns1123LabelPrefix": lambda text: _label(_prefix(text)),
    "dns1123Subdomain": _subdomain,
    "dns1123SubdomainPrefix": lambda text: _subdomain(_prefix(text)),
    "dns1035Label": _label_1035,
    "dns1035LabelPrefix": lambda text: _label_1035(_prefix(text)),
    "qualifiedName": _qualified_name,
    "labelValue": _label_value,
    "uri": lambda text: _faults(("invalid URI for request", is_url(text))),
    "uuid": lambda text: _faults(("does not match the UUID format", bool(_UUID.fullmatch(text)))),
    "byte": lambda text: _faults(("invalid base64", _is_base64(text))),
    "date": lambda text: _faults(("invalid date", _is_date(text))),
    "datetime": lambda text: _faults(("invalid datetime", _is_datetime(text))),
}
NAMES = tuple(_FORMATS)


def named(name: str) -> Made:
    """`format.named(name)`; empty if there is no such format."""
    return made(FORMAT, name) if name in _FORMATS else {}


def validate(given: Made, text: str) -> list[str]:
    """`format.validate(text)`: what is wrong with a text."""
    return _FORMATS[told(given, FORMAT)](text)

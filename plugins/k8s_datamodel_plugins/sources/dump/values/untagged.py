"""The meaning of an untagged YAML scalar for kubectl and the API server.

They decode with ``sigs.k8s.io/yaml`` (YAML 1.1 without base 60) and encode as JSON: ``on`` is true,
``017`` is 15, ``1e+09`` is 1000000000, while ``12:30``, ``=`` and dates stay text.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from decimal import Decimal
from typing import Any

_CORE = "tag:yaml.org,2002:"  # how the tags of YAML itself begin, such as ``!!str``

_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(
        ("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True
    ),
    **dict.fromkeys(
        ("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False
    ),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
}
_NUMERIC = frozenset("0123456789+-.")
_INTEGER = re.compile(r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_LONGEST_INTEGER = 67  # 64 binary digits with prefix and sign
_INT64 = range(-(2**63), 2**63)
_WHOLE_FLOATS = 1e21  # smaller ones have no exponent in Go, so they read back as integers


def plain(text: str) -> Any:
    """The value of a plain scalar without a tag."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] in _NUMERIC:
        return _number(text)
    return text


def tagged(tag: str, text: str) -> Any:
    """The value of a scalar with an explicit tag. Raises ValueError if it does not fit."""
    kind = tag.removeprefix(_CORE) if tag.startswith(_CORE) else ""
    if kind == "binary":
        return _binary(text)
    if kind not in ("int", "float", "bool", "null"):
        return text
    value = plain(text)
    if kind == _kind(value) or (kind == "float" and _kind(value) == "int"):
        return value
    raise ValueError(f"cannot decode a text as !!{kind}")


def key(value: Any) -> str:
    """A mapping's key as JSON has it. Raises ValueError if it cannot be a key."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return repr(value)
    if value is None:
        raise ValueError("a key is null")
    raise ValueError("a key is a mapping or a list")


def decimal(text: str) -> int | float:
    """A JSON number with a fraction or an exponent. Raises ValueError if out of range."""
    value = float(text)
    if math.isinf(value):
        raise ValueError("a number is out of range")
    return _whole(value)


def integer(text: str) -> int | float:
    """A JSON number without fraction and exponent; beyond 64 bits a float, as in the API."""
    if len(text) <= _LONGEST_INTEGER and (value := int(text)) in _INT64:
        return value
    return decimal(text)


def constant(text: str) -> Any:
    """Reject ``NaN`` and ``Infinity``, which JSON lacks. Raises ValueError."""
    raise ValueError(f"{text} is not a JSON value")


def _number(text: str) -> Any:
    if text[0] == ".":
        return _float(text, text)
    digits = text.replace("_", "")
    match = _INTEGER.fullmatch(digits) if len(digits) <= _LONGEST_INTEGER else None
    if match:
        value = _integer(match)
        if value in _INT64:
            return value
        if 0 < value < 2**64 and not match[1]:
            return float(value)
    return _float(digits, text)


def _integer(match: re.Match[str]) -> int:
    sign, hexadecimal, binary, octal, digits = match.groups()
    for part, base in ((hexadecimal, 16), (binary, 2), (octal, 8), (digits, 10)):
        if part:
            return -int(part, base) if sign == "-" else int(part, base)
    return 0


def _float(digits: str, text: str) -> Any:
    value = float(digits) if _FLOAT.fullmatch(digits) else math.inf
    return text if math.isinf(value) else _whole(value)


def _whole(value: float) -> int | float:
    """Integers for ``1.0`` and ``1e3``, as Go's JSON has them."""
    if value.is_integer() and abs(value) < _WHOLE_FLOATS:
        written = int(Decimal(repr(value)))  # the shortest digits, padded with zeros
        return written if written in _INT64 else value
    return value


def _binary(text: str) -> str:
    try:
        return base64.b64decode("".join(text.split()), validate=True).decode("utf-8", "replace")
    except binascii.Error as fault:
        raise ValueError("!!binary value holds invalid base64") from fault


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    return type(value).__name__

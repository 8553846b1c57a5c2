"""Texts of values as Go prints them, so that kubectl's output and ours are the same.

Sources: the Go packages fmt (``%v``), strconv (``FormatFloat``) and encoding/json (``Marshal``).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any

# What encoding/json escapes so that JSON may stand in HTML and in JavaScript.
_HTML = re.compile("[<>&\u2028\u2029]")
_LARGEST_INTEGER = 2**63
_INFINITE = {"inf": "+Inf", "-inf": "-Inf", "nan": "NaN"}


def plain_text(value: Any) -> str:
    """A value as ``fmt.Sprint`` prints it: ``map[a:1 b:[x y]]``, ``<nil>``."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        pairs = (f"{key}:{plain_text(value[key])}" for key in sorted(value))
        return f"map[{' '.join(pairs)}]"
    if isinstance(value, (list, tuple)):
        return f"[{' '.join(map(plain_text, value))}]"
    return "<nil>" if value is None else _scalar(value, json=False)


def template_text(value: Any) -> str:
    """A value as a JSONPath template prints it: mappings and lists are JSON."""
    if value is None:
        return "null"
    nested = isinstance(value, (Mapping, list, tuple))
    return json_text(value) if nested else plain_text(value)


def json_text(value: Any, indent: str = "") -> str:
    """A value as ``json.Marshal`` writes it, or ``json.MarshalIndent``: keys are sorted."""
    return "".join(_json(value, indent, "\n" if indent else ""))


def _json(value: Any, indent: str, line: str) -> Iterable[str]:
    if isinstance(value, str):
        yield _HTML.sub(lambda match: f"\\u{ord(match[0]):04x}", encode_basestring(value))
    elif value is None:
        yield "null"
    elif isinstance(value, Mapping):
        opening, inner, colon = "{", line and line + indent, ": " if indent else ":"
        for key in sorted(value):
            yield f"{opening}{inner}"
            yield from _json(str(key), indent, "")
            yield colon
            yield from _json(value[key], indent, inner)
            opening = ","
        yield line + "}" if opening == "," else "{}"
    elif isinstance(value, (list, tuple)):
        opening, inner = "[", line and line + indent
        for each in value:
            yield f"{opening}{inner}"
            yield from _json(each, indent, inner)
            opening = ","
        yield line + "]" if opening == "," else "[]"
    else:
        yield _scalar(value, json=True)


def _scalar(value: Any, *, json: bool) -> str:
    """A boolean or a number."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and abs(value) >= _LARGEST_INTEGER:
        value = float(value)
    if not isinstance(value, float):
        return str(value)
    return _json_float(value) if json else _float(value, -4, 6)


def _json_float(value: float) -> str:
    return re.sub(r"e-0", "e-", _float(value, -6, 21))


def _float(value: float, least: int, most: int) -> str:
    """The shortest digits of a number; with an exponent below ``least`` and from ``most`` on."""
    if not math.isfinite(value):
        return _INFINITE[repr(value)]
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    assert isinstance(exponent, int)  # noqa: S101 - it is finite
    minus, text = "-" * sign, "".join(map(str, digits))
    first = exponent + len(text) - 1
    if not value:
        return f"{minus}0"
    if not least <= first < most:
        rest = f".{text[1:]}" if len(text) > 1 else ""
        return f"{minus}{text[0]}{rest}e{first:+03d}"
    return f"{Decimal((sign, digits, exponent)):f}"

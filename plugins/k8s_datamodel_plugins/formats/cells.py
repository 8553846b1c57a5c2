"""Choose columns and format each value as one line of text."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from k8s_datamodel.api import INCOMPLETE, Column, Rows

# Control characters, what turns the direction of text, line separators, lone surrogates: a name
# in a cluster may hold them, a terminal must not obey them.
_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_BLANKS = re.compile("  +")
_WORDS = {None: "-", True: "yes", False: "no"}

GOOD = frozenset({"Succeeded", "complete", "active", "yes"})
BAD = frozenset({*INCOMPLETE, "Failed", "broken", "incompatible"})
PENDING = frozenset(
    {"Pending", "InstallReady", "Installing", "Replacing", "Deleting", "Unknown", "absent"}
)
"""What cells say of how something is."""


def shown_columns(rows: Rows, *, wide: bool) -> Sequence[Column]:
    """The columns of a table; all of rows that mark none."""
    if rows.shown:
        by_name = {column.name: column for column in rows.columns}
        return [by_name[name] for name in rows.shown]
    levels = ("table", "wide") if wide else ("table",)
    return [column for column in rows.columns if column.show in levels] or rows.columns


def cell(value: Any) -> str:
    """A value as one line; null is ``-``."""
    if type(value) is int:
        return str(value)
    if isinstance(value, str):
        return printable(value)
    if value is None or isinstance(value, bool):
        return _WORDS[value]
    if isinstance(value, (list, tuple)) and not any(_is_nested(each) for each in value):
        return ", ".join(map(cell, value))
    if _is_nested(value):
        return printable(json.dumps(value, ensure_ascii=False, default=str))
    return str(value)


def token(value: Any) -> str:
    """A value as programs that split lines find it: never empty, and lists are ``a,b``.

    Null is ``-``, as it may stand for what is not known; an empty text or list is ``<none>``. Text
    may hold single blanks, so two or more end a cell.
    """
    if isinstance(value, (list, tuple)) and not any(_is_nested(each) for each in value):
        text = ",".join(map(cell, value))
    elif _is_nested(value):
        text = printable(json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str))
    else:
        text = cell(value)
    return _BLANKS.sub(" ", text).strip(" ") or "<none>"


def with_level(column: Column, value: Any) -> Any:
    """A number with its column's word for it, ``0.9 (high)``; what has none as it is."""
    if column.levels and isinstance(value, (int, float)) and (level := column.level(value)):
        return f"{value} ({level})"
    return value


def printable(text: str) -> str:
    r"""The text with escapes such as ``\x1b`` or ``\n`` for what a terminal would obey."""
    # Nothing unprintable is left in what Python calls printable, which it tells ten times faster.
    return text if text.isprintable() else _UNPRINTABLE.sub(_escape, text)


def printable_lines(text: str) -> str:
    """The same with tabs and line feeds as they are."""
    parts = re.split(r"([\t\n])", text)
    return "".join(part if part in "\t\n" else printable(part) for part in parts)


def _is_nested(value: Any) -> bool:
    return isinstance(value, (Mapping, list, tuple))


def _escape(match: re.Match[str]) -> str:
    return match.group().encode("unicode_escape").decode("ascii")

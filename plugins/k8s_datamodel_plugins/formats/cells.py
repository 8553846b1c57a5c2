"""Choose columns and format each value as one line of text."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from k8s_datamodel.api import Column, Rows

# Control characters, what turns the direction of text, line separators, lone surrogates: a name
# in a cluster may hold them, a terminal must not obey them.
_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_WORDS = {None: "-", True: "yes", False: "no"}
_SHOWN_OF_LIST = 3


def shown_columns(rows: Rows, *, wide: bool) -> Sequence[Column]:
    """The columns of a table; all of rows that mark none."""
    if rows.shown:
        by_name = {column.name: column for column in rows.columns}
        return [by_name[name] for name in rows.shown]
    levels = ("table", "wide") if wide else ("table",)
    return [column for column in rows.columns if column.show in levels] or rows.columns


def cell(value: Any, *, short: bool = False) -> str:
    """A value as one line; null is ``-``. ``short``: of a long list the first and how many."""
    if type(value) is int:
        return str(value)
    if isinstance(value, str):
        return printable(value)
    if value is None or isinstance(value, bool):
        return _WORDS[value]
    if isinstance(value, (list, tuple)) and not any(_is_nested(each) for each in value):
        return _list(value, short)
    if _is_nested(value):
        return printable(json.dumps(value, ensure_ascii=False, default=str))
    return str(value)


def with_level(column: Column, value: Any) -> Any:
    """A number with its column's word for it, ``0.9 (high)``; what has none as it is."""
    if column.levels and isinstance(value, (int, float)) and (level := column.level(value)):
        return f"{value} ({level})"
    return value


def printable(text: str) -> str:
    r"""The text with escapes such as ``\x1b`` or ``\n`` for what a terminal would obey."""
    # Nothing unprintable is left in what Python calls printable, which it tells ten times faster.
    return text if text.isprintable() else _UNPRINTABLE.sub(_escape, text)


def _is_nested(value: Any) -> bool:
    return isinstance(value, (Mapping, list, tuple))


def _list(values: list[Any] | tuple[Any, ...], short: bool) -> str:
    texts = [cell(each) for each in values]
    if short and len(texts) > _SHOWN_OF_LIST + 1:
        return ", ".join([*texts[:_SHOWN_OF_LIST], f"… ({len(texts)})"])
    return ", ".join(texts)


def _escape(match: re.Match[str]) -> str:
    return match.group().encode("unicode_escape").decode("ascii")

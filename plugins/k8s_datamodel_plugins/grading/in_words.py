"""Values as they stand in messages: short, on one line, whatever they are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

_LONGEST = 100
_MANY = 8


def shown(value: Any) -> str:
    """A value as JSON, cut where it is long."""
    try:
        return _cut(json.dumps(value, ensure_ascii=False, default=str))
    except (RecursionError, TypeError, ValueError):
        return "a value that is no JSON"


def code(text: Any) -> str:
    """A pattern or a rule, cut where it is long."""
    return f"`{_cut(str(text))}`" if isinstance(text, str) else shown(text)


def listed(values: Sequence[Any]) -> str:
    """The first of some values, and how many more there are."""
    said = ", ".join(shown(value) for value in values[:_MANY])
    more = len(values) - _MANY
    return f"{said} and {more:,} more" if more > 0 else said


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"

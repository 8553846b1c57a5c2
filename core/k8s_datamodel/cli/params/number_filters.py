"""Comparisons with numbers that filters take: ``0``, ``>100``, ``'>0,<=5'``."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Compare: TypeAlias = Callable[[float], bool]

_OPERATORS: Mapping[str, Callable[[float, float], bool]] = {
    "": operator.eq,
    "=": operator.eq,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_COMPARISON = re.compile(r"\s*([<>=!]*)\s*(-?\d+(?:\.\d+)?)\s*")
_WILDCARDS = frozenset("*?[")


def comparison(text: str) -> Compare | None:
    """A test of numbers; comparisons between commas must all hold. None for what is none."""
    tests: list[tuple[Callable[[float, float], bool], float]] = []
    for part in text.split(","):
        found = _COMPARISON.fullmatch(part)
        if found is None or found[1] not in _OPERATORS:
            return None
        tests.append((_OPERATORS[found[1]], float(found[2])))
    return lambda number: all(test(number, wanted) for test, wanted in tests)


def is_misspelt(text: str) -> bool:
    """Whether a text is no comparison, and no pattern of the digits of a number either."""
    return comparison(text) is None and not _WILDCARDS.intersection(text)


def is_number(value: Any) -> bool:
    """Whether a value can be compared."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)

"""The order of values as ``kubectl get --sort-by`` has it.

Source: ``isLess`` in k8s.io/kubectl/pkg/cmd/get/sorter.go. Missing values come first. Two texts
that are quantities (``10``, ``512Mi``) are compared as quantities. Where kubectl gives up,
booleans and numbers come before texts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cmp_to_key
from typing import Any, TypeVar

from k8s_datamodel.types.quantities import quantity

T = TypeVar("T")


def ordered(items: Iterable[T], value_of: Callable[[T], Any]) -> list[T]:
    """The items in the order of their values; those with equal values stay as they were.

    Raises ValueError if a value is a mapping.
    """
    pairs = [(_comparable(value_of(item)), item) for item in items]
    by_value = cmp_to_key(_compare)
    return [item for _, item in sorted(pairs, key=lambda pair: by_value(pair[0]))]


def _comparable(value: Any) -> tuple[int, Any]:
    """The rank of a value's kind, and what to compare within it."""
    if value is None:
        return 0, 0
    if isinstance(value, bool):
        return 1, value
    if isinstance(value, (int, float)):
        return 2, value
    if isinstance(value, str):
        return 3, value
    if isinstance(value, (list, tuple)) and all(isinstance(each, str) for each in value):
        return 3, ",".join(value)
    raise ValueError("its values are mappings or lists of them: name one of their fields")


def _compare(one: tuple[int, Any], other: tuple[int, Any]) -> int:
    if one[0] == other[0] == 3:  # noqa: PLR2004 - texts
        first, second = quantity(one[1]), quantity(other[1])
        if first is not None and second is not None:
            return (first > second) - (first < second)
    return (one > other) - (one < other)

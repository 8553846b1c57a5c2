"""When two JSON values are the same; quantities by what they amount to."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from fractions import Fraction
from typing import Any, Final

import orjson

from k8s_datamodel.types.quantities import quantity


class Missing(Enum):
    """The one value of a field that is not there; null is another."""

    MISSING = "missing"


MISSING: Final = Missing.MISSING


def amount(value: Any) -> Fraction | None:
    """What a number or a quantity amounts to; None for what is neither."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return Fraction(value)
    return quantity(str(value)) if isinstance(value, str | float) else None


def identical(one: Any, other: Any) -> bool:
    """Whether two JSON values are the same for sure, without a walk through them.

    False says nothing: they may differ in the order of keys only, or nest too deep for this.
    """
    try:
        if one != other:
            return False
        if type(one) is type(other) is str:
            return True
        return orjson.dumps(one) == orjson.dumps(other)  # 1 is True for Python
    except (RecursionError, TypeError):
        return False


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal, however deep they are.

    A boolean is no number; 1 and 1.0 are the same one.
    """
    if identical(one, other):
        return True
    waiting = [(one, other)]
    while waiting:
        ours, theirs = waiting.pop()
        if isinstance(ours, dict | Mapping):
            if not isinstance(theirs, dict | Mapping) or ours.keys() != theirs.keys():
                return False
            waiting += [(value, theirs[key]) for key, value in ours.items()]
        elif isinstance(ours, list | tuple):
            if not isinstance(theirs, list | tuple) or len(ours) != len(theirs):
                return False
            waiting += zip(ours, theirs, strict=True)
        elif isinstance(ours, bool) is not isinstance(theirs, bool) or ours != theirs:
            return False
    return True

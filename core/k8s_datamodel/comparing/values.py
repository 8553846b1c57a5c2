"""When two JSON values are the same; quantities by what they amount to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from fractions import Fraction
from typing import Any, Final


class Missing(Enum):
    """The one value of a field that is not there; null is another."""

    MISSING = "missing"


MISSING: Final = Missing.MISSING

_QUANTITY = re.compile(
    r"([+-]?(?:\d{1,60}(?:\.\d{0,60})?|\.\d{1,60}))(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d{1,2}))?"
)
_POWERS = {"n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_DECIMAL = {suffix: Fraction(10) ** power for suffix, power in _POWERS.items()}
_BINARY = {f"{suffix}i": Fraction(1024) ** power for power, suffix in enumerate("KMGTPE", 1)}
_FACTORS = {**_DECIMAL, **_BINARY}


def amount(value: Any) -> Fraction | None:
    """What a quantity amounts to; None for what is none.

    Source: the grammar of ``resource.Quantity`` in k8s.io/apimachinery.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return Fraction(value)
    match = _QUANTITY.fullmatch(str(value)) if isinstance(value, str | float) else None
    if not match:
        return None
    factor = Fraction(10) ** int(match[3]) if match[3] else _FACTORS.get(match[2], Fraction(1))
    return Fraction(match[1].rstrip(".")) * factor


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal. A boolean is no number, 1 and 1.0 are the same one."""
    if isinstance(one, dict | Mapping):
        return (
            isinstance(other, dict | Mapping)
            and one.keys() == other.keys()
            and all(same(value, other[key]) for key, value in one.items())
        )
    if isinstance(one, list | tuple):
        return (
            isinstance(other, list | tuple)
            and len(one) == len(other)
            and all(map(same, one, other))
        )
    return isinstance(one, bool) is isinstance(other, bool) and bool(one == other)

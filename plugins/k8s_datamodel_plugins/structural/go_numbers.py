"""Numbers as the API server compares them: whole numbers as int64, the others as float64.

Source of the rules: kube-openapi, ``pkg/validation/validate/values.go``; the conversions lose
digits, and the server's answers follow from that.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

INT64 = range(-(2**63), 2**63)
_INT32 = range(-(2**31), 2**31)
_WHOLE = 2.0**53
_EPSILON = 1e-9
_FLOAT32 = "float"
_FLOAT32_OVERFLOW = (2 - 2.0**-24) * 2.0**127  # what rounds to infinity


def is_int64(value: object) -> bool:
    """Whether a JSON number is held as an int64: a literal without a point that fits."""
    return type(value) is int and value in INT64


def is_whole(value: float) -> bool:
    """Whether a float64 counts as a whole number: near enough, and within 53 bits."""
    if math.isnan(value) or math.isinf(value) or not -_WHOLE <= value <= _WHOLE - 1:
        return False
    if value == math.trunc(value):
        return True
    if value < 0:
        return False  # its conversion to uint64 wraps, so it is near nothing
    whole = float(math.trunc(value))
    if whole == 0:
        return False
    return abs(value - whole) / (value + whole) < _EPSILON


@dataclass(frozen=True)
class NumberRules:
    """The numeric keywords of one schema; ``kind`` and ``format`` as they bound the range."""

    kind: str = ""
    format: str = ""
    minimum: float | None = None
    maximum: float | None = None
    exclusive_minimum: bool = False
    exclusive_maximum: bool = False
    multiple_of: float | None = None

    def failures(self, value: float) -> Iterator[tuple[str, str]]:
        """Keyword and words of each rule that a number does not meet."""
        held = value if is_int64(value) else float(value)
        if not self._in_range(held):
            yield "format", f"is not within {self.format or self.kind}"
        factor, highest, lowest = self.multiple_of, self.maximum, self.minimum
        # A bound that is out of the type's range fails whatever the value is.
        if factor is not None and not (self._in_range(factor) and _multiple(held, factor)):
            yield "multipleOf", f"is not a multiple of {factor:g}"
        if highest is not None and not (self._in_range(highest) and self._below(held, highest)):
            yield "maximum", f"is above {_than(highest, self.exclusive_maximum)}"
        if lowest is not None and not (self._in_range(lowest) and self._above(held, lowest)):
            yield "minimum", f"is below {_than(lowest, self.exclusive_minimum)}"

    def _in_range(self, number: float) -> bool:
        if self.kind == "integer":
            if number != math.trunc(number):
                return False
            return int(number) in (_INT32 if self.format == "int32" else INT64)
        return self.format != _FLOAT32 or _fits_float32(number)

    def _below(self, value: float, limit: float) -> bool:
        if isinstance(value, int):
            limit = _int64(limit)
        return value < limit or (value == limit and not self.exclusive_maximum)

    def _above(self, value: float, limit: float) -> bool:
        if isinstance(value, int):
            limit = _int64(limit)
        return value > limit or (value == limit and not self.exclusive_minimum)


def _than(limit: float, exclusive: bool) -> str:
    return f"{limit:g}, which is excluded" if exclusive else f"{limit:g}"


def _int64(number: float) -> int:
    """A float64 as Go converts it, towards zero; out of range it is the smallest int64."""
    whole = math.trunc(number)
    return whole if whole in INT64 else INT64[0]


def _multiple(value: float, factor: float) -> bool:
    if isinstance(value, int):
        whole = _int64(factor)
        return whole > 0 and value % whole == 0
    if factor <= 0:
        return False
    return is_whole(1 / factor * value if factor < 1 else value / factor)


def _fits_float32(number: float) -> bool:
    return abs(number) < _FLOAT32_OVERFLOW

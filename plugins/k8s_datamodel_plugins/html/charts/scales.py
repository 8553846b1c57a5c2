"""Which numbers an axis has: from where to where, and which of them are written beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from k8s_datamodel_plugins.html.charts.drawing import Number

_STEPS = 5
_NICE = (1, 2, 5, 10)
_FROM_NOTHING = 0.5
"""An axis begins at zero unless all numbers lie in the upper half of it."""


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis.

    Attributes:
        least: where it begins.
        most: where it ends.
        steps: the numbers that are written.
    """

    least: Number
    most: Number
    steps: Sequence[Number]

    def part(self, value: Number) -> float:
        """Where a number is, from 0 at the beginning to 1 at the end."""
        return (value - self.least) / (self.most - self.least) if self.most > self.least else 0.5


def scale_of(values: Sequence[Number]) -> Scale:
    """An axis for some numbers, with round steps, which are whole if all of them are."""
    least, most = min(values, default=0), max(values, default=0)
    if 0 <= least <= most * _FROM_NOTHING or least == most >= 0:
        least = 0
    whole = all(isinstance(value, int) for value in values)
    step = _step((most - least) or 1, whole=whole)
    first = math.floor(least / step)
    last = max(math.ceil(most / step), first + 1)
    steps = [number * step for number in range(first, last + 1)]
    if not whole:
        steps = [round(each, 12) for each in steps]
    return Scale(steps[0], steps[-1], steps)


def _step(width: Number, *, whole: bool) -> Number:
    """The least of 1, 2, 5, 10, 20, ... that makes no more than a few steps."""
    rough = width / _STEPS
    power = 10.0 ** math.floor(math.log10(rough))
    found = next(each * power for each in _NICE if each * power >= rough * 0.999)
    return max(1, round(found)) if whole else found

"""Quantities of Kubernetes, such as ``512Mi``.

Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
"""

from __future__ import annotations

import re
from fractions import Fraction

_QUANTITY = re.compile(
    r"(?P<number>[+-]?(?:\d{1,60}(?:\.\d{0,60})?|\.\d{1,60}))"
    r"(?:(?P<suffix>[numkMGTPE]|[KMGTPE]i)|[eE](?P<exponent>[+-]?\d{1,3}))?",
    re.ASCII,
)
"""The lengths are bounded, as nobody has more, and a long power takes for ever."""

_POWERS = {"n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_DECIMAL = {suffix: Fraction(10) ** power for suffix, power in _POWERS.items()}
_BINARY = {f"{suffix}i": Fraction(1024) ** power for power, suffix in enumerate("KMGTPE", 1)}
_FACTORS = {**_DECIMAL, **_BINARY}


def quantity(text: str) -> Fraction | None:
    """The number that a quantity means; None for another text."""
    found = _QUANTITY.fullmatch(text)
    if found is None:
        return None
    number = Fraction(found["number"].rstrip("."))
    if found["exponent"]:
        return number * Fraction(10) ** int(found["exponent"])
    return number * _FACTORS.get(found["suffix"], 1)

"""`quantity` and what asks it, as apimachinery's pkg/api/resource reads quantities."""

from __future__ import annotations

import re
from decimal import ROUND_UP, Context, Decimal

from k8s_datamodel_plugins.cel_rules.library.made_values import QUANTITY, Made, made, told

_QUANTITY = re.compile(
    r"(?P<sign>[+-]?)(?P<whole>[0-9]*)(?P<dot>\.?)(?P<part>[0-9]*)"
    r"(?P<suffix>[numkMGTPE]?|[KMGTPE]i|[eE][+-]?[0-9]+)",
    re.ASCII,
)
_TENS = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_TWOS = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_EXACT = Context(prec=2000)
_NANO = Decimal("1e-9")
_LARGEST = Decimal(2**63 - 1)
_FAST_DIGITS = 18
_BITS = 64


def parsed_quantity(text: str) -> tuple[Decimal, bool]:
    """A quantity's value, and whether the server holds it as an integer.

    The server asks how a quantity is written: 1000m is 1, but no integer.

    Raises:
        ValueError: it is no quantity.
    """
    found = _QUANTITY.fullmatch(text)
    if found is None or not text:
        raise ValueError(
            "quantities must match the regular expression "
            "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
        )
    if not found["suffix"] and not found["whole"].strip("0") and not found["dot"]:
        return Decimal(0), True
    number = Decimal(f"{found['sign']}{found['whole'] or 0}.{found['part'] or 0}")
    digits = len(found["whole"].lstrip("0") or "0") + len(found["part"])
    suffix = found["suffix"]
    if suffix in _TWOS:
        return _binary(number, _TWOS[suffix], digits, bool(found["part"]))
    ten = _TENS[suffix] if suffix in _TENS else int(suffix[1:])
    scale = ten - len(found["part"])
    value = _EXACT.multiply(number, _EXACT.power(Decimal(10), ten))
    if digits <= _FAST_DIGITS and scale >= -9:  # noqa: PLR2004
        return value, scale >= 0 and abs(value) < 2 ** (_BITS - 1)
    return _rounded(value), False


def _binary(number: Decimal, power: int, digits: int, part: bool) -> tuple[Decimal, bool]:
    value = _EXACT.multiply(number, Decimal(2**power))
    if not part and 15 - digits - power * 3 // 10 - 1 >= 0:
        return value, True
    value = _rounded(value)
    return max(min(value, _LARGEST), -_LARGEST), False


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(_NANO, rounding=ROUND_UP, context=_EXACT)


def is_quantity(text: str) -> bool:
    """`isQuantity(text)`."""
    try:
        parsed_quantity(text)
    except ValueError:
        return False
    return True


def quantity(text: str) -> Made:
    """`quantity(text)`."""
    return _made(*parsed_quantity(text))


def _made(value: Decimal, integer: bool) -> Made:
    return made(QUANTITY, f"{_EXACT.normalize(value):f}{'' if integer else ' '}")


def value_of(given: Made) -> Decimal:
    """The value of what `quantity` made."""
    return Decimal(told(given, QUANTITY).strip())


def is_integer(given: Made) -> bool:
    """`quantity.isInteger()`."""
    return not told(given, QUANTITY).endswith(" ")


def as_integer(given: Made) -> int:
    """`quantity.asInteger()`; raises ValueError."""
    if not is_integer(given):
        raise ValueError("cannot convert value to integer")
    return int(value_of(given))


def as_approximate_float(given: Made) -> float:
    """`quantity.asApproximateFloat()`."""
    return float(value_of(given))


def sign(given: Made) -> int:
    """`quantity.sign()`."""
    value = value_of(given)
    return (value > 0) - (value < 0)


def add(given: Made, other: Made | int) -> Made:
    """`quantity.add(other)`, of a quantity or an integer."""
    return _combined(given, other, 1)


def sub(given: Made, other: Made | int) -> Made:
    """`quantity.sub(other)`, of a quantity or an integer."""
    return _combined(given, other, -1)


def _combined(given: Made, other: Made | int, factor: int) -> Made:
    theirs = Decimal(other) if isinstance(other, int) else value_of(other)
    integer = is_integer(given) and (isinstance(other, int) or is_integer(other))
    return _made(_EXACT.add(value_of(given), theirs * factor), integer)

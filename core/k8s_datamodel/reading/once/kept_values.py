"""What functions make of objects, as JSON and back: by the annotation of what they return.

Nothing of JSON names a class, so no text in a database decides what is made of it.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import Any, NamedTuple

_PLAIN = (str, int, bool, type(None))
_Convert = Callable[[Any], Any]


class Conversion(NamedTuple):
    """To JSON and back. Each is None where a value stays what it is."""

    encode: _Convert | None
    decode: _Convert | None


@lru_cache(maxsize=256)
def conversion_of(function: Callable[..., Any]) -> Conversion | None:
    """How to keep what a function returns; None for what is not annotated, or cannot be kept.

    Kept are texts, whole numbers, booleans and null, and tuples, frozen sets, named tuples and
    dataclasses of these.
    """
    try:
        return _conversion(typing.get_type_hints(function)["return"])
    except (TypeError, NameError, KeyError, AttributeError):
        return None


def _conversion(hint: Any) -> Conversion:
    """Raises TypeError for what cannot be kept."""
    if hint in _PLAIN:
        return Conversion(None, None)
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _optional(args)
    if origin is frozenset:
        return _many(args[0], frozenset, sorted)
    if origin is tuple:
        return _tuple(args)
    if isinstance(hint, type):
        return _of_class(hint)
    raise TypeError(f"{hint} cannot be kept")


def _tuple(args: tuple[Any, ...]) -> Conversion:
    if args[1:] == (...,):
        return _many(args[0], tuple, list)
    return _parts([_conversion(each) for each in args], lambda *made: made, tuple)


def _of_class(made: type) -> Conversion:
    """Of a named tuple or a dataclass."""
    hints = typing.get_type_hints(made)
    if issubclass(made, tuple) and hasattr(made, "_fields"):
        return _parts([_conversion(hints[name]) for name in made._fields], made, tuple)
    if not is_dataclass(made):
        raise TypeError(f"{made} cannot be kept")
    names = [each.name for each in fields(made)]
    parts = [_conversion(hints[name]) for name in names]
    return _parts(parts, made, lambda value: [getattr(value, name) for name in names])


def _optional(args: tuple[Any, ...]) -> Conversion:
    some = [each for each in args if each is not type(None)]
    if all(each in _PLAIN for each in some):
        return Conversion(None, None)
    if len(some) != 1 or len(args) != 2:  # noqa: PLR2004
        raise TypeError("one of several cannot be kept")
    encode, decode = _conversion(some[0])
    return Conversion(_unless_none(encode), _unless_none(decode))


def _unless_none(convert: _Convert | None) -> _Convert | None:
    return convert and (lambda value: None if value is None else convert(value))


def _many(hint: Any, make: Callable[[Any], Any], listed: Callable[[Any], list[Any]]) -> Conversion:
    encode, decode = _conversion(hint)
    return Conversion(
        (lambda made: [encode(each) for each in listed(made)]) if encode else listed,
        (lambda kept: make(map(decode, kept))) if decode else make,
    )


def _parts(
    parts: list[Conversion], make: Callable[..., Any], split: Callable[[Any], Any]
) -> Conversion:
    encodes = [(at, each.encode) for at, each in enumerate(parts) if each.encode]
    decodes = [(at, each.decode) for at, each in enumerate(parts) if each.decode]
    number = len(parts)

    def encode(made: Any) -> list[Any]:
        kept = list(split(made))
        for at, convert in encodes:
            kept[at] = convert(kept[at])
        return kept

    def decode(kept: Any) -> Any:
        if len(kept) != number:
            raise ValueError("not as many parts as there should be")
        given = list(kept)
        for at, convert in decodes:
            given[at] = convert(given[at])
        return make(*given)

    return Conversion(encode, decode)

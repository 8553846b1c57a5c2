"""Checks of the fields of descriptions: their types, names and targets.

A hook's result is ``Any`` to every type checker, so nothing else checks it.
"""

from __future__ import annotations

import collections.abc
import re
import types
import typing
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import Any, Literal, Union

from k8s_datamodel.types.foreign_texts import shown

NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
"""Of commands, options and formats."""

_TARGET = re.compile(r"[A-Za-z_][\w.-]*:[A-Za-z_][\w.]*", re.ASCII)
_QUALIFIED = re.compile(r"k8s_datamodel\.\w+\.\w+\.")


def unlike(what: str, text: str, pattern: re.Pattern[str] = NAME) -> Iterator[str]:
    """A fault unless the text matches the pattern."""
    if not pattern.fullmatch(text):
        yield f"{what} must match {pattern.pattern}, {text!r} does not"


def no_target(what: str, text: str) -> Iterator[str]:
    """A fault unless the text is ``module:attribute``."""
    if not _TARGET.fullmatch(text):
        yield f"{what} must be 'module:attribute', not {text!r}"


def repeated(what: str, names: Iterable[str]) -> Iterator[str]:
    """A fault for each name that is there more than once."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield f"{what} {name!r} is there twice"
        seen.add(name)


def misfits(value: object, where: str) -> Iterator[str]:
    """Fields whose values are not of the annotated types, at any depth."""
    kind: Any = type(value)
    for name, hint in _hints(kind).items():
        item = getattr(value, name)
        if not _fits(item, hint):
            yield f"{where}.{name} must be {_named(hint)}, not {shown(item)}"
            continue
        parts = item if isinstance(item, tuple) else (item,)
        for number, part in enumerate(parts):
            if is_dataclass(part):
                place = f"{where}.{name}[{number}]" if parts is item else f"{where}.{name}"
                yield from misfits(part, place)


def _named(hint: Any) -> str:
    if typing.get_origin(hint) is Literal:
        return f"one of {', '.join(typing.get_args(hint))}"
    # In Python 3.10 tuple[str, ...] passes for a type.
    plain = typing.get_origin(hint) is None
    return str(hint.__name__) if plain else _QUALIFIED.sub("", str(hint))


@lru_cache
def _hints(cls: Any) -> dict[str, Any]:
    hints = typing.get_type_hints(cls)
    return {field.name: hints[field.name] for field in fields(cls)}


def _fits(value: object, hint: Any) -> bool:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any:
        return True
    if origin is None:
        # True is an int to Python, but no position in a list.
        return isinstance(value, hint) and not (hint is int and isinstance(value, bool))
    return _GENERIC[origin](value, arguments)


_GENERIC: dict[Any, Callable[[Any, tuple[Any, ...]], bool]] = {
    Literal: lambda value, allowed: isinstance(value, str) and value in allowed,
    Union: lambda value, allowed: any(_fits(value, hint) for hint in allowed),
    types.UnionType: lambda value, allowed: any(_fits(value, hint) for hint in allowed),
    collections.abc.Callable: lambda value, _: callable(value),
    tuple: lambda value, of: isinstance(value, tuple) and all(_fits(v, of[0]) for v in value),
}

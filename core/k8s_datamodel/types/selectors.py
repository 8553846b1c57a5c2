"""Label and field selectors as the Kubernetes API has them, for sources that cannot select.

Requirements are separated by commas and all must hold. ``!=`` and ``notin`` also hold for an object
without the label.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

_Test: TypeAlias = Callable[[Any], bool]
_Requirement: TypeAlias = tuple[str, _Test]

_KEY = r"[A-Za-z0-9](?:[\w./-]*[A-Za-z0-9])?"
_VALUE = r"[\w./:-]*"
_SPLIT = re.compile(r",(?![^(]*\))")
_EQUALS = re.compile(rf"({_KEY})\s*(==|=|!=)\s*({_VALUE})", re.ASCII)
_AMONG = re.compile(rf"({_KEY})\s+(in|notin)\s*\(([^()]*)\)", re.ASCII)
_EXISTS = re.compile(rf"(!?)\s*({_KEY})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Selector:
    """The objects that a list is limited to; an empty selector selects every object."""

    labels: str = ""
    fields: str = ""

    def __bool__(self) -> bool:
        return bool(self.labels or self.fields)

    def __str__(self) -> str:
        return ",".join(filter(None, (self.labels, self.fields)))

    def matches(self, thing: Mapping[str, Any]) -> bool:
        """Whether a selector selects an object. Raises ValueError if the selector is invalid."""
        labels = (thing.get("metadata") or {}).get("labels") or {}
        if not all(test(labels.get(key)) for key, test in _label_requirements(self.labels)):
            return False
        return all(test(_field(thing, path)) for path, test in _field_requirements(self.fields))


def selector_fault(labels: str, fields: str) -> str:
    """What is wrong with a label or field selector; empty if both are valid."""
    try:
        _label_requirements(labels)
        _field_requirements(fields)
    except ValueError as error:
        return str(error)
    return ""


@lru_cache
def _label_requirements(text: str) -> tuple[_Requirement, ...]:
    return tuple(_label_requirement(part.strip()) for part in _SPLIT.split(text) if text.strip())


@lru_cache
def _field_requirements(text: str) -> tuple[_Requirement, ...]:
    requirements = []
    for part in text.split(",") if text.strip() else ():
        match = _EQUALS.fullmatch(part.strip())
        if match is None:
            raise ValueError(f"invalid field selector {part!r}; use path=value or path!=value")
        requirements.append(_equals(*match.groups()))
    return tuple(requirements)


def _label_requirement(text: str) -> _Requirement:
    if match := _EQUALS.fullmatch(text):
        return _equals(*match.groups())
    if match := _AMONG.fullmatch(text):
        key, operator, listed = match.groups()
        values = {value.strip() for value in listed.split(",")}
        if operator == "in":
            return key, lambda value: value in values
        return key, lambda value: value not in values
    if match := _EXISTS.fullmatch(text):
        absent, key = match.groups()
        return key, lambda value: (value is None) == bool(absent)
    raise ValueError(f"invalid label selector {text!r}; use key=value, key!=value or key in (a,b)")


def _equals(key: str, operator: str, wanted: str) -> _Requirement:
    if operator == "!=":
        return key, lambda value: value != wanted
    return key, lambda value: value == wanted


def _field(thing: Mapping[str, Any], path: str) -> Any:
    """The text at a path; field selectors of the API treat a missing value as an empty text."""
    value: Any = thing
    for step in path.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return "" if value is None else value

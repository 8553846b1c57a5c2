"""Leave parts out of an object: what changes without a change, and what the user ignores."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from k8s_datamodel.comparing.field_paths import AnyItem, AnyKey, Pattern, Step, selects

Rest: TypeAlias = tuple[Step | AnyKey | AnyItem, ...]
"""What is left of a pattern below a part of an object."""
_GONE: Any = object()


def without(value: Mapping[str, Any], patterns: Iterable[Pattern]) -> Mapping[str, Any]:
    """The object without the parts that patterns name, and without the maps that this emptied.

    Unchanged parts are shared with it; itself if it has none of them.
    """
    rests = [pattern.steps for pattern in patterns]
    left = _left(value, rests) if rests else value
    return {} if left is _GONE else left


def both_without(
    old: Mapping[str, Any], new: Mapping[str, Any], patterns: Iterable[Pattern]
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Two objects without the parts that patterns name.

    What this emptied on one side only is empty there, not gone: what the other side has in it
    differs part by part. Items at a position stay: without them others had their positions.
    """
    patterns = [each for each in patterns if not any(type(step) is int for step in each.steps)]
    left, right = without(old, patterns), without(new, patterns)
    return _with_emptied(left, right, old), _with_emptied(right, left, new)


def _with_emptied(
    left: Mapping[str, Any], other: Mapping[str, Any], whole: Mapping[str, Any]
) -> Mapping[str, Any]:
    """What is left of a whole, with the parts of the other side that were emptied in it."""
    if left is whole:
        return left
    changed: dict[str, Any] = {}
    for key, value in other.items():
        part, before = left.get(key, _GONE), whole.get(key, _GONE)
        if isinstance(value, dict | Mapping) and isinstance(before, dict | Mapping):
            changed[key] = _with_emptied({} if part is _GONE else part, value, before)
        elif part is _GONE and before is not _GONE:
            changed[key] = None if before is None else type(before)()
    return {**left, **changed}


def _left(value: Any, rests: list[Rest]) -> Any:
    if isinstance(value, dict | Mapping):
        return _left_of_map(value, rests)
    if isinstance(value, list):
        return _left_of_list(value, rests)
    return value


def _left_of_map(value: Mapping[str, Any], rests: list[Rest]) -> Any:
    changed = {}
    for key in _named(value, rests):
        below = [rest[1:] for rest in rests if rest[0] == key or isinstance(rest[0], AnyKey)]
        new = _part(value[key], below)
        if new is not value[key]:
            changed[key] = new
    if not changed:
        return value
    left = {key: changed.get(key, old) for key, old in value.items()}
    left = {key: new for key, new in left.items() if new is not _GONE}
    return left or _GONE


def _named(value: Mapping[str, Any], rests: list[Rest]) -> Iterator[str]:
    """The keys of a map that patterns name."""
    if any(isinstance(rest[0], AnyKey) for rest in rests):
        yield from value
        return
    for key in {rest[0] for rest in rests if isinstance(rest[0], str)}:
        if key in value:
            yield key


def _left_of_list(value: list[Any], rests: list[Rest]) -> Any:
    left = []
    for item in value:
        below = [rest[1:] for rest in rests if selects(rest[0], item)]
        left.append(_part(item, below))
    if all(new is old for new, old in zip(left, value, strict=True)):
        return value
    return [item for item in left if item is not _GONE] or _GONE


def _part(value: Any, below: list[Rest]) -> Any:
    if not below:
        return value
    if () in below or value in ({}, [], None):  # empty, as where noise was left out
        return _GONE
    return _left(value, below)

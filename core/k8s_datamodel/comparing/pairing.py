"""Pair the items of two lists: by keys, by value, by a field that names them, or by content."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any

from k8s_datamodel.comparing import shapes
from k8s_datamodel.comparing.field_paths import Item, Member, Step
from k8s_datamodel.comparing.shapes import Shape
from k8s_datamodel.comparing.values import MISSING

_NAMING = ("name", "key", "id", "type")
"""Fields that name an item in most lists."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """The items of two lists side by side.

    Attributes:
        pairs: the step that leads to an item, and the item of each side or MISSING.
        reordered: items that both have stand in another order.
        merged: the schema says that a manifest's list is merged with what is there.
        ordered: the schema says that the list is one value, so its order counts.
    """

    pairs: Sequence[tuple[Step, Any, Any]]
    reordered: bool = False
    merged: bool = False
    ordered: bool = False


def paired(ours: Sequence[Any], theirs: Sequence[Any], shape: Shape) -> Pairs:
    """Pair the items of two lists.

    By the schema's keys or as a set; else by a field that is unique in both; else by content.
    """
    kind = shapes.list_type(shape)
    if kind == "set":
        found = _by(ours, theirs, _members, merged=True)
    elif kind == "map":
        found = _by(ours, theirs, _by_keys(shapes.list_keys(shape), shape), merged=True)
    else:
        found = None
    if found is None:
        field = _unique_field(ours, theirs)
        found = _by(ours, theirs, _by_keys((field,), ()), merged=False) if field else None
        if found and kind == "atomic":
            found = replace(found, ordered=True)
    return found or Pairs(list(_by_content(ours, theirs)))


def _by(ours: Sequence[Any], theirs: Sequence[Any], name: Any, *, merged: bool) -> Pairs | None:
    """Pair items of the same name; None where an item has none, or two have the same."""
    left, right = _named(ours, name), _named(theirs, name)
    if left is None or right is None:
        return None
    steps = {key: step for key, (step, _) in (*right.items(), *left.items())}
    pairs = [
        (steps[key], left.get(key, (0, MISSING))[1], right.get(key, (0, MISSING))[1])
        for key in dict.fromkeys((*left, *right))
    ]
    both = [key for key in left if key in right]
    return Pairs(pairs, both != [key for key in right if key in left], merged)


def _named(items: Sequence[Any], name: Any) -> dict[str, tuple[Step, Any]] | None:
    found: dict[str, tuple[Step, Any]] = {}
    for item in items:
        step = name(item)
        if step is None:
            return None
        found[canonical(step.keys if isinstance(step, Item) else step.value)] = (step, item)
    return found if len(found) == len(items) else None


def _members(item: Any) -> Member | None:
    return Member(item)


def _by_keys(keys: Sequence[str], shape: Shape) -> Any:
    items = shapes.of_items(shape)
    defaults = {key: shapes.default(items, key) for key in keys}

    def name(item: Any) -> Item | None:
        if not isinstance(item, Mapping):
            return None
        found = ((key, item.get(key)) for key in keys)
        values = tuple((key, defaults[key] if value is None else value) for key, value in found)
        return Item(values) if any(value is not None for _, value in values) else None

    return name


def _unique_field(ours: Sequence[Any], theirs: Sequence[Any]) -> str:
    """A field that tells the items of both lists apart, and of those the one that agrees best."""
    if not ours or not theirs:
        either = ours or theirs
        ours = theirs = either
    if not ours or not all(isinstance(item, Mapping) for item in (*ours, *theirs)):
        return ""
    best, most = "", 0
    candidates = [*(key for key in _NAMING if key in ours[0]), *sorted(ours[0])]
    for field in dict.fromkeys(candidates):
        left, right = _values(ours, field), _values(theirs, field)
        agreeing = len(left & right)
        if len(left) == len(ours) and len(right) == len(theirs) and agreeing > most:
            best, most = field, agreeing
            if field in _NAMING:
                break
    return best


def _values(items: Sequence[Any], field: str) -> set[str]:
    """The different texts and whole numbers of a field; too few where an item has another."""
    values = [item.get(field) for item in items]
    named = (each for each in values if isinstance(each, str | int) and not isinstance(each, bool))
    return {canonical(value) for value in named}


def _by_content(ours: Sequence[Any], theirs: Sequence[Any]) -> Any:
    """Items that are equal, in order, and between them the others by position."""
    left, right = list(map(canonical, ours)), list(map(canonical, theirs))
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    for what, start, end, other, last in matcher.get_opcodes():
        if what == "equal":
            continue
        for offset in range(max(end - start, last - other)):
            one = ours[start + offset] if start + offset < end else MISSING
            new = theirs[other + offset] if other + offset < last else MISSING
            yield (other if one is MISSING else start) + offset, one, new


def canonical(value: Any) -> str:
    """One text for equal JSON values."""
    return json.dumps(value, sort_keys=True)

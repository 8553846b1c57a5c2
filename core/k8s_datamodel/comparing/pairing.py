"""Pair the items of two lists: by keys, by value, by a field that names them, or by content."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any, TypeAlias

from k8s_datamodel.comparing import shapes
from k8s_datamodel.comparing.field_paths import Item, Member, Step
from k8s_datamodel.comparing.shapes import Shape
from k8s_datamodel.comparing.values import MISSING
from k8s_datamodel.redaction.tokens import TOKEN

_NAMING = ("name", "key", "id", "type")
"""Fields that name an item in most lists."""

_Items: TypeAlias = Iterator[tuple[Step, Any, Any]]
"""The step that leads to an item, and the item of each side or MISSING."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """The items of two lists side by side.

    Attributes:
        pairs: the step that leads to an item, and the item of each side or MISSING.
        reordered: items that both have stand in another order.
        merged: the schema says that a manifest's list is merged with what is there.
        ordered: the schema says that the order counts.
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
    found = None
    if kind == "set":
        items = shapes.of_items(shape)
        found = _by(ours, theirs, Member, items) or Pairs(list(_left_over(ours, theirs, items)))
        return replace(found, merged=not shapes.is_whole(shape))
    if kind == "map":
        keys = shapes.list_keys(shape)
        if _tell(keys, (*ours, *theirs), shape):
            found = _by(ours, theirs, _by_keys(keys, shape))
        merged, ordered = not shapes.is_whole(shape), shapes.is_ordered(shape)
        found = found and replace(found, merged=merged, ordered=ordered)
    if found is None and (field := _unique_field(ours, theirs)):
        found = _by(ours, theirs, _by_keys((field,), ()))
        found = found and replace(found, ordered=kind == "atomic")
    return found or Pairs(list(_by_content(ours, theirs, shapes.of_items(shape))))


def _tell(keys: Sequence[str], items: Sequence[Any], shape: Shape) -> bool:
    """Whether keys tell items apart: not where none has one, as where they are noise."""
    inner = shapes.of_items(shape)
    return any(
        shapes.default(inner, key) is not None
        or any(isinstance(item, Mapping) and item.get(key) is not None for item in items)
        for key in keys
    )


def _by(ours: Sequence[Any], theirs: Sequence[Any], name: Any, shape: Shape = ()) -> Pairs | None:
    """Pair items of the same name; None where an item has none, or two have the same."""
    left, right = _named(ours, name, shape), _named(theirs, name, shape)
    if left is None or right is None:
        return None
    steps = {key: step for key, (step, _) in (*right.items(), *left.items())}
    pairs = [
        (steps[key], left.get(key, (0, MISSING))[1], right.get(key, (0, MISSING))[1])
        for key in dict.fromkeys((*left, *right))
    ]
    both = [key for key in left if key in right]
    return Pairs(pairs, both != [key for key in right if key in left])


def _named(items: Sequence[Any], name: Any, shape: Shape) -> dict[str, tuple[Step, Any]] | None:
    found: dict[str, tuple[Step, Any]] = {}
    for item in items:
        step = name(item)
        if step is None:
            return None
        by = step.keys if isinstance(step, Item) else step.value
        found[shapes.canonical(by, shape)] = (step, item)
    return found if len(found) == len(items) else None


def _by_keys(keys: Sequence[str], shape: Shape) -> Any:
    items = shapes.of_items(shape)
    defaults = {key: shapes.default(items, key) for key in keys}

    def name(item: Any) -> Item | None:
        if not isinstance(item, Mapping):
            return None
        found = ((key, item.get(key)) for key in keys)
        return Item(tuple((key, defaults[key] if value is None else value) for key, value in found))

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


def _values(items: Sequence[Any], field: str) -> set[str | int]:
    """The different texts and whole numbers of a field; too few where an item has another."""
    values = (item.get(field) for item in items)
    return {each for each in values if isinstance(each, str | int) and not isinstance(each, bool)}


def _left_over(ours: Sequence[Any], theirs: Sequence[Any], shape: Shape) -> _Items:
    """What one list has more of than the other, whatever the order."""
    left, right = ([shapes.canonical(item, shape) for item in items] for items in (ours, theirs))
    for at in _surplus(left, right):
        yield at, ours[at], MISSING
    for at in _surplus(right, left):
        yield at, MISSING, theirs[at]


def _surplus(texts: Sequence[str], others: Sequence[str]) -> Iterator[int]:
    counts = Counter(others)
    for at, text in enumerate(texts):
        if counts[text]:
            counts[text] -= 1
        else:
            yield at


def _by_content(ours: Sequence[Any], theirs: Sequence[Any], shape: Shape) -> _Items:
    """Items that are equal, in order, and between them the others by position."""
    left, right = ([shapes.canonical(item, shape) for item in items] for items in (ours, theirs))
    aligned = _without_salts(left, right)
    at = also = 0
    everything = (len(left), len(left), len(right), len(right))
    for start, end, other, last in (*_unequal(*aligned), everything):
        for one, new in zip(range(at, start), range(also, other), strict=True):
            if left[one] != right[new]:  # but for a salt
                yield one, ours[one], theirs[new]
        for offset in range(max(end - start, last - other)):
            mine = ours[start + offset] if start + offset < end else MISSING
            its = theirs[other + offset] if other + offset < last else MISSING
            yield (other if mine is MISSING else start) + offset, mine, its
        at, also = end, last


def _without_salts(left: list[str], right: list[str]) -> tuple[list[str], list[str]]:
    """The texts, without tokens of redaction if these are of two salts: such may be the same."""
    salts = [{one[1] for text in texts for one in TOKEN.finditer(text)} for texts in (left, right)]
    if not (salts[0] and salts[1]) or salts[0] & salts[1]:
        return left, right
    ours, theirs = ([TOKEN.sub("", text) for text in texts] for texts in (left, right))
    return ours, theirs


def _unequal(left: list[str], right: list[str]) -> Iterator[tuple[int, int, int, int]]:
    """Where two lists differ, as positions of both; the same if they change places."""
    if left > right:
        yield from ((*one[2:], *one[:2]) for one in _unequal(right, left))
        return
    least = min(len(left), len(right))
    begin = next((at for at in range(least) if left[at] != right[at]), least)
    rest = range(1, least - begin + 1)
    end = next((at - 1 for at in rest if left[-at] != right[-at]), least - begin)
    inner = left[begin : len(left) - end], right[begin : len(right) - end]
    for what, *positions in SequenceMatcher(None, *inner).get_opcodes():
        if what != "equal":
            start, stop, other, last = (begin + position for position in positions)
            yield start, stop, other, last

"""What holds for all objects: equal is empty, changes make the other, swapped sides mirror."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Sequence
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as some

from k8s_datamodel.comparing import shapes
from k8s_datamodel.comparing.changes import FieldChange
from k8s_datamodel.comparing.differences import PLAIN, object_changes
from k8s_datamodel.comparing.field_paths import Item, Member, Path, Step, written
from k8s_datamodel.comparing.values import MISSING
from k8s_datamodel.types.comparison_rules import ORDERED

KEYED = {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]}
SET = {"x-kubernetes-list-type": "set"}
PORTS = {
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["port", "protocol"],
    "items": {"properties": {"protocol": {"default": "TCP"}}},
}
CPU = {"format": "quantity"}
ITEM = {"properties": {"inner": {**KEYED, "items": {"properties": {"cpu": CPU}}}, "tags": SET}}
PROPERTIES: dict[str, Any] = {
    "keyed": {**KEYED, "items": ITEM},
    "set": {**SET, "items": ITEM},
    "plain": {"items": ITEM},
    "one": {"x-kubernetes-list-type": "atomic"},
    "steps": {**KEYED, ORDERED: True},
    "ports": PORTS,
    "cpu": CPU,
}
SCHEMA = {"properties": PROPERTIES}
SHAPE = (SCHEMA,)
UNORDERED = {"properties": {**PROPERTIES, "steps": KEYED, "one": {}}}

LEAVES = some.sampled_from([None, True, 0, 1, 1.0, 2.5, "", "1", "a", "b", "1500m", "1.5", 'x]"'])
KEYS = some.sampled_from(["name", "x", "", 'k."', "inner"])
ANY = some.recursive(
    LEAVES,
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)
QUANTITIES = some.sampled_from(["1500m", "1.5", 1.5, "2", "no"])


def things(**fields: Any) -> Any:
    return some.fixed_dictionaries({}, optional=fields)


NAMES = some.sampled_from(["a", "b", "c", "d", 1, "1", None])
INNER = some.lists(things(name=NAMES, cpu=QUANTITIES), max_size=3)
ITEMS = things(name=NAMES, x=ANY, inner=INNER, tags=some.lists(LEAVES, max_size=3))
PORT = things(port=some.sampled_from([1, 2]), protocol=some.sampled_from(["TCP", "UDP"]), x=LEAVES)
OBJECTS = things(
    keyed=some.lists(ITEMS, max_size=4),
    set=some.lists(LEAVES | ITEMS, max_size=4),
    plain=some.lists(ITEMS, max_size=4) | some.lists(LEAVES, max_size=6),
    one=some.lists(ITEMS, max_size=3) | LEAVES,
    steps=some.lists(things(name=NAMES, x=LEAVES), max_size=4),
    ports=some.lists(PORT, max_size=4),
    cpu=QUANTITIES,
    free=ANY,
)
EXAMPLES = int(os.environ.get("COMPARED", "40"))
quick = settings(max_examples=EXAMPLES, deadline=None, database=None, derandomize=True)


def changes(old: Any, new: Any, schema: Any = SCHEMA) -> list[FieldChange]:
    return object_changes(old, new, PLAIN, schema=schema).fields


def applied(value: Any, told: Sequence[tuple[Path, FieldChange]], shape: shapes.Shape) -> Any:
    """A value with changes put in; each with what is left of its path below the value."""
    whole = [change for path, change in told if not path]
    if whole:
        return whole[0].new
    parts: dict[str, list[tuple[Path, FieldChange]]] = {}
    for each in told:
        parts.setdefault(written(each[0][:1]), []).append(each)
    below = [(part[0][0][0], [(path[1:], one) for path, one in part]) for part in parts.values()]
    if not isinstance(value, list):
        new = dict(value)
        for key, rest in below:
            new[str(key)] = applied(value.get(key), rest, shapes.of_key(shape, str(key)))
        return {key: part for key, part in new.items() if part is not MISSING}
    items = dict(enumerate(value))
    added = []
    for step, rest in below:
        added += [(step, one.new) for path, one in rest if not path and one.op == "add"]
        kept = [each for each in rest if each[0] or each[1].op != "add"]
        if kept:
            at = position(value, step, shape)
            items[at] = applied(value[at], kept, shapes.of_items(shape))
    left = [item for item in items.values() if item is not MISSING]
    for step, item in sorted(added, key=lambda one: one[0] if isinstance(one[0], int) else -1):
        left.insert(step if isinstance(step, int) else len(left), item)
    return left


def position(items: list[Any], step: Step, shape: shapes.Shape) -> int:
    if isinstance(step, int):
        return step
    inner = shapes.of_items(shape)
    [found] = [at for at, item in enumerate(items) if names(step, item, inner)]
    return found


def names(step: Step, item: Any, shape: shapes.Shape) -> bool:
    if isinstance(step, Member):
        return shapes.canonical(step.value, shape) == shapes.canonical(item, shape)
    assert isinstance(step, Item)
    own = values(item, [key for key, _ in step.keys], shape)
    return shapes.canonical(own) == shapes.canonical([value for _, value in step.keys])


def values(item: Any, keys: Sequence[str], shape: shapes.Shape) -> list[Any]:
    """The values of an item's keys, with their defaults."""
    found = [item.get(key) if isinstance(item, dict) else None for key in keys]
    return [
        shapes.default(shape, key) if value is None else value
        for key, value in zip(keys, found, strict=True)
    ]


@quick
@given(OBJECTS, OBJECTS)
def test_changes_make_the_one_of_the_other(old: Any, new: Any) -> None:
    assert changes(old, old) == []
    told = changes(old, new)
    made = applied(old, [(each.steps, each) for each in told], SHAPE)
    assert changes(made, new, UNORDERED) == []  # an added item stands last


@quick
@example({"plain": ["a", "b"]}, {"plain": ["b", "a"]})
@given(OBJECTS, OBJECTS)
def test_swapped_sides_swap_what_was_added_and_removed(old: Any, new: Any) -> None:
    forth = Counter((repr(each.old), repr(each.new)) for each in changes(old, new))
    back = Counter((repr(each.new), repr(each.old)) for each in changes(new, old))
    assert forth == back


def shuffled(value: Any, shape: shapes.Shape, dice: random.Random) -> Any:
    if isinstance(value, dict):
        parts = {key: shuffled(v, shapes.of_key(shape, key), dice) for key, v in value.items()}
        return dict(dice.sample(list(parts.items()), len(parts)))
    if not isinstance(value, list):
        return value
    items = [shuffled(item, shapes.of_items(shape), dice) for item in value]
    if shapes.list_type(shape) == "set" or (not shapes.is_ordered(shape) and named(items, shape)):
        dice.shuffle(items)
    return items


def named(items: list[Any], shape: shapes.Shape) -> bool:
    """Whether the keys of the schema tell the items apart."""
    keys, inner = shapes.list_keys(shape), shapes.of_items(shape)
    found = {shapes.canonical(values(item, keys, inner)) for item in items}
    return bool(keys) and len(found) == len(items)


@quick
@given(OBJECTS, some.randoms(use_true_random=False))
def test_keyed_lists_and_sets_in_another_order_are_the_same(old: Any, dice: random.Random) -> None:
    assert changes(old, shuffled(old, SHAPE, dice)) == []

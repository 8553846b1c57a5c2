"""Random structural schemas, changed at random, with random objects; the same in every run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from random import Random
from typing import Any

from rehearsal.cases import CONDITIONS, OPEN, TEXT, Case, Json, one, root

COUNT = 240
_NAMES = ("a", "b", "c", "d")
_TEXTS = ("a", "b", "ab", "abc", "äö", "", "2024-01-01", "10.0.0.1", "5m")
_WHOLES = (-1, 0, 1, 2, 3, 7, 2**40)
_NUMBERS = (*_WHOLES, 0.5, 2.5, 3.0, -0.1)


def random_cases() -> Iterator[Case]:
    """So many cases, each from a seed of its own."""
    for seed in range(COUNT):
        dice = Random(seed)
        old = _struct(dice, 3)
        new = deepcopy(old)
        for _ in range(dice.randint(1, 3)):
            _change(dice, new)
        obj = {"spec": _value(dice, old), "status": CONDITIONS}
        yield Case(f"random-{seed}", one(root(old)), one(root(new)), obj)


def _struct(dice: Random, depth: int) -> Json:
    names = dice.sample(_NAMES, dice.randint(2, len(_NAMES)))
    return {"type": "object", "properties": {name: _schema(dice, depth - 1) for name in names}}


def _schema(dice: Random, depth: int) -> Json:
    kinds = ["string", "integer", "number", "boolean", "int-or-string"]
    if depth > 0:
        kinds += ["struct", "struct", "map", "list", "list", "open"]
    kind = dice.choice(kinds)
    made: Json
    if kind == "struct":
        made = _struct(dice, depth)
    elif kind == "map":
        made = {"type": "object", "additionalProperties": _schema(dice, depth - 1)}
    elif kind == "list":
        made = {"type": "array", "items": _schema(dice, depth - 1)}
    elif kind == "open":
        made = {"type": "object", **OPEN}
    elif kind == "int-or-string":
        made = {"x-kubernetes-int-or-string": True}
    else:
        made = {"type": kind}
    if dice.random() < 0.2:
        made["nullable"] = True
    return made


def _value(dice: Random, schema: Json) -> Any:
    """A value that meets a schema without rules."""
    if schema.get("nullable") and dice.random() < 0.4:
        return None
    kind = schema.get("type")
    if kind == "object":
        return _object(dice, schema)
    if kind == "array":
        return [_value(dice, schema["items"]) for _ in range(dice.randint(0, 3))]
    if kind == "boolean":
        return dice.random() < 0.5
    choices = {"string": _TEXTS, "integer": _WHOLES, "number": _NUMBERS}
    return dice.choice(choices.get(kind or "", ("a", 1, "1", 5)))


def _object(dice: Random, schema: Json) -> Json:
    if "properties" in schema:
        return {
            name: _value(dice, below)
            for name, below in schema["properties"].items()
            if dice.random() < 0.8
        }
    if "additionalProperties" in schema:
        names = dice.sample(_NAMES, dice.randint(0, 2))
        return {name: _value(dice, schema["additionalProperties"]) for name in names}
    return {name: dice.choice(("x", 1, {"a": 1})) for name in dice.sample(_NAMES, 2)}


def _change(dice: Random, schema: Json) -> None:
    """One change at one place."""
    place = dice.choice(list(_places(schema)))
    if dice.random() < 0.3:
        _change_shape(dice, place)
        return
    choices = _RULES.get(place.get("type", ""), _RULES["string"])
    rule = dice.choice(choices)(dice)
    wrapped = dice.random()
    if wrapped < 0.15:
        rule = {"allOf": [rule]}
    elif wrapped < 0.3:
        rule = {dice.choice(("anyOf", "oneOf")): [rule, dice.choice(choices)(dice)]}
    elif wrapped < 0.4:
        rule = {"not": rule}
    place.update(rule)


def _places(schema: Json) -> Iterator[Json]:
    yield schema
    for below in (schema.get("properties") or {}).values():
        yield from _places(below)
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            yield from _places(schema[key])


def _change_shape(dice: Random, place: Json) -> None:
    properties = place.get("properties")
    roll = dice.random()
    if properties and roll < 0.4:
        del properties[dice.choice(sorted(properties))]
        if not properties:
            place["properties"] = {"z": TEXT}
    elif properties and roll < 0.8:
        name = dice.choice((*properties, "z"))
        properties[name] = {**properties.get(name, TEXT)}
        properties[name]["default"] = _plain(dice, properties[name])
    elif place.get("type") == "array" and roll < 0.6:
        if place["items"].get("type") in ("string", "integer", "number", "boolean"):
            place["x-kubernetes-list-type"] = "set"
            place["items"].pop("nullable", None)
    elif "nullable" in place:
        del place["nullable"]
    elif place.pop("x-kubernetes-preserve-unknown-fields", None):
        place["properties"] = {"a": TEXT}
    elif place.get("type") in ("string", "integer", "number"):
        place["type"] = dice.choice(("string", "integer", "number", "boolean"))


def _plain(dice: Random, schema: Json) -> Any:
    return _value(dice, {**schema, "nullable": False})


_RULES: dict[str, list[Callable[[Random], Json]]] = {
    "string": [
        lambda dice: {"enum": dice.sample(_TEXTS, 3)},
        lambda dice: {"minLength": dice.randint(0, 3)},
        lambda dice: {"maxLength": dice.randint(0, 3)},
        lambda dice: {"pattern": dice.choice(("^a", "b$", "^[a-c]+$", r"^\d", "^$"))},
        lambda dice: {"format": dice.choice(("date", "ipv4", "duration", "cidr", "banana"))},
    ],
    "integer": [
        lambda dice: {"minimum": dice.choice(_WHOLES)},
        lambda dice: {"maximum": dice.choice(_WHOLES)},
        lambda dice: {"maximum": dice.choice(_WHOLES), "exclusiveMaximum": True},
        lambda dice: {"multipleOf": dice.choice((1, 2, 3))},
        lambda dice: {"enum": dice.sample(_WHOLES, 3)},
    ],
    "number": [
        lambda dice: {"minimum": dice.choice(_NUMBERS)},
        lambda dice: {"maximum": dice.choice(_NUMBERS)},
        lambda dice: {"multipleOf": dice.choice((1, 0.5, 2.5))},
        lambda dice: {"enum": dice.sample(_NUMBERS, 4)},
    ],
    "boolean": [lambda dice: {"enum": [dice.random() < 0.5]}],
    "array": [
        lambda dice: {"minItems": dice.randint(0, 2)},
        lambda dice: {"maxItems": dice.randint(0, 2)},
    ],
    "object": [
        lambda dice: {"required": dice.sample(_NAMES, 1)},
        lambda dice: {"minProperties": dice.randint(0, 2)},
        lambda dice: {"maxProperties": dice.randint(1, 3)},
    ],
}

"""Read a node of a schema as the conjunction that it is, with what is no schema set apart.

``allOf`` says the same as its branches beside the node do, so a node is a list of parts. What the
API server takes for absent (null, a false switch, an empty list of branches) is absent.
Source: JSONSchemaProps in the API reference of CustomResourceDefinition.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Schema = Mapping[str, Any]

NO_SCHEMA = ""
"""What stands for the keyword where a node is no mapping."""


def number(value: Any) -> bool:
    """Whether a value is a number; a boolean is none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _count(value: Any) -> bool:
    return number(value) and value == int(value)


def _any(_: Any) -> bool:
    return True


def _is(*kinds: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, kinds)


def _list_of(*kinds: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(isinstance(one, kinds) for one in value)


def _cel_rules(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(one, Mapping) and isinstance(one.get("rule"), str) for one in value
    )


_is_switch = _is(bool)
_is_additional = _is(Mapping, bool)

SHAPES: Mapping[str, Callable[[Any], bool]] = {
    "additionalProperties": _is_additional,
    "allOf": _is(list),
    "anyOf": _is(list),
    "default": _any,
    "description": _is(str),
    "enum": _is(list),
    "example": _any,
    "exclusiveMaximum": _is_switch,
    "exclusiveMinimum": _is_switch,
    "externalDocs": _any,
    "format": _is(str),
    "items": _is(Mapping),
    "maxItems": _count,
    "maxLength": _count,
    "maxProperties": _count,
    "maximum": number,
    "minItems": _count,
    "minLength": _count,
    "minProperties": _count,
    "minimum": number,
    "multipleOf": number,
    "not": _is(Mapping),
    "nullable": _is_switch,
    "oneOf": _is(list),
    "pattern": _is(str),
    "properties": _is(Mapping),
    "required": _list_of(str),
    "title": _is(str),
    "type": _is(str),
    "x-kubernetes-embedded-resource": _is_switch,
    "x-kubernetes-int-or-string": _is_switch,
    "x-kubernetes-list-map-keys": _list_of(str),
    "x-kubernetes-list-type": _is(str),
    "x-kubernetes-map-type": _is(str),
    "x-kubernetes-preserve-unknown-fields": _is_switch,
    "x-kubernetes-validations": _cel_rules,
}
"""The keywords that rules know, and when a value of one is what it should be."""


@dataclass(frozen=True, slots=True)
class Node:
    """A node of a schema.

    Attributes:
        parts: the node itself and the branches of its ``allOf``, with well-formed keywords only.
        left: keywords that no rule knows or whose value is malformed, each with its value.
    """

    parts: tuple[Schema, ...] = ()
    left: tuple[tuple[str, Any], ...] = field(default=())

    def values(self, keyword: str) -> list[Any]:
        """What its parts say of a keyword."""
        return [part[keyword] for part in self.parts if keyword in part]

    def value(self, keyword: str) -> Any:
        """What it says of a keyword; None if nothing, a list if its parts say several things."""
        found = self.values(keyword)
        return found[0] if len(found) == 1 else found or None

    def flag(self, keyword: str) -> bool:
        """Whether a switch is on."""
        return True in self.values(keyword)

    def names(self) -> dict[Any, None]:
        """The names of its properties, in their order."""
        return {name: None for each in self.values("properties") for name in each}

    def schemas_of(self, name: Any) -> list[Any]:
        """What its parts say of a property, the node itself first; empty if nothing."""
        found = [part["properties"][name] for part in self._with(name)]
        return found if not found or self.has(name) else [{}, *found]

    def has(self, name: Any) -> bool:
        """Whether the node itself has a property; a branch only restricts one."""
        return any(part is self.parts[0] for part in self._with(name))

    def _with(self, name: Any) -> list[Schema]:
        return [part for part in self.parts if name in part.get("properties", ())]

    @property
    def items(self) -> list[Any]:
        """What its parts say of the items of a list."""
        return self.values("items")

    @property
    def map_values(self) -> list[Any]:
        """What its parts say of the values of a map; empty if other keys are not described."""
        found = self.values("additionalProperties")
        return [{} if each is True else each for each in found if each is not False]

    @property
    def open(self) -> bool:
        """Whether unknown fields are kept as they are."""
        return self.flag("x-kubernetes-preserve-unknown-fields")


def node(schemas: Sequence[Any]) -> Node:
    """Read a node of which these schemas are true at once, each of which may be anything."""
    parts: list[Schema] = []
    left: list[tuple[str, Any]] = []
    waiting = list(reversed(schemas))
    while waiting:
        schema = waiting.pop()
        if not isinstance(schema, Mapping):
            left.append((NO_SCHEMA, schema))
            continue
        part = dict(_well_formed(schema, left))
        for keyword in ("allOf", "anyOf", "oneOf"):
            branches = part.get(keyword, ())
            if keyword in part and (keyword == "allOf" or len(branches) <= 1):
                del part[keyword]
                waiting += reversed(branches)
        parts.append(part)
    return Node(tuple(parts), tuple(left))


def _well_formed(schema: Schema, left: list[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    for keyword, value in schema.items():
        shape = SHAPES.get(keyword)
        if value is None or (value is False and shape in (_is_switch, _is_additional)):
            continue
        if shape and shape(value):
            yield keyword, value
        else:
            left.append((str(keyword), value))


def fields_below(schemas: Sequence[Any]) -> int:
    """How many properties are beneath a node."""
    number_of = 0
    waiting = [node(schemas)]
    while waiting:
        each = waiting.pop()
        names = each.names()
        number_of += len(names)
        waiting += [node(each.schemas_of(name)) for name in names]
        waiting += [node(below) for below in (each.items, each.map_values) if below]
    return number_of

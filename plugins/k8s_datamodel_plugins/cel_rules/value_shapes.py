"""How a schema types a value for CEL: what a rule can see, and how it compares.

The rules are those of k8s.io/apiserver, pkg/cel/common (schemas.go, valuesunstructured.go).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from k8s_datamodel_plugins.cel_rules.field_names import escaped
from k8s_datamodel_plugins.cel_rules.texts_as_times import (
    bytes_of,
    duration_text,
    time_text,
    utc_text,
)
from k8s_datamodel_plugins.structural import alike, is_hidden

NULL = "null "  # no property that a rule can name begins so


@dataclass
class Shape:
    """One node of a schema, as CEL sees it.

    Attributes:
        kind: `object`, `map`, `list`, `int`, `double`, `bool`, `string`, `bytes`, `time`,
            `duration`, `int-or-string`, or `opaque`, which no rule can see.
        properties: Of an object, by the name in the schema.
        items: Of a list or a map: what its values are.
        keys: Of a list of type `map`: its keys.
        list_type: `atomic`, `set` or `map`.
        by_name: `properties`, by the name in rules.
        has_times: Whether it is a time or has one inside.
        plain: Whether the engine compares its values as the API server does.
    """

    kind: str
    properties: dict[str, Shape] = field(default_factory=dict)
    items: Shape | None = None
    keys: tuple[str, ...] = ()
    list_type: str = "atomic"
    by_name: dict[str, Shape] = field(init=False)
    has_times: bool = field(init=False)
    plain: bool = field(init=False)

    def __post_init__(self) -> None:
        self.by_name = {escaped(name): shape for name, shape in self.properties.items()}
        inside = [*self.properties.values(), *([self.items] if self.items else [])]
        self.has_times = self.kind in {"time", "duration"} or any(one.has_times for one in inside)
        self.plain = (
            self.kind not in {"object", "opaque", "time"}
            and self.list_type == "atomic"
            and all(one.plain for one in inside)
        )

    @property
    def is_time(self) -> bool:
        """Whether a rule sees a timestamp or a duration where the object has a text."""
        return self.kind in {"time", "duration"}

    @property
    def visible(self) -> bool:
        """Whether a rule can name it; lists and maps of what is not visible are not either."""
        if self.kind in {"list", "map"}:
            return self.items is not None and self.items.visible
        return self.kind != "opaque"


_STRINGS = {"byte": "bytes", "duration": "duration", "date": "time", "date-time": "time"}
_SCALARS = {"boolean": "bool", "number": "double", "integer": "int"}
_TEXT = {"type": "string"}


def with_object_meta(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of a whole object with what every rule on it can see.

    That is apiVersion, kind, metadata.name and metadata.generateName, instead of what the schema
    says of them, unless it types all four.
    """
    properties = schema.get("properties") or {}
    metadata = properties.get("metadata") or {}
    named = metadata.get("properties") or {}
    if (
        all(_typed(properties, name, "string") for name in ("kind", "apiVersion"))
        and metadata.get("type") == "object"
        and all(_typed(named, name, "string") for name in ("name", "generateName"))
    ):
        return schema
    seen = {"type": "object", "properties": {"name": _TEXT, "generateName": _TEXT}}
    added = {"kind": _TEXT, "apiVersion": _TEXT, "metadata": seen}
    return {**schema, "properties": {**properties, **added}}


def _typed(properties: Mapping[str, Any], name: str, kind: str) -> bool:
    return bool((properties.get(name) or {}).get("type") == kind)


def shape_of(schema: Mapping[str, Any], *, whole: bool = False) -> Shape:
    """How a schema types its values.

    Args:
        schema: A structural schema.
        whole: Whether its values are whole objects: the root, or an embedded resource.
    """
    if schema.get("x-kubernetes-int-or-string"):
        return Shape("int-or-string")
    kind = schema.get("type")
    if kind == "string":
        return Shape(_STRINGS.get(str(schema.get("format")), "string"))
    if kind == "array":
        return _list(schema)
    if kind == "object":
        return _object(with_object_meta(schema) if whole else schema)
    return Shape(_SCALARS.get(str(kind), "opaque"))


def _list(schema: Mapping[str, Any]) -> Shape:
    items = schema.get("items")
    return Shape(
        "list",
        items=_inside(items) if isinstance(items, Mapping) else Shape("opaque"),
        list_type=schema.get("x-kubernetes-list-type") or "atomic",
        keys=tuple(schema.get("x-kubernetes-list-map-keys") or ()),
    )


def _object(schema: Mapping[str, Any]) -> Shape:
    values = schema.get("additionalProperties")
    if isinstance(values, Mapping) and not schema.get("properties"):
        return Shape("map", items=_inside(values))
    properties = schema.get("properties") or {}
    return Shape("object", {name: _inside(one) for name, one in properties.items()})


def _inside(schema: Mapping[str, Any]) -> Shape:
    return shape_of(schema, whole=bool(schema.get("x-kubernetes-embedded-resource")))


def seen(value: Any, shape: Shape) -> Any:
    """A value as a rule sees it: typed by the schema, with names as rules write them.

    A value that its schema does not allow stays as it is: such an object never gets to its rules.
    """
    if value is None:
        return None
    if shape.kind == "object" and isinstance(value, dict):
        return _seen_object(value, shape)
    if shape.kind in {"map", "list"} and shape.items is not None:
        items = shape.items
        if isinstance(value, dict):
            return {key: seen(one, items) for key, one in value.items()}
        if isinstance(value, list):
            return [seen(one, items) for one in value]
    return _seen_scalar(value, shape.kind)


def _seen_object(value: dict[str, Any], shape: Shape) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, one in value.items():
        known = shape.properties.get(key)
        if one is None:
            result[NULL + key] = None  # an object's null property is absent for a rule
        else:
            result[escaped(key)] = one if known is None else seen(one, known)
    return result


def _seen_scalar(value: Any, kind: str) -> Any:
    if isinstance(value, str):
        return _READ.get(kind, str)(value)
    if kind == "double" and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


_READ = {"time": time_text, "duration": duration_text, "bytes": bytes_of}


def equal(shape: Shape | None, one: Any, other: Any) -> bool:
    """Whether two values that rules see are equal, as the API server compares them.

    Lists of type `set` and `map` are equal in any order. `other` may be a literal.
    """
    if shape is None or shape.kind == "opaque":
        return alike(one, other)
    if isinstance(one, list) and isinstance(other, list):
        return _equal_lists(shape, one, other)
    if isinstance(one, dict) and isinstance(other, dict):
        return _equal_maps(shape, one, other)
    if shape.kind == "time" and isinstance(one, str) and isinstance(other, str):
        return utc_text(one) == utc_text(other)
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def _equal_lists(shape: Shape, one: Sequence[Any], other: Sequence[Any]) -> bool:
    if len(one) != len(other):
        return False
    if shape.list_type == "set":
        return all(any(alike(item, mine) for mine in one) for item in other)
    if shape.list_type == "map":
        mine = {_key(shape, item): item for item in one}
        return all(
            _key(shape, item) in mine and equal(shape.items, mine[_key(shape, item)], item)
            for item in other
        )
    return all(equal(shape.items, mine, item) for mine, item in zip(one, other, strict=True))


def _equal_maps(shape: Shape, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    if len(one) != len(other):
        return False
    for key, value in one.items():
        if key.startswith(NULL) and shape.kind == "object":
            known = key.removeprefix(NULL)
            if known in shape.properties and escaped(known) in other:
                return False
        elif shape.kind == "map" or key in shape.by_name:
            inside = shape.items if shape.kind == "map" else shape.by_name[key]
            if key not in other or not equal(inside, value, other[key]):
                return False
        elif key in other and not alike(value, other[key]):
            return False  # an unknown field that only one has does not count: so the server
    return True


def merged(shape: Shape, one: Sequence[Any], other: Sequence[Any]) -> list[Any]:
    """`one + other` of lists: a union for a `set`, a merge by keys for a `map`."""
    result = list(one)
    if shape.list_type == "set":
        for item in other:
            if not any(alike(item, mine) for mine in result):
                result.append(item)
        return result
    places = {_key(shape, item): place for place, item in enumerate(result)}
    for item in other:
        place = places.get(_key(shape, item))
        if place is None:
            result.append(item)
        else:
            result[place] = item
    return result


def _key(shape: Shape, item: Any) -> tuple[Any, ...]:
    """The key of an item; a name with an escape is never found there, as on the server."""
    if not isinstance(item, dict):
        return ()
    return tuple(item.get(key) if escaped(key) == key else None for key in shape.keys)


def has_token(value: Any) -> bool:
    """Whether a literal was redacted anywhere in a value."""
    if isinstance(value, dict):
        return any(is_hidden(key) or has_token(one) for key, one in value.items())
    if isinstance(value, list):
        return any(map(has_token, value))
    return is_hidden(value)

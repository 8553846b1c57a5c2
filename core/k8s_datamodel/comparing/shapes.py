"""What schemas say of a part of an object: how its lists are keyed, and which texts are quantities.

A shape is the schemas that hold for one part: of its kind, and of all kinds. The first that says
something is followed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from k8s_datamodel.comparing.values import amount
from k8s_datamodel.types.comparison_rules import ORDERED, WHOLE, Schema

Shape: TypeAlias = tuple[Schema, ...]

_LIST_TYPE, _KEYS = "x-kubernetes-list-type", "x-kubernetes-list-map-keys"
_GENERATED_QUANTITY = (
    r"^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))"
    r"(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$"
)
"""What controller-gen writes as the pattern of a ``resource.Quantity``."""


def of_key(shape: Shape, key: str) -> Shape:
    """The shape of a map's value."""
    found = (_of_key(schema, key) for schema in shape)
    return tuple(schema for schema in found if schema)


def _of_key(schema: Schema, key: str) -> Schema | None:
    properties = schema.get("properties")
    own = properties.get(key) if isinstance(properties, dict | Mapping) else None
    return _schema(own if own is not None else schema.get("additionalProperties"))


def of_items(shape: Shape) -> Shape:
    """The shape of a list's items."""
    found = (_schema(schema.get("items")) for schema in shape)
    return tuple(schema for schema in found if schema)


def _schema(value: Any) -> Schema | None:
    return value if isinstance(value, dict | Mapping) else None


def list_type(shape: Shape) -> str:
    """``map``, ``set`` or ``atomic``; empty where no schema says."""
    return next((str(schema[_LIST_TYPE]) for schema in shape if schema.get(_LIST_TYPE)), "")


def list_keys(shape: Shape) -> Sequence[str]:
    """The keys of a list of type ``map``, in the schema's order."""
    return next((schema[_KEYS] for schema in shape if isinstance(schema.get(_KEYS), list)), ())


def default(shape: Shape, key: str) -> Any:
    """The default of a property; None without one."""
    return next((one["default"] for one in of_key(shape, key) if "default" in one), None)


def is_quantity(shape: Shape) -> bool:
    """Whether a value is a quantity, which two texts may write."""
    return any(
        schema.get("format") == "quantity" or schema.get("pattern") == _GENERATED_QUANTITY
        for schema in shape
    )


def is_ordered(shape: Shape) -> bool:
    """Whether the order of a keyed list counts."""
    return any(schema.get(ORDERED) is True for schema in shape)


def is_whole(shape: Shape) -> bool:
    """Whether a manifest that names some items of a set or keyed list says that there are no more.

    As of other lists that are not merged with what is there.
    """
    return any(schema.get(WHOLE) is True for schema in shape)


def canonical(value: Any, shape: Shape = ()) -> str:
    """One text for values that are the same; also for lists whose order does not count."""
    if type(value) is str and not shape:
        return json.dumps(value)
    return json.dumps(_plain(value, shape), sort_keys=True)


def _plain(value: Any, shape: Shape) -> Any:
    if isinstance(value, dict | Mapping):
        return {key: _plain(part, of_key(shape, key)) for key, part in value.items()}
    if isinstance(value, list | tuple):
        items = of_items(shape)
        if list_type(shape) in ("map", "set") and not is_ordered(shape):
            return sorted(canonical(item, items) for item in value)
        return [_plain(item, items) for item in value]
    number = amount(value) if isinstance(value, float) or is_quantity(shape) else None
    if number is None:
        return value
    whole = number.denominator == 1
    return [str(number)] if is_quantity(shape) else int(number) if whole else value

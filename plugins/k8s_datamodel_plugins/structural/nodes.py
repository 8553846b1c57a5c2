"""A schema of a CRD's version, compiled once: a tree in which each keyword is ready to be used."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from k8s_datamodel_plugins.structural.failures import Path
from k8s_datamodel_plugins.structural.go_numbers import NumberRules
from k8s_datamodel_plugins.structural.go_patterns import GoPattern, go_pattern
from k8s_datamodel_plugins.structural.string_formats import (
    NUMBERS_SINCE,
    FormatCheck,
    Version,
    string_format,
)

NEWEST: Version = (1, 36)
"""The Kubernetes version whose API server the rules were compared with."""

RATCHETING_SINCE: Version = (1, 30)
"""Since then an update forgives failures of what it does not change."""

_VERSION = re.compile(r"v?(\d+)\.(\d+)")
_NUMERIC = {"integer": ("int32", "int64"), "number": ("float", "double")}


def kubernetes_version(text: str | None) -> Version:
    """``v1.36.3+k3s1`` as ``(1, 36)``; the newest known where nothing is said.

    Raises:
        ValueError: it is no version.
    """
    if not text:
        return NEWEST
    found = _VERSION.match(text)
    if found is None:
        raise ValueError(f"{text!r} is not a version of Kubernetes such as v1.36.3")
    return int(found[1]), int(found[2])


class SchemaError(ValueError):
    """A schema that the API server would not take; the message names what is wrong."""


@dataclass(slots=True)
class Node:
    """One schema and those below it.

    Attributes:
        types: What ``type`` allows; integer and string for int-or-string; empty for anything.
        declared: ``type`` and ``format`` as they are written; server-side apply goes by them.
        format_check: Only where the server's version checks the format.
        additional: The schema of ``additionalProperties``; ``open`` is its ``true``.
        default: None if there is none (a null is no default); pruned by the schema itself.
        is_ruled: Whether a CEL rule has it as ``self``.
        has_defaults: Whether a default stands here or below; and so on.
    """

    types: tuple[str, ...] = ()
    declared: tuple[str, str] = ("", "")
    nullable: bool = False
    preserves: bool = False
    embedded: bool = False
    format: str = ""
    format_check: FormatCheck | None = None
    properties: dict[str, Node] = field(default_factory=dict)
    additional: Node | None = None
    open: bool = False
    items: Node | None = None
    default: Any = None
    list_type: str = ""
    list_keys: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    enum: list[Any] | None = None
    numbers: NumberRules | None = None
    pattern: GoPattern | None = None
    min_length: int | None = None
    max_length: int | None = None
    min_items: int | None = None
    max_items: int | None = None
    unique_items: bool = False
    min_properties: int | None = None
    max_properties: int | None = None
    all_of: tuple[Node, ...] = ()
    any_of: tuple[Node, ...] = ()
    one_of: tuple[Node, ...] = ()
    no: Node | None = None
    is_combined: bool = False
    is_ruled: bool = False
    has_defaults: bool = False
    has_embedded: bool = False
    has_unique_lists: bool = False

    def is_ruled_at(self, path: Path) -> bool:
        """Whether a CEL rule reads what is at a path below: it has the value, or one around it."""
        here: Node | None = self
        for step in path:
            if here is None or here.is_ruled:
                break
            here = here.items if isinstance(step, int) else here.child(step)
        return here is not None and here.is_ruled

    def child(self, key: str) -> Node | None:
        """The schema of a key of an object."""
        return self.properties.get(key) or self.additional


def tree_of(schema: Mapping[str, Any] | None, kubernetes: Version = NEWEST) -> Node:
    """The tree of an ``openAPIV3Schema``, its defaults as they are written.

    Args:
        schema: A structural schema, which the API server took.
        kubernetes: Decides which formats count.

    Raises:
        SchemaError: it is not structural.
    """
    try:
        return Node(preserves=True) if schema is None else _node(schema, kubernetes)
    except (AttributeError, TypeError, ValueError, RecursionError) as error:
        raise SchemaError(f"the schema is not structural: {error}") from error


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


_KEYWORDS: dict[str, Callable[[Any], bool]] = {
    **dict.fromkeys(("type", "format", "pattern", "x-kubernetes-list-type"), _is_text),
    **dict.fromkeys(("required", "x-kubernetes-list-map-keys"), _is_texts),
    **dict.fromkeys(("minimum", "maximum", "multipleOf"), _is_number),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems"), _is_whole),
    **dict.fromkeys(("minProperties", "maxProperties"), _is_whole),
    **dict.fromkeys(("enum", "allOf", "anyOf", "oneOf"), _is_list),
}


def _check_keywords(schema: Mapping[str, Any]) -> None:
    for keyword, fits in _KEYWORDS.items():
        value = schema.get(keyword)
        if value is not None and not fits(value):
            raise TypeError(f"{keyword} is {value!r}")


def _node(schema: Mapping[str, Any], kubernetes: Version) -> Node:
    _check_keywords(schema)
    int_or_string = schema.get("x-kubernetes-int-or-string") is True
    kind = schema.get("type") or ""
    types = ("integer", "string") if int_or_string else (kind,) if kind else ()
    additional = schema.get("additionalProperties")
    items = schema.get("items")
    node = Node(
        types=types,
        declared=(kind, schema.get("format") or ""),
        nullable=schema.get("nullable") is True,
        preserves=schema.get("x-kubernetes-preserve-unknown-fields") is True,
        embedded=schema.get("x-kubernetes-embedded-resource") is True,
        properties={
            key: _node(below, kubernetes) for key, below in (schema.get("properties") or {}).items()
        },
        additional=_node(additional, kubernetes) if isinstance(additional, Mapping) else None,
        open=additional is True,
        items=_node(items, kubernetes) if isinstance(items, Mapping) else None,
        default=schema.get("default"),
        list_type=schema.get("x-kubernetes-list-type") or "",
        list_keys=tuple(schema.get("x-kubernetes-list-map-keys") or ()),
        all_of=_branches(schema.get("allOf"), kubernetes),
        any_of=_branches(schema.get("anyOf"), kubernetes),
        one_of=_branches(schema.get("oneOf"), kubernetes),
        is_ruled=bool(schema.get("x-kubernetes-validations")),
        **_value_rules(schema),
    )
    if schema.get("not") is not None:
        node.no = _node(schema["not"], kubernetes)
    node.is_combined = bool(node.all_of or node.any_of or node.one_of or node.no)
    _set_format(node, kubernetes)
    node.numbers = _numbers(schema, node, kubernetes)
    _set_below(node)
    return node


def _branches(schemas: Any, kubernetes: Version) -> tuple[Node, ...]:
    return tuple(_node(below, kubernetes) for below in schemas or ())


def _value_rules(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "required": tuple(schema.get("required") or ()),
        "enum": schema.get("enum") or None,
        "pattern": go_pattern(schema["pattern"]) if schema.get("pattern") else None,
        "min_length": schema.get("minLength"),
        "max_length": schema.get("maxLength"),
        "min_items": schema.get("minItems"),
        "max_items": schema.get("maxItems"),
        "unique_items": schema.get("uniqueItems") is True,
        "min_properties": schema.get("minProperties"),
        "max_properties": schema.get("maxProperties"),
    }


def _set_format(node: Node, kubernetes: Version) -> None:
    name = node.declared[1]
    kind = node.types[0] if len(node.types) == 1 else ""
    if kind in ("", "string"):
        node.format_check = string_format(name, kubernetes) if name else None
        node.format = name if node.format_check else ""
    elif kubernetes >= NUMBERS_SINCE and name in _NUMERIC.get(kind, ()):
        node.format = name


def _numbers(schema: Mapping[str, Any], node: Node, kubernetes: Version) -> NumberRules | None:
    kind = node.types[0] if len(node.types) == 1 else ""
    numeric_format = node.format if kind in _NUMERIC else ""
    if not numeric_format and not any(
        schema.get(keyword) is not None for keyword in ("minimum", "maximum", "multipleOf")
    ):
        return None
    return NumberRules(
        kind=kind if kubernetes >= NUMBERS_SINCE else "",
        format=numeric_format,
        minimum=schema.get("minimum"),
        maximum=schema.get("maximum"),
        exclusive_minimum=schema.get("exclusiveMinimum") is True,
        exclusive_maximum=schema.get("exclusiveMaximum") is True,
        multiple_of=schema.get("multipleOf"),
    )


def _set_below(node: Node) -> None:
    below = [*node.properties.values(), *filter(None, (node.additional, node.items))]
    node.has_defaults = node.default is not None or any(one.has_defaults for one in below)
    node.has_embedded = node.embedded or any(one.has_embedded for one in below)
    node.has_unique_lists = node.list_type in ("set", "map") or any(
        one.has_unique_lists for one in below
    )

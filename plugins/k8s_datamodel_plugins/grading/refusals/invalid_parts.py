"""What an API server refuses in a structural schema: defaults, patterns, keys of lists, rules.

Source: apiextensions-apiserver, pkg/apis/apiextensions/validation/validation.go and
pkg/apiserver/schema/validation.go. Only what is certain is told.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import Any, NamedTuple

from k8s_datamodel.api import AnyItem, AnyKey
from k8s_datamodel_plugins.grading.in_words import shown
from k8s_datamodel_plugins.grading.refusals.invalid_rules import invalid_rules, texts_of
from k8s_datamodel_plugins.grading.schema.found import Steps
from k8s_datamodel_plugins.object_parts import mapping, sequence, texts

_TYPES = ("", "array", "boolean", "integer", "number", "object", "string")


class Invalid(NamedTuple):
    """What is wrong with a keyword of a schema, or one rule of it, and where it stands."""

    steps: Steps
    keyword: str
    why: str


def invalid_parts(schema: Any, accepted: Container[str] = ()) -> Iterator[Invalid]:
    """What the server refuses in a schema; branches such as those of ``allOf`` are left out.

    The syntax of rules whose text is ``accepted`` is not judged.
    """
    for steps, here, has_old in _nodes(schema):
        for keyword, why in _wrong(here, in_map=AnyKey() in steps):
            yield Invalid(steps, keyword, why)
        for keyword, why in invalid_rules(here, accepted, has_old=has_old):
            yield Invalid(steps, keyword, why)


def rule_texts(schema: Any) -> Iterator[str]:
    """The texts of all validation rules of a schema."""
    for _, here, _ in _nodes(schema):
        yield from texts_of(here)


def _nodes(schema: Any) -> Iterator[tuple[Steps, Mapping[str, Any], bool]]:
    """The nodes of a schema, with whether the server knows the old value of each."""
    waiting: list[tuple[Steps, Any, bool]] = [((), schema, True)]
    while waiting:
        steps, found, has_old = waiting.pop()
        if not isinstance(found, Mapping):
            continue
        here: Mapping[str, Any] = found
        yield steps, here, has_old
        of_fields = has_old and here.get("x-kubernetes-map-type") != "atomic"
        of_items = has_old and here.get("x-kubernetes-list-type") == "map"
        for name, below in mapping(here.get("properties")).items():
            waiting.append(((*steps, str(name)), below, of_fields))
        waiting.append(((*steps, AnyItem()), here.get("items"), of_items))
        waiting.append(((*steps, AnyKey()), here.get("additionalProperties"), has_old))


def _wrong(here: Mapping[str, Any], *, in_map: bool) -> Iterator[tuple[str, str]]:
    """What is wrong with a node; the server does not look at defaults in a map's values."""
    kind = here.get("type")
    if isinstance(kind, str) and kind not in _TYPES:
        yield "type", f"has the type {shown(kind)}, which is none of {', '.join(_TYPES[1:])}"
    pattern = here.get("pattern")
    if isinstance(pattern, str) and _is_no_pattern(pattern):
        yield "pattern", f"has a pattern that is none of Go's (RE2): {shown(pattern)}"
    if not in_map and here.get("default") is not None and (why := _misfit(here)):
        yield "default", f"has a default that its schema refuses: {why}"
    if here.get("x-kubernetes-list-type") == "map":
        yield from (("x-kubernetes-list-map-keys", why) for why in _keys(here))


def _is_no_pattern(pattern: str) -> bool:
    from k8s_datamodel_plugins.structural.go_patterns import (  # noqa: PLC0415 - as for _misfit
        is_refused,
    )

    return is_refused(pattern)


def _misfit(here: Mapping[str, Any]) -> str:
    """Why a default is invalid, with the defaults below it; empty if it is not surely so."""
    from k8s_datamodel_plugins.structural import (  # noqa: PLC0415 - few changes need a judge
        compiled,
        copied,
        failures_of,
        fill_defaults,
    )

    try:
        tree = compiled(here)
        value = copied(here["default"])
        fill_defaults(value, tree)
        failures = failures_of(value, tree)
    except (ArithmeticError, RecursionError, TypeError, ValueError):  # nobody knows
        return ""
    return next((each.message for each in failures if each.certain), "")


def _keys(here: Mapping[str, Any]) -> Iterator[str]:
    items = mapping(here.get("items"))
    keys = texts(here.get("x-kubernetes-list-map-keys"))
    if not keys:
        yield "is a list of type map without x-kubernetes-list-map-keys"
    for key in keys:
        below = mapping(items.get("properties")).get(key)
        if below is None:
            yield f"has the list key {shown(key)}, which is no property of its items"
        elif key not in sequence(items.get("required")) and mapping(below).get("default") is None:
            yield f"has the list key {shown(key)}, which is neither required nor has a default"

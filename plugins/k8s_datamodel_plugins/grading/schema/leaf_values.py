"""Which values a field may have: its type, enum, pattern, format, and whether it may be null."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from k8s_datamodel_plugins.grading.in_words import code, listed, shown
from k8s_datamodel_plugins.grading.json_equality import canonical
from k8s_datamodel_plugins.grading.schema.found import Found
from k8s_datamodel_plugins.grading.schema.pairs import Concern, Pair
from k8s_datamodel_plugins.grading.schema.schema_nodes import Node

INT_OR_STRING = "int-or-string"

_CHECKED_TEXTS = {
    *("bsonobjectid", "uri", "email", "hostname", "ipv4", "ipv6", "cidr", "mac"),
    *("uuid", "uuid3", "uuid4", "uuid5", "isbn", "isbn10", "isbn13", "creditcard", "ssn"),
    *("hexcolor", "rgbcolor", "byte", "date", "duration", "datetime"),
    *("k8sshortname", "k8slongname"),
}
"""Formats of texts that an API server checks, without dashes.

Source: apiextensions-apiserver, pkg/apiserver/validation/formats.go. ``password`` is any text.
"""

_CHECKED_NUMBERS = {"integer": {"int32"}, "number": {"float"}}
"""``int64`` and ``double`` are what an API server can read at all."""


def type_of(node: Node) -> Any:
    """Its type, ``int-or-string``, or None for any."""
    if node.flag("x-kubernetes-int-or-string"):
        return INT_OR_STRING
    found = sorted(set(node.values("type")))
    return found[0] if len(found) == 1 else found or None


def _judge_type(pair: Pair, old: Any, new: Any) -> Iterator[Found]:
    widened = new is None or (old, new) in _WIDER
    before, after = _type_said(old), _type_said(new)
    if widened:
        said = f"{before} became {after}: all that was valid still is, readers may see other types."
        yield pair.found("type-widened", said, old, new)
    elif old == INT_OR_STRING:
        said = f"It may be {after} only, it could be an integer or a string."
        yield pair.found("int-or-string-changed", said, old, new)
    else:
        said = f"{before} became {after}: what is stored does not fit."
        yield pair.found("type-changed", said, old, new)


def _type_said(kind: Any) -> str:
    return kind if isinstance(kind, str) else shown(kind) if kind else "any"


_WIDER = {
    ("integer", "number"),
    ("integer", INT_OR_STRING),
    ("string", INT_OR_STRING),
}


def _enum(node: Node) -> dict[str, Any] | None:
    """The allowed values by their canonical text; None for any value."""
    found = [{canonical(one): one for one in each} for each in node.values("enum") if each]
    if not found:
        return None
    return {text: one for text, one in found[0].items() if all(text in each for each in found)}


def _enum_read(node: Node) -> Any:
    found = _enum(node)
    return None if found is None else sorted(found)


def _judge_enum(pair: Pair, _: Any, __: Any) -> Iterator[Found]:
    old, new = _enum(pair.old), _enum(pair.new)
    before = None if old is None else list(old.values())
    after = None if new is None else list(new.values())
    if old is None:
        said = f"Only these values are valid now: {listed(after or [])}."
        yield pair.found("enum-added", said, before, after)
        return
    if new is None:
        yield pair.found("enum-dropped", "Any value is valid now.", before, after)
        return
    gone = [value for text, value in old.items() if text not in new]
    come = [value for text, value in new.items() if text not in old]
    if gone:
        said = f"No longer valid: {listed(gone)}."
        yield pair.found("enum-value-removed", said, before, after)
    if come:
        yield pair.found("enum-value-added", f"Also valid: {listed(come)}.", before, after)


def _patterns(node: Node) -> list[str]:
    return sorted(set(node.values("pattern")))


def _judge_pattern(pair: Pair, old: list[str], new: list[str]) -> Iterator[Found]:
    before, after = pair.values("pattern")
    if set(old) < set(new):
        said = f"The pattern {code(after)} was added: a text that does not match is invalid."
        yield pair.found("pattern-added", said, before, after)
    elif set(new) < set(old):
        yield pair.found("pattern-removed", f"The pattern {code(before)} is gone.", before, after)
    else:
        said = f"The pattern is {code(after)}, it was {code(before)}: which texts match may differ."
        yield pair.found("pattern-changed", said, before, after)


def _formats(node: Node) -> list[str]:
    return sorted({each.replace("-", "") for each in node.values("format")})


def _judge_format(pair: Pair, old: list[str], new: list[str]) -> Iterator[Found]:
    before, after = pair.values("format")
    types = [each for each in pair.new.values("type") if isinstance(each, str)] or ["string"]
    come = [each for each in new if each not in old]
    checked = _any_checked(come, types)
    if not checked and not _any_checked(old, types):
        said = "The API server checks neither the old format nor the new one."
        yield pair.found("format-ignored", said, before, after)
    elif not checked:
        yield pair.found("format-removed", f"The format {shown(before)} is gone.", before, after)
    elif old:
        said = (
            f"The format is {shown(after)}, it was {shown(before)}: stored values may be invalid."
        )
        yield pair.found("format-changed", said, before, after)
    else:
        said = f"The format {shown(after)} was added: stored values may be invalid."
        yield pair.found("format-added", said, before, after)


def _any_checked(forms: list[str], types: list[str]) -> bool:
    return any(_checks(form, kind) for form in forms for kind in types)


def _checks(form: str, kind: str) -> bool:
    if kind == "string":
        return form in _CHECKED_TEXTS
    return form in _CHECKED_NUMBERS.get(kind, ())


def _nullable(node: Node) -> bool:
    return node.flag("nullable")


def _judge_nullable(pair: Pair, old: bool, new: bool) -> Iterator[Found]:
    if new:
        said = "It may be null now: readers may see null where they never did."
        yield pair.found("nullable-added", said, old, new)
    else:
        said = (
            "It may no longer be null: a stored null is dropped on read, in a list it is refused."
        )
        yield pair.found("nullable-removed", said, old, new)


TYPE = Concern("type", type_of, _judge_type)
LEAF_VALUES = (
    Concern("enum", _enum_read, _judge_enum),
    Concern("pattern", _patterns, _judge_pattern),
    Concern("format", _formats, _judge_format),
    Concern("nullable", _nullable, _judge_nullable),
)

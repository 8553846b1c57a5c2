"""Compare two schemas field by field.

Each keyword belongs to one concern. What a concern sees but no rule of it knows, and every keyword
that belongs to none, is ``unclassified``: so nothing that differs is lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from k8s_datamodel.api import AnyItem, AnyKey, same_json
from k8s_datamodel_plugins.grading.schema import field_changes
from k8s_datamodel_plugins.grading.schema.cel_changes import CEL
from k8s_datamodel_plugins.grading.schema.combinators import COMBINATORS, WORDS, words
from k8s_datamodel_plugins.grading.schema.extensions import EXTENSIONS
from k8s_datamodel_plugins.grading.schema.found import Found, Steps
from k8s_datamodel_plugins.grading.schema.leaf_values import LEAF_VALUES, TYPE
from k8s_datamodel_plugins.grading.schema.pairs import Pair, unclassified
from k8s_datamodel_plugins.grading.schema.schema_nodes import node
from k8s_datamodel_plugins.grading.schema.value_bounds import BOUNDS

_CONCERNS = (
    *BOUNDS,
    *LEAF_VALUES,
    *COMBINATORS,
    *EXTENSIONS,
    CEL,
    field_changes.REQUIRED,
    field_changes.OPENNESS,
)

_CONSTRAINTS = {
    *("bound-tightened", "enum-added", "enum-value-removed", "format-added", "format-changed"),
    *("pattern-added", "pattern-changed", "combinator-tightened", "combinator-changed"),
}
_NAMES = (("metadata", "name"), ("metadata", "generateName"))
"""The only fields of the metadata that a schema may restrict."""

_ALWAYS: Mapping[Steps, Any] = {
    ("apiVersion",): {"type": "string"},
    ("kind",): {"type": "string"},
    ("metadata",): {"type": "object"},
    **{each: {"type": "string"} for each in _NAMES},
}
"""Fields that every object has, whether a schema names them or not."""

_OTHER_OBJECTS = ("type-changed", "int-or-string-changed")
"""What makes it pointless to compare the rest of a node."""


def schema_changes(old: Any, new: Any) -> Iterator[Found]:
    """What differs between the schemas of one version's objects. They may be anything."""
    reworded: list[Found] = []
    waiting = [_pair((), [old], [new], False)]
    while waiting:
        pair = waiting.pop()
        yield from _here(pair)
        reworded += _reworded(pair)
        if not _differs_in_type(pair):
            for each in _below(pair):
                if isinstance(each, Found):
                    yield each
                else:
                    waiting.append(each)
    yield from _folded(reworded)


def _pair(steps: Steps, old: Sequence[Any], new: Sequence[Any], required: bool) -> Pair:
    return Pair(steps, node(old), node(new), required)


def _differs_in_type(pair: Pair) -> bool:
    return any(found.rule in _OTHER_OBJECTS for found in TYPE.findings(pair))


def _here(pair: Pair) -> Iterator[Found]:
    of_type = list(TYPE.findings(pair))
    yield from of_type
    if any(found.rule in _OTHER_OBJECTS for found in of_type):
        return
    for concern in _CONCERNS:
        for found in concern.findings(pair):
            if not field_changes.says_less(pair, found):
                yield _of_name(found) if pair.steps in _NAMES else found
    yield from _left(pair)


def _of_name(found: Found) -> Found:
    """Constraints of an object's name have a rule of their own: names cannot be edited."""
    if found.rule not in _CONSTRAINTS:
        return found
    said = f"Names are restricted. {found.message}"
    return Found("metadata-name-constraint", said, found.steps, found.old, found.new)


def _left(pair: Pair) -> Iterator[Found]:
    """Keywords that belong to no concern."""
    for keyword in dict(pair.old.left) | dict(pair.new.left):
        before = [value for name, value in pair.old.left if name == keyword]
        after = [value for name, value in pair.new.left if name == keyword]
        if not same_json(before, after):
            yield unclassified(pair, keyword, _single(before), _single(after))


def _single(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values or None


def _reworded(pair: Pair) -> Iterator[Found]:
    for keyword in WORDS:
        if words(pair.old, keyword) != words(pair.new, keyword):
            yield pair.found("description-changed", f"The {keyword} changed.", None, None)


def _folded(reworded: list[Found]) -> Iterator[Found]:
    if len(reworded) == 1:
        yield reworded[0]
    elif reworded:
        said = f"{len(reworded):,} descriptions, titles or examples changed."
        yield Found("description-changed", said)


def _below(pair: Pair) -> Iterator[Found | Pair]:
    """The fields below that differ: those of both schemas to compare, findings of others."""
    yield from _inner(pair, AnyItem(), pair.old.items, pair.new.items)
    if pair.old.map_values and pair.new.map_values:
        yield from _inner(pair, AnyKey(), pair.old.map_values, pair.new.map_values)
    required = {name for each in pair.new.values("required") for name in each}
    for name in pair.old.names() | pair.new.names():
        always = _ALWAYS.get((*pair.steps, str(name)))
        given = [always] if always else []
        old = pair.old.schemas_of(name) or pair.old.map_values or given
        new = pair.new.schemas_of(name) or pair.new.map_values or given
        if old and not new and pair.old.has(name):
            yield field_changes.removed(pair, name, old)
        elif new and not old and pair.new.has(name):
            yield from field_changes.added(pair, name, new)
        elif not same_json(old, new):
            yield _pair((*pair.steps, str(name)), old or [{}], new or [{}], name in required)


def _inner(
    pair: Pair, step: AnyItem | AnyKey, old: Sequence[Any], new: Sequence[Any]
) -> Iterator[Pair]:
    if not same_json(old, new):
        yield _pair((*pair.steps, step), old, new, False)

"""Fields that came, went or became required, and whether unknown fields are kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from k8s_datamodel.api import Severity, counted
from k8s_datamodel_plugins.grading.schema.found import Found, Steps
from k8s_datamodel_plugins.grading.schema.leaf_values import type_of
from k8s_datamodel_plugins.grading.schema.pairs import Concern, Pair
from k8s_datamodel_plugins.grading.schema.schema_nodes import Node, fields_below, node


def _required(found: Node) -> list[str]:
    return sorted({name for each in found.values("required") for name in each})


def _judge_required(pair: Pair, old: list[str], new: list[str]) -> Iterator[Found]:
    for name in new:
        if name not in old:
            yield _required_added(pair, name)
    for name in old:
        if name not in new:
            said = "It is no longer required: readers may find it absent."
            yield Found("required-removed", said, (*pair.steps, name), "required", None)


def says_less(pair: Pair, found: Found) -> bool:
    """Whether a field is no longer required as it is removed altogether, which is told too."""
    if found.rule != "required-removed" or not found.steps:
        return False
    name = found.steps[-1]
    described = pair.new.schemas_of(name) or pair.new.map_values
    return pair.old.has(name) and not described


def _required_added(pair: Pair, name: str) -> Found:
    steps = (*pair.steps, name)
    if node(pair.new.schemas_of(name)).values("default"):
        said = "It is required, but its default appears where it is absent."
        return Found("required-added-with-default", said, steps, None, "required")
    said = "It is required and has no default: an object without it is refused."
    return Found("required-added", said, steps, None, "required")


def _openness(found: Node) -> list[bool]:
    return [found.open, bool(found.map_values)]


def _judge_openness(pair: Pair, old: list[bool], new: list[bool]) -> Iterator[Found]:
    kept = "x-kubernetes-preserve-unknown-fields"
    if old[0] and not new[0]:
        said = "Fields that the schema does not name are no longer kept: reading drops them."
        yield pair.found("preserve-unknown-removed", said, *pair.values(kept))
    elif new[0] and not old[0]:
        said = "Fields that the schema does not name are kept, misspelt ones too."
        yield pair.found("preserve-unknown-added", said, *pair.values(kept))
    elif old[1]:
        said = "Other keys than the named ones are no longer kept: reading drops them."
        yield pair.found("additional-properties-removed", said, *_additional(pair))
    else:
        said = "Any key is allowed, with values of one schema."
        yield pair.found("additional-properties-added", said, *_additional(pair))


def _additional(pair: Pair) -> tuple[Any, Any]:
    """Whether there was such a schema; the schema itself would be a dump."""
    return bool(pair.old.map_values) or None, bool(pair.new.map_values) or None


REQUIRED = Concern("required", _required, _judge_required)
OPENNESS = Concern("additionalProperties", _openness, _judge_openness)


def removed(pair: Pair, name: Any, schemas: Sequence[Any]) -> Found:
    """A field that the new schema does not name."""
    steps = (*pair.steps, str(name))
    kind = _kind(schemas)
    below = _below(schemas)
    if pair.new.open:
        said = f"The field{below} is no longer described; its values are kept unchecked."
        return Found("field-undescribed", said, steps, kind, None)
    said = f"The field{below} is gone: what is stored in it is dropped on read."
    return Found("field-removed", said, steps, kind, None)


def added(pair: Pair, name: Any, schemas: Sequence[Any]) -> Iterator[Found]:
    """A field that the old schema does not name; nothing where ``required`` tells of it."""
    if str(name) in set(_required(pair.new)) - set(_required(pair.old)):
        return
    steps: Steps = (*pair.steps, str(name))
    kind = _kind(schemas)
    below = _below(schemas)
    rule, level, said = _added(pair, schemas, below)
    yield Found(rule, said, steps, None, kind, level)


def _added(pair: Pair, schemas: Sequence[Any], below: str) -> tuple[str, Severity | None, str]:
    if pair.old.open:
        said = f"The field{below} is described now: values that were kept unchecked may be invalid."
        return "field-described", None, said
    found = node(schemas)
    if found.values("default"):
        return "field-added", None, f"A new field{below}; its default appears in stored objects."
    if _required(found):
        said = f"A new field{below}, some required where it is given; it is optional itself."
        return "required-in-new-optional", None, said
    return "field-added", None, f"A new field{below}."


def _kind(schemas: Sequence[Any]) -> Any:
    return type_of(node(schemas)) or "any"


def _below(schemas: Sequence[Any]) -> str:
    number = fields_below(schemas)
    return f" with {counted(number, 'field')} below" if number else ""

"""Whether a validation rule goes through something without a largest size.

The API server estimates the worst case and refuses a rule over its budget. The estimate is not
repeated here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from k8s_datamodel.api import written_path
from k8s_datamodel_plugins.grading.refusals.cel_releases import without_texts
from k8s_datamodel_plugins.grading.refusals.nodes_of import PlacedNode
from k8s_datamodel_plugins.grading.schema.found import Steps
from k8s_datamodel_plugins.grading.schema.leaf_values import type_of
from k8s_datamodel_plugins.grading.schema.schema_nodes import Node, node

_THROUGH = re.compile(
    r"(?<![\w.])(\w+)((?:\.\??\w+)*)\.(?:all|exists|exists_one|existsOne|map|filter|transform\w+)\("
    r"\s*(\w+)\s*,"
)
_SEARCHED = re.compile(
    r"(?<![\w.])(\w+)((?:\.\??\w+)*)\.(?:contains|endsWith|find|findAll|indexOf|lastIndexOf|lowerAscii"
    r"|matches|replace|split|startsWith|upperAscii)\("
)
_ESCAPES = (("__dot__", "."), ("__dash__", "-"), ("__slash__", "/"), ("__underscores__", "__"))
_KEYWORD = re.compile(r"__(\w+?)__")

_Variables = dict[str, "tuple[Steps, Node]"]


def costly(rule: str, place: PlacedNode) -> str | None:
    """The path of what has no largest size and a rule goes through; None if it has one."""
    code = without_texts(rule)
    variables: _Variables = {"self": (place.steps, place.node)}
    unbounded = place.unbounded
    for match in _THROUGH.finditer(code):
        found = _resolved(variables, match[1], match[2])
        if found is None:
            continue
        steps, through = found
        if not _bounded(through):
            return written_path(steps)
        if through.items:
            variables[match[3]] = (steps, node(through.items))
    return next(_searched(code, variables), None) if unbounded else None


def _searched(code: str, variables: _Variables) -> Iterator[str]:
    for match in _SEARCHED.finditer(code):
        found = _resolved(variables, match[1], match[2])
        if found and type_of(found[1]) == "string" and not _short(found[1]):
            yield written_path(found[0])


def _short(text: Node) -> bool:
    return any(text.values(keyword) for keyword in ("maxLength", "enum", "format"))


def _bounded(through: Node) -> bool:
    if type_of(through) == "array":
        return bool(through.values("maxItems"))
    return not through.map_values or bool(through.values("maxProperties"))


def _resolved(variables: _Variables, name: str, path: str) -> tuple[Steps, Node] | None:
    """Where ``self.a.b`` leads; None where that is not known."""
    if name not in variables:
        return None
    steps, here = variables[name]
    for step in filter(None, path.replace("?", "").split(".")):
        key = _unescaped(step)
        schemas: list[Any] = here.schemas_of(key)
        if not schemas:
            return None
        steps, here = (*steps, key), node(schemas)
    return steps, here


def _unescaped(name: str) -> str:
    """The name of a property as the schema has it. Source: Field paths in Validation rules."""
    keyword = _KEYWORD.fullmatch(name)
    for escape, text in _ESCAPES:
        if name == escape:
            return text
        name = name.replace(escape, text)
    return keyword[1] if keyword and name == keyword[0] else name

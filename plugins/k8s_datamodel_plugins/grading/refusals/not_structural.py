"""Why a schema is not structural: an API server refuses a CRD in v1 with such a schema.

Source: Specifying a structural schema, in the Kubernetes documentation; apiextensions-apiserver,
pkg/apiserver/schema/validation.go. Only what people write by mistake is looked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from k8s_datamodel.api import written_path
from k8s_datamodel_plugins.grading.refusals.nodes_of import PlacedNode
from k8s_datamodel_plugins.grading.schema.leaf_values import type_of
from k8s_datamodel_plugins.grading.schema.schema_nodes import Node

_IN_BRANCHES = ("additionalProperties", "default", "description", "nullable", "title", "type")
_REFUSED = ("$ref", "definitions", "dependencies", "deprecated", "discriminator", "id")
_REFUSED_TOO = ("patternProperties", "readOnly", "uniqueItems", "writeOnly", "xml")


def not_structural(nodes: Iterable[PlacedNode]) -> list[str]:
    """What keeps the schema that has these nodes from being structural, each with its path."""
    return sorted(
        f"{written_path(place.steps) or 'the object'} {why}"
        for place in nodes
        for why in _wrong(place.node, not place.steps)
    )


def _wrong(here: Node, is_root: bool) -> Iterator[str]:
    kind = type_of(here)
    if is_root and kind != "object":
        yield "is not of type object"
    elif kind is None and not here.open:
        yield "has no type"
    if kind == "array" and not here.items:
        yield "is a list without items"
    if here.values("properties") and here.map_values:
        yield "has both properties and additionalProperties"
    for keyword, value in here.left:
        if keyword in (*_REFUSED, *_REFUSED_TOO) and value not in (None, False):
            yield f"has {keyword}"
    yield from _in_branches(here)


def _in_branches(here: Node) -> Iterator[str]:
    """Keywords of ``allOf`` that only the node itself may have; the first part is the node."""
    integer_or_string = here.flag("x-kubernetes-int-or-string")
    for part in here.parts[1:]:
        for keyword in _IN_BRANCHES:
            if keyword in part and not (keyword == "type" and integer_or_string):
                yield f"has {keyword} in a branch of allOf"

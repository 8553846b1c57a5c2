"""The nodes of one schema, each with its path and whether there may be very many of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from k8s_datamodel.api import AnyItem, AnyKey
from k8s_datamodel_plugins.grading.schema.found import Steps
from k8s_datamodel_plugins.grading.schema.schema_nodes import Node, node


class PlacedNode(NamedTuple):
    """A node of a schema; ``unbounded`` if it is below a list or map without a largest size."""

    steps: Steps
    node: Node
    unbounded: bool = False


def nodes_of(schema: Any) -> Iterator[PlacedNode]:
    """The nodes that fields have, outside of ``anyOf``, ``oneOf`` and ``not``."""
    waiting = [PlacedNode((), node([schema]))]
    while waiting:
        here = waiting.pop()
        yield here
        steps, each, unbounded = here
        for name in each.names():
            below = node(each.schemas_of(name))
            waiting.append(PlacedNode((*steps, str(name)), below, unbounded))
        if each.items:
            many = unbounded or not each.values("maxItems")
            waiting.append(PlacedNode((*steps, AnyItem()), node(each.items), many))
        if each.map_values and True not in each.values("additionalProperties"):
            many = unbounded or not each.values("maxProperties")
            waiting.append(PlacedNode((*steps, AnyKey()), node(each.map_values), many))

"""Kubernetes' own keywords of a node: how lists and maps merge, embedded resources; defaults."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from k8s_datamodel.api import Severity
from k8s_datamodel_plugins.grading.in_words import shown
from k8s_datamodel_plugins.grading.schema.found import Found
from k8s_datamodel_plugins.grading.schema.leaf_values import type_of
from k8s_datamodel_plugins.grading.schema.pairs import Concern, Pair
from k8s_datamodel_plugins.grading.schema.schema_nodes import Node, node


def _list_type(found: Node) -> list[Any]:
    kind = found.value("x-kubernetes-list-type") or "atomic"
    return [kind, sorted(found.value("x-kubernetes-list-map-keys") or [])]


def _judge_list_type(pair: Pair, old: list[Any], new: list[Any]) -> Iterator[Found]:
    maps = new[0] == "set" and type_of(node(pair.new.items)) == "object"
    said = f"The list is {_listed_by(new)}, it was {_listed_by(old)}: "
    if maps:
        said += "server-side apply of a list with maps as a set fails."
    elif new[0] == "atomic":
        said += "an apply now replaces it as a whole, others' items too."
    else:
        said += "items that are the same by that are refused, and who owns an item changes."
    level: Severity | None = "breaking" if maps else None
    keywords = ("x-kubernetes-list-type", "x-kubernetes-list-map-keys")
    name = keywords[0] if old[0] != new[0] else keywords[1]
    yield pair.found("list-type-changed", said, *pair.values(name), level)


def _listed_by(kind: list[Any]) -> str:
    return f"{kind[0]} by {', '.join(kind[1])}" if kind[1] else str(kind[0])


def _map_type(found: Node) -> Any:
    return found.value("x-kubernetes-map-type") or "granular"


def _judge_map_type(pair: Pair, old: Any, new: Any) -> Iterator[Found]:
    said = f"The map is {new}, it was {old}: who owns which field under server-side apply changes."
    yield pair.found("map-type-changed", said, *pair.values("x-kubernetes-map-type"))


def _embedded(found: Node) -> bool:
    return found.flag("x-kubernetes-embedded-resource")


def _judge_embedded(pair: Pair, old: bool, new: bool) -> Iterator[Found]:
    if new:
        said = "It must be a complete object now: any write of one without apiVersion is refused."
        yield pair.found("embedded-resource-added", said, old, new)
    else:
        said = (
            "It is no complete object now: of apiVersion, kind and metadata only named fields stay."
        )
        yield pair.found("embedded-resource-removed", said, old, new)


def _default(found: Node) -> list[Any]:
    """The default in a list, which is empty without one: null and false are defaults too."""
    return found.values("default")


def _judge_default(pair: Pair, old: list[Any], new: list[Any]) -> Iterator[Found]:
    before, after = pair.values("default")
    if not old:
        said = f"The default {shown(after)} appears in stored objects as soon as they are read."
        yield pair.found("default-added", said, before, after)
    elif new:
        said = f"The default is {shown(after)}, it was {shown(before)}: what is stored stays."
        yield pair.found("default-changed", said, before, after)
    else:
        said = f"The default {shown(before)} is gone: who relied on it must write the field."
        level: Severity | None = "breaking" if pair.required else None
        if level:
            said = f"The default {shown(before)} is gone, and the field is required."
        yield pair.found("default-removed", said, before, after, level)


EXTENSIONS = (
    Concern("x-kubernetes-list-type", _list_type, _judge_list_type),
    Concern("x-kubernetes-map-type", _map_type, _judge_map_type),
    Concern("x-kubernetes-embedded-resource", _embedded, _judge_embedded),
    Concern("default", _default, _judge_default),
)

"""Lists that are sets or maps: no item twice.

Source: apiextensions-apiserver ``pkg/apiserver/schema/listtype/validation.go``.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Iterator
from typing import Any

from k8s_datamodel_plugins.structural.failures import Failure, Path
from k8s_datamodel_plugins.structural.nodes import Node

RULE = "listType"


def list_failures(value: Any, node: Node | None) -> list[Failure]:
    """The items that stand twice in a set or a map, anywhere in a value."""
    found: list[Failure] = []
    if node is not None and node.has_unique_lists:
        _walk(value, node, (), found)
    return found


def _walk(value: Any, node: Node, path: Path, found: list[Failure]) -> None:
    if isinstance(value, dict):
        for key, below in value.items():
            known = node.child(key)
            if known is not None and known.has_unique_lists:
                _walk(below, known, (*path, key), found)
    elif isinstance(value, list):
        if node.list_type == "set":
            found.extend(_repeated(map(_identity, value), path))
        elif node.list_type == "map":
            found.extend(_map_failures(value, node, path))
        if node.items is not None and node.items.has_unique_lists:
            for at, below in enumerate(value):
                _walk(below, node.items, (*path, at), found)


def _map_failures(value: list[Any], node: Node, path: Path) -> Iterator[Failure]:
    for at, item in enumerate(value):
        if item is not None and not isinstance(item, dict):
            yield Failure(RULE, (*path, at), "must be an object in a list of type map")
            return
    keys = (
        tuple(_identity((item or {})[key]) if key in (item or {}) else () for key in node.list_keys)
        for item in value
    )
    yield from _repeated(keys, path)


def _repeated(identities: Iterable[Hashable], path: Path) -> Iterator[Failure]:
    seen: dict[Hashable, int] = {}
    for at, identity in enumerate(identities):
        times = seen[identity] = seen.get(identity, 0) + 1
        if times == 2:  # noqa: PLR2004 - the first repetition is told, the others are not
            yield Failure(RULE, (*path, at), "is there already")


def _identity(value: Any) -> Hashable:
    if isinstance(value, (dict, list)):
        return json.dumps(value, sort_keys=True)
    return (type(value), value)

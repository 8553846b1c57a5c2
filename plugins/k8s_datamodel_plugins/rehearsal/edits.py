"""The changes that an edit or a controller would make, to see what the server says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from k8s_datamodel_plugins.structural import Node, Path, copied, failures_of, is_hidden

LABEL = "rehearsal.k8s-datamodel/label"
_TIMES = ("2001-02-03T04:05:06Z", "2002-03-04T05:06:07Z")
_FIXED = frozenset({"apiVersion", "kind", "metadata"})


def labelled(obj: dict[str, Any]) -> dict[str, Any]:
    """The object with one more label; shares the rest with the object."""
    meta = obj.get("metadata") or {}
    labels = meta.get("labels")
    labels = {**(labels if isinstance(labels, dict) else {}), LABEL: "yes"}
    return {**obj, "metadata": {**meta, "labels": labels}}


def with_other_condition_time(obj: dict[str, Any]) -> dict[str, Any]:
    """The object as a controller writes its status: the first condition has another time."""
    changed = {**obj, "status": copied(obj["status"])} if "status" in obj else dict(obj)
    status = changed.get("status")
    conditions = status.get("conditions") if isinstance(status, dict) else None
    for condition in conditions if isinstance(conditions, list) else ():
        if isinstance(condition, dict) and isinstance(condition.get("lastTransitionTime"), str):
            old = condition["lastTransitionTime"]
            condition["lastTransitionTime"] = _TIMES[old == _TIMES[0]]
            break
    return changed


def edited(obj: dict[str, Any], node: Node, paths: Iterable[Path]) -> Iterator[dict[str, Any]]:
    """For each path: the object with another scalar of the same parent changed, where there is one.

    Args:
        obj: As the server reads it; stays as it is.
        node: Its new schema.
        paths: Of what a finding concerns, with the indices of items.
    """
    done: set[Path] = set()
    for path in paths:
        change = _sibling_change(obj, node, path)
        if change is None or change[0] in done:
            continue
        done.add(change[0])
        again = copied(obj)
        place: Any = again
        for step in change[0][:-1]:
            place = place[step]
        place[change[0][-1]] = change[1]
        yield again


def _sibling_change(obj: Any, node: Node, path: Path) -> tuple[Path, Any] | None:
    parent, schema = _parent(obj, node, path)
    if not isinstance(parent, dict):
        return None
    for key in sorted(parent):
        if key == path[-1] or (len(path) == 1 and key in _FIXED):
            continue
        below = schema.child(key) if schema is not None else None
        for value in _others(parent[key], below):
            if below is None or not failures_of(value, below):
                return (*path[:-1], key), value
    return None


def _parent(obj: Any, node: Node, path: Path) -> tuple[Any, Node | None]:
    here: Any = obj
    schema: Node | None = node
    for step in path[:-1]:
        if isinstance(step, int):
            if not isinstance(here, list) or step >= len(here):
                return None, None
            schema = schema.items if schema is not None else None
        elif isinstance(here, dict) and step in here:
            schema = schema.child(step) if schema is not None else None
        else:
            return None, None
        here = here[step]
    return (None, None) if not path or path[0] in _FIXED else (here, schema)


def _others(value: Any, node: Node | None) -> Iterator[Any]:
    """Values of the same kind that are not the given one."""
    if is_hidden(value):
        return
    if node is not None and node.enum:
        yield from (one for one in node.enum if type(one) is type(value) and one != value)
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, (int, float)):
        yield from (value + 1, value - 1)
    elif isinstance(value, str):
        yield from (f"{value}x", f"{value}1", value[:-1])

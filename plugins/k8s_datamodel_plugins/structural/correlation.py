"""Which old value a new one comes from, and whether it is the same.

Since Kubernetes 1.30 an update forgives the failures of what did not change. Source:
``k8s.io/apiserver/pkg/cel/common`` (equality.go, maplist.go).
"""

from __future__ import annotations

from typing import Any

from k8s_datamodel_plugins.structural.failures import Path
from k8s_datamodel_plugins.structural.nodes import Node


def alike(a: Any, b: Any) -> bool:
    """Whether two JSON values are equal as Go sees them: 1, 1.0 and true are three values."""
    if a is b:
        return True
    if isinstance(a, dict) and isinstance(b, dict):
        return len(a) == len(b) and all(key in b and alike(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(alike, a, b))
    return type(a) is type(b) and bool(a == b)


class Correlated:
    """A value beside the old value that it comes from.

    Args:
        value: The new value.
        old: The old one.
        node: The schema of both, which says how items of a list find each other.
    """

    __slots__ = ("_by_key", "_same", "node", "old", "value")

    def __init__(self, value: Any, old: Any, node: Node) -> None:
        self.value = value
        self.old = old
        self.node = node
        self._same: bool | None = None
        self._by_key: dict[Any, Any] | None = None

    def key(self, name: str) -> Correlated | None:
        """The field of an object; None if it is new, or of an unspecified kind."""
        if not isinstance(self.value, dict) or not isinstance(self.old, dict):
            return None
        node = self.node.child(name)
        if node is None or name not in self.old or name not in self.value:
            return None
        return Correlated(self.value[name], self.old[name], node)

    def index(self, at: int) -> Correlated | None:
        """The item of a list; None unless the list is a map with an old item of the same keys."""
        node = self.node
        if node.list_type != "map" or node.items is None or not isinstance(self.value, list):
            return None
        old = self._old_items().get(_keys(self.value[at], node.list_keys))
        return None if old is None else Correlated(self.value[at], old, node.items)

    def nearest(self, path: Path) -> Correlated:
        """The value at a path below, or the nearest one above it that has an old value."""
        here = self
        for step in path:
            below = here.index(step) if isinstance(step, int) else here.key(step)
            if below is None:
                break
            here = below
        return here

    def _old_items(self) -> dict[Any, Any]:
        if self._by_key is None:
            self._by_key = {}
            for item in self.old if isinstance(self.old, list) else ():
                keys = _keys(item, self.node.list_keys)
                if keys is not None:
                    self._by_key.setdefault(keys, item)
        return self._by_key

    def same(self) -> bool:
        """Whether nothing changed, as the server sees it.

        The order of the items of a map's list is no change. An object with a field that its schema
        does not name never counts as unchanged: the server finds no old value for the field.
        """
        if self._same is None:
            self._same = self._compare()
        return self._same

    def _compare(self) -> bool:
        value, old = self.value, self.old
        if type(value) is not type(old):
            return False
        if isinstance(value, dict):
            return len(value) == len(old) and all(self._same_key(name) for name in value)
        if isinstance(value, list) and self.node.list_type == "map":
            return len(value) == len(old) and all(map(self._same_item, range(len(value))))
        return alike(value, old)

    def _same_key(self, name: str) -> bool:
        below = self.key(name)
        return below is not None and below.same()

    def _same_item(self, at: int) -> bool:
        below = self.index(at)
        return below is not None and below.same()


def _keys(item: Any, names: tuple[str, ...]) -> tuple[Any, ...] | None:
    """The values of an item's keys; None if one is missing or no scalar."""
    if not isinstance(item, dict):
        return None
    keys = []
    for name in names:
        value = item.get(name)
        if not isinstance(value, (bool, int, float, str)):
            return None
        keys.append((type(value), value))
    return tuple(keys)

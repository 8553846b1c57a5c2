"""Which part of the old object a part of the new one is, for transition rules and ratcheting.

The source is k8s.io/apiserver, pkg/cel/common (equality.go, maplist.go).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from k8s_datamodel_plugins.structural import alike

Schema = Mapping[str, Any]


@dataclass
class Pair:
    """A value and the old value that it replaces."""

    new: Any
    old: Any
    schema: Schema
    _equal: bool | None = None
    _keyed: Keyed | None = None

    def at_key(self, key: str) -> Pair | None:
        """The pair of a property or a map's value; None if one side lacks it."""
        if not (isinstance(self.new, dict) and isinstance(self.old, dict)):
            return None
        if key not in self.new or key not in self.old:
            return None
        schema = (self.schema.get("properties") or {}).get(key)
        if schema is None:
            schema = self.schema.get("additionalProperties")
        if not isinstance(schema, Mapping):
            return None
        return Pair(self.new[key], self.old[key], schema)

    def at_index(self, index: int) -> Pair | None:
        """The pair of an item of a list of type `map`; None for every other list."""
        if not (isinstance(self.new, list) and isinstance(self.old, list)):
            return None
        items = self.schema.get("items")
        if self._keyed is None:
            self._keyed = Keyed(self.schema, self.old)
        old = self._keyed.like(self.new[index])
        if old is None or not isinstance(items, Mapping):
            return None
        return Pair(self.new[index], old, items)

    @property
    def equal(self) -> bool:
        """Whether nothing changed; a list of type `map` may be in another order."""
        if self._equal is None:
            self._equal = self._compare()
        return self._equal

    def _compare(self) -> bool:
        if isinstance(self.new, dict) and isinstance(self.old, dict):
            return len(self.new) == len(self.old) and all(
                _unchanged(self.at_key(key)) for key in self.new
            )
        if isinstance(self.new, list) and isinstance(self.old, list):
            if len(self.new) != len(self.old):
                return False
            if self.schema.get("x-kubernetes-list-type") == "map":
                return all(_unchanged(self.at_index(index)) for index in range(len(self.new)))
        return alike(self.new, self.old)


def _unchanged(pair: Pair | None) -> bool:
    return pair is not None and pair.equal


class Keyed:
    """The items of a list of type `map`, found by their keys; of any other list none."""

    def __init__(self, schema: Schema, items: Any) -> None:
        is_map = schema.get("x-kubernetes-list-type") == "map"
        self._keys = tuple(schema.get("x-kubernetes-list-map-keys") or ()) if is_map else ()
        self._items: dict[Any, Any] = {}
        if self._keys and isinstance(items, list):
            for item in items:
                self._items.setdefault(self._key(item), item)
        self._items.pop(None, None)

    def like(self, item: Any) -> Any:
        """The first item that has an item's keys, or None."""
        return self._items.get(self._key(item)) if self._items else None

    def _key(self, item: Any) -> tuple[tuple[type, Any], ...] | None:
        if not isinstance(item, dict):
            return None
        values = [item.get(key) for key in self._keys]
        if not all(isinstance(value, (bool, int, float, str)) for value in values):
            return None
        return tuple((type(value), value) for value in values)


@dataclass(frozen=True)
class Ratchet:
    """Whether a failure is forgiven because nothing changed.

    Attributes:
        current: The pair at a place; None where old and new cannot be told to belong together.
        nearest: The pair of the nearest place above that has one.
    """

    current: Pair | None = None
    nearest: Pair | None = None

    @property
    def forgives(self) -> bool:
        """Whether a failure at this place is forgiven."""
        pair = self.current if self.current is not None else self.nearest
        return pair is not None and pair.equal

    def at_key(self, key: str) -> Ratchet:
        """The ratchet of a property or a map's value."""
        if self.current is None:
            return self
        if self.nearest is None and key in {"apiVersion", "kind"}:
            return Ratchet()
        return Ratchet(self.current.at_key(key), self.current)

    def at_index(self, index: int) -> Ratchet:
        """The ratchet of an item of a list."""
        if self.current is None:
            return self
        return Ratchet(self.current.at_index(index), self.current)

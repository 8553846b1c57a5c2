"""A complete object whose content is read from a store once somebody asks for something of it."""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterator, KeysView, Mapping, ValuesView
from typing import Any

from k8s_datamodel.data.objects import KubernetesObject, RedactedObject


class LazyObject(RedactedObject):
    """A ``RedactedObject`` of a store that need not be read to be stored again.

    Python's own operations read it first. What is written in C for plain dicts looks past them, so
    the host gives foreign code only objects that are ``opened``.

    Attributes:
        named: namespace (empty without one) and name, where they are known without reading it.
    """

    __slots__ = ("_load", "named")
    named: tuple[str, str] | None

    def __init__(
        self, load: Callable[[], KubernetesObject], named: tuple[str, str] | None = None
    ) -> None:
        super().__init__()
        self._load: Callable[[], KubernetesObject] | None = load
        self.named = named

    def open(self) -> None:
        """Read it, unless it was read. Raises what the store raises."""
        load = self._load
        if load is not None:
            self.update(load())
            self._load = None

    def __getitem__(self, key: str) -> Any:
        self.open()
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        """As of a dict."""
        self.open()
        return super().get(key, default)

    def __contains__(self, key: object) -> bool:
        self.open()
        return super().__contains__(key)

    def __iter__(self) -> Iterator[str]:
        self.open()
        return super().__iter__()

    def __reversed__(self) -> Iterator[str]:
        self.open()
        return super().__reversed__()

    def __len__(self) -> int:
        self.open()
        return super().__len__()

    def keys(self) -> KeysView[str]:  # type: ignore[override]  # a dict's own are no such class
        """As of a dict."""
        self.open()
        return super().keys()

    def items(self) -> ItemsView[str, Any]:  # type: ignore[override]
        """As of a dict."""
        self.open()
        return super().items()

    def values(self) -> ValuesView[Any]:  # type: ignore[override]
        """As of a dict."""
        self.open()
        return super().values()

    def copy(self) -> dict[str, Any]:
        """As of a dict."""
        self.open()
        return super().copy()

    def __eq__(self, other: object) -> bool:
        self.open()
        return super().__eq__(opened(other))

    __hash__ = None  # type: ignore[assignment]

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __or__(self, other: Any) -> dict[str, Any]:  # type: ignore[override]
        self.open()
        return super().__or__(opened(other))

    def __ror__(self, other: Any) -> dict[str, Any]:  # type: ignore[override]
        self.open()
        return super().__ror__(other)

    def __repr__(self) -> str:
        self.open()
        return super().__repr__()


def opened(item: Any) -> Any:
    """The same, read if it is an object that was not."""
    if isinstance(item, LazyObject):
        item.open()
    return item


def named(item: Mapping[str, Any]) -> tuple[str, str]:
    """Namespace (empty without one) and name of an object, without reading it where they are known.

    Raises KeyError if it has no name.
    """
    if isinstance(item, LazyObject) and item.named is not None:
        return item.named
    metadata = item["metadata"]
    return metadata.get("namespace", ""), metadata["name"]

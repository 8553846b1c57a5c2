"""Whether server-side apply can read an object: by type, not by rules.

It compares the whole stored object with the schema before it changes a field, and answers 500
where a value has another type, where an item of a set is no scalar, or where an old version of
``managedFields`` is gone. Sources: structured-merge-diff ``typed/validate.go``, kube-openapi
``pkg/schemaconv``.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

from k8s_datamodel_plugins.structural.checking import is_hidden
from k8s_datamodel_plugins.structural.failures import Failure, Path
from k8s_datamodel_plugins.structural.nodes import Node
from k8s_datamodel_plugins.structural.shaping import META_FIELDS

RULE = "apply"
_PLAIN_FORMATS = ("", "byte")
_SCALARS = (bool, int, float, str)
_KINDS: dict[type, str] = {
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    dict: "object",
    list: "array",
}


def apply_failures(obj: dict[str, Any], node: Node, *, repeats: bool = True) -> list[Failure]:
    """Why a stored object cannot be the object of a server-side apply.

    Args:
        obj: As the server reads it: pruned, and with defaults.
        node: The schema of its version.
        repeats: Whether a set may hold an item twice, as an object in its own version may.
    """
    walk = _Walk(repeats)
    walk.object(obj, node, (), preserves=False, is_root=True)
    return walk.found


def missing_versions(api_versions: Iterable[str], known: Iterable[str]) -> list[Failure]:
    """The versions in an object's ``managedFields`` that its CRD does not have any more.

    Args:
        api_versions: ``apiVersion`` of each entry.
        known: Those of the CRD, as ``group/version``.
    """
    gone = sorted(set(api_versions) - set(known))
    place: Path = ("metadata", "managedFields")
    return [
        Failure(RULE, place, f"names {version}, which the CRD does not have", api_version=version)
        for version in gone
    ]


class _Walk:
    def __init__(self, repeats: bool) -> None:
        self.found: list[Failure] = []
        self._repeats = repeats

    def value(self, value: Any, node: Node, path: Path, preserves: bool) -> None:
        kind = node.declared[0]
        if value is None or is_hidden(value):
            return  # what was redacted may have been of any type
        preserves = preserves or node.preserves
        if isinstance(value, dict) and kind in ("", "object"):
            self.object(value, node, path, preserves=preserves)
        elif isinstance(value, list) and kind in ("", "array"):
            self.list(value, node, path, preserves)
        elif not _is_scalar_of(value, node):
            self._say(path, f"must be {kind}, is {_KINDS.get(type(value), type(value).__name__)}")

    def object(
        self,
        value: dict[str, Any],
        node: Node,
        path: Path,
        *,
        preserves: bool,
        is_root: bool = False,
    ) -> None:
        preserves = preserves or node.preserves
        keeps_meta = is_root or node.embedded
        free = preserves or node.open or not (node.properties or keeps_meta)
        for key, below in value.items():
            if keeps_meta and key in META_FIELDS:
                continue
            known = node.child(key)
            if known is not None:
                self.value(below, known, (*path, key), preserves)
            elif not free:
                self._say((*path, key), "is not in the schema")

    def list(self, value: list[Any], node: Node, path: Path, preserves: bool) -> None:
        identities: set[Hashable] = set()
        for at, item in enumerate(value):
            place = (*path, at)
            if node.list_type in ("set", "map"):
                identity = self._identity(item, node, place)
                if identity is None:
                    return
                if identity in identities and not self._repeats:
                    self._say(place, "is there already")
                identities.add(identity)
            if node.items is not None:
                self.value(item, node.items, place, preserves)

    def _identity(self, item: Any, node: Node, path: Path) -> Hashable | None:
        if not node.list_keys:
            if isinstance(item, _SCALARS):
                return (type(item), item)
            self._say(path, "is no scalar, as an item of a set must be")
            return None
        if not isinstance(item, dict):
            self._say(path, "is no object, as an item of a map must be")
            return None
        keys = tuple(self._key(item, name, node.items) for name in node.list_keys)
        if all(key is None for key in keys):
            self._say(path, "has none of the keys of its list")
            return None
        return keys

    @staticmethod
    def _key(item: dict[str, Any], name: str, node: Node | None) -> Hashable:
        known = node.properties.get(name) if node is not None else None
        value = item.get(name, known.default if known is not None else None)
        return None if name not in item and value is None else (type(value), repr(value))

    def _say(self, path: Path, message: str) -> None:
        self.found.append(Failure(RULE, path, message))


def _is_scalar_of(value: Any, node: Node) -> bool:
    kind, format_ = node.declared
    if not isinstance(value, _SCALARS):
        return False
    if kind in ("integer", "number"):
        return not isinstance(value, (bool, str))
    if kind == "boolean":
        return isinstance(value, bool)
    if kind == "string":
        return isinstance(value, str) or format_ not in _PLAIN_FORMATS
    return kind == ""

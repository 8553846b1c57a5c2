"""Keep objects as compact JSON: kilobytes where Python's dictionaries need a megabyte."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from k8s_datamodel.api import Trace, trace_of
from k8s_datamodel_plugins.object_parts import mapping, text
from k8s_datamodel_plugins.sources.dump.bounds import MAX_DEPTH, MAX_OBJECT_BYTES

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)
_SMALL = 1024
_FASTEST = 1


@dataclass(frozen=True, slots=True)
class Packed:
    """A mapping from a document, perhaps a Kubernetes object.

    Attributes:
        data: JSON in UTF-8, compressed if ``compressed``.
        size: bytes of the JSON.
        api_version: as found; ``""`` if missing or not text.
        kind: the same.
        metadata: ``name``, ``namespace``, ``uid``, ``resourceVersion`` and
            ``creationTimestamp``, where they are text.
        flaw: why it is not a Kubernetes object although it looks like one; empty if it is.
        listed: it has ``items``, so it may be a list of objects.
        trace: of who made it; None of a built-in kind.
    """

    data: bytes
    compressed: bool
    size: int
    api_version: str
    kind: str
    metadata: dict[str, str]
    flaw: str
    listed: bool
    trace: Trace | None = None

    @property
    def group(self) -> str:
        """API group, ``""`` for the core group."""
        return self.api_version.rpartition("/")[0]

    def load(self) -> dict[str, Any]:
        """The mapping."""
        data = zlib.decompress(self.data) if self.compressed else self.data
        loaded: dict[str, Any] = json.loads(data)
        return loaded

    def typed(self, api_version: str, kind: str) -> Packed:
        """The same with ``apiVersion`` and ``kind`` if it lacks them, as in a typed list."""
        if self.api_version and self.kind:
            return self
        value = {"apiVersion": api_version, "kind": kind}
        value |= {k: v for k, v in self.load().items() if v or k not in value}
        return pack(value)


def pack(value: dict[str, Any]) -> Packed:
    """A mapping as compact JSON. Raises ValueError if it is too large or too deep."""
    if _deeper(value, MAX_DEPTH):
        raise ValueError(f"nested deeper than {MAX_DEPTH} levels")
    data = _encode(value)
    if len(data) > MAX_OBJECT_BYTES:
        raise ValueError("larger than any Kubernetes object")
    compressed = len(data) > _SMALL
    api_version = text(value.get("apiVersion")) or ""
    return Packed(
        data=zlib.compress(data, _FASTEST) if compressed else data,
        compressed=compressed,
        size=len(data),
        api_version=api_version,
        kind=text(value.get("kind")) or "",
        metadata=_identity(mapping(value.get("metadata"))),
        flaw=_flaw(value.get("metadata")),
        listed="items" in value,
        trace=trace_of(value) if "." in api_version.partition("/")[0] else None,
    )


def take(element: Any) -> Any:
    """Pack the mappings among a list's elements; other elements stay."""
    return pack(element) if isinstance(element, dict) else element


def _encode(value: Any) -> bytes:
    written = _ENCODER.encode(value)
    try:
        return written.encode()
    except UnicodeEncodeError:  # half a surrogate pair, which Go also replaces
        return written.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def _deeper(value: Any, levels: int) -> bool:
    level = [value]
    for _ in range(levels):
        level = [
            child
            for node in level
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, (dict, list))
        ]
        if not level:
            return False
    return True


_IDENTITY = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")


def _identity(metadata: Mapping[str, Any]) -> dict[str, str]:
    return {key: value for key in _IDENTITY if (value := text(metadata.get(key)))}


def _flaw(metadata: Any) -> str:
    """The first thing that the API server would reject, and that no later code expects."""
    if metadata is None:
        return ""
    if not isinstance(metadata, dict):
        return "metadata is not a mapping"
    for key in ("name", "namespace"):
        if not isinstance(metadata.get(key, ""), (str, type(None))):
            return f"metadata.{key} is not text"
    for key in ("labels", "annotations"):
        if not isinstance(metadata.get(key), (dict, type(None))):
            return f"metadata.{key} is not a mapping"
    return ""

"""Small readings of Kubernetes objects that several built-ins share."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from k8s_datamodel.api import KubernetesObject

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"

_RFC3339 = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.\d+)?(?:[Zz]|[+-]00:00)?$")


def mapping(value: Any) -> Mapping[str, Any]:
    """The value if it is a mapping, else an empty one: files hold anything."""
    return value if isinstance(value, (dict, Mapping)) else {}  # asking for a dict is cheap


def sequence(value: Any) -> Sequence[Any]:
    """The value if it is a list, else an empty one."""
    return value if isinstance(value, list) else ()


def text(value: Any) -> str | None:
    """The value if it is text that says something, else None."""
    return value if isinstance(value, str) and value else None


def integer(value: Any) -> int | None:
    """The value if it is a whole number, else None."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def texts(value: Any) -> list[str]:
    """The texts of a list."""
    return [item for item in sequence(value) if isinstance(item, str)]


def metadata_of(item: KubernetesObject) -> Mapping[str, Any]:
    """``metadata``."""
    return mapping(item.get("metadata"))


def labels_of(item: KubernetesObject) -> dict[str, Any]:
    """``metadata.labels``."""
    return dict(mapping(metadata_of(item).get("labels")))


def annotations_of(item: KubernetesObject) -> dict[str, Any]:
    """``metadata.annotations`` without the copy of the object that kubectl leaves there."""
    found = dict(mapping(metadata_of(item).get("annotations")))
    found.pop(LAST_APPLIED, None)
    return found


def timestamp(value: Any) -> str | None:
    """An RFC 3339 time in UTC, as the API writes it, as ``YYYY-MM-DD HH:MM:SS``."""
    match = _RFC3339.match(value) if isinstance(value, str) else None
    return f"{match[1]} {match[2]}" if match else None


def created(item: KubernetesObject) -> str | None:
    """``metadata.creationTimestamp`` as ``YYYY-MM-DD HH:MM:SS``."""
    return timestamp(metadata_of(item).get("creationTimestamp"))

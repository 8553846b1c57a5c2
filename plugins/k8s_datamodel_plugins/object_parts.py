"""Read small parts of Kubernetes objects; columns that several built-ins share."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from k8s_datamodel.api import Column, KubernetesObject, Row

_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"

_RFC3339 = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.\d+)?(?:[Zz]|[+-]00:00)?$")
_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")

LONGEST_NAME = 253
"""Letters of the longest name that the API server takes (RFC 1123)."""


def is_name(text: str) -> bool:
    """Whether the API server takes a text for the name of most objects (RFC 1123)."""
    return len(text) <= LONGEST_NAME and _NAME.fullmatch(text) is not None


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
    return mapped(metadata_of(item).get("labels"))


def annotations_of(item: KubernetesObject) -> dict[str, Any]:
    """``metadata.annotations`` without the copy of the object that kubectl leaves there."""
    return annotated(metadata_of(item).get("annotations"))


def mapped(value: Any) -> dict[str, Any]:
    """A copy of a mapping, empty for what is none."""
    return dict(mapping(value))


def annotated(value: Any) -> dict[str, Any]:
    """Annotations without the copy of the object that kubectl leaves there."""
    return {key: each for key, each in mapping(value).items() if key != _LAST_APPLIED}


def timestamp(value: Any) -> str | None:
    """An RFC 3339 time in UTC, as the API writes it, as ``YYYY-MM-DD HH:MM:SS``."""
    match = _RFC3339.match(value) if isinstance(value, str) else None
    return f"{match[1]} {match[2]}" if match else None


def name_of(item: KubernetesObject) -> str:
    """``metadata.name``."""
    return str(metadata_of(item).get("name") or "")


def full_name(row: Row) -> str:
    """``namespace/name`` of a row, or ``name`` of what is in no namespace."""
    return "/".join(str(part) for part in (row.get("namespace"), row.get("name")) if part)


def text_column(name: str, path: str, description: str, **more: Any) -> Column:
    """A column of the text at a path, null for what is no text or an empty one."""
    return Column(name, path=path, value=_HERE + "text", description=description, **more)


def texts_column(name: str, path: str, description: str, **more: Any) -> Column:
    """A column of the texts of the list at a path."""
    return Column(name, "list", path=path, value=_HERE + "texts", description=description, **more)


_HERE = f"{__name__}:"
NAME = _HERE + "name_of"
INTEGER = _HERE + "integer"
TIMESTAMP = _HERE + "timestamp"

CREATED = Column(
    "creation_timestamp",
    title="Created",
    show="wide",
    path=".metadata.creationTimestamp",
    value=TIMESTAMP,
    description="When it was created, UTC",
    importance=40,
)
LABELS = Column(
    "labels", "json", path=".metadata.labels", value=_HERE + "mapped", description="Labels"
)
ANNOTATIONS = Column(
    "annotations",
    "json",
    path=".metadata.annotations",
    value=_HERE + "annotated",
    description="Annotations without last-applied",
)

"""Kubernetes objects, and the records and rows made of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from k8s_datamodel.data.memos import Memo

KubernetesObject = Mapping[str, Any]
"""A complete Kubernetes object as decoded JSON: ``apiVersion``, ``kind``, ``metadata``, ..."""

_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of the Kubernetes API.

    Attributes:
        group: API group, ``""`` for the core group.
        version: a served version, such as ``v1``.
        plural: lower-case plural, as it stands in URLs.
        kind: CamelCase kind.
        namespaced: whether its objects live in namespaces.
    """

    group: str
    version: str
    plural: str
    kind: str
    namespaced: bool = True

    @property
    def name(self) -> str:
        """``plural.group`` as kubectl and CRD names spell it; the core group has no suffix."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def path(self) -> str:
        """URL path of the cluster-wide list, such as ``/apis/apps/v1/deployments``."""
        root = ("apis", self.group) if self.group else ("api",)
        return "".join(f"/{quote(part, safe='')}" for part in (*root, self.version, self.plural))


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a resource type.

    Attributes:
        values: by column name; a column that is left out is null. ``list`` columns take sequences
            of strings, ``json`` columns any JSON value.
        spec: the complete object.
        beside: JSON values by name that are known besides, for whoever judges later; they are kept
            with the snapshot, and stand in no column and no document. A function is called only
            where the record is stored. The host adds ``field_managers``.
        row: what a store may note of its row, by the host, where the next run may find it again.
    """

    values: Mapping[str, Any]
    spec: KubernetesObject
    beside: Mapping[str, Any] | Callable[[], Mapping[str, Any]] = field(default_factory=dict)
    row: RowNote | None = field(default=None, compare=False, repr=False)


class RowNote:
    """What a store noted of the row of a record, or can note of it now.

    Args:
        known: what it noted when it stored a record that is equal in all columns that are not
            volatile, and in its object; empty when it noted nothing yet. Whoever finds no such row
            any more makes it anew: the record's values are whole.
        keep: takes what is to be noted.
    """

    __slots__ = ("_keep", "known")

    def __init__(self, known: str, keep: Callable[[str], None]) -> None:
        self.known = known
        self._keep = keep

    def note(self, text: str) -> None:
        """Keep a text that names the row in this store."""
        self._keep(text)


Row = Mapping[str, Any]
"""One record as it is read back: by column name, with ``spec`` where it was asked for."""

Identity = tuple[Any, ...]
"""The values of the columns that name a row."""


def in_order(identity: Identity) -> tuple[tuple[bool, Any], ...]:
    """What sorts identities: by code point, null first."""
    return tuple((value is not None, value) for value in identity)


FieldManager = tuple[str, str, str, str]
"""``apiVersion``, ``manager``, ``operation`` and ``subresource`` of an entry of
``managedFields``; empty where it has none."""


class ReadObject(dict[str, Any]):
    """A complete object without its bookkeeping. Treat it as read-only.

    Attributes:
        field_managers: the distinct managers of its fields; None where nobody knows them.
        memo: what was made of it alone; None where nobody keeps that.
    """

    field_managers: tuple[FieldManager, ...] | None = None
    memo: Memo | None = None


class RedactedObject(ReadObject):
    """A complete object that is redacted already. Treat it as read-only.

    Under the salt of the run and today's ``REDACTION_RULES``, as it was read or by an earlier run.
    """


def field_managers_of(complete: KubernetesObject) -> tuple[FieldManager, ...]:
    """The distinct managers of an object's fields, sorted.

    Source: ManagedFieldsEntry in the API reference.
    """
    metadata = complete.get("metadata")
    entries = metadata.get("managedFields") if isinstance(metadata, (dict, Mapping)) else None
    if not isinstance(entries, (list, tuple)):
        return ()
    found = {_field_manager(each) for each in entries if isinstance(each, (dict, Mapping))}
    return tuple(sorted(found))


def _field_manager(entry: Mapping[str, Any]) -> FieldManager:
    get = entry.get
    return (
        str(get("apiVersion") or ""),
        str(get("manager") or ""),
        str(get("operation") or ""),
        str(get("subresource") or ""),
    )


def without_bookkeeping(complete: KubernetesObject) -> KubernetesObject:
    """The object without ``managedFields`` and without the annotation that repeats it.

    Unchanged parts are shared with it; itself if it has neither. What a store is given has neither.
    Source: ObjectMeta in the API reference; Declarative Management of Kubernetes Objects.
    """
    metadata = complete.get("metadata")
    if not isinstance(metadata, (dict, Mapping)):
        return complete
    annotations = metadata.get("annotations") or {}
    repeated = isinstance(annotations, (dict, Mapping)) and _LAST_APPLIED in annotations
    if not (repeated or "managedFields" in metadata):
        return complete
    kept = {key: value for key, value in metadata.items() if key != "managedFields"}
    if repeated:
        kept["annotations"] = {k: v for k, v in annotations.items() if k != _LAST_APPLIED}
        if not kept["annotations"]:
            del kept["annotations"]
    return {**complete, "metadata": kept}

"""Kubernetes objects, and the records and rows made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

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
    """

    values: Mapping[str, Any]
    spec: KubernetesObject


Row = Mapping[str, Any]
"""One record as it is read back: by column name, with ``spec`` where it was asked for."""


class RedactedObject(dict[str, Any]):
    """A complete object that is redacted already. Treat it as read-only.

    Under the salt of the run and today's ``REDACTION_RULES``, as it was read or by an earlier run.
    """


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

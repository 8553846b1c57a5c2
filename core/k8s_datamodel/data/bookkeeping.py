"""Metadata that is not stored: ``managedFields`` and the last-applied annotation."""

from __future__ import annotations

from collections.abc import Mapping

from k8s_datamodel.data.objects import KubernetesObject

_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


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

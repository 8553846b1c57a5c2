"""Makes records of CustomResourceDefinitions, and has their instances counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from k8s_datamodel.api import (
    Chunk,
    CollectContext,
    Count,
    KubernetesObject,
    Outcome,
    Record,
)
from k8s_datamodel_plugins.definitions import (
    CRDS,
    conditions_of,
    instances_of,
    served_versions,
    storage_version,
    unserved,
)
from k8s_datamodel_plugins.object_parts import (
    annotations_of,
    created,
    labels_of,
    mapping,
    metadata_of,
    text,
    texts,
)


def collect(context: CollectContext) -> Iterator[Record]:
    """One record for each CRD. The counts of a chunk are on their way while the next is read."""
    before: tuple[Chunk, Iterator[Count]] | None = None
    for chunk in context.chunks(CRDS):
        counts = context.count([instances_of(crd) for crd in chunk if not unserved(crd)])
        if before:
            yield from _records(*before)
        before = (chunk, counts)
    if before:
        yield from _records(*before)


def _records(chunk: Chunk, counts: Iterator[Count]) -> Iterable[Record]:
    for crd in chunk:
        why_not = unserved(crd)
        count = Count(None, None, Outcome("skipped", why_not)) if why_not else next(counts)
        yield Record({**_described(crd), **_counted(count)}, crd)


def _counted(count: Count) -> dict[str, Any]:
    reason = None if count.value is not None else count.outcome.reason or count.outcome.status
    return {
        "instance_count": count.value,
        "instance_count_method": count.method,
        "instance_count_reason": reason,
    }


def _described(crd: KubernetesObject) -> dict[str, Any]:
    spec = mapping(crd.get("spec"))
    status = mapping(crd.get("status"))
    names = mapping(spec.get("names"))
    established = conditions_of(crd).get("Established")
    return {
        "name": str(metadata_of(crd).get("name") or ""),
        "group_name": text(spec.get("group")),
        "version": storage_version(crd),
        "kind": text(names.get("kind")),
        "plural": text(names.get("plural")),
        "singular": text(names.get("singular")) or str(names.get("kind") or "").lower() or None,
        "scope": text(spec.get("scope")),
        "served_versions": served_versions(crd),
        "storage_version": storage_version(crd),
        "stored_versions": texts(status.get("storedVersions")),
        "short_names": texts(names.get("shortNames")),
        "categories": texts(names.get("categories")),
        "conversion_strategy": text(mapping(spec.get("conversion")).get("strategy")) or "None",
        "established": established.get("status") == "True" if established else None,
        "creation_timestamp": created(crd),
        "labels": labels_of(crd),
        "annotations": annotations_of(crd),
    }

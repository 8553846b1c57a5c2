"""Makes records of CustomResourceDefinitions, and has their instances counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from k8s_datamodel.api import (
    CollectContext,
    Count,
    KubernetesObject,
    Outcome,
    Page,
    Record,
    Resource,
)
from k8s_datamodel_plugins.crds import CRDS
from k8s_datamodel_plugins.objects import (
    annotations_of,
    created,
    labels_of,
    mapping,
    metadata_of,
    sequence,
    text,
    texts,
)


def collect(context: CollectContext) -> Iterator[Record]:
    """One record for each CRD. The counts of a page are on their way while the next is read."""
    before: tuple[Page, Iterator[Count]] | None = None
    for page in context.pages(CRDS):
        counts = context.count([_instances(crd) for crd in page if not uncountable(crd)])
        if before:
            yield from _records(*before)
        before = (page, counts)
    if before:
        yield from _records(*before)


def uncountable(crd: KubernetesObject) -> str:
    """Why the API server cannot list a CRD's instances; empty when it can.

    A CRD that is not ``Established`` is not served, and its 404 is no zero. A CRD without a
    status (from a manifest) says nothing of the kind: the source knows.
    """
    conditions = _conditions(crd)
    for wanted in ("NamesAccepted", "Established"):
        condition = conditions.get(wanted)
        if condition and condition.get("status") != "True":
            why = text(condition.get("message")) or text(condition.get("reason")) or "not so"
            return f"{wanted} is {condition.get('status')}: {why}"
    if _from_server(crd) and "Established" not in conditions:
        return "not established yet"
    if _from_server(crd) and not _served(crd):
        return "no version is served"
    return ""


def storage_version(crd: KubernetesObject) -> str | None:
    """The version in which new objects are stored (v1: with ``storage``; v1beta1: the first)."""
    spec = mapping(crd.get("spec"))
    for version in _versions(crd):
        if version.get("storage") is True:
            return text(version.get("name"))
    return text(spec.get("version")) or next(
        (text(version.get("name")) for version in _versions(crd)), None
    )


def _from_server(crd: KubernetesObject) -> bool:
    return bool(metadata_of(crd).get("uid"))


def _conditions(crd: KubernetesObject) -> Mapping[str, Mapping[str, Any]]:
    found = sequence(mapping(crd.get("status")).get("conditions"))
    return {str(mapping(item).get("type")): mapping(item) for item in found}


def _versions(crd: KubernetesObject) -> Sequence[Mapping[str, Any]]:
    return [mapping(item) for item in sequence(mapping(crd.get("spec")).get("versions"))]


def _served(crd: KubernetesObject) -> list[str]:
    """Names of served versions; v1beta1 had a single ``version`` beside the list."""
    versions = _versions(crd)
    if not versions:
        return texts([mapping(crd.get("spec")).get("version")])
    return texts([version.get("name") for version in versions if version.get("served", True)])


def _instances(crd: KubernetesObject) -> Resource:
    """What to count, at the storage version if served: then no webhook must convert."""
    spec = mapping(crd.get("spec"))
    names = mapping(spec.get("names"))
    stored = storage_version(crd)
    served = _served(crd)
    version = stored if stored in served else next(iter(served), stored)
    return Resource(
        group=str(spec.get("group") or ""),
        version=version or "",
        plural=str(names.get("plural") or ""),
        kind=str(names.get("kind") or ""),
        namespaced=spec.get("scope") != "Cluster",
    )


def _records(page: Page, counts: Iterator[Count]) -> Iterable[Record]:
    for crd in page:
        why_not = uncountable(crd)
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
    established = _conditions(crd).get("Established")
    return {
        "name": str(metadata_of(crd).get("name") or ""),
        "group_name": text(spec.get("group")),
        "version": storage_version(crd),
        "kind": text(names.get("kind")),
        "plural": text(names.get("plural")),
        "singular": text(names.get("singular")) or str(names.get("kind") or "").lower() or None,
        "scope": text(spec.get("scope")),
        "served_versions": _served(crd),
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

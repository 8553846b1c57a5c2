"""The steps of the API server on one custom resource, one function each.

Sources: apiextensions-apiserver ``pkg/apiserver/customresource_handler.go`` and
``pkg/registry/customresource``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from k8s_datamodel_plugins.rehearsal.cel_seam import cel_failures
from k8s_datamodel_plugins.rehearsal.crd_sides import CrdSide, Scale, ServedVersion
from k8s_datamodel_plugins.structural import (
    RATCHETING_SINCE,
    Correlated,
    Failure,
    Path,
    Version,
    coerce,
    copied,
    drop_nulls,
    embedded_failures,
    failures_of,
    fill_defaults,
    list_failures,
    object_meta,
    prune,
    root_failures,
    unforgiven,
)

Obj = dict[str, Any]
_MOST_REPLICAS = 2**31 - 1


class UnknownStepError(Exception):
    """A step whose result is not known; the message says why."""


@dataclass
class Reading:
    """An object as the server reads it.

    Attributes:
        obj: In the version that was asked for.
        lost: The unknown fields that were pruned on the way.
        failures: Why it cannot be read.
        is_decoded: Whether it is what a request with this object would be decoded to.
    """

    obj: Obj
    lost: list[Path]
    failures: list[Failure]
    is_decoded: bool


def read(stored: Mapping[str, Any], crd: CrdSide, version: str) -> Reading:
    """An object from etcd: pruned and defaulted in the version in which it is stored, converted.

    Raises:
        UnknownStepError: a webhook converts it, or its version is gone.
    """
    obj = copied(dict(stored))
    held = str(obj.get("apiVersion")).rpartition("/")[2]
    if held not in crd.versions:
        raise UnknownStepError(f"it is stored as {held}, which the CRD does not have")
    node = crd.versions[held].node
    lost, _ = shape(obj, crd, crd.versions[held], dropping=True)
    fill_defaults(obj, node)
    if held == version:
        return Reading(obj, lost, [], is_decoded=not node.has_embedded)
    return Reading(obj, lost, convert(obj, crd, version), is_decoded=False)


def convert(obj: Obj, crd: CrdSide, version: str) -> list[Failure]:
    """Brings an object into another version, in place; returns what stands in the way.

    Raises:
        UnknownStepError: a webhook does it.
    """
    api_version = crd.api_version(version)
    if obj.get("apiVersion") == api_version:
        return []
    if crd.webhook:
        raise UnknownStepError(f"a webhook converts it to {version}")
    obj["apiVersion"] = api_version
    _, failures = shape(obj, crd, crd.versions[version], dropping=False)
    return failures


def shape(
    obj: Obj, crd: CrdSide, version: ServedVersion, *, dropping: bool
) -> tuple[list[Path], list[Failure]]:
    """Prunes, drops nulls and coerces metadata, in place; the unknown fields, and what is wrong."""
    unknown: list[Path] = []
    if not crd.preserves:
        unknown = prune(obj, version.node, is_root=True)
        drop_nulls(obj, version.node)
    more, failures = coerce(obj, version.node, dropping=dropping)
    return unknown + more, failures


def decode(obj: Obj, crd: CrdSide, version: ServedVersion) -> tuple[list[Path], list[Failure]]:
    """A request's object, in place: shaped and defaulted; the unknown fields, and what is wrong."""
    meta, odd, malformed = root_meta(obj)
    unknown, failures = shape(obj, crd, version, dropping=False)
    if meta is not None:
        obj["metadata"] = meta
    fill_defaults(obj, version.node)
    return unknown + odd, failures + malformed


def root_meta(obj: Obj) -> tuple[Obj | None, list[Path], list[Failure]]:
    """What is kept of an object's metadata; the unknown fields, and what is wrong."""
    meta, odd, wrong = object_meta(obj.get("metadata"))
    malformed = [Failure("objectMeta", ("metadata", key), "is malformed") for key in wrong]
    return meta, [("metadata", key) for key in odd], malformed


def creation_failures(
    obj: Obj, version: ServedVersion, structural: list[Failure] | None = None
) -> list[Failure]:
    """What stands against creating a decoded object.

    Args:
        obj: The object.
        version: Where it is created.
        structural: What the schema has against it, if that is known already.
    """
    found = [
        *root_failures(obj, is_new=True),
        *(failures_of(obj, version.node) if structural is None else structural),
        *_scale_failures(obj, version.scale, spec=True),
        *embedded_failures(obj, version.node),
        *list_failures(obj, version.node),
    ]
    return _with_cel(found, obj, version, None, RATCHETING_SINCE)


def update_failures(
    obj: Obj,
    old: Obj,
    version: ServedVersion,
    kubernetes: Version,
    structural: list[Failure] | None = None,
) -> list[Failure]:
    """What stands against an update of the main resource, the object being decoded.

    Args:
        obj: The object that is written.
        old: The one that is there.
        version: Where it is written.
        kubernetes: Since 1.30 failures of what did not change are forgiven.
        structural: What the schema has against it, if that is known already.
    """
    correlated = Correlated(obj, old, version.node)
    if structural is None:
        structural = failures_of(obj, version.node)
    forgiven: list[Failure] = []
    if structural and kubernetes >= RATCHETING_SINCE:
        before, structural = structural, unforgiven(correlated)
        forgiven = [one for one in before if one not in structural]
    found = [
        *root_failures(obj, is_new=False),
        *structural,
        *_scale_failures(obj, version.scale, spec=True),
        *embedded_failures(obj, version.node),
        *_new_list_failures(obj, old, version),
    ]
    return _with_cel(found, obj, version, correlated, kubernetes) + _misread(forgiven, version)


def _misread(forgiven: list[Failure], version: ServedVersion) -> list[Failure]:
    """Values of a wrong type that are forgiven, but that a rule may read: then it is an error."""
    message = "a CEL rule may read it, and its type is not the schema's"
    return [
        Failure("cel", one.path, message, certain=False)
        for one in forgiven
        if one.rule == "type" and version.node.is_ruled_at(one.path)
    ]


def status_failures(
    obj: Obj, old: Obj, version: ServedVersion, kubernetes: Version
) -> list[Failure]:
    """What stands against a write of the status subresource."""
    correlated = Correlated(obj, old, version.node)
    forgiven = failures_of(obj, version.node) if version.has_rules else []
    found = [
        *root_failures(obj, is_new=False),
        *_status_schema_failures(correlated, version, kubernetes),
        *_scale_failures(obj, version.scale, spec=False),
        *_new_list_failures(obj, old, version),
    ]
    return _with_cel(found, obj, version, correlated, kubernetes) + _misread(forgiven, version)


def _status_schema_failures(
    correlated: Correlated, version: ServedVersion, kubernetes: Version
) -> Iterator[Failure]:
    node = version.node.properties.get("status")
    if node is None or "status" not in correlated.value:
        return
    status = correlated.value["status"]
    found = failures_of(status, node)
    if found and kubernetes >= RATCHETING_SINCE:
        below = correlated.key("status") or Correlated(status, None, node)
        found = unforgiven(below)
    for failure in found:
        yield replace(failure, path=("status", *failure.path))


def _new_list_failures(obj: Obj, old: Obj, version: ServedVersion) -> list[Failure]:
    found = list_failures(obj, version.node)
    return [] if found and list_failures(old, version.node) else found


def _with_cel(
    found: list[Failure],
    obj: Obj,
    version: ServedVersion,
    correlated: Correlated | None,
    kubernetes: Version,
) -> list[Failure]:
    if version.has_rules and not any(one.blocks_cel and one.certain for one in found):
        forgives = kubernetes >= RATCHETING_SINCE
        found.extend(cel_failures(version.evaluator, obj, correlated, forgives=forgives))
    return found


def _scale_failures(obj: Obj, scale: Scale | None, *, spec: bool) -> Iterator[Failure]:
    if scale is None:
        return
    for path in (scale.spec_replicas, scale.status_replicas) if spec else (scale.status_replicas,):
        found, value = _nested(obj, path)
        if not found:
            continue
        if type(value) is not int or not 0 <= value <= _MOST_REPLICAS:
            yield Failure("scale", path, "is no number of replicas")
    if scale.selector is not None:
        found, value = _nested(obj, scale.selector)
        if found and not isinstance(value, str):
            yield Failure("scale", scale.selector, "is no selector in text")


def _nested(obj: Any, path: tuple[str, ...]) -> tuple[bool, Any]:
    for key in path:
        if obj is None:
            return False, None
        if not isinstance(obj, dict):
            return True, obj  # the server calls that an error, too
        if key not in obj:
            return False, None
        obj = obj[key]
    return True, obj

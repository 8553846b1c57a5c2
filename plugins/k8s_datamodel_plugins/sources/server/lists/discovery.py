"""Discover the versions of kinds that a server serves, and the APIs that it passes on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from k8s_datamodel.api import Resource
from k8s_datamodel_plugins.sources.server.client import Client, Meter
from k8s_datamodel_plugins.sources.server.wire.faults import RequestError

API_GROUPS = "/apis"
API_SERVICES = "/apis/apiregistration.k8s.io/v1/apiservices"

# The aggregator marks the objects that it made itself, for its own groups and for CRDs:
# k8s.io/kube-aggregator/pkg/controllers/autoregister.
_BY_HAND = {"labelSelector": "!kube-aggregator.kubernetes.io/automanaged"}
_OK, _ABSENT = 200, 404

ALWAYS_SERVED = frozenset({"", "apps", "apiextensions.k8s.io"})
"""Groups that every cluster needs: they are never absent."""

GroupVersion = tuple[str, str]


def at_another_version(
    client: Client, resource: Resource, meter: Meter, missing: str
) -> Resource | None:
    """The same kind at another version of its group, the preferred one first; None if absent.

    Call it after the server said that it does not serve the kind at the requested version. Raises
    RequestError if discovery fails, or contradicts the server's answer ``missing``.
    """
    try:
        return _at_another_version(client, resource, meter)
    except RequestError as fault:
        status = "failed" if fault.status == "absent" else fault.status
        reason = f"{missing}; {fault.reason}"
        raise RequestError(reason, status=status, http_code=fault.http_code) from fault


def _at_another_version(client: Client, resource: Resource, meter: Meter) -> Resource | None:
    for version in _versions(_group(client, resource.group, meter)):
        root = f"{API_GROUPS}/{quote(resource.group, safe='')}/{quote(version, safe='')}"
        for served in _entries(client.get(root, meter), "resources"):
            if (served.get("name"), served.get("kind")) != (resource.plural, resource.kind):
                continue
            if version == resource.version:
                raise RequestError("the server lists it all the same", http_code=_ABSENT)
            return replace(resource, version=version, namespaced=bool(served.get("namespaced")))
    if resource.group in ALWAYS_SERVED:
        name = resource.group or "the core group"
        raise RequestError(f"every API server has {name}", http_code=_ABSENT)
    return None


def group_names(client: Client, meter: Meter) -> frozenset[str]:
    """All API groups of the server. Raises RequestError."""
    return frozenset(str(group.get("name", "")) for group in _groups(client, meter))


def aggregated(client: Client, meter: Meter) -> frozenset[GroupVersion]:
    """Groups and versions that this server passes on to other servers. Raises RequestError."""
    services = _entries(client.get(API_SERVICES, meter, query=_BY_HAND), "items")
    specs = (service.get("spec") or {} for service in services)
    return frozenset(
        (str(spec.get("group", "")), str(spec.get("version", "")))
        for spec in specs
        if spec.get("service")
    )


def _versions(group: Mapping[str, Any]) -> list[str]:
    versions = [str(each.get("version")) for each in _entries(group, "versions")]
    preferred = (group.get("preferredVersion") or {}).get("version")
    return sorted(versions, key=lambda version: version != preferred)


def _groups(client: Client, meter: Meter) -> Iterator[Mapping[str, Any]]:
    answer = client.get(API_GROUPS, meter)
    if answer.get("kind") != "APIGroupList":
        raise RequestError("the answer is JSON, but not the list of API groups", http_code=_OK)
    return _entries(answer, "groups")


def _group(client: Client, name: str, meter: Meter) -> Mapping[str, Any]:
    """A group; empty if the server does not have it.

    Taken from the list of all groups: a gateway that does not know the path also answers 404.
    """
    if not name:
        return {}
    return next((each for each in _groups(client, meter) if each.get("name") == name), {})


def _entries(answer: Mapping[str, Any], key: str) -> Iterator[Mapping[str, Any]]:
    return (each for each in answer.get(key) or () if isinstance(each, dict))

"""What the server serves: at which version a kind is, and which APIs another server answers for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from k8s_datamodel.api import Resource
from k8s_datamodel_plugins.sources.server.client import Client, Meter
from k8s_datamodel_plugins.sources.server.faults import RequestError

API_GROUPS = "/apis"
API_SERVICES = "/apis/apiregistration.k8s.io/v1/apiservices"

# The aggregator marks what it made itself, for its own groups and for CRDs:
# k8s.io/kube-aggregator/pkg/controllers/autoregister.
_BY_HAND = {"labelSelector": "!kube-aggregator.kubernetes.io/automanaged"}
_ABSENT = 404

GroupVersion = tuple[str, str]


def at_another_version(client: Client, resource: Resource, meter: Meter) -> Resource | None:
    """The same kind at another version that its group serves, the preferred one first.

    Returns:
        None when no version has it.

    Raises:
        RequestError: the group could not be looked up.
    """
    if not resource.group:
        return None
    root = f"{API_GROUPS}/{resource.group}"
    group = _or_absent(client, root, meter)
    for version in _versions(group):
        if version == resource.version:
            continue
        for served in _entries(_or_absent(client, f"{root}/{version}", meter), "resources"):
            if (served.get("name"), served.get("kind")) == (resource.plural, resource.kind):
                namespaced = bool(served.get("namespaced"))
                return replace(resource, version=version, namespaced=namespaced)
    return None


def group_names(client: Client, meter: Meter) -> frozenset[str]:
    """All API groups that the server knows. Raises RequestError."""
    groups = _entries(client.get(API_GROUPS, meter), "groups")
    return frozenset(str(group.get("name", "")) for group in groups)


def aggregated(client: Client, meter: Meter) -> frozenset[GroupVersion]:
    """Groups and versions that this server passes on to others. Raises RequestError."""
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


def _or_absent(client: Client, path: str, meter: Meter) -> Mapping[str, Any]:
    try:
        return client.get(path, meter)
    except RequestError as fault:
        if fault.http_code == _ABSENT and fault.status == "absent":
            return {}
        raise


def _entries(answer: Mapping[str, Any], key: str) -> Iterator[Mapping[str, Any]]:
    return (each for each in answer.get(key) or () if isinstance(each, dict))

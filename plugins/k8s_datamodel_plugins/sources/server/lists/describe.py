"""Describe a cluster: version, identity, size, platform. Each of these reads may fail alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import quote

from k8s_datamodel.api import ClusterInfo, LedgerEntry, Outcome, Resource
from k8s_datamodel_plugins.sources.platforms import platform
from k8s_datamodel_plugins.sources.server.background import in_background
from k8s_datamodel_plugins.sources.server.client import JSON, VERSION, Client, Meter
from k8s_datamodel_plugins.sources.server.lists.counting import Ownership, count
from k8s_datamodel_plugins.sources.server.lists.discovery import (
    API_GROUPS,
    API_SERVICES,
    group_names,
)
from k8s_datamodel_plugins.sources.server.lists.paging import fetch
from k8s_datamodel_plugins.sources.server.wire.faults import RequestError

_NAMESPACES = "/api/v1/namespaces"

_NODES = Resource("", "v1", "nodes", "Node", namespaced=False)
# Nodes of one cluster are much alike; one has 10 to 30 kB.
_NODES_LOOKED_AT = 10

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class ReadValue(Generic[Value]):
    """A value, or None, and the outcome of its read."""

    value: Value | None
    outcome: Outcome


def server_version(client: Client) -> ReadValue[str]:
    """The server's ``gitVersion``."""
    return _find(lambda meter: str(client.version(meter)["gitVersion"]))


def look_up_namespace(client: Client, name: str) -> Outcome:
    """Whether the server has a namespace; ``absent`` is the server's own answer."""
    return _find(lambda meter: client.get(f"{_NAMESPACES}/{quote(name, safe='')}", meter)).outcome


def describe(
    client: Client,
    ownership: Ownership,
    context: str,
    version: ReadValue[str],
    note: Callable[[LedgerEntry], None],
) -> ClusterInfo:
    """Describe the cluster in parallel reads; ``note`` gets an optional entry for each read."""
    asked = (
        in_background(lambda: _find(lambda meter: _uid(client, meter))),
        in_background(lambda: _find(lambda meter: _nodes(client, ownership, meter))),
        in_background(lambda: _find(lambda meter: group_names(client, meter))),
        in_background(ownership.read),
    )
    uid, nodes, groups = asked[0].result(), asked[1].result(), asked[2].result()
    for read, outcome in (
        (VERSION, version.outcome),
        ("namespaces/kube-system", uid.outcome),
        (_NODES.name, nodes.outcome),
        (API_GROUPS, groups.outcome),
        (API_SERVICES.rpartition("/")[2] + ".apiregistration.k8s.io", asked[3].result()),
    ):
        note(LedgerEntry("", read, outcome, optional=True))
    number, some = nodes.value or (None, ())
    return ClusterInfo(
        context=context,
        uid=uid.value,
        version=version.value,
        platform=platform(version.value, some, groups.value or ()),
        nodes=number,
        source="kubernetes",
    )


def _uid(client: Client, meter: Meter) -> str:
    return str(client.get(f"{_NAMESPACES}/kube-system", meter)["metadata"]["uid"])


def _nodes(
    client: Client, ownership: Ownership, meter: Meter
) -> tuple[int | None, Sequence[dict[str, Any]]]:
    """The number of nodes, and some of them."""
    chunk = fetch(client, _NODES.path, meter, JSON, _NODES_LOOKED_AT, "")
    if not chunk.token:
        return len(chunk.items), chunk.items
    if chunk.remaining is not None:
        return len(chunk.items) + chunk.remaining, chunk.items
    return count(client, ownership, _NODES, None).value, chunk.items


def _find(ask: Callable[[Meter], Value]) -> ReadValue[Value]:
    meter = Meter()
    try:
        return ReadValue(ask(meter), meter.outcome("complete"))
    except RequestError as fault:
        return ReadValue(None, meter.failure(fault))
    except (AttributeError, KeyError, TypeError):
        return ReadValue(None, meter.outcome("failed", "the answer has an unexpected form", 200))

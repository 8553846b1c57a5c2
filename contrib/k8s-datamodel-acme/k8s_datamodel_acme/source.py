"""The source ``acme``: a live cluster, with a token that the broker gives for this one run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from k8s_datamodel.api import (
    ClusterInfo,
    Count,
    ElasticSource,
    LedgerEntry,
    Listing,
    ListRequest,
    NamespaceSource,
    Outcome,
    Resource,
    Source,
    SourceRequest,
    UsageError,
)
from k8s_datamodel_acme.broker import Broker


def open_source(request: SourceRequest) -> Source:
    """Get a token and open the live source with it.

    Raises:
        UsageError: there is no such cluster, or the settings are not right.
        SourceError: the broker or the cluster does not answer.
    """
    cluster = request.location.partition("://")[2].strip("/")
    broker = Broker()
    names = broker.clusters()
    if cluster not in names:
        raise UsageError(f"--source: Acme has no cluster {cluster!r}; there are {', '.join(names)}")
    live: Source = request.opener(
        replace(
            request,
            location="",
            context=cluster,
            kubeconfig=None,
            kubeconfig_data=_kubeconfig(cluster, broker.access(cluster)),
        )
    )
    return AcmeSource(live)


def _kubeconfig(name: str, access: Mapping[str, Any]) -> dict[str, Any]:
    """What kubectl would be given; here it is never written to a file."""
    cluster = {"server": access["server"]}
    if authority := access.get("certificate-authority-data"):
        cluster["certificate-authority-data"] = authority
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": name,
        "clusters": [{"name": name, "cluster": cluster}],
        "users": [{"name": name, "user": {"token": access["token"]}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
    }


class AcmeSource:
    """The live source, which calls itself ``acme``."""

    def __init__(self, live: Source) -> None:
        self._live = live

    def describe(self, note: Callable[[LedgerEntry], None]) -> ClusterInfo:
        """What the live source says of the cluster."""
        return replace(self._live.describe(note), source="acme")

    def list(self, request: ListRequest) -> Listing:
        """What the live source gives."""
        return self._live.list(request)

    def count(self, resource: Resource, namespace: str | None = None) -> Count:
        """What the live source counts."""
        return self._live.count(resource, namespace)

    def namespace(self, name: str) -> Outcome:
        """Whether the live source has a namespace."""
        if isinstance(self._live, NamespaceSource):
            return self._live.namespace(name)
        return Outcome("skipped", "the live source does not tell")

    def at_once(self) -> int:
        """How much the live source can do at once."""
        return self._live.at_once() if isinstance(self._live, ElasticSource) else 4

    def close(self) -> None:
        """Close the live source."""
        self._live.close()

"""Opens a path as a source and reads it to the end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from k8s_datamodel.api import (
    Chunk,
    ClusterInfo,
    Count,
    LedgerEntry,
    ListRequest,
    Outcome,
    Resource,
    Source,
    SourceRequest,
)
from k8s_datamodel_plugins.sources.paths import open_source
from support.forked import ok, run

CRDS = Resource(
    "apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", False
)
DEPLOYMENTS = Resource("apps", "v1", "deployments", "Deployment")
CSVS = Resource(
    "operators.coreos.com", "v1alpha1", "clusterserviceversions", "ClusterServiceVersion"
)
CONFIGMAPS = Resource("", "v1", "configmaps", "ConfigMap")
WIDGETS = Resource("example.com", "v1", "widgets", "Widget")
GADGETS = Resource("example.com", "v1", "gadgets", "Gadget", False)


class Opened:
    """An open path: what it says of its cluster, its ledger, its lists."""

    def __init__(
        self,
        location: Path | str,
        *resources: Resource,
        factory: Callable[[SourceRequest], Source] = open_source,
    ) -> None:
        self.progress: list[str] = []
        request = SourceRequest(
            str(location), resources=resources or (CONFIGMAPS,), progress=self.progress.append
        )
        self.source = factory(request)
        self.ledger: list[LedgerEntry] = []
        self.info: ClusterInfo = self.source.describe(self.ledger.append)

    def chunks(
        self, resource: Resource = CONFIGMAPS, namespace: str | None = None
    ) -> tuple[list[Chunk], Outcome]:
        listing = self.source.list(ListRequest(resource, namespace))
        return list(listing), listing.outcome

    def objects(self, resource: Resource = CONFIGMAPS, namespace: str | None = None) -> list[Any]:
        return [item for chunk in self.chunks(resource, namespace)[0] for item in chunk]

    def outcome(self, resource: Resource = CONFIGMAPS, namespace: str | None = None) -> Outcome:
        return self.chunks(resource, namespace)[1]

    def count(self, resource: Resource, namespace: str | None = None) -> Count:
        return self.source.count(resource, namespace)

    def names(self, resource: Resource = CONFIGMAPS, namespace: str | None = None) -> list[str]:
        return [item["metadata"]["name"] for item in self.objects(resource, namespace)]

    def entries(self, status: str) -> dict[str, str]:
        """Reasons of the ledger's entries of a status, by what was read."""
        return {
            entry.read: entry.outcome.reason
            for entry in self.ledger
            if entry.outcome.status == status
        }

    @property
    def incomplete(self) -> bool:
        return any(entry.incomplete for entry in self.ledger)


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    """Write files by their paths below a folder; the folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def configmap(name: str, **data: str) -> str:
    """A ConfigMap in YAML, its data as written."""
    lines = "".join(f"  {key}: {value}\n" for key, value in data.items())
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\ndata:\n{lines}"


def live(kind: str, name: str, namespace: str | None = None, **more: Any) -> dict[str, Any]:
    """An object of ``example.com/v1`` as a server gives it."""
    place = {"namespace": namespace} if namespace else {}
    uid = f"uid-{kind}-{namespace}-{name}"
    metadata = {"name": name, **place, "uid": uid, "resourceVersion": "7"}
    return {"apiVersion": "example.com/v1", "kind": kind, "metadata": metadata, **more}


def stored(database: Path, source: Path | str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A source as ``database store`` keeps it: its row in the list, its ledger by read."""
    run("--db-path", database, "--source", source, "database", "store")
    (row,) = ok("--db-path", database, "database", "list", "-o", "json").json
    shown = ok("--db-path", database, "database", "show", "1", "--ledger", "-o", "json").json
    return row, {each["read"]: each for each in shown["ledger"]}

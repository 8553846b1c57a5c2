"""A source with objects in memory, whose lists end as a test wants."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, MutableSequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from k8s_datamodel.contracts.sources import ListRequest
from k8s_datamodel.data.chunks import Chunk, Listing
from k8s_datamodel.data.ledger import Count, LedgerEntry, Outcome, Status
from k8s_datamodel.data.objects import KubernetesObject, Resource
from k8s_datamodel.data.snapshots import ClusterInfo
from k8s_datamodel.data.traces import traces_of

_CLUSTER = ClusterInfo("test", "uid-of-test", "v1.30.0", source="objects")
_CODES: Mapping[Status, int] = {"forbidden": 403, "absent": 404, "failed": 500}


@dataclass(frozen=True, slots=True)
class Ending:
    """How a list ends that does not end well.

    Attributes:
        status: of its outcome.
        chunks: how many it gives before.
    """

    status: Status
    chunks: int = 0

    @property
    def outcome(self) -> Outcome:
        """The outcome of such a read."""
        return Outcome(self.status, f"{self.status}, as the test wants", _CODES.get(self.status))


@dataclass(slots=True)
class ObjectsSource:
    """A ``contracts.Source`` over complete objects in memory.

    Attributes:
        objects: of any kinds, each with ``apiVersion``, ``kind`` and ``metadata``.
        chunk_size: objects in a chunk.
        endings: by name of a resource (``deployments.apps``), for lists that do not end well.
            Such a list is not counted either.
        cluster: what the source says of its cluster.
        listed: names of the resources that were listed, in order; filled by use.
        closed: whether ``close`` was called.
    """

    objects: Iterable[KubernetesObject]
    chunk_size: int = 500
    endings: Mapping[str, Ending] = field(default_factory=dict)
    cluster: ClusterInfo = _CLUSTER
    listed: MutableSequence[str] = field(default_factory=list)
    closed: bool = False

    def __post_init__(self) -> None:
        self.objects = list(self.objects)

    def describe(self, note: Callable[[LedgerEntry], None]) -> ClusterInfo:
        """The cluster, without any read."""
        return self.cluster

    def list(self, request: ListRequest) -> Listing:
        """The objects of a resource, in the order given."""
        self.listed.append(request.resource.name)
        found = self._found(request.resource, request.namespace)
        chunks = [found[n : n + self.chunk_size] for n in range(0, len(found), self.chunk_size)]
        if ending := self.endings.get(request.resource.name):
            return Listing([*chunks[: ending.chunks], ending.outcome])
        return Listing([*chunks, Outcome("complete", objects=len(found))])

    def count(self, resource: Resource, namespace: str | None = None) -> Count:
        """How many there are; unknown where the list does not end well."""
        if ending := self.endings.get(resource.name):
            return Count(None, None, ending.outcome)
        found = self._found(resource, namespace)
        outcome = Outcome("complete", objects=len(found))
        return Count(len(found), "exact", outcome, traces_of(found))

    def close(self) -> None:
        """Note that it was called."""
        self.closed = True

    def _found(self, resource: Resource, namespace: str | None) -> Chunk:
        wanted = namespace if resource.namespaced else None
        return [
            item
            for item in self.objects
            if item.get("kind") == resource.kind
            and str(item.get("apiVersion")).rpartition("/")[0] == resource.group
            and wanted in (None, item["metadata"].get("namespace"))
        ]


def manifests(folder: str | Path) -> tuple[KubernetesObject, ...]:
    """All objects of the YAML and JSON files below a folder, in order of their paths.

    Raises FileNotFoundError if there is no such file.
    """
    paths = sorted(p for p in Path(folder).rglob("*") if p.suffix in (".yaml", ".yml", ".json"))
    if not paths:
        raise FileNotFoundError(f"there is no .yaml, .yml or .json file below {folder}")
    return tuple(item for path in paths for item in _objects(path))


def _objects(path: Path) -> Iterable[KubernetesObject]:
    import yaml  # noqa: PLC0415 - only who has files pays for it

    for document in yaml.safe_load_all(path.read_text(encoding="utf-8")):
        yield from _unlisted(document)


def _unlisted(document: Any) -> Iterable[KubernetesObject]:
    """The object, or those of a List; nothing for an empty document."""
    if isinstance(document, dict) and isinstance(document.get("items"), list):
        kind = str(document.get("kind")).removesuffix("List")
        of_list = {"apiVersion": document.get("apiVersion"), "kind": kind}
        for item in document["items"]:  # a server leaves out of each what the list says for all
            yield item if "kind" in item else {**of_list, **item}
    elif document:
        yield document

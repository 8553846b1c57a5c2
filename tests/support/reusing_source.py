"""A source over objects in memory that takes unchanged ones from a store, as a live one does."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from k8s_datamodel.api import (
    Chunk,
    ClusterInfo,
    Count,
    KubernetesObject,
    LedgerEntry,
    ListFingerprint,
    Listing,
    ListRequest,
    Outcome,
    Resource,
    ResourceType,
    ReusableLists,
    Snapshot,
    StorageRequest,
    named,
)
from k8s_datamodel.data.asked import Asked
from k8s_datamodel.plugins.registry import Registry
from k8s_datamodel.reading.pipeline import start
from k8s_datamodel.reading.storing import StoreOptions, store
from k8s_datamodel.testing import ObjectsSource
from k8s_datamodel_plugins.sql.store import SqlStore, open_store

CLUSTER = ClusterInfo("made", "uid-of-made", "v1.30.1", "eks", 5, "kubernetes")
KEY = b"a salt that never changes, as the"


class ReusingSource:
    """``objects`` have a uid and a resourceVersion; ``reused`` and ``read`` count them.

    ``unchanged`` are the names of lists of which none had to be given; ``listed`` of all. Without
    ``whole_lists`` all are given.
    """

    def __init__(
        self,
        objects: Iterable[KubernetesObject],
        cluster: ClusterInfo = CLUSTER,
        *,
        whole_lists: bool = True,
    ) -> None:
        self._whole_lists = whole_lists
        self._source = ObjectsSource(objects, chunk_size=7, cluster=cluster)
        self.reused = self.read = 0
        self.unchanged: set[str] = set()
        self.listed: set[str] = set()

    def describe(self, note: Callable[[LedgerEntry], None]) -> ClusterInfo:
        return self._source.describe(note)

    def list(self, request: ListRequest) -> Listing:
        return Listing(self._parts(request))

    def _parts(self, request: ListRequest) -> Iterator[Chunk | Outcome]:
        self.listed.add(request.resource.name)
        objects = [each for chunk in self._source.list(request) for each in chunk]
        state = partial(_state, objects)
        lists = request.reusable if self._whole_lists else None
        if isinstance(lists, ReusableLists) and lists.unchanged(
            request.resource, request.definition, state
        ):
            self.unchanged.add(request.resource.name)
            self.reused += len(objects)
            yield Outcome("complete", objects=len(objects), reused=len(objects))
            return
        listing = self._source.list(request)
        for chunk in listing:
            versions = {_of(each, "uid"): _of(each, "resourceVersion") for each in chunk}
            reusable, asked = request.reusable, (request.resource, versions, request.definition)
            found = reusable.find(*asked) if reusable else {}
            self.reused += len(found)
            self.read += len(chunk) - len(found)
            yield [found.get(_of(each, "uid"), each) for each in chunk]
        yield listing.outcome

    def count(self, resource: Resource, namespace: str | None = None) -> Count:
        return self._source.count(resource, namespace)

    def close(self) -> None:
        self._source.close()


def _state(objects: Iterable[KubernetesObject]) -> str:
    fingerprint = ListFingerprint()
    for each in objects:
        fingerprint.add(*named(each), _of(each, "uid"), _of(each, "resourceVersion"))
    return str(fingerprint)


def _of(item: KubernetesObject, name: str) -> str:
    return str(item["metadata"][name])


def served(objects: Iterable[Any]) -> list[dict[str, Any]]:
    """The objects as an API server gives them: each with uid, resourceVersion, managed fields."""
    made = []
    for number, each in enumerate(objects, start=1):
        metadata = each["metadata"]
        names = [each["apiVersion"], each["kind"], metadata.get("namespace"), metadata["name"]]
        uid = hashlib.sha256(repr(names).encode()).hexdigest()[:32]
        fields = [{"apiVersion": "v1", "manager": "kubectl", "operation": "Update"}]
        more = {"uid": uid, "resourceVersion": str(number), "managedFields": fields}
        more["generation"] = metadata.get("generation", 1)
        made.append({**each, "metadata": {**metadata, **more}})
    return made


def stored(
    url: str | Path,
    source: ReusingSource,
    registry: Registry,
    types: Sequence[ResourceType],
    **options: Any,
) -> Snapshot:
    """Stores a snapshot of these types and everything that is read on request."""
    opened = open_store(StorageRequest(str(url), tuple(types), create=True))
    asked = Asked({each.name: ("*",) for each in types if each.on_request})
    try:
        with start(lambda: source, registry, types, asked=asked, storing=True) as run:
            return store(run, opened, replace(StoreOptions(key=KEY), **options))
    finally:
        opened.close()


def digests(url: str | Path, number: int, types: Sequence[ResourceType]) -> dict[str, list[str]]:
    """The digest of each record of each type of a snapshot, in order, as 32 hex digits."""
    opened: SqlStore = open_store(StorageRequest(str(url), tuple(types)))
    try:
        return {
            each.name: [
                hashlib.sha256(one.content + one.columns + one.state).hexdigest()[:32]
                for one in opened.digests(number, each.name)
            ]
            for each in types
        }
    finally:
        opened.close()

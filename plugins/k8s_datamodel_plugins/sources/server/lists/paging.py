"""One list of an API server, chunk by chunk, with one chunk always on its way.

A list that expires (410: the server has compacted the version it was begun at) is restarted once,
from its beginning. What was handed out before cannot be taken back, so the restarted list is held
against it: if the server still has each of those objects, at the same resourceVersion, then the
whole is what the server held at one time, and the list is complete. Otherwise, or if it expires
again, it is read to its end all the same and called inconsistent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any, TypeAlias
from urllib.parse import quote

from k8s_datamodel.api import Chunk, Listing, ListRequest, Outcome, Resource
from k8s_datamodel_plugins.sources.server.background import Helper
from k8s_datamodel_plugins.sources.server.client import JSON, METADATA, Client, Meter
from k8s_datamodel_plugins.sources.server.wire.faults import RequestError

Object: TypeAlias = dict[str, Any]
Identity: TypeAlias = tuple[str, str, str]
"""Uid, namespace and name: servers that make objects up may give several one uid, or none."""

Selected: TypeAlias = Mapping[str, str]
"""Parameters of the request that limit a list: ``labelSelector``, ``fieldSelector``."""

FIRST_CHUNK = 100
"""Complete objects asked for before it is known how large they are."""

_METADATA_LIST = "PartialObjectMetadataList"
_SHOWN = 60
_GONE = 410
_OK = 200
_MOST_EXPIRIES = 20
# Of an announced number, which is an estimate where another server keeps the objects.
_TOLERANCE = 2
_SLACK = 100


@dataclass(frozen=True, slots=True)
class RawChunk:
    """One answer to a list request, of ``size`` bytes.

    ``token`` is where the next chunk begins, empty at the end; ``remaining`` is how many objects
    follow, None when the server does not say.
    """

    items: list[Object]
    token: str
    remaining: int | None
    size: int


def fetch(
    client: Client,
    path: str,
    meter: Meter,
    accept: str,
    limit: int,
    token: str = "",
    selected: Selected = MappingProxyType({}),
    resource: Resource | None = None,
) -> RawChunk:
    """One chunk of a list.

    Raises RequestError, also when the answer is no list, or one of another kind than ``resource``.
    """
    before = meter.bytes
    query = {"limit": limit, **({"continue": token} if token else {}), **selected}
    # Who asks for one object counts, and others count beside: nothing waits for this one alone.
    answer = client.get(path, meter, accept, query, patient=limit == 1)
    metadata = answer.get("metadata")
    items = answer.get("items", ())
    # Null stands for none: an empty PartialObjectMetadataList has it.
    if items is None:
        items = []
    named = str(answer.get("kind", "")).endswith("List")
    if not (named and isinstance(metadata, dict) and isinstance(items, list)):
        raise RequestError("the answer is JSON, but not a list of objects", http_code=_OK)
    if resource and not _lists(answer, items, resource):
        reason = f"the answer is a {str(answer['kind'])[:_SHOWN]}, no list of {resource.name}"
        raise RequestError(reason, http_code=_OK)
    remaining = metadata.get("remainingItemCount")
    return RawChunk(
        items,
        str(metadata.get("continue") or ""),
        remaining if isinstance(remaining, int) and remaining >= 0 else None,
        meter.bytes - before,
    )


def _lists(answer: Object, items: list[Object], resource: Resource) -> bool:
    """Whether an answer is a list of a resource; a CRD may give its lists any name."""
    if answer["kind"] in (f"{resource.kind}List", _METADATA_LIST):
        return True
    if items:
        return all(isinstance(each, dict) and each.get("kind") == resource.kind for each in items)
    group = str(answer.get("apiVersion") or "").rpartition("/")[0]
    return "." in group and group == resource.group


def selection(request: ListRequest) -> Selected:
    """The parameters of each chunk's request that limit the list."""
    given = {"labelSelector": request.label_selector, "fieldSelector": request.field_selector}
    return {name: value for name, value in given.items() if value}


def list_path(resource: Resource, namespace: str | None) -> str:
    """The path of a resource's list, in one namespace if it has namespaces."""
    if not (namespace and resource.namespaced):
        return resource.path
    version, _, plural = resource.path.rpartition("/")
    return f"{version}/namespaces/{quote(namespace, safe='')}/{plural}"


class PagedList(Listing):
    """One list, read once: no object twice, and no RequestError.

    ``resource`` is for ``apiVersion`` and ``kind``, which objects in a list lack; None asks for
    metadata only, and adds nothing.

    Attributes:
        given: resourceVersions of the objects handed out.
        whole: the last pass went from the beginning to the end of the list at one version, and
            ``seen`` holds exactly the server's objects.
        seen: the same as ``given``, of the last pass only.
    """

    def __init__(
        self,
        client: Client,
        path: str,
        meter: Meter,
        resource: Resource | None = None,
        selected: Selected = MappingProxyType({}),
    ) -> None:
        super().__init__(self._read())
        self.given: dict[Identity, str] = {}
        self.seen = self.given
        self.whole = False
        self._client = client
        self._path = path
        self._meter = meter
        self._resource = resource
        self._selected = selected
        self._helper = Helper()

    def _read(self) -> Iterator[Chunk | Outcome]:
        try:
            yield from self._passes()
        finally:
            self._helper.end()

    def _passes(self) -> Iterator[Chunk | Outcome]:
        expired = 0
        token = ""
        while True:
            try:
                yield from self._pass(token)
            except RequestError as fault:
                if fault.http_code != _GONE:
                    yield self._failure(fault)
                    return
                expired += 1
                before, token = token, fault.token if expired > 1 else ""
                if expired == 1:
                    self.seen = {}
                elif token in ("", before) or expired > _MOST_EXPIRIES:
                    yield self._failure(fault)
                    return
            else:
                yield self._ending(expired)
                return

    def _failure(self, fault: RequestError) -> Outcome:
        if fault.status == "absent" and self.given:
            fault.status = "failed"  # what gave objects just before is there
        return self._meter.failure(fault, len(self.given))

    def _ending(self, expired: int) -> Outcome:
        self.whole = expired <= 1
        reason = "it expired again and again; its parts are of different times"
        if self.whole:
            seen = self.seen
            stale = sum(seen.get(each) != version for each, version in self.given.items())
            if not stale:
                return self._meter.outcome("complete", objects=len(self.given))
            reason = f"it expired; {stale} objects read before had changed or gone after"
        return self._meter.outcome("inconsistent", reason, _GONE, len(self.given))

    def _pass(self, token: str) -> Iterator[list[Object]]:
        """From one token to the end of the list."""
        chunk = self._fetch(self._first_limit(), token)
        guard = _Guard(self._client.limits.chunks, chunk)
        while True:
            fresh, progress = self._take(chunk)
            if chunk.remaining is not None:
                self._meter.announced = len(self.seen) + chunk.remaining
            token, limit = chunk.token, self._next_limit(chunk)
            endless = guard.check(chunk, progress=progress) if token else None
            more = bool(token) and endless is None
            del chunk  # two chunks are in memory, not three
            later = self._helper.begin(partial(self._fetch, limit, token)) if more else None
            if fresh:
                yield fresh
            del fresh
            if endless is not None:
                raise endless
            if later is None:
                return
            chunk = later.result()

    def _fetch(self, limit: int, token: str) -> RawChunk:
        accept = METADATA if self._resource is None else JSON
        chunk = fetch(
            self._client,
            self._path,
            self._meter,
            accept,
            limit,
            token,
            self._selected,
            self._resource,
        )
        if self._resource is not None:
            chunk.items[:] = _complete(chunk.items, self._resource)
        return chunk

    def _first_limit(self) -> int:
        most = self._client.limits.chunk_objects
        return most if self._resource is None else min(most, FIRST_CHUNK)

    def _next_limit(self, chunk: RawChunk) -> int:
        limits = self._client.limits
        each = max(1, chunk.size // max(1, len(chunk.items)))
        return max(1, min(limits.chunk_objects, limits.chunk_bytes // each))

    def _take(self, chunk: RawChunk) -> tuple[list[Object], bool]:
        """The objects not yet handed out, and whether any is new in this pass."""
        fresh = []
        before = len(self.seen)
        for item in chunk.items:
            identity, version = _identity(item)
            new = identity not in self.given
            self.seen[identity] = version
            if new:
                self.given[identity] = version
                fresh.append(item)
        return fresh, len(self.seen) > before


class _Guard:
    """Notices a list that never ends."""

    def __init__(self, most_chunks: int, first: RawChunk) -> None:
        announced = None if first.remaining is None else len(first.items) + first.remaining
        self._most_objects = None if announced is None else announced * _TOLERANCE + _SLACK
        self._most_chunks = most_chunks
        self._tokens: set[str] = set()
        self._objects = 0

    def check(self, chunk: RawChunk, *, progress: bool) -> RequestError | None:
        """What is wrong with a chunk that announces another one; None if nothing is."""
        repeated = chunk.token in self._tokens
        self._tokens.add(chunk.token)
        self._objects += len(chunk.items)
        if repeated:
            return _endless("a continue token came twice")
        if not progress:
            return _endless("a chunk brought nothing new")
        if self._most_objects is None and len(self._tokens) >= self._most_chunks:
            return _endless(f"{self._most_chunks} chunks, and no number announced")
        if self._most_objects is not None and self._objects > self._most_objects:
            return _endless(f"{self._objects} objects, far more than announced")
        return None


def _endless(reason: str) -> RequestError:
    return RequestError(f"the list does not end: {reason}", http_code=_OK)


def _complete(items: list[Object], resource: Resource) -> list[Object]:
    """The items of a list with ``apiVersion`` and ``kind``, which built-in kinds lack in lists."""
    group = f"{resource.group}/" if resource.group else ""
    head = {"apiVersion": f"{group}{resource.version}", "kind": resource.kind}
    return [item if "kind" in item and "apiVersion" in item else {**head, **item} for item in items]


def _identity(item: Object) -> tuple[Identity, str]:
    try:
        metadata = item["metadata"]
        identity = (metadata.get("uid", ""), metadata.get("namespace", ""), metadata["name"])
        return identity, metadata.get("resourceVersion", "")
    except (AttributeError, KeyError, TypeError):
        raise RequestError("the answer holds something that is no object", http_code=_OK) from None

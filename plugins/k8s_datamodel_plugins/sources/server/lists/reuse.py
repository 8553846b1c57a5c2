"""A list of which most is known: metadata says what changed, and only that is read.

An object with the uid and resourceVersion of one that is known is that object. What was deleted
since the metadata was listed is left out, what was made since then is the next run's: so nothing
stands twice in the list, under one name or two.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any
from urllib.parse import quote

from k8s_datamodel.api import Chunk, KnownObjects, ListRequest, Outcome
from k8s_datamodel_plugins.sources.server.client import Client, Meter
from k8s_datamodel_plugins.sources.server.lists.ahead import ahead
from k8s_datamodel_plugins.sources.server.lists.paging import (
    FIRST_PAGE,
    Object,
    PagedList,
    list_path,
    selection,
)
from k8s_datamodel_plugins.sources.server.wire.faults import RequestError

MOST_SINGLE = 200
"""Changed objects that are fetched one by one; more than these, or than a tenth of the list, come
faster by reading the list."""

_SINGLE_SHARE = 0.1

Name = tuple[str, str]


@dataclass(slots=True)
class _Sorted:
    """What the metadata list says: how many are known, and the names of the others."""

    reused: int = 0
    changed: list[Name] = field(default_factory=list)

    @property
    def few(self) -> bool:
        """Whether fetching one by one is worth it."""
        total = self.reused + len(self.changed)
        return len(self.changed) <= min(MOST_SINGLE, total * _SINGLE_SHARE)


def read_changed(
    client: Client, request: ListRequest, known: KnownObjects, meter: Meter
) -> Generator[Chunk, None, Outcome]:
    """Yield the objects of a list, reading what need be read, and return how it ended."""
    path = list_path(request.resource, request.namespace)
    found = _Sorted()
    outcome = yield from _reuse(client, path, request, known, meter, found)
    if found.changed and not found.reused:
        whole = PagedList(client, path, meter, request.resource, selection(request))
        return (yield from whole.pages())
    fetched, fault = yield from _fetch(client, path, request, meter, found)
    number = found.reused + fetched
    if outcome.status == "complete" and fault is not None:
        return meter.failure(fault, number, found.reused)
    return meter.outcome(outcome.status, outcome.reason, outcome.http_code, number, found.reused)


def _reuse(
    client: Client,
    path: str,
    request: ListRequest,
    known: KnownObjects,
    meter: Meter,
    found: _Sorted,
) -> Generator[Chunk, None, Outcome]:
    """Yield what is known, and note in ``found`` what is not.

    Stops when of the first objects less than half are known: then reading all is cheaper.
    """
    metadata = PagedList(client, path, meter, selected=selection(request))
    pages = metadata.pages()
    while True:
        try:
            listed = next(pages)
        except StopIteration as end:
            outcome: Outcome = end.value
            return outcome
        for part in _parts(listed):
            stored = known.find(request.resource, _versions(part))
            first = not (found.reused or found.changed)
            if first and len(stored) * 2 < len(part):
                found.changed += map(_name, part)
                return meter.outcome("complete")
            # A server that makes objects up may give several one uid: the name tells them apart.
            same = {_name(item): item for item in stored.values()}
            names = [_name(item) for item in part]
            found.changed += (name for name in names if name not in same)
            reused = [same[name] for name in names if name in same]
            found.reused += len(reused)
            if reused:
                yield reused


def _fetch(
    client: Client, path: str, request: ListRequest, meter: Meter, found: _Sorted
) -> Generator[Chunk, None, tuple[int, RequestError | None]]:
    """Yield what is not known; how many there were, and the fault that ended it."""
    if found.few:
        number, fault = yield from _one_by_one(client, path, meter, found.changed)
        if number or fault is None or fault.status != "forbidden":
            return number, fault  # a role that allows to list need not allow to get
    return (yield from _from_full_list(client, path, request, meter, set(found.changed)))


def _one_by_one(
    client: Client, path: str, meter: Meter, names: Sequence[Name]
) -> Generator[Chunk, None, tuple[int, RequestError | None]]:
    number = 0
    fault: RequestError | None = None
    remaining = iter(names)
    while batch := list(islice(remaining, client.limits.parallel)):
        futures = [ahead(partial(client.get, _object_path(path, n), meter)) for n in batch]
        objects, failed = _results(futures)
        fault = fault or failed
        if fault and fault.status == "forbidden":
            break
        number += len(objects)
        if objects:
            yield objects
    return number, fault


def _results(futures: Sequence[Future[Object]]) -> tuple[list[Object], RequestError | None]:
    objects = []
    fault: RequestError | None = None
    for future in futures:
        try:
            objects.append(future.result())
        except RequestError as each:
            if each.status != "absent":  # that was deleted meanwhile
                fault = each
    return objects, fault


def _from_full_list(
    client: Client, path: str, request: ListRequest, meter: Meter, names: set[Name]
) -> Generator[Chunk, None, tuple[int, RequestError | None]]:
    number = 0
    pages = PagedList(client, path, meter, request.resource, selection(request)).pages()
    while True:
        try:
            page = next(pages)
        except StopIteration as end:
            return number, _as_fault(end.value)
        wanted = [item for item in page if _name(item) in names]
        number += len(wanted)
        if wanted:
            yield wanted


def _as_fault(outcome: Outcome) -> RequestError | None:
    if outcome.status == "complete":
        return None
    return RequestError(outcome.reason, status=outcome.status, http_code=outcome.http_code)


def _object_path(path: str, name: Name) -> str:
    namespace, own = name
    version, _, plural = path.rpartition("/")
    if namespace and "/namespaces/" not in path:
        version = f"{version}/namespaces/{quote(namespace, safe='')}"
    return f"{version}/{plural}/{quote(own, safe='')}"


def _parts(items: Sequence[Object]) -> Iterator[Sequence[Object]]:
    """As many objects as a page of complete ones has at first: memory must not follow metadata."""
    return (items[start : start + FIRST_PAGE] for start in range(0, len(items), FIRST_PAGE))


def _versions(items: Sequence[Object]) -> dict[str, str]:
    """Of the objects whose uid is their own."""
    metadata = [item["metadata"] for item in items]
    uses = Counter(each.get("uid") for each in metadata)
    return {
        each["uid"]: each.get("resourceVersion", "")
        for each in metadata
        if each.get("uid") and uses[each["uid"]] == 1
    }


def _name(item: Mapping[str, Any]) -> Name:
    metadata = item["metadata"]
    return metadata.get("namespace", ""), metadata["name"]

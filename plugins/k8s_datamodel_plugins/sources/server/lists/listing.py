"""Read a list of complete objects, at the server's version, anew or only what changed.

Metadata says what changed: an object with the uid and resourceVersion of a reusable one is that
object. What was deleted since the metadata was listed is left out, what was made since then is the
next run's: so nothing stands twice in the list, under one name or two.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain, islice
from urllib.parse import quote

from k8s_datamodel.api import (
    Chunk,
    ListFingerprint,
    Listing,
    ListRequest,
    Outcome,
    ReusableLists,
    ReusableObjects,
    named,
)
from k8s_datamodel_plugins.sources.server.background import in_background
from k8s_datamodel_plugins.sources.server.client import Client, Meter
from k8s_datamodel_plugins.sources.server.lists.discovery import at_another_version
from k8s_datamodel_plugins.sources.server.lists.paging import (
    FIRST_CHUNK,
    Object,
    PagedList,
    list_path,
    selection,
)
from k8s_datamodel_plugins.sources.server.wire.faults import RequestError

# Changed objects that are fetched one by one; more than these, or than a tenth of the list, come
# faster by reading the list.
_MOST_SINGLE = 200
_SINGLE_SHARE = 0.1

Name = tuple[str, str]


@dataclass(slots=True)
class _Progress:
    """How many objects were reused or read, and the names of those that changed."""

    reused: int = 0
    changed: list[Name] = field(default_factory=list)
    read: int = 0
    fault: RequestError | None = None

    @property
    def few(self) -> bool:
        """Whether it is faster to read the changed objects one by one."""
        total = self.reused + len(self.changed)
        return len(self.changed) <= min(_MOST_SINGLE, total * _SINGLE_SHARE)


def read(client: Client, request: ListRequest, meter: Meter) -> Iterator[Chunk | Outcome]:
    """Yield the objects of a list and then how it ended, also when it fails.

    A kind that the server serves at another version than the one asked for is read there. The new
    ``meter`` tells meanwhile what it costs, and how many objects there are.
    """
    listing = _listing(client, request, meter)
    yield from listing
    outcome = listing.outcome
    if outcome.status == "absent":
        try:
            found = at_another_version(client, request.resource, meter, outcome.reason)
        except RequestError as fault:
            outcome = meter.failure(fault, outcome.objects)
        else:
            if found is not None:
                listing = _listing(client, replace(request, resource=found), meter)
                yield from listing
                outcome = listing.outcome
    yield outcome


def _listing(client: Client, request: ListRequest, meter: Meter) -> Listing:
    if request.reusable is not None:
        return Listing(_read_changed(client, request, request.reusable, meter))
    path = list_path(request.resource, request.namespace)
    return PagedList(client, path, meter, request.resource, selection(request))


def _read_changed(
    client: Client, request: ListRequest, reusable: ReusableObjects, meter: Meter
) -> Iterator[Chunk | Outcome]:
    """Yield the objects of a list, reading only those that changed, and then how it ended."""
    path = list_path(request.resource, request.namespace)
    metadata = PagedList(client, path, meter, selected=selection(request))
    whole = PagedList(client, path, meter, request.resource, selection(request))
    progress = _Progress()
    yield from _reuse(metadata, request, reusable, progress)
    if progress.changed and not progress.reused:
        metadata.close()
        yield from whole
        yield whole.outcome
        return
    if progress.few:
        yield from _one_by_one(client, path, meter, progress)
    if not progress.few or _may_only_list(progress):
        yield from _of_full_list(whole, progress)
    number, outcome, fault = progress.reused + progress.read, metadata.outcome, progress.fault
    if outcome.status == "complete" and fault is not None:
        yield meter.failure(fault, number, progress.reused)
    else:
        yield meter.outcome(
            outcome.status, outcome.reason, outcome.http_code, number, progress.reused
        )


def _reuse(
    metadata: PagedList, request: ListRequest, reusable: ReusableObjects, progress: _Progress
) -> Iterator[Chunk]:
    """Yield what can be reused, and note what changed.

    Stops if less than half of the first objects can be reused: reading all is then cheaper.
    """
    state = partial(_state, metadata)
    if isinstance(reusable, ReusableLists) and reusable.unchanged(
        request.resource, request.definition, state
    ):
        progress.reused = len(metadata.given)
        return
    for listed in chain(_given(metadata), metadata):
        for part in _parts(listed):
            stored = reusable.find(request.resource, _versions(part), request.definition)
            first = not (progress.reused or progress.changed)
            if first and len(stored) * 2 < len(part):
                progress.changed += map(named, part)
                return
            # A server that makes objects up may give several one uid: the name tells them apart.
            same = {named(item): item for item in stored.values()}
            names = [named(item) for item in part]
            progress.changed += (name for name in names if name not in same)
            reused = [same[name] for name in names if name in same]
            progress.reused += len(reused)
            if reused:
                yield reused


def _state(metadata: PagedList) -> str:
    """The fingerprint of a list, once all of its metadata is read; empty if it could not be."""
    fingerprint = ListFingerprint()
    for _ in metadata:
        pass
    if metadata.outcome.status != "complete":
        return ""
    for (uid, namespace, name), version in metadata.given.items():
        fingerprint.add(namespace, name, uid, version)
    return str(fingerprint)


def _given(metadata: PagedList) -> Iterator[Chunk]:
    """What a list has given so far, as objects that say no more than which they are."""
    given = iter(metadata.given.items())
    while some := list(islice(given, FIRST_CHUNK)):
        yield [
            {
                "metadata": {
                    "uid": uid,
                    "namespace": namespace,
                    "name": name,
                    "resourceVersion": version,
                }
            }
            for (uid, namespace, name), version in some
        ]


def _may_only_list(progress: _Progress) -> bool:
    """Whether reading one by one was refused: a role that allows to list need not allow to get."""
    fault = progress.fault
    return not progress.read and fault is not None and fault.status == "forbidden"


def _one_by_one(client: Client, path: str, meter: Meter, progress: _Progress) -> Iterator[Chunk]:
    remaining = iter(progress.changed)
    while batch := list(islice(remaining, min(client.gate.share, FIRST_CHUNK))):
        futures = [in_background(partial(client.get, _object_path(path, n), meter)) for n in batch]
        objects, failed = _results(futures)
        progress.fault = progress.fault or failed
        if progress.fault and progress.fault.status == "forbidden":
            return
        progress.read += len(objects)
        if objects:
            yield objects


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


def _of_full_list(whole: PagedList, progress: _Progress) -> Iterator[Chunk]:
    names = set(progress.changed)
    for chunk in whole:
        wanted = [item for item in chunk if named(item) in names]
        progress.read += len(wanted)
        if wanted:
            yield wanted
    progress.fault = None
    if (end := whole.outcome).status != "complete":
        progress.fault = RequestError(end.reason, status=end.status, http_code=end.http_code)


def _object_path(path: str, name: Name) -> str:
    namespace, own = name
    version, _, plural = path.rpartition("/")
    if namespace and "/namespaces/" not in path:
        version = f"{version}/namespaces/{quote(namespace, safe='')}"
    return f"{version}/{plural}/{quote(own, safe='')}"


def _parts(items: Chunk) -> Iterator[Chunk]:
    """As many objects as a first chunk of complete ones: memory must not follow metadata."""
    return (items[start : start + FIRST_CHUNK] for start in range(0, len(items), FIRST_CHUNK))


def _versions(items: Chunk) -> dict[str, str]:
    """Of the objects whose uid is their own."""
    metadata = [item["metadata"] for item in items]
    uses = Counter(each.get("uid") for each in metadata)
    return {
        each["uid"]: each.get("resourceVersion", "")
        for each in metadata
        if each.get("uid") and uses[each["uid"]] == 1
    }

"""The source for paths: manifests and dumps, in folders, files, archives or standard input.

Everything is read once, when the source is opened; of the objects that nobody will list only the
names are kept. What a path does not hold is unknown, never absent.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain

from k8s_datamodel.api import (
    ClusterInfo,
    Count,
    LedgerEntry,
    Listing,
    ListRequest,
    Outcome,
    Resource,
    SourceError,
    SourceRequest,
)
from k8s_datamodel_plugins.harmless_files import ARCHIVE, OTHER_CONTENT
from k8s_datamodel_plugins.sources.dump.coverage import CLIENT
from k8s_datamodel_plugins.sources.dump.files.members import members, named
from k8s_datamodel_plugins.sources.dump.object_index import Entry, Index
from k8s_datamodel_plugins.sources.dump.scan import Scan
from k8s_datamodel_plugins.sources.platforms import platform

CHUNK = 100
"""Objects of a chunk."""

CHUNK_BYTES = 4 * 1024 * 1024
"""Bytes of a chunk, as JSON, after which it ends early."""

_NAMESPACES = Resource("", "v1", "namespaces", "Namespace", namespaced=False)
_NODES = Resource("", "v1", "nodes", "Node", namespaced=False)
_SUFFIXES = frozenset(
    (".bz2", ".gz", ".json", ".tar", ".tbz2", ".tgz", ".txz", ".xz", ".yaml", ".yml", ".zip")
)


def open_source(request: SourceRequest) -> FileSource:
    """Read all that a path, or ``-``, holds; keep the complete objects of ``resources``.

    Raises SourceError if there is nothing, or no Kubernetes object.
    """
    started = time.monotonic()
    location = request.location
    scan = Scan(request, members(location), bundle=named(location).bundle)
    if not scan.index.kinds:
        raise SourceError(nothing_in("standard input" if location == "-" else location, scan))
    return FileSource(request, scan, time.monotonic() - started, name_of(location))


class FileSource:
    """A ``contracts.Source`` of what was read; safe in threads, since it does not change.

    Args:
        seconds: how long the reading took.
        name: what it is called.
        reason: what the ledger says of all that was read, if anything.
    """

    def __init__(
        self, request: SourceRequest, scan: Scan, seconds: float, name: str, reason: str = ""
    ) -> None:
        self._location = request.location
        self._name = name
        self._reason = reason
        self._wanted = {resource.name: resource for resource in request.resources}
        self._index = scan.index
        self._facts = scan.facts
        self._outcomes = scan.outcomes
        self._seconds = seconds

    def describe(self, note: Callable[[LedgerEntry], None]) -> ClusterInfo:
        """What the dump says of its cluster; the ledger gets what became of each file."""
        for entry in self._ledger():
            note(entry)
        facts = self._facts
        nodes = self._index.number(_NODES, None).value
        version = facts.version or facts.openshift
        groups = sorted({group for group, _ in self._index.kinds})
        return ClusterInfo(
            context=self._name,
            uid=min(facts.uids) if len(facts.uids) == 1 else None,
            version=version,
            platform=platform(version, facts.nodes, groups),
            nodes=nodes,
            source="file",
            source_timestamp=facts.made_at(),
        )

    def list(self, request: ListRequest) -> Listing:
        """The objects of a kind in any version, as the source has them."""
        resource, namespace = request.resource, request.namespace
        entries = self._index.entries(resource, namespace)
        chunks = ([entry.packed.load() for entry in chunk] for chunk in _chunks(entries))
        return Listing(chain(chunks, [self._outcome(resource, namespace, entries)]))

    def _outcome(
        self, resource: Resource, namespace: str | None, entries: Sequence[Entry]
    ) -> Outcome:
        kind = self._index.kind(resource)
        outcome = Outcome(
            "complete",
            requests=kind.files if kind else 0,
            objects=len(entries),
            bytes=sum(entry.packed.size for entry in entries),
        )
        trouble = self._outcomes.trouble(resource.name, namespace)
        if trouble:
            return replace(outcome, status=trouble.status, reason=trouble.reason)
        number = self._index.number(resource, namespace)
        if resource.name not in self._wanted and entries and number.value is None:
            # A custom resource: some are in the source, as its count has it.
            return replace(outcome, status="skipped", reason=number.outcome.reason)
        if entries or self._index.says_none(resource, namespace):
            coverage = self._index.coverage(resource, namespace)
            lacks = coverage.lacks or ("" if coverage.whole else self._outcomes.elsewhere())
            if lacks:
                return replace(outcome, status="partial", reason=lacks, whole=False)
            return replace(outcome, whole=coverage.whole)
        elsewhere = self._index.coverage(resource, None).lacks if namespace else ""
        if elsewhere:
            return replace(outcome, status="partial", reason=elsewhere, objects=None, whole=False)
        where = f" in namespace {namespace}" if kind and kind.entries and namespace else ""
        reason = f"the source holds none{where}, which does not mean that the cluster has none"
        return replace(outcome, status="skipped", reason=reason, objects=None, whole=False)

    def count(self, resource: Resource, namespace: str | None = None) -> Count:
        """How many there are, where the source is known to hold them all."""
        trouble = self._outcomes.trouble(resource.name, namespace)
        if trouble:
            return Count(None, None, trouble)
        return self._index.number(resource, namespace)

    def namespace(self, name: str) -> Outcome:
        """Whether there is a namespace; ``absent`` where the source lists others.

        Nothing is said of a must-gather, which holds the namespaces that it was to collect.
        """
        if self._index.has_namespace(name):
            return Outcome("complete")
        listed = self._index.number(_NAMESPACES, None)
        if listed.value is not None and (
            listed.method == "exact" or listed.outcome.reason == CLIENT
        ):
            return Outcome("absent", f"the source lists {listed.value} others")
        return Outcome("partial", "nothing in the source is of this namespace")

    def close(self) -> None:
        """Forget the objects."""
        self._index = Index(())

    def _ledger(self) -> Iterator[LedgerEntry]:
        outcomes, facts = self._outcomes, self._facts
        whole = Outcome(
            "complete",
            self._reason,
            requests=outcomes.files,
            objects=self._index.objects,
            bytes=outcomes.bytes,
            seconds=self._seconds,
        )
        yield LedgerEntry("", self._location, whole)
        yield from outcomes.ledger()
        if len(facts.uids) > 1:
            reason = f"the source mixes {len(facts.uids)} clusters: kube-system has as many UIDs"
            yield LedgerEntry("", "namespaces/kube-system", Outcome("inconsistent", reason))
        yield from self._doubles()
        copies = sum(kind.copies for kind in self._index.kinds.values())
        if copies:
            reason = "stood once more in a folder of their API version; the preferred one was kept"
            yield LedgerEntry("", "resources", Outcome("skipped", reason, objects=copies))
        for name in sorted(outcomes.troubles.keys() - self._wanted.keys()):
            trouble = outcomes.trouble(name, None)
            if trouble:
                yield LedgerEntry("", name, trouble, optional=True)

    def _doubles(self) -> Iterator[LedgerEntry]:
        """What stood in the source more than once, so that the numbers add up to all there was."""
        for resource in self._wanted.values():
            kind = self._index.kind(resource)
            if kind and (kind.same or kind.other):
                reason = f"stood in the source once more: {kind.same} with the same content"
                if kind.other:
                    name, path = kind.other[-1]
                    reason += (
                        f", {len(kind.other)} {OTHER_CONTENT}, of which the newest was kept, "
                        f"else the last, such as {name} of {path}"
                    )
                outcome = Outcome("skipped", reason, objects=kind.same + len(kind.other))
                yield LedgerEntry("", resource.name, outcome)


def name_of(location: str) -> str:
    """What a dump is called: its file's or folder's name without ``.tar.gz`` and the like."""
    if location == "-":
        return "stdin"
    path, folder, _ = named(location)
    name = folder.rpartition("/")[2] or path.name or path.resolve().name
    while (stem := name.rpartition("."))[0] and f".{stem[2].lower()}" in _SUFFIXES:
        name = stem[0]
    return name or str(path)


def _chunks(entries: Sequence[Entry]) -> Iterator[Sequence[Entry]]:
    chunk: list[Entry] = []
    size = 0
    for entry in entries:
        chunk.append(entry)
        size += entry.packed.size
        if len(chunk) == CHUNK or size >= CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def nothing_in(name: str, scan: Scan) -> str:
    """Why a source cannot be opened that holds no object."""
    failed = [entry for entry in scan.outcomes.entries if entry.outcome.status == "failed"]
    files = "one file" if scan.outcomes.seen == 1 else f"{scan.outcomes.seen} files"
    looked = f"{name} holds no Kubernetes object ({files} looked at"
    if failed:
        first = failed[0]
        looked += f", {len(failed)} not readable: {first.read}: {first.outcome.reason}"
    elif ("skipped", ARCHIVE) in scan.outcomes.passed:
        looked += f"; {ARCHIVE}"
    return looked + ")"

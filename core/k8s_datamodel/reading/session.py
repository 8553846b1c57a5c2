"""One run's use of a source: its threads, its ledger, its counts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from typing import cast

from k8s_datamodel.base.errors import DatamodelError
from k8s_datamodel.base.paged_work import PagedWork
from k8s_datamodel.base.stopwatch import Stage, Stopwatch
from k8s_datamodel.base.threads import result_of
from k8s_datamodel.contracts.sources import ElasticSource, ListRequest, Source
from k8s_datamodel.data.chunks import Chunk, Listing
from k8s_datamodel.data.ledger import Count, LedgerEntry, Outcome
from k8s_datamodel.data.objects import Resource
from k8s_datamodel.data.snapshots import ClusterInfo
from k8s_datamodel.data.timings import BUSY, OTHER
from k8s_datamodel.plugins.isolation import fault_of
from k8s_datamodel.reading.progress import Progress
from k8s_datamodel.redaction.messages import told

PARALLEL = 4
"""Calls of a source at once, if it does not say how many are of use."""

_LISTS = 6
"""Lists that are read at once beside the one that is streamed, if the source can do more."""

_PAGE = 100
"""Kinds whose counts come together."""


@dataclass(slots=True)
class _Begun:
    """A list whose first part is on its way in another thread."""

    rest: Generator[Chunk | Outcome, None, None]
    first: Future[Chunk | Outcome]

    def parts(self) -> Iterator[Chunk | Outcome]:
        """All parts of the list."""
        try:
            yield result_of(self.first)
            yield from self.rest
        finally:
            self.close()

    def close(self) -> None:
        """Read no more; a thread that waits for a silent server is left alone."""
        self.first.cancel()
        with suppress(ValueError):
            self.rest.close()


def _asked(request: ListRequest) -> ListRequest:
    """What tells lists of a run apart; what can be reused is the same for all."""
    return replace(request, reusable=None)


class Session:
    """What a run shares while it reads. Safe in threads.

    The caller closes the source after this. ``cluster_name`` replaces the source's own name;
    ``blamed`` names the plugin that raised an exception, in one line, or is empty. ``stopwatch``
    times the thread that reads.
    """

    def __init__(
        self,
        source: Source,
        namespace: str | None = None,
        cluster_name: str | None = None,
        progress: Progress | None = None,
        blamed: Callable[[BaseException], str] = lambda error: "",
        stopwatch: Stopwatch | None = None,
    ) -> None:
        self.source = source
        self.namespace = namespace
        self.ledger: list[LedgerEntry] = []
        self.stopwatch = stopwatch or Stopwatch(Stage(OTHER), BUSY)
        self.progress = progress or Progress(lambda text: None)
        # Found out once: it is asked for each record, and costs as much as making one.
        self._elastic = source if isinstance(source, ElasticSource) else None
        lists = _LISTS if self._elastic else PARALLEL
        self.pool = ThreadPoolExecutor(lists, thread_name_prefix="read")
        self._begun: dict[ListRequest, _Begun] = {}
        self._counting = PagedWork(self._count, self.at_once)
        self._cluster_name = cluster_name
        self._blamed = blamed
        self._lock = threading.Lock()
        self._described: Future[ClusterInfo] | None = None
        self._counts: dict[Resource, Count] = {}

    def __enter__(self) -> Session:
        return self

    def __exit__(self, kind: type[BaseException] | None, *exc_info: object) -> None:
        # After KeyboardInterrupt and its like the user does not wait for a silent server.
        patient = kind is None or issubclass(kind, Exception)
        self._counting.stop(wait=patient)
        self.pool.shutdown(wait=patient, cancel_futures=True)
        for begun in self._begun.values():
            begun.close()

    def can_do_more(self) -> bool:
        """Whether the source can do more at once than it is asked to at first."""
        return self.at_once() > PARALLEL

    def lists_at_once(self) -> int:
        """How many lists at the same time are of use now; each has a chunk or two in memory."""
        return min(_LISTS, self.at_once())

    def at_once(self) -> int:
        """How many calls of the source at the same time are of use now."""
        if self._elastic is None:
            return PARALLEL
        try:
            return int(self._elastic.at_once())
        except Exception:  # a plugin may raise anything
            return PARALLEL

    def note(self, entry: LedgerEntry) -> None:
        """Put an entry into the ledger."""
        entry = replace(entry, outcome=told(entry.outcome))
        with self._lock:
            self.ledger.append(entry)
        if entry.incomplete:
            self.progress.failed()

    def describe(self) -> Future[ClusterInfo]:
        """What the source says of its cluster, read once, beside the lists."""
        if self._described is None:
            self._described = self.pool.submit(self._describe)
        return self._described

    def _describe(self) -> ClusterInfo:
        found = self.source.describe(self.note)
        return replace(found, context=self._cluster_name) if self._cluster_name else found

    def list(self, request: ListRequest) -> Listing:
        """A list of the source; what the source raises is how the list ended."""
        begun = self._begun.pop(_asked(request), None)
        return Listing(begun.parts() if begun else self._parts(request))

    def begin(self, request: ListRequest) -> None:
        """Ask for the first chunk of a list that ``list`` is called for later."""
        if _asked(request) not in self._begun:
            parts = self._parts(request)
            first = self.pool.submit(next, parts)
            self._begun[_asked(request)] = _Begun(parts, first)

    def _parts(self, request: ListRequest) -> Generator[Chunk | Outcome, None, None]:
        try:
            listing = self._listing(request)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # a plugin may raise anything
            yield self._failed(error)
            return
        with closing(listing):
            while True:
                part: Chunk | Outcome | None
                try:
                    part = next(listing, None)
                    part = listing.outcome if part is None else part
                except KeyboardInterrupt:
                    raise
                except BaseException as error:  # as above
                    part = self._failed(error)
                yield part
                if isinstance(part, Outcome):
                    return

    def _listing(self, request: ListRequest) -> Listing:
        listing = cast(object, self.source.list(request))
        if not isinstance(listing, Listing):
            raise DatamodelError(f"its list is a {type(listing).__name__}, no Listing")
        return listing

    def _failed(self, error: BaseException) -> Outcome:
        """How a read ended when the source raised an exception."""
        if isinstance(error, DatamodelError):
            return Outcome("failed", f"the source failed: {error}")
        return Outcome(
            "failed", self._blamed(error) or f"the source failed: {fault_of(error).reason}"
        )

    def count(self, resources: Sequence[Resource]) -> Iterator[Count]:
        """Counts, started at once and given in order; what was counted before is known."""
        known = {each: self._counts[each] for each in resources if each in self._counts}
        new = [each for each in resources if each not in known]
        pages = [
            self._counting.page(new[start : start + _PAGE]) for start in range(0, len(new), _PAGE)
        ]
        self.progress.to_count(len(new))
        counted = (count for page in pages for count in result_of(page))
        return (
            _again(known[each]) if each in known else self._counted(each, next(counted))
            for each in resources
        )

    def is_empty(self, resource: Resource) -> bool:
        """Whether a server has counted a resource for this run, and there was none.

        What files hold is no proof that there is no more of it.
        """
        known = self._counts.get(resource)
        if self._elastic is None or known is None or known.method != "exact":
            return False
        return known.value == 0 and known.outcome.status == "complete"

    def _count(self, resource: Resource) -> Count:
        try:
            return self.source.count(resource, self.namespace)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # as above
            return Count(None, None, self._failed(error))

    def _counted(self, resource: Resource, count: Count) -> Count:
        self.progress.counted()
        self._counts[resource] = replace(count, outcome=told(count.outcome))
        return self._counts[resource]


def _again(count: Count) -> Count:
    """A count that was given before: the ledger has its requests already."""
    return replace(count, outcome=replace(count.outcome, requests=0, bytes=0, seconds=0.0))

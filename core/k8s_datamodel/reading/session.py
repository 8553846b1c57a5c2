"""One run's use of a source: its threads, its ledger, its counts."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

from k8s_datamodel.base.threads import result_of
from k8s_datamodel.contracts.sources import Source
from k8s_datamodel.data.ledger import Count, LedgerEntry
from k8s_datamodel.data.objects import Resource
from k8s_datamodel.data.snapshots import ClusterInfo
from k8s_datamodel.reading.progress import Progress
from k8s_datamodel.redaction.messages import told

PARALLEL = 4
"""Requests at once; more did not help an API server on two cores."""


class Session:
    """What a run shares while it reads. Safe in threads.

    The caller closes the source after this. ``cluster_name`` replaces the source's own name.
    """

    def __init__(
        self,
        source: Source,
        namespace: str | None = None,
        cluster_name: str | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.source = source
        self.namespace = namespace
        self.ledger: list[LedgerEntry] = []
        self.progress = progress or Progress(lambda text: None)
        self.pool = ThreadPoolExecutor(PARALLEL, thread_name_prefix="read")
        self._cluster_name = cluster_name
        self._lock = threading.Lock()
        self._described: Future[ClusterInfo] | None = None

    def __enter__(self) -> Session:
        return self

    def __exit__(self, kind: type[BaseException] | None, *exc_info: object) -> None:
        # After KeyboardInterrupt and its like the user does not wait for a silent server.
        patient = kind is None or issubclass(kind, Exception)
        self.pool.shutdown(wait=patient, cancel_futures=True)

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

    def count(self, resources: Sequence[Resource]) -> Iterator[Count]:
        """Counts, started at once and given in order."""
        futures = [self.pool.submit(self.source.count, r, self.namespace) for r in resources]
        self.progress.to_count(len(futures))
        return map(self._counted, futures)

    def _counted(self, future: Future[Count]) -> Count:
        count = result_of(future)
        self.progress.counted()
        return replace(count, outcome=told(count.outcome))

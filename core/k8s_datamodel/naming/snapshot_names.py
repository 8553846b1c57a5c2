"""The snapshot in a store that a word names, and snapshots in order of age."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice, takewhile

from k8s_datamodel.base.clock import now
from k8s_datamodel.base.errors import SnapshotNotFoundError
from k8s_datamodel.contracts.stores import SnapshotQuery, Store
from k8s_datamodel.data.snapshots import Snapshot
from k8s_datamodel.naming.missing_names import baselines_of, no_name, no_snapshot
from k8s_datamodel.naming.moment_names import At, Latest, Number, Within, readings, snapshot_word
from k8s_datamodel.naming.moment_times import time_of

_ALL = SnapshotQuery()
_PORTION = 16
_GROWTH = 4
_DIGITS = 18  # a number of 64 bits surely holds them


def ahead_of(snapshots: Iterable[Snapshot], time: str) -> list[Snapshot]:
    """Those whose time is later than a ``time``, see ``clock``: somewhere a clock was wrong."""
    return [each for each in snapshots if each.timestamp > time]


def resolve(store: Store, name: str, cluster_context: str | None = None) -> Snapshot:
    """The snapshot that a user's word names; without a context ``latest`` is the latest of all.

    Raises UsageError if the word is invalid, and SnapshotNotFoundError if there is none.
    """
    found = snapshot_word(name)
    within = None if found else next(iter(readings(name)), None)
    if isinstance(within, Within):
        found, cluster_context = snapshot_word(within.moment), within.prefix
    if isinstance(found, Number):
        return _numbered(store, found.text, within.prefix if isinstance(within, Within) else None)
    if isinstance(found, Latest):
        return _latest(store, found.back, cluster_context)
    if isinstance(found, At):
        return _at(store, found.time, cluster_context)
    if number := baselines_of(store).get(name):
        return store.snapshot(number)
    if named := cluster_baseline(store, name):
        cluster, number = named
        return _numbered(store, str(number), cluster)
    raise no_name(store, name)


def cluster_baseline(store: Store, word: str) -> tuple[str, int] | None:
    """The cluster and the snapshot's number that ``CLUSTER:BASELINE`` names; None for another word.

    The name of a baseline has no colon. Whether the snapshot is of the cluster is not asked.
    """
    cluster, _, name = word.rpartition(":")
    number = baselines_of(store).get(name) if cluster and name else None
    return None if number is None else (cluster, number)


def _numbered(store: Store, number: str, cluster: str | None) -> Snapshot:
    if len(number) > _DIGITS:
        raise SnapshotNotFoundError(f"there is no snapshot {number}: no database has so many")
    found = store.snapshot(int(number))
    if cluster not in (None, found.cluster.context, found.cluster.uid):
        raise SnapshotNotFoundError(
            f"snapshot {number} is of {found.cluster.context}, not of {cluster}"
        )
    return found


def _latest(store: Store, back: str, cluster: str | None) -> Snapshot:
    if len(back) > _DIGITS:
        raise SnapshotNotFoundError(f"there is no snapshot latest~{back}: no database has so many")
    newest = list(islice(_of_cluster(store, cluster), int(back) + 1))
    if not newest:
        raise no_snapshot(store, cluster)
    if len(newest) <= int(back):
        whose = f" of {cluster}" if cluster else ""
        raise SnapshotNotFoundError(
            f"there is no snapshot latest~{back}{whose}: the database has {len(newest)}"
        )
    return newest[-1]


def _at(store: Store, text: str, cluster: str | None) -> Snapshot:
    """The newest that is not later than a time."""
    limit, oldest = time_of(text, now()), None
    for oldest in _of_cluster(store, cluster):
        if oldest.timestamp <= limit:
            return oldest
    if oldest is None:
        raise no_snapshot(store, cluster)
    whose = f" of {cluster}" if cluster else ""
    raise SnapshotNotFoundError(
        f"no snapshot{whose} is as old as {limit} UTC: the oldest is {oldest.id}, "
        f"of {oldest.timestamp}"
    )


def has_cluster(store: Store, cluster: str) -> bool:
    """Whether a store has a snapshot of a context or of a cluster's UID."""
    return next(_of_cluster(store, cluster), None) is not None


def _of_cluster(store: Store, cluster: str | None) -> Iterator[Snapshot]:
    """The snapshots of a context or of a cluster's UID, the newest first; of all for None."""
    found = newest_first(store, SnapshotQuery(cluster))
    first = next(found, None)
    if first:
        yield first
        yield from found
    elif cluster:
        yield from (each for each in newest_first(store) if each.cluster.uid == cluster)


def newest_first(store: Store, query: SnapshotQuery = _ALL) -> Iterator[Snapshot]:
    """Snapshots, the newest first: read in growing portions, as few are needed mostly."""
    limit, last = _PORTION, 0
    while True:
        found = store.snapshots(replace(query, limit=limit))
        yield from reversed(list(takewhile(lambda each: each.id != last, found)))  # noqa: B023
        if len(found) < limit:
            return
        limit, last = limit * _GROWTH, found[0].id

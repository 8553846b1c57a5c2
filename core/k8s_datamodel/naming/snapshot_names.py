"""Names of snapshots: a number, ``latest``, ``latest~1``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import takewhile

from k8s_datamodel.base.errors import SnapshotNotFoundError, UsageError
from k8s_datamodel.contracts.stores import SnapshotQuery, Store
from k8s_datamodel.data.snapshots import Snapshot

_LATEST = re.compile(r"latest(?:~(\d+))?$")
_ALL = SnapshotQuery()
_PORTION = 16
_GROWTH = 4
_DIGITS = 18  # a number of 64 bits surely holds them


def ahead_of(snapshots: Iterable[Snapshot], now: str) -> list[Snapshot]:
    """Those whose time is later than ``now``, see ``clock``: somewhere a clock was wrong."""
    return [each for each in snapshots if each.timestamp > now]


def resolve(store: Store, name: str, cluster_context: str | None = None) -> Snapshot:
    """The snapshot that a user's word names; without a context ``latest`` is the latest of all.

    Raises UsageError if the word is invalid, and SnapshotNotFoundError if there is none.
    """
    match = _LATEST.match(name)
    number = name if name.isdecimal() else match[1] or "0" if match else None
    if number is None:
        raise UsageError(f"no snapshot {name!r}; use a number, latest, or latest~1")
    if len(number) > _DIGITS:
        raise SnapshotNotFoundError(f"there is no snapshot {name}: no database has so many")
    if match is None:
        return store.snapshot(int(number))
    back = int(number)
    newest = store.snapshots(SnapshotQuery(cluster_context, limit=back + 1))
    if len(newest) <= back:
        whose = f" of {cluster_context}" if cluster_context else ""
        raise SnapshotNotFoundError(
            f"there is no snapshot {name}{whose}: the database has {len(newest) or 'none'}"
        )
    return newest[0]


def newest_first(store: Store, query: SnapshotQuery = _ALL) -> Iterator[Snapshot]:
    """Snapshots, the newest first: read in growing portions, as few are needed mostly."""
    limit, last = _PORTION, 0
    while True:
        found = store.snapshots(replace(query, limit=limit))
        yield from reversed(list(takewhile(lambda each: each.id != last, found)))  # noqa: B023
        if len(found) < limit:
            return
        limit, last = limit * _GROWTH, found[0].id

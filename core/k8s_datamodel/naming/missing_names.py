"""The errors for a word that names no snapshot, with the names that are like it."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence

from k8s_datamodel.base.clock import now
from k8s_datamodel.base.errors import SnapshotNotFoundError, UsageError
from k8s_datamodel.contracts.stores import SnapshotQuery, Store
from k8s_datamodel.data.snapshots import Snapshot
from k8s_datamodel.naming.moment_names import time_in
from k8s_datamodel.naming.moment_times import is_time, time_of

_FEW = 5
"""Names in a message."""


def no_snapshot(store: Store, cluster: str | None) -> SnapshotNotFoundError:
    """The error where a database has no snapshot of a cluster, or none at all."""
    contexts = _contexts(store)
    if not cluster or not contexts:
        return SnapshotNotFoundError("the database has no snapshot")
    near = difflib.get_close_matches(cluster, contexts) or contexts
    more = ", ..." if len(near) > _FEW else ""
    return SnapshotNotFoundError(
        f"there is no snapshot of {cluster}; there are of {', '.join(near[:_FEW])}{more}"
    )


def snapshots_of(store: Store, cluster: str | None) -> Sequence[Snapshot]:
    """The snapshots of a cluster that the user named, or all.

    Raises SnapshotNotFoundError if a cluster is named and has none.
    """
    found = store.snapshots(SnapshotQuery(cluster))
    if cluster and not found:
        raise no_snapshot(store, cluster)
    return found


def no_name(store: Store, word: str) -> UsageError:
    """The error where a word names no snapshot in any database; it says what is near."""
    text = word if is_time(word) else time_in(word)
    if text is not None:
        time_of(text, now())  # raises where that is what is wrong
    near = f": perhaps {nearest} is meant" if (nearest := _nearest(store, word)) else ""
    return UsageError(
        f"no snapshot {word!r}{near}; use a number, latest, latest~1, @2026-11-01, "
        "@'3 days ago', CONTEXT:latest, or the name of a baseline"
    )


def _nearest(store: Store, word: str) -> str | None:
    if is_time(word):
        return f"@'{word}'"
    contexts = _contexts(store)
    meant = {each: f"{each}:latest" for each in contexts}
    meant |= {each: f"@{each}" for each in ("today", "yesterday")}
    meant |= {each: each for each in ("latest", *baselines_of(store))}
    near = difflib.get_close_matches(word.lower(), meant, n=1)
    return meant[near[0]] if near else None


def _contexts(store: Store) -> list[str]:
    return sorted({each.cluster.context for each in store.snapshots(SnapshotQuery())})


def baselines_of(store: Store) -> Mapping[str, int]:
    """The numbers of named snapshots by their names; none in a store without names."""
    baselines: Callable[[], Mapping[str, int]] = getattr(store, "baselines", dict)
    return baselines()

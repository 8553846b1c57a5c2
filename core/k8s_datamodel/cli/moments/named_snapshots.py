"""Find the stored snapshot that a user names, and snapshots with a time in the future."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from k8s_datamodel.base.clock import now
from k8s_datamodel.base.errors import SnapshotNotFoundError
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.contracts.stores import SnapshotQuery, Store
from k8s_datamodel.data.snapshots import Snapshot
from k8s_datamodel.naming.moment_names import At, Latest, snapshot_word
from k8s_datamodel.naming.moment_times import time_of
from k8s_datamodel.naming.snapshot_names import ahead_of, resolve
from k8s_datamodel.reading.stored_moments import of_one_cluster


def named_snapshot(
    app: App,
    store: Store,
    name: str,
    cluster_context: str | None = None,
    *,
    told: bool = True,
) -> Snapshot:
    """The snapshot that a word means, of this cluster or of the one the settings name.

    ``told``: whose ``latest`` is, where there are several clusters and none is named, is said.
    Raises UsageError, SnapshotNotFoundError.
    """
    cluster = cluster_context or app.settings.context
    found = resolve(store, name, cluster)
    insist_on_cluster(app, found, cluster_context, told=told)
    meant = snapshot_word(name)
    if told and not cluster and isinstance(meant, Latest) and _has_other(store, found):
        app.say(
            f"{name} is snapshot {found.id} of {found.cluster.context}, of several clusters: "
            "CONTEXT:latest and --cluster-context name one."
        )
    if isinstance(meant, At) and time_of(meant.time, now()) > time_of("today", now()):
        app.say(f"{name} is ahead of now: snapshot {found.id} is the newest.")
    if not name.isdecimal() and ahead_of([found], now()):
        app.complain(
            f"{name} is snapshot {found.id}, whose time {found.timestamp} is ahead of now: "
            "the clock was wrong where it was taken, or is wrong here"
        )
    return found


def insist_on_cluster(
    app: App, snapshot: Snapshot, cluster: str | None = None, *, told: bool = True
) -> None:
    """Raise SnapshotNotFoundError if the user typed another cluster than that of a snapshot.

    ``cluster`` is what ``--cluster-context`` says; else it is the ``--context`` that was typed,
    unless not ``told``: then that may be of another moment.
    """
    if cluster is None and told and "context" in app.typed:
        cluster = app.settings.context
    if cluster not in (None, snapshot.cluster.context, snapshot.cluster.uid):
        raise SnapshotNotFoundError(
            f"snapshot {snapshot.id} is of {snapshot.cluster.context}, not of {cluster}"
        )


def _has_other(store: Store, snapshot: Snapshot) -> bool:
    """Whether a database has a snapshot of another cluster.

    One is read, and all only if that is of the same cluster under another context.
    """
    others = SnapshotQuery(other_than=snapshot.cluster.context)

    def has(query: SnapshotQuery) -> bool:
        found = store.snapshots(query)
        return any(not of_one_cluster(each.cluster, snapshot.cluster) for each in found)

    return has(replace(others, limit=1)) or has(others)


def later(store: Store) -> Sequence[Snapshot]:
    """The snapshots of a database with a time ahead of now; hardly ever any."""
    return ahead_of(store.snapshots(SnapshotQuery(later_than=now())), now())


def tell_ahead(app: App, snapshots: Sequence[Snapshot]) -> None:
    """Say which of some snapshots have a time ahead of now."""
    found = [f"{each.id} ({each.timestamp})" for each in ahead_of(snapshots, now())]
    if found:
        app.say(f"Ahead of now, as a clock was wrong: {', '.join(found)}.")

"""The names of the two moments that are compared, also where the user names one or none."""

from __future__ import annotations

from collections.abc import Sequence

from k8s_datamodel.base.errors import SnapshotNotFoundError
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.moments.moment_meanings import StoredName, meaning_of
from k8s_datamodel.cli.moments.named_snapshots import named_snapshot
from k8s_datamodel.contracts.stores import Store
from k8s_datamodel.data.snapshots import Snapshot
from k8s_datamodel.naming.snapshot_names import newest_first
from k8s_datamodel.reading.stored_moments import of_one_cluster


def both_names(app: App, words: Sequence[str]) -> tuple[str, str]:
    """The names of both sides.

    Without any: the newest snapshot, and the one of its cluster before it. With one: it, and the
    newest of its cluster. Raises UsageError, SnapshotNotFoundError.
    """
    if len(words) > 1:
        return words[0], words[1]
    if not words:
        with app.store() as store:
            newest = named_snapshot(app, store, "latest")
            return str(_before(store, newest).id), str(newest.id)
    found = meaning_of(app, words[0])
    if isinstance(found, StoredName):
        if found.database:
            return words[0], "latest"
        with app.store() as store:
            old = named_snapshot(app, store, found.name)
            return str(old.id), str(_newest(store, old).id)
    live = not found.location and found.context
    return words[0], f"{found.context}:latest" if live else "latest"


def _newest(store: Store, old: Snapshot) -> Snapshot:
    """The newest snapshot of a snapshot's cluster."""
    return next(
        (each for each in newest_first(store) if of_one_cluster(each.cluster, old.cluster)), old
    )


def _before(store: Store, newest: Snapshot) -> Snapshot:
    """The snapshot of the same cluster before one."""
    passed = False
    for each in newest_first(store):
        if passed and of_one_cluster(each.cluster, newest.cluster):
            return each
        passed = passed or each.id == newest.id
    raise SnapshotNotFoundError(
        f"snapshot {newest.id} is the only one of {newest.cluster.context}: there is none before "
        "it to compare it with; name two moments"
    )

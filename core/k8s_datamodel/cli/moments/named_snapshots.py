"""Find the stored snapshot that a user names, and snapshots with a time in the future."""

from __future__ import annotations

from collections.abc import Sequence

from k8s_datamodel.base.clock import now
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.contracts.stores import SnapshotQuery, Store
from k8s_datamodel.data.snapshots import Snapshot
from k8s_datamodel.naming.snapshot_names import ahead_of, resolve


def named_snapshot(
    app: App, store: Store, name: str, cluster_context: str | None = None
) -> Snapshot:
    """The snapshot that a word means, of this cluster or of the one the settings name.

    Raises UsageError, SnapshotNotFoundError.
    """
    found = resolve(store, name, cluster_context or app.settings.context)
    if not name.isdecimal() and ahead_of([found], now()):
        app.complain(
            f"{name} is snapshot {found.id}, whose time {found.timestamp} is ahead of now: "
            "the clock was wrong where it was taken, or is wrong here"
        )
    return found


def later(store: Store) -> Sequence[Snapshot]:
    """The snapshots of a database with a time ahead of now; hardly ever any."""
    return ahead_of(store.snapshots(SnapshotQuery(later_than=now())), now())


def tell_ahead(app: App, snapshots: Sequence[Snapshot]) -> None:
    """Say which of some snapshots have a time ahead of now."""
    found = [f"{each.id} ({each.timestamp})" for each in ahead_of(snapshots, now())]
    if found:
        app.say(f"Ahead of now, as a clock was wrong: {', '.join(found)}.")

"""All stored snapshots of some clusters, for commands that carry them elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase

import click

from k8s_datamodel.base.errors import StorageError
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.contracts.stores import AbleStore, Store
from k8s_datamodel.data.snapshots import ClusterInfo, Snapshot
from k8s_datamodel.naming.missing_names import no_snapshot
from k8s_datamodel.reading.moments import Moment
from k8s_datamodel.reading.stored_moments import StoredMoment
from k8s_datamodel.types.resource_types import ResourceType


@dataclass(frozen=True, slots=True)
class StoredSnapshots:
    """Snapshots of a database that is open. Fields may be added.

    Attributes:
        snapshots: the oldest first.
        types: those in use, then those of plugins that are gone, whose records are still there.
    """

    snapshots: Sequence[Snapshot]
    types: Sequence[ResourceType]
    _store: Store

    def moment(self, snapshot: Snapshot) -> Moment:
        """What one of them holds."""
        return StoredMoment.of(self._store, snapshot, self.types)


@contextmanager
def stored_snapshots(ctx: click.Context, patterns: Sequence[str] = ()) -> Iterator[StoredSnapshots]:
    """The stored snapshots of some clusters; use them before this is left.

    Args:
        ctx: of the command, for the global options.
        patterns: of contexts or UIDs, of which one matches; all if empty.

    Raises:
        SnapshotNotFoundError: there is none.
        StorageError: the database cannot be opened, or does not say which snapshot is which.
    """
    app = ctx.ensure_object(App)
    with app.store() as store:
        found = [each for each in store.snapshots() if _matches(each.cluster, patterns)]
        if not found:
            raise no_snapshot(store, ", ".join(patterns) or None)
        if not all(each.uuid for each in found):
            raise StorageError(
                "this backend gives its snapshots no uuid, which names them elsewhere"
            )
        yield StoredSnapshots(found, _types(store, app.registry.types), store)


def _matches(cluster: ClusterInfo, patterns: Sequence[str]) -> bool:
    names = (cluster.context, cluster.uid or "")
    return not patterns or any(fnmatchcase(name, one) for name in names for one in patterns)


def _types(store: AbleStore, active: Sequence[ResourceType]) -> list[ResourceType]:
    names = {each.name for each in active}
    stored = store.types() if hasattr(store, "types") else ()
    return [*active, *(each for each in stored if each.name not in names)]

"""The newest stored moment of each cluster, and what changed since the one before it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase

import click

from k8s_datamodel.cli.diffs.diff_rules import looks_of
from k8s_datamodel.cli.diffs.stored_sides import sides_of
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.comparing.comparisons import Comparison
from k8s_datamodel.comparing.type_comparisons import Looks
from k8s_datamodel.contracts.stores import SnapshotQuery, Store
from k8s_datamodel.data.snapshots import Snapshot
from k8s_datamodel.naming.missing_names import no_snapshot
from k8s_datamodel.reading.moments import Moment
from k8s_datamodel.reading.stored_moments import StoredMoment, cluster_keys
from k8s_datamodel.types.resource_types import ResourceType

UNGRADED = "ungraded"
"""The level of a change of a type that does not grade its changes."""


@dataclass(frozen=True, slots=True)
class TypeChanges:
    """How much of one type changed between two moments. Fields may be added.

    Attributes:
        type_name: the resource type's.
        graded: whether the type grades its changes.
        levels: things that differ, by level; 0 for a level that none has. ``ungraded`` for all of
            a type that does not grade.
        incomparable: parts of the type that a side did not read, and fields of which nobody knows
            whether they differ.
        whole: all of the type was compared, so that a 0 is one.
    """

    type_name: str
    graded: bool
    levels: Mapping[str, int]
    incomparable: int
    whole: bool


@dataclass(frozen=True, slots=True)
class NewestMoment:
    """The newest stored moment of one cluster. Fields may be added.

    Attributes:
        key: what the cluster is told apart by: its UID, or its context where that is unknown.
        moment: of the newest snapshot of all namespaces, or else the newest there is.
        before: the newest earlier one of as much of the cluster; None for the first one.
    """

    key: str
    moment: Moment
    before: Moment | None
    _every: Sequence[ResourceType]
    _looks: Looks

    def changes(self) -> Iterator[TypeChanges]:
        """What changed, type by type, since the one before; nothing of the first one."""
        old, new = self.before, self.moment
        if not isinstance(old, StoredMoment) or not isinstance(new, StoredMoment):
            return
        sides = sides_of(old, new, self._every, None)
        comparison = Comparison(*sides, self._looks)
        found: dict[str, Counter[str]] = {}
        for change in comparison.changes():
            found.setdefault(change.type_name, Counter())[change.level or UNGRADED] += 1
        gaps = [each.type_name for each in comparison.gaps]
        missing = Counter([*gaps, *(each.type_name for each in comparison.unknown)])
        for name in comparison.counts:
            yield TypeChanges(
                name,
                name in self._looks.graders,
                found.get(name, Counter()),
                missing[name],
                name not in gaps,
            )


@contextmanager
def newest_moments(
    ctx: click.Context, patterns: Sequence[str] = ()
) -> Iterator[Sequence[NewestMoment]]:
    """The newest stored moment of each cluster, in order of contexts; use them before this is left.

    Args:
        ctx: of the command, for the global options.
        patterns: of contexts or UIDs, of which one matches; all if empty.

    Raises:
        SnapshotNotFoundError: there is none.
        StorageError: the database cannot be opened.
    """
    app = ctx.ensure_object(App)
    every, looks = app.registry.types, looks_of(app, None)
    with app.store() as store:
        chosen = _by_cluster(store, patterns)
        if not chosen:
            raise no_snapshot(store, ", ".join(patterns) or None)
        moments = []
        for key, snapshots in chosen.items():
            newest, before = _last_two(snapshots)
            old = StoredMoment.of(store, before, every) if before else None
            moment = StoredMoment.of(store, newest, every)
            moments.append(NewestMoment(key, moment, old, every, looks))
        yield sorted(moments, key=lambda each: (each.moment.cluster().context, each.key))


def _by_cluster(store: Store, patterns: Sequence[str]) -> dict[str, list[Snapshot]]:
    """The snapshots of each cluster, the newest first."""
    snapshots = list(reversed(store.snapshots(SnapshotQuery())))
    key = cluster_keys(snapshots)
    found: dict[str, list[Snapshot]] = {}
    for each in snapshots:
        names = (each.cluster.context, each.cluster.uid or "")
        if not patterns or any(fnmatchcase(name, one) for name in names for one in patterns):
            found.setdefault(key(each.cluster), []).append(each)
    return found


def _last_two(snapshots: Sequence[Snapshot]) -> tuple[Snapshot, Snapshot | None]:
    """The newest of all namespaces, or else the newest, and the one before it that is alike."""
    newest = next((each for each in snapshots if each.namespace_filter is None), snapshots[0])
    older = snapshots[snapshots.index(newest) + 1 :]
    alike = (each for each in older if each.namespace_filter == newest.namespace_filter)
    return newest, next(alike, None)

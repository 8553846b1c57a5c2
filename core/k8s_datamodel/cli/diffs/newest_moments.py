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
from k8s_datamodel.contracts.stores import Store
from k8s_datamodel.data.snapshots import Snapshot
from k8s_datamodel.naming.missing_names import no_snapshot
from k8s_datamodel.naming.snapshot_names import newest_first
from k8s_datamodel.reading.moments import Moment
from k8s_datamodel.reading.stored_moments import StoredMoment, cluster_keys, earlier
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
    """

    key: str
    moment: Moment
    _store: Store
    _every: Sequence[ResourceType]
    _looks: Looks

    def changes(self) -> Iterator[TypeChanges]:
        """What changed, type by type, since the snapshot before it; nothing of the first one.

        The one before is the newest earlier one of as much of the cluster.
        """
        moment = self.moment
        before = next(
            (each for each in earlier(moment, self._store) if each.namespace == moment.namespace),
            None,
        )
        if before is None or not isinstance(moment, StoredMoment):
            return
        comparison = Comparison(*sides_of(before, moment, self._every, None), self._looks)
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
        chosen = _newest(store, patterns)
        if not chosen:
            raise no_snapshot(store, ", ".join(patterns) or None)
        moments = [
            NewestMoment(key, StoredMoment.of(store, each, every), store, every, looks)
            for key, each in chosen.items()
        ]
        yield sorted(moments, key=lambda each: (each.moment.cluster().context, each.key))


def _newest(store: Store, patterns: Sequence[str]) -> dict[str, Snapshot]:
    """By cluster the newest snapshot of all namespaces, or else the newest."""
    snapshots = list(newest_first(store))
    key = cluster_keys(snapshots)
    found: dict[str, Snapshot] = {}
    for each in snapshots:
        names = (each.cluster.context, each.cluster.uid or "")
        if patterns and not any(fnmatchcase(name, one) for name in names for one in patterns):
            continue
        kept = found.setdefault(key(each.cluster), each)
        if kept.namespace_filter and not each.namespace_filter:
            found[key(each.cluster)] = each
    return found

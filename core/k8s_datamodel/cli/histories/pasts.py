"""Numbers and other values of all things of a cluster over its last snapshots, for commands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, cast

import click

from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.histories.sights import numbers_of
from k8s_datamodel.cli.histories.stages import EVERYTHING_READ, Stages
from k8s_datamodel.cli.rows.earlier_moments import store_of_past
from k8s_datamodel.comparing.comparability import Reading
from k8s_datamodel.contracts.stores import AbleStore, Store, ValuesSeen
from k8s_datamodel.data.objects import Identity, in_order
from k8s_datamodel.data.snapshots import FROM_FILES, Snapshot
from k8s_datamodel.naming.snapshot_names import newest_first
from k8s_datamodel.reading.moments import Moment
from k8s_datamodel.reading.stored_moments import StoredMoment, of_one_cluster
from k8s_datamodel.types.resource_types import ResourceType

_NAMESPACE = "namespace"


@dataclass(frozen=True, slots=True)
class PastPoint:
    """A snapshot among the points of a past. Fields may be added.

    Attributes:
        number: the snapshot's; None for what is read now.
        timestamp: when it was read, UTC.
        complete: nothing that matters was left unread.
        counts: records by type name; None for a type that was skipped or could not be read.
    """

    number: int | None
    timestamp: str
    complete: bool
    counts: Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Since:
    """Since when something is as the last point shows it.

    Attributes:
        at: index of the oldest point that shows it so, with nothing else known in between.
        after: index of the newest point before it that shows something else, so that it began
            between the two; None if no point does, so that it may be older than the past.
    """

    at: int
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """One thing at each point of a past. Fields may be added.

    Attributes:
        there: whether it was there; None where that is not known.
        values: by name of column; None where a value is not known, or the thing not there.
    """

    there: Sequence[bool | None]
    values: Mapping[str, Sequence[Any]]

    def since(self, column: str = "") -> Since | None:
        """Since when a column has the value of the last point; without one, since when it is there.

        None if that is not known of the last point. Points that do not know are passed over.
        """
        seen = self.values[column] if column else self.there
        last = len(seen) - 1
        if seen[last] is None:
            return None
        at = last
        for index in reversed(range(last)):
            if column and self.there[index] is False:
                return Since(at, index)
            if seen[index] is None:
                continue
            if seen[index] != seen[last]:
                return Since(at, index)
            at = index
        return Since(at)


@dataclass(frozen=True, slots=True)
class _Part:
    """Points that are in one store, in their order, and how many points there are before them."""

    stages: Stages
    snapshots: Sequence[Snapshot]
    before: int
    _readings: dict[str, list[Reading]] = field(default_factory=dict)

    def readings(self, resource_type: ResourceType) -> Sequence[Reading]:
        """What each snapshot read of a type; of all types at once, as one ledger tells of them."""
        if not self._readings:
            types = self.stages.types
            self._readings.update({each.name: [] for each in types})
            for snapshot in self.snapshots:
                for each in types:
                    self._readings[each.name].append(self.stages.reading(snapshot, each))
        return self._readings[resource_type.name]

    def seen(self, resource_type: ResourceType, columns: Sequence[str]) -> Iterator[ValuesSeen]:
        store, name = self.stages.store, resource_type.name
        numbers = [each.id for each in self.snapshots]
        if hasattr(store, "series"):
            yield from cast(AbleStore, store).series(numbers, name, columns)
            return
        for number in numbers:
            for row in store.records(number, name, objects=False):
                yield ValuesSeen(tuple(map(row.get, columns)), [number])


@dataclass(frozen=True, slots=True)
class Past:
    """A moment and the stored snapshots before it: of its cluster, and of as much of it.

    Attributes:
        points: the oldest first; the last is the moment itself.
    """

    points: Sequence[PastPoint]
    _types: Sequence[ResourceType]
    _parts: Sequence[_Part]

    def counts(self, type_name: str) -> list[int | None]:
        """How many records of a type each point has; None where that is not known."""
        return [each.counts.get(type_name) for each in self.points]

    def series(self, type_name: str, columns: Sequence[str] = ()) -> dict[tuple[Any, ...], Series]:
        """Each thing of a type that any point shows, by identity, in order of what that says.

        A point lacks a thing for certain only if it read all that may show it; of a type whose
        lists differ from run to run that is never known.

        Args:
            type_name: of a type in use.
            columns: whose values are wanted; by default those of numbers that change without the
                object.

        Raises:
            StorageError: what a snapshot holds cannot be read.
            KeyError: no such type is in use.
        """
        kind = {each.name: each for each in self._types}[type_name]
        names = tuple(columns) or tuple(each.name for each in numbers_of(kind))
        shown = self._shown(kind, names)
        lacks = self._lacks(kind)
        place = kind.identity.index(_NAMESPACE) if _NAMESPACE in kind.identity else None
        found = {}
        for identity in sorted(shown, key=in_order):
            at = shown[identity]
            namespace = None if place is None else identity[place]
            there = [
                True if values is not None else unread(namespace)
                for values, unread in zip(at, lacks, strict=True)
            ]
            nothing = (None,) * len(names)
            columns_of = zip(*(nothing if values is None else values for values in at), strict=True)
            found[identity] = Series(there, dict(zip(names, columns_of, strict=True)))
        return found

    def _shown(
        self, kind: ResourceType, names: Sequence[str]
    ) -> dict[Identity, list[tuple[Any, ...] | None]]:
        """The values of each thing at each point; None where it is not."""
        width = len(kind.identity)
        shown: dict[Identity, list[tuple[Any, ...] | None]] = {}
        for part in self._parts:
            index = {each.id: part.before + n for n, each in enumerate(part.snapshots)}
            for values, numbers in part.seen(kind, (*kind.identity, *names)):
                at = shown.setdefault(values[:width], [None] * len(self.points))
                for number in numbers:
                    at[index[number]] = values[width:]
        return shown

    def _lacks(self, kind: ResourceType) -> list[Callable[[str | None], bool | None]]:
        """For each point, whether a thing that it does not show was there: False, or not known."""
        return [_lacking(each) for part in self._parts for each in part.readings(kind)]


def _lacking(reading: Reading) -> Callable[[str | None], bool | None]:
    if reading is EVERYTHING_READ:
        return lambda namespace: False
    if reading.kinds is not None:
        return lambda namespace: None
    return lambda namespace: None if reading.lacks(namespace) else False


@contextmanager
def past_of(ctx: click.Context, moment: Moment, last: int = 30) -> Iterator[Past]:
    """A moment and the stored snapshots before it; use them before this is left.

    Of what is read now, the past is in the user's database, if there is one.

    Args:
        ctx: of the command, for the global options.
        moment: one that a store holds, while that is open.
        last: how many points there are at most.

    Raises:
        TypeError: the moment is still being read.
        StorageError: the database cannot be opened.
    """
    if not isinstance(moment, StoredMoment):
        raise TypeError("only a moment that is stored has a past")
    app = ctx.ensure_object(App)
    types = app.registry.types
    with ExitStack() as stack:
        store = store_of_past(app, moment, stack)
        older = list(islice(_before(store, moment), last - 1))[::-1] if store else []
        now = moment.store.snapshot(moment.stored_as)
        if store is moment.store:
            parts = [_Part(Stages(moment.store, types), [*older, now], 0)]
        else:
            parts = [_Part(Stages(store, types), older, 0)] if store else []
            parts.append(_Part(Stages(moment.store, types), [now], len(older)))
        yield Past([*map(_point, older), _point(moment.snapshot)], types, parts)


def _before(store: Store, moment: StoredMoment) -> Iterator[Snapshot]:
    """The snapshots before a moment of as much of its cluster, the newest first."""
    cluster, files = moment.cluster(), moment.cluster().source == FROM_FILES
    before = moment.number is None
    for each in newest_first(store):
        alike = (
            each.namespace_filter == moment.namespace
            and (each.cluster.source == FROM_FILES) is files
        )
        if before and alike and of_one_cluster(each.cluster, cluster):
            yield each
        before = before or each.id == moment.number


def _point(snapshot: Snapshot) -> PastPoint:
    return PastPoint(snapshot.id or None, snapshot.timestamp, snapshot.complete, snapshot.counts)

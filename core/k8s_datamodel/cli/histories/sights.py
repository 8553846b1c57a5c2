"""What each snapshot of a cluster shows of one thing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from k8s_datamodel.cli.histories.stages import Stages, point
from k8s_datamodel.cli.histories.timelines import Compared, Sight
from k8s_datamodel.comparing.sides import Entry
from k8s_datamodel.comparing.type_comparisons import Looks
from k8s_datamodel.contracts.stores import AbleStore, Sighting, Store
from k8s_datamodel.data.columns import Column
from k8s_datamodel.data.objects import Identity, Row
from k8s_datamodel.data.snapshots import FROM_FILES, Snapshot
from k8s_datamodel.types.resource_types import ResourceType

_UNCOVERED = "a dump need not hold all of them"


def numbers_of(resource_type: ResourceType) -> list[Column]:
    """The columns of a type that count something which changes without the object."""
    return [
        each for each in resource_type.columns if each.volatile and each.type in ("integer", "real")
    ]


@dataclass(slots=True)
class Thing:
    """One thing over the snapshots of a cluster.

    Attributes:
        resource_type: its type.
        identity: the values of its identity columns.
        past: the snapshots of the cluster, the oldest first.
        looks: how its changes are looked at.
    """

    stages: Stages
    resource_type: ResourceType
    identity: Identity
    past: Sequence[Snapshot]
    looks: Looks
    _entries: dict[int, Entry] = field(default_factory=dict)

    def sights(self) -> list[Sight]:
        """What each snapshot shows, the oldest first."""
        columns = numbers_of(self.resource_type)
        found = dict(self._found([each.name for each in columns]))
        kind = self._kind()
        live = any(self.past[0].cluster.source != each.cluster.source for each in self.past)
        sights = []
        for snapshot in self.past:
            if snapshot.id in found:
                entry, values = found[snapshot.id]
                drawn = values if self._counts_alike(snapshot) else [None] * len(values)
                by_key = dict(zip((each.key for each in columns), drawn, strict=True))
                sights.append(Sight(point(snapshot), "there", entry.whole, values=by_key))
            else:
                sights.append(self._missing(snapshot, kind, mixed=live))
        return sights

    def compare(self, old: Sight, new: Sight) -> Compared:
        """What differs between two sights."""
        pair = self._entries[old.at.id], self._entries[new.at.id]
        comparison = self.stages.comparison(
            (old.at.id, new.at.id), self.resource_type, [pair], self.looks
        )
        change = next(iter(list(comparison.changes())), None)
        return Compared(change, [each.field for each in comparison.unknown])

    def row(self, sight: Sight) -> Row:
        """The row that a sight shows, with the complete object."""
        entry = self._entries[sight.at.id]
        if entry.held is not None:
            return entry.held
        store = cast(AbleStore, self.stages.store)
        name = self.resource_type.name
        return next(store.records(sight.at.id, name, objects=True, only=[entry.key]))

    def _counts_alike(self, snapshot: Snapshot) -> bool:
        """Whether what a snapshot counted for the thing is of the same namespaces as the newest's.

        A thing that is in a namespace has numbers of its own.
        """
        own = "namespace" in self.resource_type.identity
        return own or snapshot.namespace_filter == self.past[-1].namespace_filter

    def _found(self, columns: Sequence[str]) -> Iterator[tuple[int, tuple[Entry, tuple[Any, ...]]]]:
        """The thing in the snapshots that have it, with the values of some columns."""
        numbers = {each.id for each in self.past}
        for number, entry, values in _sightings(
            self.stages.store, self.resource_type, self.identity, columns, numbers
        ):
            self._entries[number] = entry
            yield number, (entry, values)

    def _kind(self) -> str:
        """The read that the thing comes from, of a type that reads one list a kind."""
        defined_by = self.looks.rules.defined_by
        if not self.resource_type.on_request or defined_by is None or not self._entries:
            return ""
        number = next(iter(self._entries))
        at = next(each for each in self.past if each.id == number)
        named = defined_by.identity(self.row(Sight(point(at), "there")))
        return str(named[0]) if named else ""

    def _missing(self, snapshot: Snapshot, kind: str, *, mixed: bool) -> Sight:
        at = point(snapshot)
        names = self.resource_type.identity
        namespace = dict(zip(names, self.identity, strict=True)).get("namespace")
        gap = self.stages.reading(snapshot, self.resource_type).lacks(namespace, kind)
        if gap:
            return Sight(at, "unread", status=gap.status, reason=gap.reason)
        if mixed and snapshot.cluster.source == FROM_FILES:
            return Sight(at, "unread", status="uncovered", reason=_UNCOVERED)
        return Sight(at, "absent")


def _sightings(
    store: Store,
    resource_type: ResourceType,
    identity: Identity,
    columns: Sequence[str],
    numbers: set[int],
) -> Iterator[tuple[int, Entry, tuple[Any, ...]]]:
    """A thing in some snapshots; row by row where the store finds none by itself."""
    name, keys = resource_type.name, resource_type.identity
    if hasattr(store, "sightings"):
        able = cast(AbleStore, store)
        each: Sighting
        for each in able.sightings(name, dict(zip(keys, identity, strict=True)), columns):
            if each.snapshot_id in numbers:
                whole = each.columns, each.state
                entry = Entry(identity, whole, each.content, key=each.key)
                yield each.snapshot_id, entry, each.values
        return
    for number in sorted(numbers):
        for row in store.records(number, name, objects=True):
            if tuple(row.get(key) for key in keys) == identity:
                values = tuple(row.get(column) for column in columns)
                yield number, Entry(identity, held=row), values
                break

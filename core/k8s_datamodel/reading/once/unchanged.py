"""Records of lists that did not change at all: a store keeps them as they are.

Nothing of such a list is given, looked at or written again, so what follows from its objects beside
their records is noted with them: who made the objects, and by which code.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from k8s_datamodel.contracts.sources import ReusableObjects
from k8s_datamodel.contracts.stores import SnapshotWriter
from k8s_datamodel.data.fingerprints import UnchangedList
from k8s_datamodel.data.objects import Resource
from k8s_datamodel.data.traces import Trace
from k8s_datamodel.plugins.stamps import host_stamp
from k8s_datamodel.types.resource_types import ResourceType


@dataclass(frozen=True, slots=True)
class StoredLists:
    """What a store can do with the lists of a run.

    Attributes:
        reusable: the store's reusable objects; None for none.
        writer: of the snapshot that is being written.
        looked_at: names of types whose records others need; each of these is made.
    """

    reusable: ReusableObjects | None
    writer: SnapshotWriter
    looked_at: Collection[str] = ()

    def of(self, resource_type: ResourceType, stamp: str) -> TypeLists | None:
        """The lists of one type, whose records code with this stamp makes; None for none."""
        keep = getattr(self.writer, "keep", None)
        note = getattr(self.writer, "note_list", None)
        if keep is None or note is None or resource_type.name in self.looked_at:
            return None
        find = getattr(self.reusable, "unchanged_list", None)
        return TypeLists(resource_type, f"{stamp} {host_stamp()}", find, keep, note)


@dataclass(frozen=True, slots=True)
class TypeLists:
    """The lists of one type: see ``AbleWriter`` and ``ReusableRecords`` for what a store gives."""

    resource_type: ResourceType
    stamp: str
    find: Callable[[str, Resource, str], UnchangedList | None] | None
    keep_records: Callable[[ResourceType, UnchangedList], None]
    note_list: Callable[[ResourceType, Resource, str], None]

    def known(self, resource: Resource, definition: str) -> KnownList | None:
        """A list as it was stored, if the same code would make the same of it."""
        found = self.find and self.find(self.resource_type.name, resource, definition)
        traces = _traces(found.note, self.stamp) if found else None
        if not found or traces is None:
            return None
        # The traces are of what was read: an object that could not be stored left one, too.
        same = sum(each.objects for each in traces) == found.number
        return KnownList(self, resource, definition, found, traces) if same else None

    def note(self, resource: Resource, traces: Sequence[Trace]) -> None:
        """Make a list known to the next snapshot."""
        self.note_list(self.resource_type, resource, json.dumps([self.stamp, traces]))


@dataclass(frozen=True, slots=True)
class KnownList:
    """A list of a type as it was stored, and who made its objects."""

    of: TypeLists
    resource: Resource
    definition: str
    stored: UnchangedList
    traces: Sequence[Trace]

    def keep(self) -> int:
        """Take the records into the snapshot that is being written; how many there are."""
        self.of.keep_records(self.of.resource_type, self.stored)
        return self.stored.number


def _traces(note: str, stamp: str) -> Sequence[Trace] | None:
    """The traces in a note of the same code; None if it is of other code, or no note."""
    try:
        made_by, traces = json.loads(note)
        return [_trace(*each) for each in traces] if made_by == stamp else None
    except (ValueError, TypeError):
        return None


def _trace(writers: Any, owners: Any, objects: int) -> Trace:
    pairs = [tuple((str(one), str(other)) for one, other in part) for part in (writers, owners)]
    return Trace(pairs[0], pairs[1], int(objects))

"""What a snapshot that is being written holds of one type, list by list."""

from __future__ import annotations

from dataclasses import dataclass, field

from k8s_datamodel.api import ListFingerprint, Snapshot
from k8s_datamodel_plugins.sql.layout.digests import Sum, TypeSum
from k8s_datamodel_plugins.sql.layout.list_entries import KeptList, ListEntry
from k8s_datamodel_plugins.sql.layout.stored_types import StoredType


@dataclass(slots=True)
class StoredList:
    """The records of one list.

    Attributes:
        number: tells the lists of a part apart.
        resource: ``group/version/kind``; empty for records of objects that the index cannot know.
        kept: where they lie, if they are those of an earlier snapshot.
    """

    number: int
    resource: str
    sum: Sum = field(default_factory=Sum)
    fingerprint: ListFingerprint = field(default_factory=ListFingerprint)
    kept: ListEntry | None = None

    @property
    def state(self) -> str:
        """Its fingerprint as text."""
        return self.kept.fingerprint if self.kept else str(self.fingerprint)


class Part:
    """The records of one type.

    Attributes:
        stored: the type.
        lists: the lists that they are of.
        notes: the host's, by ``group/version/kind``, of those that were read to their end.
    """

    def __init__(self, stored: StoredType) -> None:
        self.stored = stored
        self.lists: list[StoredList] = []
        self.notes: dict[str, str] = {}
        self._named: dict[str, StoredList] = {}

    def list_named(self, resource: str) -> StoredList:
        """The list of which records are written."""
        found = self._named.get(resource)
        if found is None:
            found = self._named[resource] = StoredList(len(self.lists), resource)
            self.lists.append(found)
        return found

    def keep(self, kept: KeptList) -> StoredList:
        """A list whose records are those of an earlier snapshot."""
        entry = kept.entry
        records = Sum(entry.records, entry.sum)
        self.lists.append(StoredList(len(self.lists), kept.resource, records, kept=entry))
        return self.lists[-1]

    @property
    def sum(self) -> Sum:
        """Of all records."""
        whole = Sum()
        for each in self.lists:
            whole.add_all(each.sum)
        return whole

    def said(self, snapshot: Snapshot) -> TypeSum:
        """What a snapshot says and holds of the type: the sum is for its digest."""
        name, records = self.stored.type.name, self.sum
        count = snapshot.counts.get(name, records.number)
        return TypeSum(name, count, records, snapshot.stamps.get(name))

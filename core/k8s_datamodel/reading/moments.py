"""What one cluster held at one time, wherever that comes from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from k8s_datamodel.data.ledger import Count, LedgerEntry, Outcome
from k8s_datamodel.data.objects import Resource, Row
from k8s_datamodel.data.snapshots import ClusterInfo, Snapshot
from k8s_datamodel.types.resource_types import ResourceType


@dataclass(slots=True)
class Moment(ABC):
    """What one cluster held at one time. Fields may be added in a minor version.

    A stored snapshot is whole from the start. A run (of a live cluster or a dump) reads while
    ``rows`` is iterated; what a moment says of it holds when all its types are read, see
    ``finish``.

    Attributes:
        types: whose rows there are.
        timestamp: when it was read, UTC.
        namespace: the namespace that limited the reading, or None.
        counts: rows by name of type; None where they could not all be read, and missing for a
            type that was left out.
        ledger: what was read, and how that ended.
        snapshot: the stored one; None for what is read now.
    """

    types: Sequence[ResourceType]
    timestamp: str
    namespace: str | None
    counts: Mapping[str, int | None]
    ledger: Sequence[LedgerEntry]
    snapshot: Snapshot | None

    @property
    def number(self) -> int | None:
        """The stored snapshot's; None for what is read now."""
        return self.snapshot.id or None if self.snapshot else None

    @property
    def complete(self) -> bool:
        """Whether nothing that matters was left unread."""
        if self.snapshot:
            return self.snapshot.complete
        return not any(entry.incomplete for entry in self.ledger)

    def asked_for(self, resource_type: ResourceType) -> bool:
        """Whether it is about a type: about one on request only if that was asked for."""
        name = resource_type.name
        known = not resource_type.on_request or self.counts.get(name) is not None
        return known or any(entry.resource_type == name for entry in self.ledger)

    @abstractmethod
    def cluster(self) -> ClusterInfo:
        """What is known of the cluster as a whole."""

    @abstractmethod
    def rows(self, type_name: str, *, objects: bool = False) -> Iterator[Row]:
        """The rows of one type: of a snapshot in order of identity, of a run as they are read.

        A run reads each type once. It keeps the rows of types that it must read before, without
        their objects. A type that is not one of ``types`` has no rows. Without ``objects``,
        ``spec`` is None or missing. Raises LookupError if a run has read the type already, or
        has kept it without the objects.
        """

    @abstractmethod
    def finish(self) -> None:
        """Read the remaining types, so that counts and ledger are final."""

    @abstractmethod
    def probe(self, resources: Sequence[Resource]) -> Sequence[Outcome]:
        """How a list of each resource ends, without reading it: a small request each.

        A dump is read already, and may list what it cannot count. A stored snapshot has no answer.
        """

    @abstractmethod
    def count(self, resources: Sequence[Resource]) -> Iterator[Count]:
        """How many objects there are of each resource, counted now; nothing of a snapshot."""

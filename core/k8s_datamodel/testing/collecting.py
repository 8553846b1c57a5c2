"""Run a resource type's collector as the host does, and examine the result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from k8s_datamodel.contracts.sources import Source
from k8s_datamodel.contracts.stores import SnapshotWriter
from k8s_datamodel.data.asked import Asked
from k8s_datamodel.data.ledger import LedgerEntry
from k8s_datamodel.data.objects import Record
from k8s_datamodel.reading.pipeline import start
from k8s_datamodel.reading.reader import Passage
from k8s_datamodel.reading.run_redactor import RunRedactor
from k8s_datamodel.reading.storing import Deferring
from k8s_datamodel.testing.alone import alone
from k8s_datamodel.types.resource_types import ResourceType


@dataclass(frozen=True, slots=True)
class Collected:
    """What one run gave; ``count`` is None when a snapshot would not know it."""

    records: Sequence[Record]
    count: int | None
    ledger: Sequence[LedgerEntry]

    @property
    def faults(self) -> list[str]:
        """Why the collector failed; empty when it did not."""
        return [entry.outcome.reason for entry in self.ledger if entry.read == "collector"]


def collect(
    resource_type: ResourceType,
    source: Source,
    namespace: str | None = None,
    patterns: Sequence[str] = (),
    *,
    storing: bool = False,
) -> Collected:
    """Collect one type from a source, with no other plugin around, and close the source.

    ``patterns`` are asked for of a type that is on request; everything if there is none. A run that
    is ``storing`` replaces credentials before the collector gets an object, and fills deferred
    columns. Raises PluginError if the host would refuse the type.
    """
    asked = Asked({resource_type.name: tuple(patterns)} if patterns else {})
    with start(lambda: source, alone(resource_type), (resource_type,), namespace, asked) as run:
        reader = run.reader(Passage(RunRedactor(b"any salt") if storing else None))
        records = [record for _, record in run.records(reader)]
        if storing:
            records = _completed(resource_type, records, Deferring(run))
        return Collected(records, run.counts[resource_type.name], list(run.ledger))


def _completed(
    resource_type: ResourceType, records: Sequence[Record], deferring: Deferring
) -> list[Record]:
    """The records with the values of their deferred columns."""
    deferring.see(resource_type, records)
    amendments = _Amendments()
    deferring.amend(cast(SnapshotWriter, amendments), ())
    names = resource_type.identity
    given = [
        amendments.values.get(tuple(each.values.get(n) for n in names), {}) for each in records
    ]
    return [
        replace(record, values={**record.values, **values})
        for record, values in zip(records, given, strict=True)
    ]


class _Amendments:
    """A writer that keeps the values with which records are completed."""

    def __init__(self) -> None:
        self.values: Mapping[tuple[Any, ...], Mapping[str, Any]] = {}

    def amend(
        self, resource_type: ResourceType, values: Mapping[tuple[Any, ...], Mapping[str, Any]]
    ) -> None:
        """Keep them."""
        self.values = values

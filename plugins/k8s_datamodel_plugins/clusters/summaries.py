"""Numbers of a cluster: rows by type, and by the values of columns that can be filtered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from k8s_datamodel.api import INCOMPLETE, ClusterInfo, Column, LedgerEntry, ResourceType, Row

_NONE = "(none)"
_MOST_SHOWN = 10


@dataclass(slots=True)
class Numbers:
    """Counts the rows of one type.

    Attributes:
        type: whose columns are counted.
        total: rows so far.
    """

    type: ResourceType
    total: int = 0
    _values: dict[str, Counter[str]] = field(default_factory=dict)
    _sums: dict[str, int] = field(default_factory=Counter)
    _unknown: dict[str, int] = field(default_factory=Counter)

    def take(self, row: Row) -> None:
        """Count one row."""
        self.total += 1
        for column in grouping(self.type):
            value = row.get(column.name)
            counter = self._values.setdefault(column.key, Counter())
            counter[_NONE if value is None else str(value)] += 1
        for column in summed(self.type):
            value = row.get(column.name)
            self._sums[column.key] += value or 0
            self._unknown[column.key] += value is None

    def values(self, *, known: bool) -> dict[str, Any]:
        """The numbers as a document; without ``known`` they are parts, and so null.

        ``sums`` are null where a part is unknown; ``unknown`` says of how many rows.
        """
        if not known:
            return {"total": None}
        by = {f"by_{key}": dict(counts.most_common()) for key, counts in self._values.items()}
        sums = {
            key: {"sum": None if self._unknown[key] else total, "unknown": self._unknown[key]}
            for key, total in self._sums.items()
        }
        return {"total": self.total, **by, **sums}


def grouping(resource_type: ResourceType) -> tuple[Column, ...]:
    """Columns worth dividing by: users filter by them, and they do not name a row alone."""
    identity = resource_type.identity
    naming = {"name", "namespace", *(identity if len(identity) == 1 else ())}
    return tuple(
        column
        for column in resource_type.columns
        if column.filter and column.type == "text" and column.name not in naming
    )


def summed(resource_type: ResourceType) -> tuple[Column, ...]:
    """Columns worth adding up: whole numbers that stand in tables."""
    return tuple(
        column
        for column in resource_type.columns
        if column.type == "integer" and column.show == "table"
    )


def cluster_values(cluster: ClusterInfo) -> dict[str, Any]:
    """What is known of the cluster itself, by the keys that documents of snapshots have."""
    return {
        "cluster_context": cluster.context,
        "cluster_uid": cluster.uid,
        "version": cluster.version,
        "platform": cluster.platform,
        "nodes": cluster.nodes,
        "source": cluster.source,
        "source_timestamp": cluster.source_timestamp,
    }


def summary(
    about: Mapping[str, Any],
    numbers: Iterable[Numbers],
    counts: Mapping[str, int | None],
    ledger: Iterable[LedgerEntry],
) -> dict[str, Any]:
    """The whole summary.

    Args:
        about: what is known of the cluster and the snapshot.
        numbers: of each type, in order.
        counts: rows by name of type; None where they could not all be read.
        ledger: of the run.
    """
    missing = [entry for entry in ledger if entry.outcome.status in INCOMPLETE]
    complete = not any(entry.incomplete for entry in missing)
    types = {
        each.type.name: each.values(known=counts.get(each.type.name) is not None)
        for each in numbers
    }
    return {
        "snapshot": {**about, "complete": complete},
        **types,
        "ledger": [_unread(entry) for entry in missing],
    }


def _unread(entry: LedgerEntry) -> dict[str, Any]:
    return {
        "read": entry.read,
        "resource_type": entry.resource_type,
        "status": entry.outcome.status,
        "optional": entry.optional,
        "reason": entry.outcome.reason,
    }


def shortened(value: dict[str, Any]) -> dict[str, Any]:
    """A summary for people: of each division the largest parts, and how many others there are."""
    return {key: _short(each) if isinstance(each, dict) else each for key, each in value.items()}


def _short(numbers: dict[str, Any]) -> dict[str, Any]:
    return {key: _largest(each) if key.startswith("by_") else each for key, each in numbers.items()}


def _largest(counts: dict[str, int]) -> dict[str, int]:
    if len(counts) <= _MOST_SHOWN + 1:
        return counts
    items = list(counts.items())
    others = items[_MOST_SHOWN:]
    return {**dict(items[:_MOST_SHOWN]), f"({len(others)} others)": sum(n for _, n in others)}

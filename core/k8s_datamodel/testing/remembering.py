"""The history of a resource type's things, as ``history`` tells it."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from k8s_datamodel.cli.histories.sights import Thing
from k8s_datamodel.cli.histories.stages import Stages
from k8s_datamodel.cli.histories.timelines import Step, steps
from k8s_datamodel.comparing.type_comparisons import Looks
from k8s_datamodel.contracts.stores import Store
from k8s_datamodel.data.ledger import LedgerEntry
from k8s_datamodel.data.objects import Row
from k8s_datamodel.data.snapshots import ClusterInfo, Snapshot
from k8s_datamodel.types.comparison_rules import ComparisonRules
from k8s_datamodel.types.resource_types import ResourceType

_CLUSTER = ClusterInfo("kit", "uid-of-kit", source="kit")


class _Snapshots:
    """What every store has, of snapshots of one type that are in memory."""

    def __init__(
        self, resource_type: ResourceType, held: Sequence[Sequence[Row]], ledger: Sequence[Any]
    ) -> None:
        self._held, self._ledger = held, ledger
        self.past = [
            Snapshot(
                f"2024-03-15 10:30:{number:02}",
                _CLUSTER,
                {resource_type.name: len(rows)},
                id=number,
                stamps={resource_type.name: "kit"},
                redaction_rules=1,
            )
            for number, rows in enumerate(held, start=1)
        ]

    def snapshot(self, snapshot_id: int) -> Snapshot:
        return self.past[snapshot_id - 1]

    def records(self, snapshot_id: int, resource_type: str, *, objects: bool) -> Iterator[Row]:
        return iter(self._held[snapshot_id - 1])

    def ledger(self, snapshot_id: int) -> Sequence[LedgerEntry]:
        return self._ledger


def history_of(
    resource_type: ResourceType,
    rules: ComparisonRules,
    row: Row,
    changed: str,
    ledger: Sequence[LedgerEntry],
) -> list[Step]:
    """The steps of a thing that was there, got one more field, and went; the newest first.

    Args:
        resource_type: of the thing.
        rules: how it is compared.
        row: with its object.
        changed: name of a field that the object has not.
        ledger: of a run that read it.
    """
    spec: Mapping[str, Any] = {**copy.deepcopy(dict(row["spec"])), changed: "more"}
    store = _Snapshots(resource_type, [[row], [{**row, "spec": spec}], []], ledger)
    identity = tuple(row.get(name) for name in resource_type.identity)
    stages = Stages(cast(Store, store), [resource_type])
    thing = Thing(stages, resource_type, identity, store.past, Looks(rules))
    return steps(thing.sights(), thing.compare)

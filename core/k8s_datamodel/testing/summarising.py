"""Call what a resource type adds to a summary, on the records of a run as if they were stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

from k8s_datamodel.base.clock import now
from k8s_datamodel.contracts.stores import Store
from k8s_datamodel.data.ledger import LedgerEntry
from k8s_datamodel.data.objects import Row
from k8s_datamodel.data.snapshots import ClusterInfo, Snapshot
from k8s_datamodel.reading.run_moments import row_of
from k8s_datamodel.reading.snapshot_summaries import Part, parts
from k8s_datamodel.reading.stored_moments import StoredMoment
from k8s_datamodel.testing.alone import alone
from k8s_datamodel.testing.collecting import Collected
from k8s_datamodel.types.resource_types import ResourceType

_NUMBER = 1


class _Kept:
    """The records of one type, as a store gives them."""

    def __init__(self, resource_type: ResourceType, collected: Collected) -> None:
        self._type = resource_type
        self._collected = collected

    def records(self, snapshot_id: int, resource_type: str, *, objects: bool) -> Iterator[Row]:
        """The rows."""
        for record in self._collected.records:
            yield row_of(self._type, record, objects=objects)

    def ledger(self, snapshot_id: int) -> Sequence[LedgerEntry]:
        """What was read."""
        return self._collected.ledger


def summarised(resource_type: ResourceType, collected: Collected) -> Sequence[Part]:
    """What ``database summary`` would say of these records; nothing of a type without summary."""
    if not resource_type.summary:
        return ()
    store = cast(Store, _Kept(resource_type, collected))
    counts = {resource_type.name: collected.count}
    snapshot = Snapshot(now(), ClusterInfo("samples"), counts, id=_NUMBER)
    moment = StoredMoment.of(store, snapshot, (resource_type,))
    function = alone(resource_type).load_function(resource_type, resource_type.summary)
    return parts(function, moment)

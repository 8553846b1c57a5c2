"""Leave out of a snapshot what a database cannot hold; the snapshot is then incomplete."""

from __future__ import annotations

from collections.abc import Sequence

from k8s_datamodel.base.errors import UnstorableError
from k8s_datamodel.contracts.stores import SnapshotWriter, Store
from k8s_datamodel.data.ledger import STORING, LedgerEntry, Outcome
from k8s_datamodel.types.resource_types import ResourceType


def begin(
    store: Store, types: Sequence[ResourceType]
) -> tuple[SnapshotWriter, Sequence[LedgerEntry]]:
    """Start writing those types that a database can hold; an entry for each of the others.

    Raises:
        UnstorableError: it can hold none of them.
        StorageError: it cannot be written.
    """
    try:
        return store.begin(types), ()
    except UnstorableError as error:
        whole = error
    held: list[ResourceType] = []
    left_out = []
    for each in types:
        try:
            store.begin([each])
        except UnstorableError as error:
            left_out.append(LedgerEntry(each.name, STORING, Outcome("failed", str(error))))
        else:
            held.append(each)
    if not (held and left_out):
        raise whole
    return store.begin(held), left_out

"""Copy snapshots from one database into another, whatever their backends.

A snapshot is known by its ``uuid``, so that copying twice is the same as copying once. Each is
written as a run writes one: whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from k8s_datamodel.base.errors import DamagedError, StorageError, UnstorableError
from k8s_datamodel.contracts.stores import AbleStore, Store
from k8s_datamodel.data.ledger import LedgerEntry
from k8s_datamodel.data.objects import Record, Row
from k8s_datamodel.data.snapshots import Snapshot
from k8s_datamodel.types.resource_types import ResourceType

BATCH = 100
"""Records in one write."""


class UnreadableError(StorageError):
    """A snapshot cannot be copied as it is; others may be.

    It is damaged, was deleted meanwhile, or the other database cannot hold all of it.
    """


def lacking(snapshots: Sequence[Snapshot], target: Store) -> list[Snapshot]:
    """Another database's snapshots that ``target`` lacks, in the same order.

    Raises StorageError if a backend does not say which snapshot is which.
    """
    there = target.snapshots()
    if not all(each.uuid for each in (*snapshots, *there)):
        raise StorageError("a backend that gives its snapshots no uuid cannot take part in copying")
    uuids = {each.uuid for each in there}
    return [each for each in snapshots if each.uuid not in uuids]


def copy_snapshot(
    source: AbleStore, target: Store, snapshot: Snapshot, active: Sequence[ResourceType] = ()
) -> int:
    """Copy one snapshot, with all its records and its ledger; its number in ``target``.

    What was redacted stays as it is, under the salt that the snapshot names. ``source`` has the
    capability ``types``; ``active`` are the types as their plugins describe them now, which goes
    before what is stored.

    Raises UnreadableError if others may still be copied, and StorageError if ``target`` cannot be
    written; nothing of the snapshot is then visible.
    """
    held = _held(source, snapshot, active)
    try:
        with target.begin(held) as writer:
            for resource_type in held:
                records = _records(source, snapshot.id, resource_type)
                while batch := list(islice(records, BATCH)):
                    writer.write(resource_type, batch)
            return writer.commit(replace(snapshot, id=0), _ledger(source, snapshot))
    except (DamagedError, UnstorableError) as error:
        raise UnreadableError(str(error)) from error


def _held(
    source: AbleStore, snapshot: Snapshot, active: Sequence[ResourceType]
) -> list[ResourceType]:
    """The types of which the snapshot says or holds anything."""
    by_name = {each.name: each for each in active}
    return [
        _fitting(stored, by_name)
        for stored in source.types()
        if snapshot.counts.get(stored.name) is not None
        or stored.name in snapshot.stamps
        or next(_rows(source, snapshot.id, stored.name, objects=False), None) is not None
    ]


def _fitting(stored: ResourceType, active: Mapping[str, ResourceType]) -> ResourceType:
    """A type as it is now, with the columns that its plugin has dropped since."""
    now = active.get(stored.name)
    if now is None:
        return stored
    names = {column.name for column in now.columns}
    dropped = tuple(column for column in stored.columns if column.name not in names)
    return replace(now, columns=(*now.columns, *dropped))


def _records(source: Store, number: int, resource_type: ResourceType) -> Iterator[Record]:
    names = [column.name for column in resource_type.columns]
    beside = iter(getattr(source, "beside", _nothing)(number, resource_type.name))
    for row in _rows(source, number, resource_type.name, objects=True):
        yield Record({name: row.get(name) for name in names}, row["spec"], next(beside, {}))


def _nothing(number: int, name: str) -> Iterator[Mapping[str, Any]]:
    """What a store without the capability keeps beside its records."""
    return iter(())


def _rows(source: Store, number: int, name: str, *, objects: bool) -> Iterator[Row]:
    try:
        yield from source.records(number, name, objects=objects)
    except StorageError as error:
        raise UnreadableError(str(error)) from error


def _ledger(source: Store, snapshot: Snapshot) -> Sequence[LedgerEntry]:
    try:
        return source.ledger(snapshot.id)
    except StorageError as error:
        raise UnreadableError(str(error)) from error

"""Which thing a user means, over all snapshots of a cluster."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast

from k8s_datamodel.cli.params.row_names import display_name, meant, only_one
from k8s_datamodel.contracts.stores import AbleStore, Store
from k8s_datamodel.data.objects import Identity, Row
from k8s_datamodel.data.snapshots import Snapshot
from k8s_datamodel.types.resource_types import ResourceType


def found_thing(
    store: Store,
    resource_type: ResourceType,
    past: Sequence[Snapshot],
    name: str,
    namespace: str | None = None,
) -> Identity:
    """The identity of the thing that a name means, as ``get`` finds it.

    In the newest snapshot of the cluster, else in any of it: what is gone has a history, too.
    Raises DatamodelError, with similar names if there is none.

    Args:
        store: has the snapshots.
        resource_type: of the thing.
        past: the cluster's snapshots, the oldest first.
        name: what the user calls it.
        namespace: the only one in which it may be.
    """
    names: list[str] = []
    rows: list[Row] = []
    for sure, some in _rows(store, resource_type, past):
        there = [row for row in some if namespace in (None, row.get("namespace"))]
        names = names or sorted({display_name(resource_type, row) for row in there})
        named = _each_once(resource_type, meant(resource_type, there, name))
        rows = [row for row in named if sure or _is_of(store, resource_type, row, past)]
        if rows:
            break
    return _identity(resource_type, only_one(resource_type, rows, name, names))


def _rows(
    store: Store, resource_type: ResourceType, past: Sequence[Snapshot]
) -> Iterator[tuple[bool, list[Row]]]:
    """Rows with the columns that find one: of the newest snapshot, then of all.

    Each time whether they are known to be of the cluster: others may be of the same store.
    """
    known = {each.name for each in resource_type.columns} & {"name"}
    columns = list(dict.fromkeys([*resource_type.identity, *known, *resource_type.found_by]))
    name = resource_type.name
    if not hasattr(store, "sightings"):
        for snapshot in reversed(past):
            yield True, list(store.records(snapshot.id, name, objects=False))
        return
    able = cast(AbleStore, store)
    newest = (each.identity for each in able.digests(past[-1].id, name, columns))
    for sure, found in ((True, newest), (False, able.ever_stored(name, columns))):
        yield sure, [dict(zip(columns, each, strict=True)) for each in found]


def _is_of(store: Store, resource_type: ResourceType, row: Row, past: Sequence[Snapshot]) -> bool:
    """Whether a thing is in a snapshot of the cluster."""
    able = cast(AbleStore, store)
    numbers = {each.id for each in past}
    identity = dict(zip(resource_type.identity, _identity(resource_type, row), strict=True))
    return any(each.snapshot_id in numbers for each in able.sightings(resource_type.name, identity))


def _each_once(resource_type: ResourceType, rows: Sequence[Row]) -> list[Row]:
    return list({_identity(resource_type, row): row for row in rows}.values())


def _identity(resource_type: ResourceType, row: Row) -> tuple[Any, ...]:
    return tuple(row.get(each) for each in resource_type.identity)

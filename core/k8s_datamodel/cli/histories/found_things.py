"""Which thing a user means, over all snapshots of a cluster."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast

from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.frame.missing import lacks, may_have_more
from k8s_datamodel.cli.params.row_names import display_name, meant, only_one
from k8s_datamodel.contracts.stores import AbleStore, Store
from k8s_datamodel.data.objects import Identity, Row
from k8s_datamodel.data.snapshots import Snapshot
from k8s_datamodel.reading.stored_moments import StoredMoment
from k8s_datamodel.types.resource_types import ResourceType


def found_thing(
    app: App,
    store: Store,
    resource_type: ResourceType,
    past: Sequence[Snapshot],
    name: str,
    namespace: str | None = None,
) -> Identity | None:
    """The identity of the thing that a name means, as ``get`` finds it.

    In the newest snapshot of the cluster, else in any of it: what is gone has a history, too.
    None if nothing that was read has the name, and no snapshot read everything of the type; then
    the user is told what is missing.
    Raises DatamodelError, with similar names if there is none.

    Args:
        app: is told what is missing.
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
    if not rows and (moment := _unsure_moment(store, resource_type, past)):
        app.missing.unfound(moment, resource_type, name)
        app.missing.of(moment, (resource_type,))
        return None
    return _identity(resource_type, only_one(resource_type, rows, name, names))


def _unsure_moment(
    store: Store, resource_type: ResourceType, past: Sequence[Snapshot]
) -> StoredMoment | None:
    """None if a snapshot read everything of a type; else the newest that was asked for it, if any.

    If none was, the newest of all.
    """
    held = None
    for snapshot in reversed(past):
        moment = StoredMoment.of(store, snapshot, (resource_type,))
        if not may_have_more(moment, resource_type):
            return None
        if held is None and not lacks(moment, resource_type):
            held = moment
    return held or StoredMoment.of(store, past[-1], (resource_type,))


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

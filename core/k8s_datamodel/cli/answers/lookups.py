"""Lookups of ``list``, ``count`` and ``get``: columns made of other types' rows and of history."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import click

from k8s_datamodel.base.errors import DatabaseNotFoundError
from k8s_datamodel.cli.answers.inventory import Inventory
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.params.filters import keyword
from k8s_datamodel.contracts.stores import Store
from k8s_datamodel.data.objects import Row
from k8s_datamodel.data.snapshots import ClusterInfo, Snapshot
from k8s_datamodel.reading.moments import LookupContext, Moment
from k8s_datamodel.types.resource_types import Lookup, ResourceType


def lookup_options(resource_type: ResourceType) -> list[click.Parameter]:
    """A flag for each lookup."""
    return [
        click.Option([f"--{each.flag}"], is_flag=True, help=each.description)
        for each in resource_type.lookups
    ]


def chosen_lookups(resource_type: ResourceType, given: Mapping[str, Any]) -> tuple[Lookup, ...]:
    """The lookups whose flag was given."""
    return tuple(each for each in resource_type.lookups if given.get(keyword(each.flag)))


def widened(resource_type: ResourceType, lookups: Sequence[Lookup]) -> ResourceType:
    """A type with the columns of lookups behind its own."""
    columns = tuple(column for lookup in lookups for column in lookup.columns)
    return replace(resource_type, columns=(*resource_type.columns, *columns))


def needed_types(app: App, lookups: Sequence[Lookup]) -> list[str]:
    """Names of the types in use whose rows the lookups need."""
    there = {each.name for each in app.registry.types}
    return sorted({name for lookup in lookups for name in lookup.types if name in there})


@dataclass(slots=True)
class Others:
    """Rows of other types, gathered for lookups, and what the lookups make of them.

    Attributes:
        app: of the command.
        rows: by name of type.
    """

    app: App
    rows: dict[str, list[Row]] = field(default_factory=dict)

    def take(self, resource_type: ResourceType, row: Row) -> None:
        """Keep a row of another type."""
        kept = {name: value for name, value in row.items() if name != "spec"}
        self.rows.setdefault(resource_type.name, []).append(kept)

    def look_up(
        self,
        resource_type: ResourceType,
        lookups: Sequence[Lookup],
        source: Inventory,
        rows: Sequence[Row],
    ) -> list[Row]:
        """The rows with the values of the lookups; the source is read to its end before."""
        with ExitStack() as stack:
            context = LookupContext(
                self._now(source), partial(_before, self.app, source, stack, _Opened())
            )
            found = [
                self.app.registry.load_lookup(resource_type, lookup)(context) for lookup in lookups
            ]
            return [
                {**row, **{key: value for each in found for key, value in each(row).items()}}
                for row in rows
            ]

    def _now(self, source: Inventory) -> Moment:
        run, snapshot = source.run, source.snapshot
        if run:
            timestamp, namespace = run.timestamp, run.session.namespace
        else:
            assert snapshot is not None  # noqa: S101 - one of the two is there
            timestamp, namespace = snapshot.timestamp, snapshot.namespace_filter
        names = {each.name for each in source.types}
        return Moment(
            timestamp,
            snapshot.id if snapshot else None,
            namespace,
            {name: count for name, count in source.counts.items() if name in names},
            source.ledger,
            lambda name: self.rows.get(name, ()),
        )


@dataclass(slots=True)
class _Opened:
    """The store with the history, opened when it is first asked for."""

    store: Store | None = None


def _before(app: App, source: Inventory, stack: ExitStack, opened: _Opened) -> Iterator[Moment]:
    if opened.store is None:
        try:
            opened.store = source.store or stack.enter_context(app.store())
        except DatabaseNotFoundError:  # nothing was ever stored
            return
    store, cluster = opened.store, source.cluster()
    for snapshot in reversed(_earlier(store.snapshots(), source.snapshot)):
        if _same(snapshot.cluster, cluster):
            yield Moment(
                snapshot.timestamp,
                snapshot.id,
                snapshot.namespace_filter,
                snapshot.counts,
                store.ledger(snapshot.id),
                _rows(store, snapshot),
            )


def _earlier(snapshots: Sequence[Snapshot], snapshot: Snapshot | None) -> Sequence[Snapshot]:
    """Those before one; all of them before what was read just now."""
    ids = [each.id for each in snapshots]
    return snapshots[: ids.index(snapshot.id)] if snapshot else snapshots


def _same(one: ClusterInfo, other: ClusterInfo) -> bool:
    if one.uid and other.uid:
        return one.uid == other.uid
    return one.context == other.context


def _rows(store: Store, snapshot: Snapshot) -> Callable[[str], Iterable[Row]]:
    return lambda name: store.records(snapshot.id, name, specs=False)

"""Lines on a comparison of which nothing was wanted: the option that nothing meets, near values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, cast

from k8s_datamodel.cli.diffs.diff_scope import Scope, group_column
from k8s_datamodel.cli.params.filters import ColumnFilter, Matching
from k8s_datamodel.cli.params.misses import misses
from k8s_datamodel.contracts.stores import AbleStore, Store
from k8s_datamodel.data.columns import Column
from k8s_datamodel.data.objects import Identity, Row
from k8s_datamodel.reading.stored_moments import StoredMoment, identities
from k8s_datamodel.types.resource_types import ResourceType

Read = Callable[[ResourceType, Sequence[str]], Iterable[Identity]]
"""Gives the identities of a type's things, with the values of more columns behind each."""


class _Things(NamedTuple):
    singular: str = "thing"
    plural: str = "things"


def scope_misses(
    scope: Scope, types: Sequence[ResourceType], read: Read, *, known: bool = True
) -> list[str]:
    """Why nothing is wanted, a line each; none where something is, or where there is nothing.

    Args:
        scope: what the user wants.
        types: whose things may be wanted: those that ``Scope.types`` gives.
        read: gives the things that there are.
        known: these are all things. Otherwise only near values are told.
    """
    namespaces = [scope.namespace] if scope.namespace else []
    given = {"name": scope.names, "group": scope.groups, "namespace": namespaces}
    filters = [ColumnFilter(Column(k, filter=k), texts) for k, texts in given.items() if texts]
    if not filters:
        return []
    test = Matching(filters, {})
    if any(test(row) for kind in types for row in _rows(kind, read)) or not test.rows:
        return []
    return misses(_Things(), [test], (), test.rows, known=known)


def of_moments(moments: Sequence[StoredMoment]) -> Read:
    """What reads the things of some moments."""

    def read(kind: ResourceType, more: Sequence[str]) -> Iterator[Identity]:
        for moment in moments:
            if any(each.name == kind.name for each in moment.types):
                yield from identities(moment, kind, more)

    return read


def ever_stored(store: Store) -> Read:
    """What reads the things of all snapshots of a store."""

    def read(kind: ResourceType, more: Sequence[str]) -> Iterator[Identity]:
        names = (*kind.identity, *more)
        if hasattr(store, "sightings"):
            yield from cast(AbleStore, store).ever_stored(kind.name, names)
            return
        for snapshot in store.snapshots():
            for row in store.records(snapshot.id, kind.name, objects=False):
                yield tuple(row.get(name) for name in names)

    return read


def _rows(kind: ResourceType, read: Read) -> Iterator[Row]:
    """The things of a type, each once, with their names, namespaces and API groups."""
    group = group_column(kind)
    names = (*kind.identity, *((group,) if group else ()))
    for values in set(read(kind, names[len(kind.identity) :])):
        row: dict[str, Any] = dict(zip(names, values, strict=True))
        yield {**row, "group": row.get(group) if group else None}

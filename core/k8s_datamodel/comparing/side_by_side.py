"""Walk two streams of rows side by side, in order of identity."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeAlias

from k8s_datamodel.base.errors import DatamodelError
from k8s_datamodel.comparing.sides import Entry, TypeRows
from k8s_datamodel.data.objects import Row, in_order
from k8s_datamodel.types.resource_types import ResourceType

BATCH = 64
"""How many rows of each side are read at a time, and are in memory."""

EntryPair: TypeAlias = "tuple[Entry | None, Entry | None]"
"""A thing on two sides; None where a side lacks it."""


def side_by_side(ours: Iterator[Entry], theirs: Iterator[Entry]) -> Iterator[EntryPair]:
    """The entries of both with equal identities together, in order of identity.

    Raises DatamodelError if a stream is not in order: its rows would seem added and removed.
    """
    left, right = _ordered(ours), _ordered(theirs)
    one, other = next(left, None), next(right, None)
    while one or other:
        if other is None or (one and one[0] < other[0]):
            yield (one[1] if one else None), None
            one = next(left, None)
        elif one is None or other[0] < one[0]:
            yield None, other[1]
            other = next(right, None)
        else:
            yield one[1], other[1]
            one, other = next(left, None), next(right, None)


def _ordered(entries: Iterator[Entry]) -> Iterator[tuple[tuple[tuple[bool, Any], ...], Entry]]:
    before: tuple[tuple[bool, Any], ...] = ()
    for entry in entries:
        place = in_order(entry.identity)
        if place < before:
            raise DatamodelError(
                f"rows are not in order of identity: {entry.identity!r} comes too late, "
                "a fault of the storage backend"
            )
        before = place
        yield place, entry


def key_of(resource_type: ResourceType, pair: EntryPair) -> dict[str, Any]:
    """The identity of a thing by the columns' keys in documents, as ``Change.key``."""
    entry = pair[0] or pair[1]
    keys = (resource_type.column(name).key for name in resource_type.identity)
    return dict(zip(keys, entry.identity if entry else (), strict=True))


def with_rows(
    pairs: Iterable[EntryPair],
    rows: Sequence[TypeRows | None],
    needs: Callable[[EntryPair], bool],
) -> Iterator[tuple[EntryPair, Row | None, Row | None]]:
    """Each pair with the rows of its sides, which are read some at a time.

    Args:
        pairs: in any order.
        rows: of each side; None for a side that no pair has.
        needs: whether the rows of a pair are read; else they are None.
    """
    left = iter(pairs)
    while batch := list(islice(left, BATCH)):
        needed = [pair for pair in batch if needs(pair)]
        found = [_read(each, [pair[at] for pair in needed]) for at, each in enumerate(rows)]
        for pair in batch:
            read = needs(pair)
            old = next(found[0]) if read and pair[0] else None
            new = next(found[1]) if read and pair[1] else None
            yield pair, old, new


def _read(rows: TypeRows | None, entries: Iterable[Entry | None]) -> Iterator[Row]:
    there = [each for each in entries if each]
    return iter(rows.rows(there) if rows and there else ())

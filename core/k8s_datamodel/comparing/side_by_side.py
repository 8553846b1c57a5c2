"""Walk two streams of rows side by side, in order of identity."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from k8s_datamodel.base.errors import DatamodelError
from k8s_datamodel.comparing.sides import Entry


def side_by_side(
    ours: Iterator[Entry], theirs: Iterator[Entry]
) -> Iterator[tuple[Entry | None, Entry | None]]:
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


def _order(identity: tuple[Any, ...]) -> tuple[tuple[bool, Any], ...]:
    """What sorts identities: by code point, null first."""
    return tuple((value is not None, value) for value in identity)


def _ordered(entries: Iterator[Entry]) -> Iterator[tuple[tuple[tuple[bool, Any], ...], Entry]]:
    before: tuple[tuple[bool, Any], ...] = ()
    for entry in entries:
        place = _order(entry.identity)
        if place < before:
            raise DatamodelError(
                f"rows are not in order of identity: {entry.identity!r} comes too late, "
                "a fault of the storage backend"
            )
        before = place
        yield place, entry

"""What a lookup gets: what there is now, and what earlier snapshots of the same cluster hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from k8s_datamodel.data.ledger import LedgerEntry
from k8s_datamodel.data.objects import Row


@dataclass(frozen=True, slots=True)
class Moment:
    """What there is at one time, as far as it is known. It may grow.

    Attributes:
        timestamp: when it was read, UTC.
        snapshot: number of the stored snapshot; None for what was read just now.
        namespace: the namespace that limited the reading, or None.
        counts: rows by name of type; None where they could not all be read, and missing for a
            type that was left out or whose plugin is not in use.
        ledger: what was read, and how that ended.
        rows: gives the rows of a type without ``spec``; none for a type that ``counts`` lacks.
    """

    timestamp: str
    snapshot: int | None
    namespace: str | None
    counts: Mapping[str, int | None]
    ledger: Sequence[LedgerEntry]
    rows: Callable[[str], Iterable[Row]]


@dataclass(frozen=True, slots=True)
class LookupContext:
    """What a lookup may ask for. It may grow.

    Attributes:
        now: what there is; its rows are those of the lookup's ``types``.
        before: gives what was stored of the same cluster before, the newest first; it is read
            only as far as it is iterated, so end as soon as you know enough. Use it while rows
            are looked up, not later.
    """

    now: Moment
    before: Callable[[], Iterable[Moment]]


LookUp = Callable[[Row], Mapping[str, Any]]
"""Values of a lookup's columns for a row, by column name."""

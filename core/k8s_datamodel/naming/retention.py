"""Retention: choose the snapshots to delete."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from k8s_datamodel.base.errors import UsageError
from k8s_datamodel.data.snapshots import Snapshot

_UNITS = {
    "s": 1,
    "second": 1,
    "m": 60,
    "min": 60,
    "minute": 60,
    "h": 3600,
    "hour": 3600,
    "d": 86400,
    "day": 86400,
    "w": 604800,
    "week": 604800,
    "month": 30 * 86400,
    "y": 365 * 86400,
    "year": 365 * 86400,
}
"""Seconds by unit; a plural ``s`` may follow the words. A month is 30 days, a year 365."""

_AGE = re.compile(r"\s*(\d{1,9})\s*([a-z]+)\s*$", re.IGNORECASE)


def age(text: str) -> timedelta:
    """An age such as ``30 days``, ``12h`` or ``2 weeks``. Raises UsageError."""
    match = _AGE.match(text)
    word = match[2].lower() if match else ""
    unit = _UNITS.get(word) or _UNITS.get(word.removesuffix("s"))
    if not match or not unit:
        raise UsageError(f"invalid age {text!r}; use for example 30 days, 12h or 2 weeks")
    try:
        return timedelta(seconds=int(match[1]) * unit)
    except OverflowError:
        raise UsageError(f"{text!r} is too long") from None


def doomed(
    snapshots: Sequence[Snapshot], now: str, keep: int | None, older_than: timedelta | None
) -> list[Snapshot]:
    """The snapshots, of some that are oldest first, that meet every given condition.

    They are not among the newest ``keep`` of their cluster, and ``older_than`` that.
    """
    beyond = _beyond(snapshots, keep) if keep else {snapshot.id for snapshot in snapshots}
    limit = now if older_than is None else _before(now, older_than)
    return [
        snapshot
        for snapshot in snapshots
        if snapshot.id in beyond and (older_than is None or snapshot.timestamp < limit)
    ]


def _beyond(snapshots: Sequence[Snapshot], keep: int) -> set[int]:
    """Ids of all but the newest ``keep`` of each cluster: by its UID, by its context without."""
    by_cluster: dict[str, list[int]] = defaultdict(list)
    for snapshot in snapshots:
        by_cluster[snapshot.cluster.uid or snapshot.cluster.context].append(snapshot.id)
    return {each for ids in by_cluster.values() for each in ids[:-keep]}


def _before(now: str, older_than: timedelta) -> str:
    try:
        oldest = datetime.fromisoformat(now) - older_than
    except OverflowError:  # before the year 1: nothing is that old
        return ""
    return oldest.isoformat(" ", "seconds")  # strftime does not pad years before 1000

"""Words that name several snapshots: ``8..12``, ``prod:latest~5..prod:latest~2``."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from k8s_datamodel.base.errors import SnapshotNotFoundError, UsageError
from k8s_datamodel.contracts.stores import Store
from k8s_datamodel.data.snapshots import Snapshot
from k8s_datamodel.naming.moment_names import Within, readings, snapshot_word

_BETWEEN = ".."


def ends_of(word: str) -> tuple[str, str] | None:
    """The first and the last name of a range; None for a word that is no range.

    Both are names of snapshots, and no baselines.
    """
    first, dots, last = word.partition(_BETWEEN)
    return (first, last) if dots and _is_name(first) and _is_name(last) else None


def within(store: Store, word: str, named: Callable[[str], Snapshot]) -> Sequence[Snapshot]:
    """The snapshots from one to another, both included, oldest first.

    Between two numbers these are the numbers that are there, of whatever cluster. Other names must
    be of one cluster, and only its snapshots are meant.

    Args:
        store: where they are.
        word: a range, see ``ends_of``.
        named: the snapshot of a name.

    Raises:
        UsageError: the range ends before it begins, or its names are of two clusters.
        SnapshotNotFoundError: nothing is in it, or one of its names is of no snapshot.
    """
    first, last = ends_of(word) or (word, word)
    if first.isdecimal() and last.isdecimal():
        least, most = int(first), int(last)
        _insist(least <= most, word)
        found = [each for each in store.snapshots() if least <= each.id <= most]
        if not found:
            raise SnapshotNotFoundError(f"there is no snapshot {word}")
        return found
    begin, end = named(first), named(last)
    if begin.cluster.key != end.cluster.key:
        raise UsageError(
            f"{word} is of two clusters, {begin.cluster.context} and {end.cluster.context}: give "
            "both ends of one, or two numbers"
        )
    every = [each for each in store.snapshots() if each.cluster.key == begin.cluster.key]
    numbers = [each.id for each in every]
    _insist(numbers.index(begin.id) <= numbers.index(end.id), word)
    return every[numbers.index(begin.id) : numbers.index(end.id) + 1]


def _is_name(word: str) -> bool:
    return snapshot_word(word) is not None or any(
        isinstance(each, Within) for each in readings(word)
    )


def _insist(in_order: bool, word: str) -> None:
    if not in_order:
        raise UsageError(f"{word} ends before it begins: the older snapshot comes first")

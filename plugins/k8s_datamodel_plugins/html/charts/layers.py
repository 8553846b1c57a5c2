"""Where the boxes of a graph of two columns stand, so that few of its lines cross.

The order comes from the barycentre heuristic: each box is moved to where its neighbours are in the
middle (Sugiyama, Tagawa and Toda, 1981), first those of one column, then those of the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

_ROUNDS = 8

_Neighbours = Mapping[str, Sequence[str]]


def in_layers(
    columns: Sequence[Sequence[str]], edges: Sequence[tuple[str, str]]
) -> tuple[dict[str, float], dict[str, float]]:
    """The row of each box by its key, for the left column and the right one, from the top down.

    Args:
        columns: the keys of both, each once.
        edges: from a key of the left one to a key of the right one.
    """
    left, right = list(columns[0]), list(columns[1])
    of_left: dict[str, list[str]] = defaultdict(list)
    of_right: dict[str, list[str]] = defaultdict(list)
    for source, target in edges:
        of_left[source].append(target)
        of_right[target].append(source)
    for _ in range(_ROUNDS):
        left = _by_middle(left, of_left, _rows(right))
        right = _by_middle(right, of_right, _rows(left))
    if len(left) > len(right):
        rows = _rows(left)
        return rows, _beside(right, of_right, rows)
    rows = _rows(right)
    return _beside(left, of_left, rows), rows


def _rows(column: Sequence[str]) -> dict[str, float]:
    return {key: float(row) for row, key in enumerate(column)}


def _middle(key: str, near: _Neighbours, rows: Mapping[str, float]) -> float | None:
    found = [rows[each] for each in near.get(key, ())]
    return sum(found) / len(found) if found else None


def _by_middle(column: list[str], near: _Neighbours, rows: Mapping[str, float]) -> list[str]:
    """A column by the middle of its neighbours; what has none goes to the end."""
    last = float(len(rows) + len(column))
    middles = {key: _middle(key, near, rows) for key in column}
    places = {key: last if middle is None else middle for key, middle in middles.items()}
    return sorted(column, key=places.__getitem__)


def _beside(
    column: Sequence[str], near: _Neighbours, rows: Mapping[str, float]
) -> dict[str, float]:
    """The rows of the shorter column: near the middle of the neighbours, one below the other."""
    found: dict[str, float] = {}
    for number, key in enumerate(column):
        wanted = _middle(key, near, rows)
        least = max(found.values(), default=-1.0) + 1
        found[key] = least if wanted is None else max(wanted, least)
        most = len(rows) - (len(column) - number)
        found[key] = min(found[key], max(float(most), least))
    return found

"""Summarise rows in one line: number, sums and groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from k8s_datamodel.api import Column, Row, Rows
from k8s_datamodel_plugins.formats.cells import cell, shown_columns

_MOST_GROUPS = 6


def summary(block: Rows, rows: Sequence[Row]) -> str:
    """``3 CRDs · Scope: Namespaced 2, Cluster 1 · Instances: 23 (1 unknown)``."""
    one, many = (block.singular, block.title) if block.singular else ("row", "rows")
    parts = [f"{len(rows):,} {one if len(rows) == 1 else many}"]
    if rows and block.singular:
        shown = shown_columns(block, wide=False)
        counted = (each for each in shown if each.name not in block.identity)
        parts += filter(None, (_of_column(each, rows) for each in counted))
    return " · ".join(parts)


def _of_column(column: Column, rows: Sequence[Row]) -> str:
    values = [row.get(column.name) for row in rows]
    if column.type == "integer":
        unknown = values.count(None)
        known = f"{column.title}: {sum(each for each in values if each is not None):,}"
        return f"{known} ({unknown:,} unknown)" if unknown else known
    known_values = Counter(cell(each) for each in values if each is not None)
    return _groups(column, known_values) if column.filter and known_values else ""


def _groups(column: Column, counts: Counter[str]) -> str:
    if len(counts) > _MOST_GROUPS:
        return f"{column.title}: {len(counts):,} different"
    return f"{column.title}: " + ", ".join(f"{name} {n:,}" for name, n in counts.most_common())

"""One line about a listing: how many rows, what they add up to, how they divide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from k8s_datamodel.api import Column, Row, Section, Table
from k8s_datamodel_plugins.formats.cells import cell, identity, shown_columns

_MOST_GROUPS = 6


def summary(listing: Section | Table, rows: Sequence[Row]) -> str:
    """``3 CRDs · Scope: Namespaced 2, Cluster 1 · Instances: 23 (1 unknown)``."""
    parts = [_total(listing, len(rows))]
    if rows and isinstance(listing, Section):
        parts += filter(None, (_of_column(listing, each, rows) for each in _counted(listing)))
    return " · ".join(parts)


def _counted(listing: Section) -> tuple[Column, ...]:
    """Columns worth adding up: those in the table that do not name a row."""
    naming = identity(listing)
    return tuple(each for each in shown_columns(listing, wide=False) if each.name not in naming)


def _total(listing: Section | Table, number: int) -> str:
    if not isinstance(listing, Section):
        return f"{number:,} {'row' if number == 1 else 'rows'}"
    return f"{number:,} {listing.type.singular if number == 1 else listing.type.plural}"


def _of_column(listing: Section, column: Column, rows: Sequence[Row]) -> str:
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

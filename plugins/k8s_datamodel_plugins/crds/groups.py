"""``crd groups``: the API groups of CRDs, with the numbers of CRDs and instances."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from k8s_datamodel.api import Column, Row

COLUMNS = (
    Column("group", show="table", description="API group"),
    Column("crds", "integer", title="CRDs", show="table", description="How many CRDs it has"),
    Column(
        "instances", "integer", show="table", description="How many objects; null if any is unknown"
    ),
    Column("uncounted", "integer", show="wide", description="CRDs whose instances are unknown"),
    Column("kinds", "list", show="table", description="Kinds, sorted"),
)
SORTS = ("name", "count", "instances")


def group_rows(crds: Iterable[Row]) -> list[dict[str, Any]]:
    """One row of ``COLUMNS`` for each group. A sum with an unknown part is unknown."""
    groups: dict[str, list[tuple[str, int | None]]] = defaultdict(list)
    for crd in crds:
        count = crd.get("instance_count")
        groups[str(crd.get("group_name") or "")].append((str(crd.get("kind") or ""), count))
    return [_row(group, members) for group, members in groups.items()]


def ordered(rows: Iterable[Mapping[str, Any]], sort_by: str) -> list[Mapping[str, Any]]:
    """Rows by name, or by a number, largest first and unknown ones last."""
    by_name = sorted(rows, key=lambda row: str(row["group"]))
    if sort_by == "name":
        return by_name
    column = {"count": "crds", "instances": "instances"}[sort_by]
    return sorted(by_name, key=lambda row: -1 if row[column] is None else row[column], reverse=True)


def _row(group: str, members: list[tuple[str, int | None]]) -> dict[str, Any]:
    counts = [count for _, count in members]
    uncounted = counts.count(None)
    return {
        "group": group,
        "crds": len(members),
        "instances": None if uncounted else sum(count for count in counts if count is not None),
        "uncounted": uncounted,
        "kinds": sorted({kind for kind, _ in members}),
    }

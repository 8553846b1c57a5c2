"""A matrix as pages: a document for programs, tables for people."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from shutil import get_terminal_size
from typing import Any

from k8s_datamodel.base.clock import ago
from k8s_datamodel.base.plurals import counted
from k8s_datamodel.cli.matrices.matrix_cells import DIFFERS, Cell, Folded, Found, Shape, Unknown
from k8s_datamodel.cli.matrices.matrix_rows import MatrixRow, Table
from k8s_datamodel.data.columns import Column
from k8s_datamodel.data.objects import Row
from k8s_datamodel.data.pages import Block, Fields, Page, Rows, Text
from k8s_datamodel.reading.documents import heading
from k8s_datamodel.types.resource_types import ResourceType

DOCUMENTS = ("json", "yaml")
"""Formats that show the document."""

TOLD = ("table", "wide", "rich")
"""Formats in which the clusters, and what the signs mean, stand below the rows."""

ABSENT, UNREAD = "-", "?"
UNVERSIONED = "no version"

_STALE = timedelta(days=1)
_FEW = 2
"""Clusters that are named where they are counted."""

_EDGES = 3
"""Letters beside a cell of a box."""

_FOLDED = (
    Column("versions", "list", show="table", importance=90),
    Column("absent", show="table", align="right", importance=60),
    Column("unknown", show="table", align="right", importance=70),
)
_CLUSTERS = (
    Column("cluster", show="table"),
    Column("snapshot", "integer", show="table"),
    Column("taken", title="Taken (UTC)", show="table"),
    Column("age", show="table", importance=40),
    Column("note", show="table"),
)


def document_page(table: Table) -> Page:
    """The whole matrix, as its JSON Schema says."""
    return Page([Fields(table.document())])


def listing(table: Table, resource_type: ResourceType, *, fold: bool) -> Rows:
    """The rows with a column for each cluster, or folded into a number for each version."""
    shape, names = table.shape, table.names()
    columns = [*shape.columns, DIFFERS]
    if fold:
        columns += _FOLDED
    else:
        columns += [
            Column(f"cluster_{place}", key=name, title=name, show="table")
            for place, name in enumerate(names)
        ]
    rows = [_folded_row(shape, each, names) if fold else _row(shape, each) for each in table.rows]
    shown = tuple(column.name for column in columns)
    identity = tuple(column.name for column in shape.columns)
    title = f"{heading(resource_type.plural)} by cluster"
    return Rows(columns, rows, title, identity=identity, shown=shown, singular="row")


def told_page(table: Table, rows: Rows, now: str, *, fold: bool) -> Page:
    """The rows, then the clusters with the age of each, then what the signs mean."""
    clusters = clusters_listing(table, now)
    blocks: list[Block] = [replace(rows, key="rows"), clusters]
    if legend := "" if fold else "".join(_legend(table)):
        blocks.append(Text([legend], "legend"))
    return Page(blocks)


def clusters_listing(table: Table, now: str) -> Rows:
    """The clusters, with the age of each and what is not known of it."""
    return Rows(_CLUSTERS, list(_clusters(table, now)), "Clusters", "clusters")


def _legend(table: Table) -> Iterator[str]:
    """What the signs mean that stand in cells."""
    texts = {text(table.shape, cell) for row in table.rows for cell in row.cells}
    if ABSENT in texts:
        yield f"{ABSENT}  the cluster has none\n"
    if UNREAD in texts:
        yield f"{UNREAD}  not known, as it could not be read: see the note of the cluster\n"
    if any(each.endswith(f"({UNREAD})") for each in texts):
        yield f"({UNREAD})  the number is not known\n"


def is_wide(rows: Rows) -> bool:
    """Whether rows do not fit the terminal; never where stdout is none."""
    if not sys.stdout.isatty():
        return False
    widths = [
        max([len(column.title), *(len(str(row[column.name])) for row in rows.rows)])
        for column in rows.columns
    ]
    return sum(widths) + _EDGES * len(widths) + 1 > get_terminal_size().columns


def _key(shape: Shape, row: MatrixRow) -> dict[str, Any]:
    return {column.name: part for column, part in zip(shape.columns, row.key, strict=True)}


def _row(shape: Shape, row: MatrixRow) -> Row:
    texts = {f"cluster_{place}": text(shape, cell) for place, cell in enumerate(row.cells)}
    return {**_key(shape, row), DIFFERS.name: list(row.differs), **texts}


def _folded_row(shape: Shape, row: MatrixRow, names: Sequence[str]) -> Row:
    folded = Folded.of(row.cells)
    versions = [
        (f"{version or UNVERSIONED}: " if shape.version else "") + _those(places, names)
        for version, places in folded.by_version.items()
    ]
    others = {"absent": _those(folded.absent, names), "unknown": _those(folded.unknown, names)}
    return {**_key(shape, row), DIFFERS.name: list(row.differs), "versions": versions, **others}


def _those(places: Sequence[int], names: Sequence[str]) -> str:
    """How many clusters, and which if they are few."""
    few = " ".join(names[place] for place in places) if len(places) <= _FEW else ""
    return f"{len(places)} ({few})" if few else str(len(places))


def text(shape: Shape, cell: Found) -> str:
    """A cell for people: ``v1 (12)``; the number alone where no version is shown."""
    if cell is None:
        return ABSENT
    if isinstance(cell, Unknown):
        return UNREAD
    number = UNREAD if cell.count is None else str(cell.count)
    if not shape.version:
        return number
    plain = not shape.count and (shape.one_each or cell.count == 1)
    version = _version(cell)
    return version if plain else f"{version} ({number})"


def _version(cell: Cell) -> str:
    stated = cell.version
    if stated is None:
        return UNVERSIONED
    return f"{stated}, {UNVERSIONED}" if None in cell.versions else stated


def _clusters(table: Table, now: str) -> Iterator[Row]:
    stale = set(stale_places(table))
    for place, (name, each) in enumerate(zip(table.names(), table.clusters, strict=True)):
        notes = ["older than the others"] if place in stale else []
        notes += [f"{UNREAD} {why}" for why in _whys(table, place)]
        yield {
            "cluster": name,
            "snapshot": each.number,
            "taken": each.timestamp,
            "age": ago(each.timestamp, now) if each.timestamp else None,
            "note": "; ".join(notes) or None,
        }


def _whys(table: Table, place: int) -> Sequence[str]:
    """Why cells of a cluster are unknown, each once."""
    if why := table.clusters[place].unknown:
        return [why]
    cells = (row.cells[place] for row in table.rows)
    found = dict.fromkeys(cell.reason for cell in cells if isinstance(cell, Unknown))
    few = list(found)[:3]
    return [*few, f"and {len(found) - len(few)} more"] if len(found) > len(few) else few


def stale_places(table: Table) -> list[int]:
    """The places of the clusters whose snapshot is more than a day older than the newest one."""
    times = [
        datetime.fromisoformat(each.timestamp) if each.timestamp else None
        for each in table.clusters
    ]
    newest = max(filter(None, times), default=None)
    return [
        place
        for place, time in enumerate(times)
        if newest is not None and time is not None and newest - time > _STALE
    ]


def head_lines(table: Table, now: str) -> Iterator[str]:
    """What is said of the clusters where no table of them is shown."""
    times = sorted(each.timestamp for each in table.clusters if each.timestamp)
    if not times or all(each.number is None for each in table.clusters):
        return
    clusters = counted(len(table.clusters), "cluster")
    span = f"{times[0]} UTC" if times[0] == times[-1] else f"{times[0]} to {times[-1]} UTC"
    yield f"The newest snapshots of {clusters}: {span}."
    names = table.names()
    if stale := stale_places(table):
        old = ", ".join(
            f"{names[place]} ({ago(str(table.clusters[place].timestamp), now)})" for place in stale
        )
        yield f"Older than the others: {old}."

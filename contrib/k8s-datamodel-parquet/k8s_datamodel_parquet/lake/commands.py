"""``lake write``, ``lake compact`` and ``lake list``."""

from __future__ import annotations

import csv
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import click

from k8s_datamodel.api import Column, Page, Rows
from k8s_datamodel.commands import (
    allow_incomplete_option,
    clusters_option,
    lacking,
    output_option,
    say,
    stored_snapshots,
    write_page,
)
from k8s_datamodel_parquet.lake.commits import LISTED
from k8s_datamodel_parquet.lake.compacting import compact as compact_lake
from k8s_datamodel_parquet.lake.lakes import PARTITIONS, Lake
from k8s_datamodel_parquet.lake.storage import storage_at
from k8s_datamodel_parquet.lake.writing import write as write_lake

_NUMBERS = ("rows", "bytes", "snapshots")

COLUMNS = tuple(
    Column(
        name,
        "integer" if name in _NUMBERS else "text",
        show="wide" if name == "commit" else "table",
    )
    for name in LISTED
)

_PLACE = click.argument("place", metavar="LAKE")


@click.command(
    "write",
    epilog="Example: k8s-datamodel lake write lake --db-path inventory.db",
)
@_PLACE
@clusters_option()
@click.option(
    "--partition",
    type=click.Choice(sorted(PARTITIONS)),
    help="How a new lake is partitioned; by default day,cluster.",
)
@click.option(
    "--include-specs/--no-specs",
    default=False,
    show_default=True,
    help="With or without the complete objects.",
)
@allow_incomplete_option()
@click.pass_context
def write(
    ctx: click.Context,
    /,
    place: str,
    patterns: Sequence[str],
    partition: str | None,
    include_specs: bool,
) -> None:
    """Write the snapshots that a lake lacks.

    LAKE is a folder, or a URL such as s3://bucket/lake. It is made if it is not there. Each
    snapshot appears whole or not at all. Snapshots that hold literals as they are, by --no-redact,
    are left out.
    """
    with storage_at(place) as storage, stored_snapshots(ctx, patterns) as stored:
        done = write_lake(Lake.made(storage, partition), stored, objects=include_specs)
    say(ctx, f"{_snapshots(done.new)} written, {done.there} there already.")
    if done.unredacted:
        numbers = ", ".join(map(str, done.unredacted))
        lacking(ctx, f"left out, as they may hold credentials (--no-redact): snapshots {numbers}")


@click.command(
    "compact",
    epilog="Example: k8s-datamodel lake compact lake --since 2026-11-01",
)
@_PLACE
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="Only partitions of this day and later ones.",
)
@click.option(
    "--grace-hours",
    type=click.FloatRange(min=0),
    default=24.0,
    show_default=True,
    metavar="HOURS",
    help="How long old files stay for those who read them.",
)
@click.pass_context
def compact(ctx: click.Context, /, place: str, since: datetime | None, grace_hours: float) -> None:
    """Make one file of the many files of a partition.

    The new file is written first; then the list of files is replaced. Readers that use the list see
    each row once, before and after. Old files are removed by a later run.
    """
    with storage_at(place) as storage:
        done = compact_lake(
            Lake.opened(storage),
            grace=grace_hours * 3600,
            now=time.time(),
            since=since.date().isoformat() if since else "",
        )
    say(
        ctx,
        f"{done.partitions} partitions written anew, {done.before} files became {done.after}; "
        f"{done.removed} old files removed.",
    )


@click.command(
    "list",
    epilog="Example: k8s-datamodel lake list lake --output csv",
)
@_PLACE
@output_option()
@click.pass_context
def list_files(ctx: click.Context, /, place: str, output: str) -> None:
    """List the files that hold the rows of a lake."""
    with storage_at(place) as storage:
        lake = Lake.opened(storage)
        rows = [row for day in lake.days() for row in _rows(lake.told(day))]
    write_page(ctx, Page([Rows(COLUMNS, rows, "Files", identity=("file",))]), output)


def _rows(content: bytes | None) -> list[dict[str, Any]]:
    lines = (content or b"").decode().splitlines()
    return [
        {name: int(value) if name in _NUMBERS else value for name, value in row.items()}
        for row in csv.DictReader(lines)
    ]


def _snapshots(number: int) -> str:
    return f"{number} snapshot{'s' * (number != 1)}"

"""``database parquet``: a stored snapshot as a folder of files, one folder for each type."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import pyarrow as pa

from k8s_datamodel.api import Column, Page, Rows, UsageError
from k8s_datamodel.commands import OutputPath, exported, output_file, say, types_in_use
from k8s_datamodel_parquet.tables import (
    SNAPSHOT,
    Field,
    batches,
    fields_of,
    head_of,
    schema_of,
    snapshot_values,
    writer,
)

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")

SNAPSHOTS = (
    Column("platform"),
    Column("version"),
    Column("nodes", "integer"),
    Column("namespace_filter"),
    Column("notes"),
    Column("complete", "boolean"),
    Column("source"),
)
"""What ``snapshots`` says of each snapshot, beside which one it is."""


@click.command(
    "parquet",
    help="Write a stored snapshot as Parquet files, a folder for each type, a file for each "
    "snapshot, so that the folder of a fleet grows and any engine reads it whole.",
    epilog="Example: k8s-datamodel database parquet lake --snapshot latest",
)
@click.argument("folder", type=OutputPath(file_okay=False))
@click.option(
    "--snapshot",
    default="latest",
    show_default=True,
    metavar="NUMBER|latest",
    help="Which one.",
)
@click.option(
    "--include-specs/--no-specs",
    default=True,
    show_default=True,
    help="With or without the complete objects.",
)
@click.pass_context
def export(ctx: click.Context, /, folder: str, snapshot: str, include_specs: bool) -> None:
    """Write one snapshot."""
    root, types = Path(folder), types_in_use(ctx)
    with exported(ctx, types, snapshot, objects=include_specs, ledger=True) as page:
        written = write(page, root)
    say(ctx, f"{root}: {written} files of snapshot {head_of(page)['id']}.")


def write(page: Page, root: Path) -> int:
    """Write one snapshot below a folder; how many files there are of it.

    Each file is ``<root>/<type>/<cluster>-<snapshot>.parquet`` and appears whole or not at all.
    Writing a snapshot again replaces its files.

    Raises:
        UsageError: the folder cannot be made or written to.
    """
    head = head_of(page)
    name = _UNSAFE.sub("_", f"{head.get('cluster_context') or 'cluster'}")
    uid = (head.get("cluster_uid") or "")[:8]
    name = "-".join(filter(None, (name, uid, str(head["id"])))) + ".parquet"
    tables = page.of(Rows)
    tables.append(Rows(SNAPSHOTS, [{**head, **head["cluster_info"]}], key="snapshots"))
    for rows in tables:
        _write(root / rows.key / name, rows, snapshot_values(head))
    return len(tables)


def _write(path: Path, rows: Rows, fixed: Mapping[str, Any]) -> None:
    named = [Field(_name(each), each.source, each.type) for each in fields_of(rows)]
    schema: pa.Schema = schema_of(named, SNAPSHOT)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{path.parent}: cannot be written to: {error.strerror}") from error
    with output_file(path) as file, writer(file, schema) as made:
        for part in batches(schema, named, rows.rows, fixed):
            made.write_batch(part)


def _name(field: Field) -> str:
    return f"{field.name}_" if field.name in SNAPSHOT else field.name

"""``cluster export``: all of a cluster, a dump or a snapshot as one document."""

from __future__ import annotations

from typing import Any

import click

from k8s_datamodel.api import UsageError
from k8s_datamodel.commands import (
    Collecting,
    allow_incomplete_option,
    collected,
    exported,
    file_option,
    format_of,
    output_option,
    reads,
    snapshot_option,
    write_page,
)


@click.command(
    "export",
    cls=Collecting,
    epilog="Example: k8s-datamodel cluster export --file cluster.yaml",
)
@output_option(None)
@file_option()
@click.option(
    "--include-specs/--no-specs",
    default=True,
    help="With or without the complete objects. [default: with]",
)
@click.option("--ledger", is_flag=True, help="With what was read and what was not.")
@click.option("--no-redact", is_flag=True, help="Keep literals that look like credentials.")
@snapshot_option()
@allow_incomplete_option()
@reads("cluster")
@click.pass_context
def export(
    ctx: click.Context,
    /,
    output: str | None,
    file: str | None,
    include_specs: bool,
    ledger: bool,
    no_redact: bool,
    snapshot: str | None,
    **flags: Any,
) -> None:
    """Write all that the cluster holds as one document; nothing is stored."""
    if snapshot and no_redact:
        raise UsageError("--no-redact is for collecting; it does not go with --snapshot")
    types, asked = collected(ctx, flags, snapshot)
    name = output or format_of(ctx, file, "json")
    with exported(
        ctx, types, snapshot, asked, objects=include_specs, ledger=ledger, redact=not no_redact
    ) as page:
        write_page(ctx, page, name, file)

"""``database metrics``: the newest snapshot of each cluster, in numbers."""

from __future__ import annotations

from collections.abc import Sequence

import click

from k8s_datamodel.api import Page
from k8s_datamodel.commands import (
    clusters_option,
    file_option,
    format_of,
    newest_moments,
    output_option,
    reads,
    write_page,
)
from k8s_datamodel_plugins.metrics.measured import blocks


@click.command(
    "metrics",
    epilog="Example: k8s-datamodel database metrics --file inventory.prom",
)
@clusters_option()
@output_option(None)
@file_option()
@reads("database")
@click.pass_context
def metrics(
    ctx: click.Context, /, patterns: Sequence[str], output: str | None, file: str | None
) -> None:
    """Write metrics of each cluster's newest snapshot, for Prometheus unless told otherwise.

    How many instances each CRD has, which operators are up, whether the snapshot is complete and
    when it was taken, and the changes since the one before, by level. What is not known has no
    number, and is counted.
    """
    with newest_moments(ctx, patterns) as found:
        page = Page(list(blocks(found)))
    write_page(ctx, page, output or format_of(ctx, file, "prometheus"), file)

"""``matrix`` of any resource type: its records in several clusters, side by side."""

from __future__ import annotations

from typing import Any

import click

from k8s_datamodel.cli.diffs.diff_options import no_pager_option
from k8s_datamodel.cli.frame.used_settings import reads
from k8s_datamodel.cli.params.context_options import contexts_options
from k8s_datamodel.cli.params.filters import filter_options
from k8s_datamodel.cli.params.options import allow_incomplete_option, file_option, output_option
from k8s_datamodel.cli.params.snapshot_options import clusters_option
from k8s_datamodel.types.resource_types import ResourceType


def matrix_command(resource_type: ResourceType) -> click.Command:
    """``matrix`` of a type."""

    @click.command(
        "matrix",
        help=f"Show which clusters have which {resource_type.plural}, at which version: a row for "
        "each, a column for each cluster, from its newest snapshot.",
        epilog=f"Example: k8s-datamodel {resource_type.command} matrix --skew",
    )
    @filter_options(resource_type)
    @click.option("--skew", is_flag=True, help="Only rows that differ between clusters.")
    @clusters_option()
    @click.option(
        "--fold/--no-fold",
        default=None,
        help="Count the clusters of each version. [default: where their columns do not fit the "
        "terminal]",
    )
    @output_option(piped="plain")
    @file_option()
    @no_pager_option
    @contexts_options()
    @allow_incomplete_option()
    @reads("matrix")
    @click.pass_context
    def command(ctx: click.Context, /, **given: Any) -> None:
        from k8s_datamodel.cli.commands.clusters_compared import told_matrix  # noqa: PLC0415 - not for `list`

        told_matrix.tell(ctx, resource_type, **given)

    return command

"""``cluster rbac``: the ClusterRole that collecting needs."""

from __future__ import annotations

import click

from k8s_datamodel.api import Fields, Page
from k8s_datamodel.commands import (
    allow_incomplete_option,
    also_listed,
    file_option,
    format_of,
    opened,
    output_option,
    say,
    snapshot_option,
    types_in_use,
    write_page,
)
from k8s_datamodel_plugins.clusters.permissions import cluster_role, naming, needs


@click.command(
    "rbac",
    help="Write the smallest ClusterRole with which everything can be read, as YAML unless told "
    "otherwise.",
    epilog="Example: k8s-datamodel cluster rbac | kubectl apply -f -",
)
@click.option("--name", default="k8s-datamodel", show_default=True, help="Name of the role.")
@click.option(
    "--all-groups",
    is_flag=True,
    help="Allow to list everything of every API group, Secrets too, so that new CRDs need "
    "no new role. [default: the API groups of the CRDs there are]",
)
@click.option(
    "--required-only",
    is_flag=True,
    help="Without what only enriches, such as the identity of the cluster.",
)
@output_option(None)
@file_option()
@snapshot_option()
@allow_incomplete_option()
@click.pass_context
def rbac(
    ctx: click.Context,
    /,
    name: str,
    all_groups: bool,
    required_only: bool,
    output: str | None,
    file: str | None,
    snapshot: str | None,
) -> None:
    """Write the ClusterRole."""
    output = output or format_of(ctx, file, "yaml")
    types = types_in_use(ctx)
    naming_types = [each.name for each, _ in naming(types)]
    if all_groups or not naming_types:
        groups = ["*"] if naming_types else []
    else:
        with opened(ctx, naming_types, snapshot) as moment:
            groups = sorted({each.group for each in also_listed(ctx, moment)})
    role = cluster_role(name, needs(types), groups, optional=not required_only)
    write_page(ctx, Page([Fields(role)]), output, file)
    if naming_types and not groups:
        say(ctx, "No CRD was found, so the role allows no custom resources.")

"""``cluster rbac``: the ClusterRole that whoever collects needs."""

from __future__ import annotations

import click

from k8s_datamodel.commands import (
    App,
    Command,
    allow_incomplete_option,
    file_option,
    format_of,
    opened,
    output_option,
    snapshot_option,
    write_value,
)
from k8s_datamodel_plugins.clusters.permissions import (
    cluster_role,
    counters,
    custom_resource,
    definitions,
    needs,
)


@click.pass_context
def _rbac(
    ctx: click.Context,
    /,
    name: str,
    all_groups: bool,
    required_only: bool,
    output: str | None,
    file: str | None,
    snapshot: str | None,
) -> None:
    app = ctx.ensure_object(App)
    output = output or format_of(app, file, "yaml")
    types = app.registry.types
    counting = [each.name for each in counters(types)]
    if all_groups or not counting:
        groups = ["*"] if counting else []
        role = cluster_role(name, needs(types), groups, optional=not required_only)
        write_value(ctx, output, role, file)
        return
    with opened(ctx, counting, snapshot) as found:
        resources = [custom_resource(each) for each in definitions(found)]
        groups = sorted({each.group for each in resources if each})
        role = cluster_role(name, needs(types), groups, optional=not required_only)
        write_value(ctx, output, role, file)
        if not groups:
            app.say("No CRD was found, so the role allows no custom resources.")


rbac = Command(
    "rbac",
    callback=_rbac,
    params=[
        click.Option(
            ["--name"], default="k8s-datamodel", show_default=True, help="Name of the role."
        ),
        click.Option(
            ["--all-groups"],
            is_flag=True,
            help="Allow to list everything of every API group, Secrets too, so that new CRDs need "
            "no new role. [default: the API groups of the CRDs there are]",
        ),
        click.Option(
            ["--required-only"],
            is_flag=True,
            help="Without what only enriches, such as the identity of the cluster.",
        ),
        output_option(None),
        file_option(),
        snapshot_option(),
        allow_incomplete_option(),
    ],
    help="Write the smallest ClusterRole with which everything can be read, as YAML unless told "
    "otherwise.",
    epilog="Example: k8s-datamodel cluster rbac | kubectl apply -f -",
)

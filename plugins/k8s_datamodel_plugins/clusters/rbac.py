"""``cluster rbac``: the ClusterRole that collecting needs."""

from __future__ import annotations

from typing import Any

import click

from k8s_datamodel.api import Fields, Page, UsageError
from k8s_datamodel.commands import (
    allow_incomplete_option,
    also_listed,
    file_option,
    format_of,
    opened,
    output_option,
    reads,
    say,
    snapshot_option,
    types_in_use,
    write_page,
)
from k8s_datamodel_plugins.clusters.permissions import bound_role, cluster_role, naming, needs


@click.command(
    "rbac",
    help="Write the smallest ClusterRole with which everything can be read, as YAML unless told "
    "otherwise.",
    epilog="Example: k8s-datamodel cluster rbac --manifest | kubectl apply -f -",
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
@click.option(
    "--manifest",
    is_flag=True,
    help="Write a List: a service account, the role, and the binding that gives it to the account.",
)
@click.option(
    "--service-account",
    metavar="NAMESPACE:NAME",
    help="The account of --manifest. [default: k8s-datamodel:k8s-datamodel]",
)
@output_option(None)
@file_option()
@snapshot_option()
@allow_incomplete_option()
@reads("cluster")
@click.pass_context
def rbac(
    ctx: click.Context,
    /,
    manifest: bool,
    service_account: str | None,
    output: str | None,
    file: str | None,
    **asked: Any,
) -> None:
    """Write the ClusterRole."""
    if service_account is not None and not manifest:
        raise UsageError("--service-account is for --manifest")
    account = _account(service_account or "k8s-datamodel:k8s-datamodel")
    role = _role(ctx, **asked)
    document = bound_role(role, *account) if manifest else role
    write_page(ctx, Page([Fields(document)]), output or format_of(ctx, file, "yaml"), file)


def _role(
    ctx: click.Context, name: str, all_groups: bool, required_only: bool, snapshot: str | None
) -> dict[str, Any]:
    """The role; its groups may have to be read."""
    types = types_in_use(ctx)
    naming_types = [each.name for each, _ in naming(types)]
    if all_groups or not naming_types:
        groups = ["*"] if naming_types else []
    else:
        with opened(ctx, naming_types, snapshot) as moment:
            groups = sorted({each.group for each in also_listed(ctx, moment)})
    if naming_types and not groups:
        say(ctx, "No CRD was found, so the role allows no custom resources.")
    return cluster_role(name, needs(types), groups, optional=not required_only)


def _account(text: str) -> tuple[str, str]:
    """Namespace and name of a service account, as ``kubectl create rolebinding`` takes them."""
    namespace, colon, name = text.partition(":")
    if not (namespace and colon and name) or ":" in name:
        raise UsageError(f"--service-account {text}: write NAMESPACE:NAME")
    return namespace, name

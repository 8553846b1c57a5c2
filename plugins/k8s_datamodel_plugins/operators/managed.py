"""``operators managed-crds``: the CRDs that each operator manages, with instance counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from k8s_datamodel.api import Column, Page, Row, Rows
from k8s_datamodel.commands import (
    allow_incomplete_option,
    filter_options,
    matching,
    opened,
    output_option,
    reads,
    snapshot_option,
    tell_misses,
    types_in_use,
    write_page,
)
from k8s_datamodel_plugins.operators import TYPE

_CRDS = "crds"
"""The resource type with instance counts; without its plugin they are unknown."""

_COLUMNS = (
    Column("operator", show="table", description="Name of the workload"),
    Column("namespace", show="table", importance=40, description="Its namespace"),
    Column("type", show="wide", description="Deployment, StatefulSet or DaemonSet"),
    Column("version", show="wide", description="Version of the operator"),
    TYPE.column("confidence"),
    Column("crd", title="Managed CRD", show="table", description="Null when it manages none"),
    Column("instances", "integer", show="table", description="How many objects; null when unknown"),
)


@click.command(
    "managed-crds", epilog="Example: k8s-datamodel operators managed-crds --name 'cert-*'"
)
@filter_options(TYPE)
@output_option()
@snapshot_option()
@allow_incomplete_option()
@reads("cluster")
@click.pass_context
def managed_crds(
    ctx: click.Context,
    /,
    output: str,
    snapshot: str | None,
    **filters: Any,
) -> None:
    """List the CRDs that each operator manages, with how many instances they have."""
    types = {each.name for each in types_in_use(ctx)}
    wanted = matching(TYPE, filters)
    with opened(ctx, [TYPE.name, *types & {_CRDS}], snapshot, about=[TYPE]) as moment:
        operators = [
            {key: row.get(key) for key in _KEPT} for row in moment.rows(TYPE.name) if wanted(row)
        ]
        counts = {str(row.get("name")): row.get("instance_count") for row in moment.rows(_CRDS)}
        rows = Rows(_COLUMNS, list(_rows(operators, counts)), "Managed CRDs", identity=_IDENTITY)
        write_page(ctx, Page([rows]), output)
    tell_misses(ctx, TYPE, wanted)


_IDENTITY = ("operator", "crd")
_KEPT = ("name", "namespace", "operator_type", "version", "confidence", "managed_crds")


def _rows(operators: Sequence[Row], counts: Mapping[str, int | None]) -> Iterator[dict[str, Any]]:
    """One row for each CRD of each operator, and one for an operator without CRDs."""
    for operator in sorted(operators, key=_place):
        for crd in operator["managed_crds"] or (None,):
            yield {
                "operator": operator["name"],
                "namespace": operator["namespace"],
                "type": operator["operator_type"],
                "version": operator["version"],
                "confidence": operator["confidence"],
                "crd": crd,
                "instances": counts.get(crd) if crd else None,
            }


def _place(operator: Row) -> tuple[str, ...]:
    return tuple(str(operator.get(name) or "") for name in TYPE.identity)

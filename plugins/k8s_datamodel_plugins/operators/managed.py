"""``operators managed-crds``: each operator with the CRDs it manages and their instances."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import click

from k8s_datamodel.api import Column, DatamodelError, Row, Table
from k8s_datamodel.commands import (
    Command,
    allow_incomplete_option,
    filter_options,
    inventory,
    matching,
    output_option,
    snapshot_option,
    write_listing,
)
from k8s_datamodel_plugins.operators import TYPE

_CRDS = "crds"
_NOT_THERE = "there is no such CRD"

COLUMNS = (
    Column("name", title="Operator", show="table", description="Name of the workload"),
    Column("namespace", show="table", description="Its namespace"),
    Column("type", show="wide", description="Deployment, StatefulSet or DaemonSet"),
    Column("framework", show="table", description="What installed it"),
    Column("crd", title="CRD", show="table", description="Null when it manages none"),
    Column("instances", "integer", show="table", description="Null when unknown"),
    Column("reason", title="Why Not Counted", show="wide", description="Why it is unknown"),
)


def rows_of(
    operators: Iterable[Row], crds: Mapping[str, Row], *, crds_known: bool
) -> Iterator[dict[str, Any]]:
    """One row of ``COLUMNS`` for each operator and CRD; one without a CRD if it manages none.

    Args:
        operators: rows of the type ``operators``.
        crds: rows of the type ``crds`` by name.
        crds_known: these are all CRDs there are.
    """
    for operator in operators:
        about = {
            "name": operator.get("name"),
            "namespace": operator.get("namespace"),
            "type": operator.get("operator_type"),
            "framework": operator.get("operator_framework"),
        }
        for name in operator.get("managed_crds") or [None]:
            yield {**about, "crd": name, **_count(name, crds, crds_known)}


def _count(name: str | None, crds: Mapping[str, Row], crds_known: bool) -> dict[str, Any]:
    if name is None:
        return {"instances": None, "reason": None}
    if name not in crds:
        reason = _NOT_THERE if crds_known else "CRDs could not all be read"
        return {"instances": None, "reason": reason}
    crd = crds[name]
    return {"instances": crd.get("instance_count"), "reason": crd.get("instance_count_reason")}


def named(operators: Sequence[Row], name: str | None) -> list[Row]:
    """The operators of a name, ``NAME`` or ``NAMESPACE/NAME``. Raises DatamodelError."""
    if name is None:
        return list(operators)
    found = [each for each in operators if name in (each["name"], _full_name(each))]
    if found:
        return found
    similar = difflib.get_close_matches(name, [str(each["name"]) for each in operators])
    hint = f"; is it {' or '.join(similar)}?" if similar else ""
    raise DatamodelError(f"there is no operator {name!r}{hint}")


def _full_name(operator: Row) -> str:
    return f"{operator.get('namespace') or ''}/{operator['name']}"


def _order(row: Row) -> tuple[str, ...]:
    return tuple(str(row.get(name) or "") for name in TYPE.identity)


@click.pass_context
def _run(
    ctx: click.Context,
    /,
    operator: str | None,
    output: str,
    snapshot: str | None,
    allow_incomplete: bool,
    **filters: tuple[str, ...],
) -> None:
    test = matching(TYPE, filters)
    operators: list[Row] = []
    crds: dict[str, Row] = {}
    with inventory(ctx, [_CRDS, TYPE.name], snapshot) as found:
        for resource_type, row in found.rows(specs=False):
            slim = {name: value for name, value in row.items() if name != "spec"}
            if resource_type.name == _CRDS:
                crds[str(row["name"])] = slim
            elif test(row):
                operators.append(slim)
        known = found.counts.get(_CRDS) is not None
    chosen = sorted(named(operators, operator), key=_order)
    rows = rows_of(chosen, crds, crds_known=known)
    write_listing(ctx, output, Table(COLUMNS, rows, "Managed CRDs"))
    found.end(ctx, allow_incomplete=allow_incomplete)


command = Command(
    "managed-crds",
    callback=_run,
    params=[
        click.Argument(["operator"], required=False, metavar="[[NAMESPACE/]NAME]"),
        *filter_options(TYPE),
        output_option(),
        snapshot_option(),
        allow_incomplete_option(),
    ],
    help="List operators with the CRDs they manage and how many instances these have.",
    epilog="Example: k8s-datamodel operators managed-crds --framework Helm",
)

"""``olm status``: whether the cluster has the Operator Lifecycle Manager, and its state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import click

from k8s_datamodel.api import Fields, LedgerEntry, Page, Row, Status
from k8s_datamodel.commands import (
    allow_incomplete_option,
    opened,
    output_option,
    reads,
    snapshot_option,
    write_page,
)
from k8s_datamodel_plugins.csvs import CSVS
from k8s_datamodel_plugins.olm import TYPE

_KEPT = ("namespace", "name", "version", "phase", "reason", "message")


@click.command("status", epilog="Example: k8s-datamodel olm status --output json")
@output_option()
@snapshot_option()
@allow_incomplete_option()
@reads("cluster")
@click.pass_context
def status(ctx: click.Context, /, output: str, snapshot: str | None) -> None:
    """Tell whether OLM is there, its CSVs by phase, and why some have failed."""
    with opened(ctx, [TYPE.name], snapshot) as moment:
        rows = [{key: row.get(key) for key in _KEPT} for row in moment.rows(TYPE.name)]
        known = moment.counts.get(TYPE.name) is not None
        write_page(ctx, Page([Fields(_status_of(rows, moment.ledger, known=known))]), output)


def _status_of(
    csvs: Iterable[Row], ledger: Iterable[LedgerEntry], *, known: bool
) -> dict[str, Any]:
    """The state of OLM; numbers are None unless it is ``known`` that these are all CSVs."""
    rows = sorted(csvs, key=lambda row: (str(row["namespace"]), str(row["name"])))
    phases = Counter(str(row["phase"] or "Unknown") for row in rows)
    return {
        "olm": _presence(bool(rows), ledger),
        "csvs": len(rows) if known else None,
        "phases": dict(sorted(phases.items())) if known else None,
        "failed": [row for row in rows if row["phase"] == "Failed"],
    }


def _presence(any_csv: bool, ledger: Iterable[LedgerEntry]) -> str:
    """``present``, ``absent`` or ``unknown``; a server that does not know the kind has no OLM."""
    if any_csv:
        return "present"
    statuses: set[Status] = {
        entry.outcome.status
        for entry in ledger
        if entry.resource_type == TYPE.name and entry.read == CSVS.name
    }
    if statuses == {"complete"}:
        return "present"
    return "absent" if statuses == {"absent"} else "unknown"

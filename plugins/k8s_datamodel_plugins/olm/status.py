"""``olm status``: whether OLM is there, and how its packages are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import click

from k8s_datamodel.api import LedgerEntry, Row, Status
from k8s_datamodel.commands import (
    Command,
    allow_incomplete_option,
    inventory,
    output_option,
    snapshot_option,
    write_value,
)
from k8s_datamodel_plugins.olm import CSVS, TYPE

_WELL = "Succeeded"
_UNKNOWN = "Unknown"


def status_of(rows: Iterable[Row], ledger: Sequence[LedgerEntry], *, known: bool) -> dict[str, Any]:
    """The answer as a document.

    Args:
        rows: of the type ``csvs``.
        ledger: of the run that read them.
        known: these are all CSVs there are; without it the numbers are null.
    """
    csvs = sorted(rows, key=lambda row: tuple(str(row.get(name)) for name in TYPE.identity))
    status = read_status(ledger)
    phases = Counter(str(csv.get("phase") or _UNKNOWN) for csv in csvs)
    return {
        "olm": presence(status, bool(csvs)),
        "read": status,
        "csvs": len(csvs) if known else None,
        "copies": sum(len(csv.get("copied_to") or ()) for csv in csvs) if known else None,
        "phases": dict(phases.most_common()) if known else None,
        "not_succeeded": [_unwell(csv) for csv in csvs if csv.get("phase") != _WELL],
    }


def read_status(ledger: Sequence[LedgerEntry]) -> Status | None:
    """How the list of CSVs ended; None when it was not read."""
    for entry in ledger:
        if entry.resource_type == TYPE.name and entry.read == CSVS.name:
            return entry.outcome.status
    return None


def presence(status: Status | None, seen: bool) -> str:
    """``present``, ``absent``, or ``unknown`` when nothing proves either."""
    if status == "absent":
        return "absent"
    return "present" if seen or status == "complete" else "unknown"


def _unwell(csv: Row) -> dict[str, Any]:
    names = ("namespace", "name", "version", "phase", "reason", "message")
    return {name: csv.get(name) for name in names}


@click.pass_context
def _run(ctx: click.Context, /, output: str, snapshot: str | None, allow_incomplete: bool) -> None:
    with inventory(ctx, [TYPE.name], snapshot) as found:
        rows = [{**row, "spec": None} for _, row in found.rows(specs=False)]
        known = found.counts.get(TYPE.name) is not None
        status = status_of(rows, found.ledger, known=known)
    write_value(ctx, output, status)
    found.end(ctx, allow_incomplete=allow_incomplete)


command = Command(
    "status",
    callback=_run,
    params=[output_option(), snapshot_option(), allow_incomplete_option()],
    help="Say whether OLM is there, how many CSVs are in which phase, and what is not well.",
    epilog="Example: k8s-datamodel olm status --output yaml",
)

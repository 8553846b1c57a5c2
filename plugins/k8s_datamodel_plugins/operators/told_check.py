"""``operators check``: what people say of operators, and that does not hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import click

from k8s_datamodel.api import (
    INCOMPLETE,
    Column,
    DatamodelError,
    LedgerEntry,
    Moment,
    Page,
    Rows,
    Text,
)
from k8s_datamodel.commands import (
    answers_with_its_code,
    opened,
    output_option,
    reads,
    snapshot_option,
    write_page,
)
from k8s_datamodel_plugins.operators import TYPE, place_told
from k8s_datamodel_plugins.operators.facts.told_words import sayings_of_file

_COLUMNS = (
    Column("told_by", show="table", description="Annotation, or place in the file, that says it"),
    Column(
        "finding",
        show="table",
        description="absent: it names nothing that exists; contradicted: by what was seen",
    ),
    Column("reason", show="table", description="What is wrong with it"),
)


@click.command("check", epilog="Example: k8s-datamodel operators check --output json")
@output_option()
@snapshot_option()
@reads("cluster")
@click.pass_context
def check(ctx: click.Context, /, output: str, snapshot: str | None) -> int:
    """Check what you say of operators, in annotations and in settings/operators.yaml.

    Lists what names nothing that exists, or contradicts what was seen, and ends with 1 if there is
    any.
    """
    sayings_of_file()  # a fault in it is one of this call, and not of the cluster
    answers_with_its_code(ctx)
    with opened(ctx, [TYPE.name], snapshot) as moment:
        _refuse_unchecked(moment)
        moment.finish()
        found = list(_rows(moment.ledger))
        if found or output not in _FOR_PEOPLE:
            rows = Rows(_COLUMNS, found, "What does not hold", identity=_IDENTITY)
            write_page(ctx, Page([rows]), output)
        else:
            write_page(ctx, Page([Text([_ALL_HOLDS if _is_whole(moment) else _NOT_ALL_READ])]))
    return 1 if found else 0


_IDENTITY = ("told_by",)

_FOR_PEOPLE = frozenset({"rich", "table", "wide"})
"""Formats in which no rows are an empty table, and tell nobody anything."""

_ALL_HOLDS = "All that is said of operators holds, as far as was seen.\n"


_NOT_ALL_READ = "What was read contradicts nothing that is said of operators.\n"


def _is_whole(moment: Moment) -> bool:
    """Whether all was read that says something or speaks against it, evidence too."""
    own = (each.outcome.status for each in moment.ledger if each.resource_type == TYPE.name)
    read = moment.complete and moment.counts.get(TYPE.name) is not None
    return read and INCOMPLETE.isdisjoint(own)


def _refuse_unchecked(moment: Moment) -> None:
    """Raises DatamodelError for a snapshot of a version that did not know what is told."""
    if any(row.get("shared_crds") is None for row in moment.rows(TYPE.name)):
        raise DatamodelError("an earlier version stored this snapshot, and checked nothing in it")


def _rows(ledger: Iterable[LedgerEntry]) -> Iterator[dict[str, str]]:
    for entry in ledger:
        where = place_told(entry.read) if entry.resource_type == TYPE.name else ""
        if where:
            absent = entry.outcome.status == "absent"
            finding = "absent" if absent else "contradicted"
            yield {"told_by": where, "finding": finding, "reason": entry.outcome.reason}

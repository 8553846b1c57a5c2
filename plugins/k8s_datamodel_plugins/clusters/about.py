"""``cluster info`` and ``cluster summary``."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import Any

import click

from k8s_datamodel.api import Column, Fields, LedgerEntry, Moment, Page, Rows
from k8s_datamodel.commands import (
    Fleet,
    Task,
    allow_incomplete_option,
    contexts_options,
    lacking,
    opened,
    output_option,
    reads,
    say,
    several,
    snapshot_option,
    tell_missing,
    types_in_use,
    write_page,
)

INFOS = (
    Column("context", show="table"),
    Column("uid", title="UID", show="wide"),
    Column("version", show="table"),
    Column("platform", show="table"),
    Column("nodes", "integer", show="table"),
    Column("source", show="wide"),
    Column("source_timestamp"),
    Column("snapshot", "integer"),
    Column("timestamp", show="wide"),
)
SUMMARIES = (
    *INFOS,
    Column("counts", "json", show="table"),
    Column("complete", "boolean", show="table"),
    Column("unread", "json"),
)


@click.command("info", epilog="Example: k8s-datamodel cluster info --context prod")
@output_option()
@contexts_options()
@snapshot_option()
@allow_incomplete_option()
@reads("cluster")
@click.pass_context
def info(ctx: click.Context, /, output: str, snapshot: str | None) -> None:
    """Tell what the cluster is: identity, version, platform, nodes."""
    if fleet := several(ctx, snapshot):
        _of_several(ctx, fleet, (), output)
        return
    # What a stored snapshot lacks is no matter of what its cluster is.
    with opened(ctx, (), snapshot, told=snapshot is None) as moment:
        write_page(ctx, Page([Fields(about(moment))]), output)
        if snapshot is None:
            _tell_unread(ctx, moment)


@click.command(
    "summary",
    epilog="Example: k8s-datamodel cluster summary --snapshot latest --output json",
)
@output_option()
@contexts_options()
@snapshot_option()
@allow_incomplete_option()
@reads("cluster")
@click.pass_context
def summary(ctx: click.Context, /, output: str, snapshot: str | None) -> None:
    """Count what the cluster holds, and tell what could not be read."""
    types = types_in_use(ctx)
    # Reading whole custom resources takes too long to be done unasked.
    names = [each.name for each in types if snapshot or not each.on_request]
    if fleet := several(ctx, snapshot):
        _of_several(ctx, fleet, names, output)
        return
    with opened(ctx, names, snapshot) as moment:
        document = counted(moment)
        write_page(ctx, Page([Fields(document)]), output)
        _tell_unknown(ctx, document)


def _of_several(ctx: click.Context, fleet: Fleet, names: Sequence[str], output: str) -> None:
    """A listing of the documents of several clusters; with types, also how much there is."""

    def read(task: Task) -> tuple[dict[str, Any], Moment]:
        with opened(ctx, names, None, task) as moment:
            return counted(moment) if names else about(moment), moment

    told = [each.result for each in fleet.each(read) if each.result]
    columns = SUMMARIES if names else INFOS
    write_page(ctx, Page([Rows(columns, [document for document, _ in told], "Clusters")]), output)
    for document, moment in told:
        context = str(document["context"])
        tell_missing(ctx, moment.ledger, context)
        if names:
            _tell_unknown(ctx, document, context)
        if not names:
            _tell_unread(ctx, moment, context)


def about(moment: Moment) -> dict[str, Any]:
    """What a cluster is, as a document; what is not known is None."""
    cluster = moment.cluster()
    return {
        "context": cluster.context,
        "uid": cluster.uid,
        "version": cluster.version,
        "platform": cluster.platform,
        "nodes": cluster.nodes,
        "source": cluster.source,
        "source_timestamp": cluster.source_timestamp,
        "snapshot": moment.number,
        "timestamp": moment.timestamp,
    }


def _tell_unread(ctx: click.Context, moment: Moment, context: str = "") -> None:
    """Why something is not known: those reads are optional, so nothing else says it."""
    of = f"{context}: " if context else ""
    for entry in moment.ledger:
        if entry.optional and entry.outcome.status in ("forbidden", "failed"):
            reason = entry.outcome.reason or entry.outcome.status
            say(ctx, f"{of}Not known, {entry.read}: {reason}")


def _unheld(entry: LedgerEntry, types: Container[str]) -> bool:
    """Whether a dump holds nothing of a list, so that the number of its type is not known."""
    skipped = entry.outcome.status == "skipped" and not entry.optional
    return skipped and entry.resource_type in types


def _tell_unknown(ctx: click.Context, document: Mapping[str, Any], context: str = "") -> None:
    """Say which numbers are not known though no read failed, if others are known.

    Where none is known, ``opened`` says it.
    """
    counts, of = document["counts"], f"{context}: " if context else ""
    failed = {each["resource_type"] for each in document["unread"] if each["status"] != "skipped"}
    unknown = [name for name, count in counts.items() if count is None and name not in failed]
    if unknown and len(unknown) < len(counts) and not failed & {""}:
        lacking(ctx, f"{of}the number of {', '.join(unknown)} is not known: nothing tells of them")


def counted(moment: Moment) -> dict[str, Any]:
    """How much there is of what, as a document: None where the number is not known."""
    document = about(moment)
    moment.finish()
    counts = {
        each.name: moment.counts.get(each.name) for each in moment.types if moment.asked_for(each)
    }
    unknown = {name for name, count in counts.items() if count is None}
    unheld = unknown - {each.resource_type for each in moment.ledger if each.incomplete}
    unread = [
        {
            "resource_type": entry.resource_type,
            "read": entry.read,
            "status": entry.outcome.status,
            "reason": entry.outcome.reason,
        }
        for entry in moment.ledger
        if entry.incomplete or _unheld(entry, unheld)
    ]
    return {
        **document,
        "counts": counts,
        "complete": moment.complete and not unknown,
        "unread": unread,
    }

"""``cluster info`` and ``cluster summary``."""

from __future__ import annotations

from typing import Any

import click

from k8s_datamodel.api import ClusterInfo
from k8s_datamodel.commands import (
    App,
    Command,
    Inventory,
    allow_incomplete_option,
    inventory,
    output_option,
    snapshot_option,
    write_value,
)


@click.pass_context
def _info(ctx: click.Context, /, output: str, snapshot: str | None, allow_incomplete: bool) -> None:
    with inventory(ctx, (), snapshot) as found:
        write_value(ctx, output, about(found.cluster(), found))
        if found.snapshot is None:  # what a stored one lacks is no matter of what its cluster is
            _tell_unread(ctx, found)
            found.end(ctx, allow_incomplete=allow_incomplete)


@click.pass_context
def _summary(
    ctx: click.Context, /, output: str, snapshot: str | None, allow_incomplete: bool
) -> None:
    names = [each.name for each in ctx.ensure_object(App).registry.types]
    with inventory(ctx, names, snapshot) as found:
        cluster = found.cluster()
        if found.run:
            for _ in found.rows():
                pass  # they are counted as they pass
        write_value(ctx, output, counted(cluster, found))
        found.end(ctx, allow_incomplete=allow_incomplete)


def about(cluster: ClusterInfo, found: Inventory) -> dict[str, Any]:
    """What a cluster is, as a document; what is not known is None."""
    snapshot = found.snapshot
    return {
        "context": cluster.context,
        "uid": cluster.uid,
        "version": cluster.version,
        "platform": cluster.platform,
        "nodes": cluster.nodes,
        "source": cluster.source,
        "source_timestamp": cluster.source_timestamp,
        "snapshot": snapshot.id if snapshot else None,
        "timestamp": snapshot.timestamp if snapshot else found.run.timestamp if found.run else None,
    }


def _tell_unread(ctx: click.Context, found: Inventory) -> None:
    """Why something is not known: those reads are optional, so nothing else says it."""
    for entry in found.ledger:
        if entry.optional and entry.outcome.status in ("forbidden", "failed"):
            reason = entry.outcome.reason or entry.outcome.status
            ctx.ensure_object(App).say(f"Not known, {entry.read}: {reason}")


def counted(cluster: ClusterInfo, found: Inventory) -> dict[str, Any]:
    """How much there is of what, as a document: None where the number is not known."""
    unread = [
        {
            "resource_type": entry.resource_type,
            "read": entry.read,
            "status": entry.outcome.status,
            "reason": entry.outcome.reason,
        }
        for entry in found.ledger
        if entry.incomplete
    ]
    return {
        **about(cluster, found),
        "counts": {each.name: found.counts.get(each.name) for each in found.types},
        "complete": found.complete,
        "unread": unread,
    }


info = Command(
    "info",
    callback=_info,
    params=[output_option(), snapshot_option(), allow_incomplete_option()],
    help="Tell what the cluster is: identity, version, platform, nodes.",
    epilog="Example: k8s-datamodel cluster info --context prod",
)

summary = Command(
    "summary",
    callback=_summary,
    params=[output_option(), snapshot_option(), allow_incomplete_option()],
    help="Count what the cluster holds, and tell what could not be read.",
    epilog="Example: k8s-datamodel cluster summary --snapshot latest --output json",
)

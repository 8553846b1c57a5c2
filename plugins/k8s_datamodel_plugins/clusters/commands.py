"""``cluster info``, ``cluster summary`` and ``cluster export``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import click

from k8s_datamodel.api import INCOMPLETE, LedgerEntry, UsageError
from k8s_datamodel.commands import (
    App,
    Command,
    DocumentOptions,
    Inventory,
    PerType,
    allow_incomplete_option,
    file_option,
    format_of,
    inventory,
    kept,
    output_option,
    skip_flag,
    skipped,
    snapshot_option,
    write_document,
    write_value,
)
from k8s_datamodel_plugins.clusters.summaries import Numbers, cluster_values, shortened
from k8s_datamodel_plugins.clusters.summaries import summary as summarised

_MISSING = 3
_FOR_PEOPLE = ("table", "wide", "rich")


def _about(found: Inventory) -> dict[str, Any]:
    """The cluster, and which snapshot tells of it."""
    snapshot = found.snapshot
    return {
        "id": snapshot.id if snapshot else None,
        "timestamp": snapshot.timestamp if snapshot else found.run.timestamp if found.run else None,
        **cluster_values(found.cluster()),
    }


@click.pass_context
def _info(ctx: click.Context, /, output: str, snapshot: str | None, allow_incomplete: bool) -> None:
    with inventory(ctx, [], snapshot) as found:
        about = _about(found)
        unread = _of_the_cluster(found.ledger)
    write_value(ctx, output, about)
    ctx.ensure_object(App).tell(unread)
    if unread and not allow_incomplete:
        ctx.exit(_MISSING)


def _of_the_cluster(ledger: Sequence[LedgerEntry]) -> list[LedgerEntry]:
    """Reads for no type that failed. Elsewhere they only enrich, here they are the answer."""
    failed = (e for e in ledger if not e.resource_type and e.outcome.status in INCOMPLETE)
    return [replace(entry, optional=False) for entry in failed]


@click.pass_context
def _summary(
    ctx: click.Context, /, output: str, snapshot: str | None, allow_incomplete: bool
) -> None:
    types = ctx.ensure_object(App).registry.types
    numbers = {each.name: Numbers(each) for each in types}
    with inventory(ctx, list(numbers), snapshot) as found:
        for resource_type, row in found.rows(specs=False):
            numbers[resource_type.name].take(row)
        value = summarised(_about(found), numbers.values(), found.counts, found.ledger)
    write_value(ctx, output, shortened(value) if output in _FOR_PEOPLE else value)
    found.end(ctx, allow_incomplete=allow_incomplete)


@click.pass_context
def _export(
    ctx: click.Context,
    /,
    output: str | None,
    file: str | None,
    include_specs: bool,
    ledger: bool,
    no_redact: bool,
    snapshot: str | None,
    allow_incomplete: bool,
    **flags: bool,
) -> None:
    types = ctx.ensure_object(App).registry.types
    without = skipped(types, flags)
    names = [each.name for each in types if each.name not in without]
    if not names:
        raise UsageError("everything is left out: there is nothing to export")
    options = DocumentOptions(include_specs, ledger, tuple(names))
    with (
        inventory(ctx, names, snapshot) as found,
        kept(ctx, found, redact=not no_redact) as whole,
    ):
        write_document(ctx, output or format_of(ctx, file, "json"), whole, options, file)
    found.end(ctx, allow_incomplete=allow_incomplete)


info = Command(
    "info",
    callback=_info,
    params=[output_option(), snapshot_option(), allow_incomplete_option()],
    help="Show what is known of the cluster itself: version, platform, nodes, identity.",
    epilog="Example: k8s-datamodel --context prod cluster info --output json",
)

summary = Command(
    "summary",
    callback=_summary,
    params=[output_option(), snapshot_option(), allow_incomplete_option()],
    help="Count everything, by type and by group, framework, phase, ...\n\n"
    "A number is null when a part of it is unknown.",
    epilog="Example: k8s-datamodel cluster summary --snapshot latest",
)

export = PerType(
    "export",
    flag=skip_flag,
    callback=_export,
    params=[
        output_option(None),
        file_option(),
        click.Option(
            ["--include-specs/--no-specs"],
            default=True,
            help="With or without the complete objects. [default: with]",
        ),
        click.Option(["--ledger"], is_flag=True, help="With what was read and what was not."),
        click.Option(
            ["--no-redact"],
            is_flag=True,
            help="Keep literals that look like credentials. A stored snapshot stays as it is.",
        ),
        snapshot_option(),
        allow_incomplete_option(),
    ],
    help="Write everything as one document, as JSON unless told otherwise.\n\n"
    "It is what database export writes of a snapshot; nothing is stored.",
    epilog="Example: k8s-datamodel cluster export --no-olm --file cluster.yaml",
)

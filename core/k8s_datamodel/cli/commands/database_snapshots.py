"""``database list|show|export``: what is stored, and all other commands of the group."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

import click
from click.decorators import FC

from k8s_datamodel.base.errors import DatabaseNotFoundError
from k8s_datamodel.cli.commands import (
    database_cleanup,
    database_copy,
    database_delete,
    database_names,
    database_stats,
    database_store,
    database_summary,
    database_upkeep,
)
from k8s_datamodel.cli.commands.queries import database_query
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.frame.output import format_of, needs_objects, write_page
from k8s_datamodel.cli.frame.used_settings import reads
from k8s_datamodel.cli.moments.named_snapshots import named_snapshot, tell_ahead
from k8s_datamodel.cli.params.chosen_snapshots import Chosen
from k8s_datamodel.cli.params.options import file_option, output_option, together
from k8s_datamodel.cli.params.per_type import OnlySome
from k8s_datamodel.cli.params.snapshot_options import (
    SNAPSHOT,
    cluster_option,
    timing_lines,
)
from k8s_datamodel.contracts.stores import AbleStore, SnapshotQuery
from k8s_datamodel.data.pages import Page, Pages
from k8s_datamodel.data.snapshots import UNREDACTED, Snapshot
from k8s_datamodel.data.timings import Timings
from k8s_datamodel.naming.missing_names import no_snapshot, snapshots_of
from k8s_datamodel.reading import documents
from k8s_datamodel.reading.stored_moments import StoredMoment

GROUP = click.Group("database", commands={**database_store.GROUP.commands})
_LEDGER = click.option("--ledger", is_flag=True, help="With what was read and what was not.")


def _specs_option(default: bool | None, note: str = "with") -> Callable[[FC], FC]:
    return click.option(
        "--include-specs/--no-specs",
        default=default,
        help=f"With or without the complete objects. [default: {note}]",
    )


_export_options = together(
    output_option(None),
    _specs_option(True),
    _LEDGER,
    file_option("; its suffix chooses the format"),
    cluster_option(),
)


@GROUP.command("list", epilog="Example: k8s-datamodel database list --limit 1 --output json")
@cluster_option()
@click.option("--limit", type=click.IntRange(min=1), help="Only the newest so many.")
@click.option("--since", metavar="TIME", help="Only from this time on: a day, a time, 3 days ago.")
@click.option("--until", metavar="TIME", help="Only until this time; a day means its end.")
@click.option(
    "--notes",
    metavar="PATTERN",
    help="Only with such notes: * is any text, ? one letter, in either case.",
)
@output_option()
@reads("snapshots")
@click.pass_context
def _list(
    ctx: click.Context,
    /,
    cluster_context: str | None,
    limit: int | None,
    since: str | None,
    until: str | None,
    notes: str | None,
    output: str,
) -> None:
    """List snapshots, oldest first."""
    app = ctx.ensure_object(App)
    chosen = Chosen.of(since, until, notes)
    cluster = cluster_context or app.settings.context
    snapshots: Sequence[Snapshot] = ()
    try:
        with app.store() as store:
            most = None if chosen.some else limit
            found = store.snapshots(SnapshotQuery(cluster, most))
            snapshots = [each for each in found if chosen.fits(each)][-limit if limit else 0 :]
            if cluster and not found and store.snapshots(SnapshotQuery(limit=1)):
                app.say(f"{no_snapshot(store, cluster)}.")
    except DatabaseNotFoundError as nothing:  # where nothing is stored yet, the list is empty
        app.complain(str(nothing))
    table = documents.snapshot_table(snapshots, app.registry.types)
    write_page(ctx, Page([table]), output)
    if cluster and not cluster_context:
        app.say(f"Only snapshots of {cluster}, the context that was named.")
    tell_ahead(app, snapshots)
    plain = [str(each.id) for each in snapshots if each.redaction == UNREDACTED]
    if plain:
        app.say(f"Stored with --no-redact: {', '.join(plain)}.")
    incomplete = [str(each.id) for each in snapshots if not each.complete]
    if incomplete:
        app.say(f"Incomplete: {', '.join(incomplete)} (database show SNAPSHOT --ledger says why).")


GROUP.commands.update(database_summary.GROUP.commands)


@GROUP.command(
    "show",
    cls=OnlySome,
    help="Show one snapshot: a number, latest, or latest~1.",
    epilog="Example: k8s-datamodel database show latest --output json",
)
@click.argument("snapshot", type=SNAPSHOT)
@output_option("yaml")
@_specs_option(None, "with in JSON, without elsewhere")
@_LEDGER
@cluster_option()
@reads("snapshots")
@click.pass_context
def _show(ctx: click.Context, /, output: str, include_specs: bool | None, **given: Any) -> None:
    wanted = output == "json" or needs_objects(ctx, output)
    specs = wanted if include_specs is None else include_specs
    _write_one(ctx, output, None, timed=True, include_specs=specs, **given)
    if sys.stdout.isatty():
        ctx.ensure_object(App).say(f"A page for people: database summary {given['snapshot']}")


@GROUP.command(
    "export",
    cls=OnlySome,
    help="Write one snapshot to a file or to stdout, as JSON unless told otherwise.",
    short_help="Write one snapshot to a file or to stdout.",
    epilog="Example: k8s-datamodel database export latest --file snapshot.yaml",
)
@click.argument("snapshot", type=SNAPSHOT)
@_export_options
@reads("snapshots")
@click.pass_context
def _export(ctx: click.Context, /, output: str | None, file: str | None, **given: Any) -> None:
    _write_one(ctx, output or format_of(ctx, file, "json"), file, **given)


def _write_one(
    ctx: click.Context,
    output: str,
    file: str | None,
    snapshot: str,
    cluster_context: str | None,
    timed: bool = False,
    **given: Any,
) -> None:
    app = ctx.ensure_object(App)
    with app.store() as store:
        found = named_snapshot(app, store, snapshot, cluster_context)
        write_page(ctx, _document(app, store, found, **given), output, file)
        timings = Timings.kept(store.ledger(found.id)) if timed else None
    for line in timing_lines(found, timings) if timings else ():
        app.say(line)
    if not found.complete:
        app.say(f"Snapshot {found.id} is incomplete (--ledger says why).")


def _document(
    app: App, store: AbleStore, snapshot: Snapshot, include_specs: bool, ledger: bool, **flags: bool
) -> Page:
    types = app.registry.types
    moment, only = StoredMoment.of(store, snapshot, types), OnlySome.chosen(types, flags)
    return documents.document(moment, types, objects=include_specs, ledger=ledger, only=only)


@GROUP.command(
    "export-all",
    cls=OnlySome,
    help="Write all snapshots, oldest first, as JSON unless told otherwise.",
    short_help="Write all snapshots, oldest first.",
    epilog="Example: k8s-datamodel database export-all --file all.json",
)
@_export_options
@reads("database")
@click.pass_context
def _export_all(
    ctx: click.Context,
    /,
    output: str | None,
    file: str | None,
    cluster_context: str | None,
    **given: Any,
) -> None:
    app = ctx.ensure_object(App)
    name = output or format_of(ctx, file, "json")
    with app.store() as store:
        snapshots = snapshots_of(store, cluster_context)
        every = (_document(app, store, each, **given) for each in snapshots)
        write_page(ctx, Page([Pages(every)]), name, file)


for module in (
    database_delete,
    database_stats,
    database_cleanup,
    database_upkeep,
    database_copy,
    database_names,
    database_query,
):
    GROUP.commands.update(module.GROUP.commands)

"""``list``, ``get`` and ``count`` of any resource type, live, from a dump or from a snapshot."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any

import click

from k8s_datamodel import pipeline
from k8s_datamodel.cli.app import App
from k8s_datamodel.cli.inventory import Inventory, inventory, row_of
from k8s_datamodel.cli.options import Command, allow_incomplete_option, output_option
from k8s_datamodel.cli.output import write
from k8s_datamodel.cli.selection import (
    Test,
    display_name,
    filter_options,
    matching,
    named,
    only_one,
    sort_key,
)
from k8s_datamodel.cli.stored import snapshot_option, stored_line
from k8s_datamodel.cli.views import chosen_view, view_options
from k8s_datamodel.errors import UsageError
from k8s_datamodel.model import Record, ResourceType, Row, Section


def commands(resource_type: ResourceType) -> dict[str, click.Command]:
    """The commands of one type's group."""
    made = (_list(resource_type), _get(resource_type), _count(resource_type))
    return {str(command.name): command for command in made}


def _list(resource_type: ResourceType) -> click.Command:
    return Command(
        "list",
        callback=click.pass_context(partial(_run_list, resource_type=resource_type)),
        params=[
            *filter_options(resource_type),
            output_option(),
            click.Option(
                ["--include-specs/--no-specs"], default=False, help="With the complete objects."
            ),
            click.Option(
                ["--store-db"], is_flag=True, help="Store what was collected, unfiltered."
            ),
            click.Option(["--notes"], help="Words to keep with the stored snapshot."),
            snapshot_option(),
            allow_incomplete_option(),
        ],
        help=f"List {resource_type.plural}.",
        epilog=f"Example: k8s-datamodel {resource_type.command} list --output wide",
    )


def _get(resource_type: ResourceType) -> click.Command:
    return Command(
        "get",
        callback=click.pass_context(partial(_run_get, resource_type=resource_type)),
        params=[
            click.Argument(["name"], metavar="[NAMESPACE/]NAME"),
            *view_options(resource_type),
            output_option(),
            snapshot_option(),
            allow_incomplete_option(),
        ],
        help=f"Show one {resource_type.singular} in full.",
        epilog=f"Example: k8s-datamodel {resource_type.command} get NAME --output yaml",
    )


def _count(resource_type: ResourceType) -> click.Command:
    return Command(
        "count",
        callback=click.pass_context(partial(_run_count, resource_type=resource_type)),
        params=[
            *filter_options(resource_type),
            snapshot_option(),
            allow_incomplete_option(),
        ],
        help=f"Print how many {resource_type.plural} there are.",
        epilog=f"Example: k8s-datamodel {resource_type.command} count",
    )


def _run_list(
    ctx: click.Context,
    resource_type: ResourceType,
    output: str,
    include_specs: bool,
    store_db: bool,
    notes: str | None,
    snapshot: str | None,
    allow_incomplete: bool,
    **filters: tuple[str, ...],
) -> None:
    if snapshot and store_db:
        raise UsageError("--store-db stores what is collected; it does not go with --snapshot")
    if notes and not store_db:
        raise UsageError("--notes goes with --store-db")
    app = ctx.ensure_object(App)
    found = Found(resource_type, matching(resource_type, filters), include_specs)
    found.gather(ctx, snapshot, pipeline.StoreOptions(notes=notes) if store_db else None)
    listing = Section(resource_type, sorted(found.rows, key=sort_key(resource_type)), include_specs)
    write(app, output, lambda formatter, out: formatter.listing(listing, out))
    found.end(ctx, allow_incomplete=allow_incomplete)


def _run_get(
    ctx: click.Context,
    resource_type: ResourceType,
    name: str,
    output: str,
    snapshot: str | None,
    allow_incomplete: bool,
    **options: Any,
) -> None:
    app = ctx.ensure_object(App)
    show = chosen_view(app, resource_type, options)
    found = Found(resource_type, named(resource_type, name), specs=True)
    found.gather(ctx, snapshot)
    row = only_one(resource_type, found.rows, name, found.names)
    if show:
        table = show(row)
        write(app, output, lambda formatter, out: formatter.listing(table, out))
    else:
        section = Section(resource_type, (row,), specs=True)
        write(app, output, lambda formatter, out: formatter.record(section, row, out))
    found.end(ctx, allow_incomplete=allow_incomplete)


def _run_count(
    ctx: click.Context,
    resource_type: ResourceType,
    snapshot: str | None,
    allow_incomplete: bool,
    **filters: tuple[str, ...],
) -> None:
    found = Found(resource_type, matching(resource_type, filters))
    found.gather(ctx, snapshot)
    click.echo(len(found.rows) if found.known else "unknown")
    found.end(ctx, allow_incomplete=allow_incomplete)


@dataclass(slots=True)
class Found:
    """Rows of one type that pass a test.

    Attributes:
        names: of all rows, also of those that did not pass.
        known: the number of rows means something.
    """

    type: ResourceType
    test: Test
    specs: bool = False
    rows: list[Row] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    known: bool = True
    source: Inventory | None = None

    def gather(
        self, ctx: click.Context, snapshot: str | None, options: pipeline.StoreOptions | None = None
    ) -> None:
        """Read a stored snapshot if one is named, else the source; store on the way if asked."""
        with inventory(ctx, [self.type.name], snapshot) as source:
            if options and source.run:
                self._store(ctx.ensure_object(App), source.run, options)
            else:
                for _, row in source.rows(specs=self.specs):
                    self._take(row)
            self.known = source.counts.get(self.type.name) is not None
            self.source = source

    def _store(self, app: App, run: pipeline.Run, options: pipeline.StoreOptions) -> None:
        with app.store(create=True) as store:
            stored = pipeline.store(run, store, options, self._take_record)
        app.say(stored_line(stored, [self.type]))

    def _take_record(self, resource_type: ResourceType, record: Record) -> None:
        self._take(row_of(resource_type, record))

    def _take(self, row: Row) -> None:
        self.names.append(display_name(self.type, row))
        if self.test(row):
            self.rows.append(row if self.specs else {**row, "spec": None})

    def end(self, ctx: click.Context, *, allow_incomplete: bool) -> None:
        """Say what is missing; end with exit code 3 if something is."""
        if self.source:
            self.source.end(ctx, allow_incomplete=allow_incomplete)

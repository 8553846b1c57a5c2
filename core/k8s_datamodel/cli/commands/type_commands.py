"""The commands of any resource type: ``list`` and ``count`` here, and those of other modules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource
from click.decorators import FC

from k8s_datamodel.base.errors import UsageError
from k8s_datamodel.cli.commands.clusters_compared.matrix_command import matrix_command
from k8s_datamodel.cli.commands.get_command import get_command
from k8s_datamodel.cli.commands.through_time.history_command import history_command
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.frame.fleet import CLUSTER
from k8s_datamodel.cli.frame.output import needs_objects, though_nobody_reads, write_page
from k8s_datamodel.cli.frame.used_settings import reads, using_option
from k8s_datamodel.cli.params.arranging import Arrangement, arranging_options
from k8s_datamodel.cli.params.context_options import contexts_options, several
from k8s_datamodel.cli.params.filters import Matching, filter_options, keyword, matching_of
from k8s_datamodel.cli.params.label_option import labelled, selector_option
from k8s_datamodel.cli.params.misses import misses, unknown
from k8s_datamodel.cli.params.options import allow_incomplete_option, output_option, together
from k8s_datamodel.cli.params.snapshot_options import snapshot_option
from k8s_datamodel.data.pages import Page, Rows
from k8s_datamodel.types.resource_types import ResourceType

if TYPE_CHECKING:
    from k8s_datamodel.cli.rows.gathering import Answer
    from k8s_datamodel.cli.rows.selecting import Selection

UNKNOWN = "unknown"
"""In place of a number that nobody knows."""


def commands(resource_type: ResourceType) -> dict[str, click.Command]:
    """The commands of one type's group."""
    made = (
        _list(resource_type),
        get_command(resource_type),
        _count(resource_type),
        matrix_command(resource_type),
        history_command(resource_type),
    )
    return {str(command.name): command for command in made}


def _list(resource_type: ResourceType) -> click.Command:
    @click.command(
        "list",
        help=f"List {resource_type.plural}.",
        epilog=f"Example: k8s-datamodel {resource_type.command} list --output wide",
    )
    @filter_options(resource_type)
    @_derived_options(resource_type)
    @output_option(piped="plain")
    @click.option("--wide", is_flag=True, help="With the columns of --output wide.")
    @arranging_options(resource_type)
    @selector_option
    @click.option("--include-specs/--no-specs", default=False, help="With the complete objects.")
    @using_option(
        "--store-db",
        ["db-path"],
        is_flag=True,
        help="Store what was collected, unfiltered.",
    )
    @click.option("--notes", help="Words to keep with the stored snapshot.")
    @contexts_options()
    @snapshot_option()
    @allow_incomplete_option()
    @reads("cluster")
    @click.pass_context
    def command(
        ctx: click.Context,
        /,
        output: str,
        wide: bool,
        include_specs: bool,
        store_db: bool,
        notes: str | None,
        snapshot: str | None,
        **filters: Any,
    ) -> None:
        if snapshot and store_db:
            raise UsageError("--store-db cannot be used with --snapshot")
        if notes and not store_db:
            raise UsageError("--notes goes with --store-db")
        output = _widened(_boxed(ctx, output) if store_db else output, wide=wide)
        app = ctx.ensure_object(App)
        include_specs = include_specs or needs_objects(ctx, output)
        from k8s_datamodel.cli.rows.gathering import gather  # noqa: PLC0415 - not for `history`
        from k8s_datamodel.reading.storing import StoreOptions  # noqa: PLC0415 - as above

        options = StoreOptions(notes=notes) if store_db else None
        clusters = (CLUSTER,) if several(ctx, snapshot) else ()
        there = (*clusters, *_maker(resource_type, filters)().shown.columns)
        arrangement = Arrangement.of(ctx, there, output, filters)
        objects = include_specs or arrangement.needs_objects
        make = _maker(resource_type, filters, objects=objects)
        answer = gather(ctx, make, snapshot, options)
        block = arrangement.arranged(answer.type.block(answer.rows, objects=include_specs))
        if wide and output == "plain" and not block.shown:
            block = _with_wide_columns(block)
        with though_nobody_reads(app) if store_db else nullcontext():
            write_page(ctx, Page([block]), output)
        _tell_misses(app, resource_type, answer, filters)
        answer.end(app)

    return command


def _derived_options(resource_type: ResourceType) -> Callable[[FC], FC]:
    flags = resource_type.derived
    return together(
        *(
            using_option(f"--{each.flag}", ["db-path"], is_flag=True, help=each.description)
            for each in flags
        )
    )


def _count(resource_type: ResourceType) -> click.Command:
    @click.command(
        "count",
        help=f"Print how many {resource_type.plural} there are.",
        epilog=f"Example: k8s-datamodel {resource_type.command} count",
    )
    @filter_options(resource_type)
    @_derived_options(resource_type)
    @selector_option
    @contexts_options()
    @snapshot_option()
    @allow_incomplete_option()
    @reads("cluster")
    @click.pass_context
    def command(ctx: click.Context, /, snapshot: str | None, **filters: Any) -> None:
        from k8s_datamodel.cli.rows.gathering import gather  # noqa: PLC0415 - not for `history`

        answer = gather(ctx, _maker(resource_type, filters), snapshot)
        for attempt in answer.attempts:
            found = attempt.result
            number = len(found.rows) if found and found.known else UNKNOWN
            click.echo(f"{attempt.context}\t{number}" if attempt.context else number)
        if any(filters.values()):  # the number alone says that there are none
            _tell_misses(ctx.ensure_object(App), resource_type, answer, filters)
        answer.end(ctx.ensure_object(App))

    return command


def _maker(
    resource_type: ResourceType, given: Mapping[str, Any], *, objects: bool = False
) -> Callable[[], Selection]:
    """Makes what takes the rows that filters, labels and flags keep."""
    selector = given.get("selector")

    def make() -> Selection:
        from k8s_datamodel.cli.rows.selecting import Selection  # noqa: PLC0415 - not for `history`

        filters = matching_of(resource_type, given)
        return Selection(
            resource_type,
            labelled(resource_type, selector, filters) if selector else filters,
            objects or bool(selector),
            [each for each in resource_type.derived if given.get(keyword(each.flag))],
            keeping=True,
            conceivable=filters.conceivable,
            filters=filters,
        )

    return make


def _tell_misses(
    app: App, resource_type: ResourceType, answer: Answer, given: Mapping[str, Any]
) -> None:
    """Say which filter nothing met, and which rows a comparison had to leave out."""
    found = [attempt.result for attempt in answer.attempts if attempt.result]
    tests = [each.filters for each in found if isinstance(each.filters, Matching)]
    for line in unknown(resource_type, tests):
        app.say(line)
    if answer.rows or not tests:
        return
    known = all(each.known for each in found)
    flags = [f"--{each.flag}" for each in resource_type.derived if given.get(keyword(each.flag))]
    labels = [f"--selector {given['selector']}"] if given.get("selector") else []
    total = sum(len(each.names) for each in found)
    for line in misses(resource_type, tests, [*labels, *flags], total, known=known):
        app.say(line)


def _boxed(ctx: click.Context, output: str) -> str:
    """The format of a listing that is also stored: a table, unless the user says otherwise."""
    chosen = ctx.get_parameter_source("output") is not ParameterSource.DEFAULT
    return output if chosen else "table"


def _widened(output: str, *, wide: bool) -> str:
    if wide and output not in ("table", "wide", "plain"):
        raise UsageError(f"--wide is --output wide; it cannot be used with --output {output}")
    return "wide" if wide and output == "table" else output


def _with_wide_columns(block: Rows) -> Rows:
    """The rows with the columns that ``wide`` shows, for a format that shows fewer."""
    shown = tuple(each.name for each in block.columns if each.show != "never")
    return replace(block, shown=shown)

"""``list``, ``get`` and ``count`` of any resource type, live, from a dump or from a snapshot."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Any, cast

import click
from click.core import ParameterSource
from click.decorators import FC

from k8s_datamodel.base.errors import DatamodelError, UsageError
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.frame.fleet import CLUSTER, Attempt
from k8s_datamodel.cli.frame.missing import lacks
from k8s_datamodel.cli.frame.output import needs_objects, though_nobody_reads, write_page
from k8s_datamodel.cli.params.arranging import Arrangement, arranging_options
from k8s_datamodel.cli.params.candidates import Completed, names_of
from k8s_datamodel.cli.params.context_options import contexts_options, several
from k8s_datamodel.cli.params.filters import Matching, filter_options, keyword, matching_of
from k8s_datamodel.cli.params.label_option import labelled, selector_option
from k8s_datamodel.cli.params.misses import misses, unknown
from k8s_datamodel.cli.params.options import allow_incomplete_option, output_option, together
from k8s_datamodel.cli.params.row_names import also_found, may_be_named, meant, named, only_one
from k8s_datamodel.cli.params.snapshot_options import snapshot_option
from k8s_datamodel.cli.rows.gathering import Answer, gather
from k8s_datamodel.cli.rows.selecting import Selected, Selection
from k8s_datamodel.data.objects import Row
from k8s_datamodel.data.pages import Page, Rows
from k8s_datamodel.reading.storing import StoreOptions
from k8s_datamodel.types.foreign_texts import shown
from k8s_datamodel.types.resource_types import Derived, ResourceType

UNKNOWN = "unknown"
"""In place of a number that nobody knows."""

Show = Callable[[Row], Rows]
"""Makes a listing of one row, which has its complete object."""

Choose = Callable[[Mapping[str, Any]], Show | None]
"""How to show the row, by the values of options; None for the record as it is."""


def commands(resource_type: ResourceType) -> dict[str, click.Command]:
    """The commands of one type's group."""
    made = (_list(resource_type), get_command(resource_type), _count(resource_type))
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
    @click.option("--store-db", is_flag=True, help="Store what was collected, unfiltered.")
    @click.option("--notes", help="Words to keep with the stored snapshot.")
    @contexts_options()
    @snapshot_option()
    @allow_incomplete_option()
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
        *(click.option(f"--{each.flag}", is_flag=True, help=each.description) for each in flags)
    )


def get_command(
    resource_type: ResourceType,
    more: Iterable[Callable[[Any], Any]] = (),
    choose: Choose = lambda options: None,
) -> click.Command:
    """``get`` of a type; a plugin may give its own type one with more options.

    Args:
        resource_type: whose rows there are.
        more: decorators that add options, such as ``click.option(...)``.
        choose: takes their values by name. Returns a function that makes ``Rows`` of a row, or
            None to show the record.
    """

    @click.command(
        "get",
        help=f"Show one {resource_type.singular} in full, or several.",
        epilog=f"Example: k8s-datamodel {resource_type.command} get NAME --output yaml",
    )
    @click.argument(
        "names",
        nargs=-1,
        type=Completed("name", names_of(resource_type)),
        metavar="[NAMESPACE/]NAME...",
    )
    @together(*more)
    @output_option(piped="plain")
    @contexts_options()
    @snapshot_option()
    @allow_incomplete_option()
    @click.pass_context
    def command(
        ctx: click.Context,
        /,
        names: tuple[str, ...],
        output: str,
        snapshot: str | None,
        **options: Any,
    ) -> None:
        if not names:
            list_all = f"{resource_type.command} list"
            raise UsageError(f"give a name, or several; {list_all!r} lists all")
        app = ctx.ensure_object(App)
        show = choose(options)
        if show is not None and not callable(show):
            what = f"choose gave {shown(show)}, neither a function of a row nor None"
            raise app.registry.misused(resource_type, f"get: {what}")
        if show and several(ctx, snapshot):
            raise UsageError("this shows one record: name one context with --context")
        if show and len(names) > 1:
            raise UsageError("this shows one record: give one name")
        derived = () if show else resource_type.derived
        answer = gather(ctx, lambda: _called(resource_type, names, derived), snapshot)
        kept = [_insist_on_each(app, resource_type, each, names) for each in answer.attempts]
        answer = replace(answer, attempts=kept)
        rows, one = answer.rows, not answer.several and len(names) == 1
        if rows or not one:
            block = answer.type.block(rows, objects=True, alone=one)
            if show:
                block = _shown_otherwise(app, resource_type, show, rows[0])
            write_page(ctx, Page([block]), output)
        answer.end(app)

    return command


def _shown_otherwise(app: App, resource_type: ResourceType, show: Show, row: Row) -> Rows:
    """What a plugin's function makes of a row. Raises PluginError for what is no ``Rows``."""
    block = cast(object, show(row))
    if not isinstance(block, Rows):
        what = f"get: {getattr(show, '__name__', 'choose')} gave a {type(block).__name__}, no Rows"
        raise app.registry.misused(resource_type, what)
    return block


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
    @click.pass_context
    def command(ctx: click.Context, /, snapshot: str | None, **filters: Any) -> None:
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
    if answer.rows or not tests or not all(each.known for each in found):
        return
    flags = [f"--{each.flag}" for each in resource_type.derived if given.get(keyword(each.flag))]
    labels = [f"--selector {given['selector']}"] if given.get("selector") else []
    total = sum(len(each.names) for each in found)
    for line in misses(resource_type, tests, [*labels, *flags], total):
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


def _insist_on_each(
    app: App, resource_type: ResourceType, attempt: Attempt[Selected], names: Sequence[str]
) -> Attempt[Selected]:
    """The attempt with the one row of each name; of several names or contexts one fails alone.

    Raises DatamodelError if the only name means none or several.
    """
    found = attempt.result
    if found is None:
        return attempt
    kept: list[Row] = []
    for name in dict.fromkeys(names):
        rows = meant(resource_type, found.rows, name)
        if not rows and _may_be_unread(found):
            if not lacks(found.moment, resource_type):
                why = f"{resource_type.singular} {name!r} is not among what could be read"
                app.missing.undecided([why], attempt.context)
            continue
        try:
            row = only_one(resource_type, rows, name, found.names)
        except DatamodelError as error:
            if not attempt.context and len(names) == 1:
                raise
            app.missing.failed = True
            app.complain(f"{attempt.context}: {error}" if attempt.context else str(error))
        else:
            kept += [] if row in kept else [row]
    return replace(attempt, result=replace(found, rows=kept))


def _may_be_unread(found: Selected) -> bool:
    """Whether more rows may be among what was not read."""
    broken = any(each.incomplete and not each.resource_type for each in found.moment.ledger)
    return broken or not found.known


def _called(
    resource_type: ResourceType, names: Sequence[str], derived: Sequence[Derived]
) -> Selection:
    """The rows that names may mean."""
    tests = [each(resource_type, name) for name in names for each in (named, also_found)]
    possible = [may_be_named(resource_type, name) for name in names]
    return Selection(
        resource_type,
        lambda row: any(test(row) for test in tests),
        objects=True,
        derived=derived,
        conceivable=lambda row: bool(resource_type.found_by) or any(t(row) for t in possible),
    )

"""``get`` of any resource type: one record in full, or several."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import click

from k8s_datamodel.base.errors import DatamodelError, UsageError
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.frame.fleet import Attempt
from k8s_datamodel.cli.frame.missing import may_have_more
from k8s_datamodel.cli.frame.output import write_page
from k8s_datamodel.cli.frame.used_settings import reads
from k8s_datamodel.cli.params.candidates import Completed, names_of
from k8s_datamodel.cli.params.context_options import contexts_options, several
from k8s_datamodel.cli.params.options import allow_incomplete_option, output_option, together
from k8s_datamodel.cli.params.row_names import also_found, may_be_named, meant, named, only_one
from k8s_datamodel.cli.params.snapshot_options import snapshot_option
from k8s_datamodel.data.objects import Row
from k8s_datamodel.data.pages import Page, Rows
from k8s_datamodel.types.foreign_texts import shown
from k8s_datamodel.types.resource_types import Derived, ResourceType

if TYPE_CHECKING:
    from k8s_datamodel.cli.rows.selecting import Selected, Selection

Show = Callable[[Row], Rows]
"""Makes a listing of one row, which has its complete object."""

Choose = Callable[[Mapping[str, Any]], Show | None]
"""How to show the row, by the values of options; None for the record as it is."""


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
    @reads("stored" if resource_type.derived else "cluster")
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
        from k8s_datamodel.cli.rows.gathering import gather  # noqa: PLC0415 - not for `history`

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
        if not rows and may_have_more(found.moment, resource_type):
            app.missing.unfound(found.moment, resource_type, name, attempt.context)
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


def _called(
    resource_type: ResourceType, names: Sequence[str], derived: Sequence[Derived]
) -> Selection:
    """The rows that names may mean."""
    from k8s_datamodel.cli.rows.selecting import Selection  # noqa: PLC0415 - not for `history`

    tests = [each(resource_type, name) for name in names for each in (named, also_found)]
    possible = [may_be_named(resource_type, name) for name in names]
    return Selection(
        resource_type,
        lambda row: any(test(row) for test in tests),
        objects=True,
        derived=derived,
        conceivable=lambda row: bool(resource_type.found_by) or any(t(row) for t in possible),
    )

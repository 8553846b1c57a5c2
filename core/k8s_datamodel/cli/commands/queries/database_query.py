"""``database query``: ask the database in its own language, or by the name of a query."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

import click
from click.shell_completion import CompletionItem

from k8s_datamodel.base.errors import UsageError
from k8s_datamodel.base.near_names import hint
from k8s_datamodel.cli.commands.queries.query_folders import stored_queries
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.frame.output import write_page
from k8s_datamodel.cli.frame.used_settings import reads
from k8s_datamodel.cli.params.candidates import Completed
from k8s_datamodel.cli.params.options import file_option, output_option
from k8s_datamodel.data.columns import Column
from k8s_datamodel.data.pages import Page, Rows
from k8s_datamodel.naming.named_queries import NamedQuery, is_name

GROUP = click.Group("database")

_SECONDS = 300.0
_MOST_SECONDS = 2_000_000
"""PostgreSQL has milliseconds in 31 bits."""

_COLUMNS = (
    Column("name", show="table"),
    Column("description", show="table"),
    Column("origin", show="wide"),
    Column("statement"),
)


def _names(ctx: click.Context, _: str) -> Iterable[CompletionItem]:
    found = stored_queries(ctx.ensure_object(App)).values()
    return [CompletionItem(each.name, help=each.description) for each in found]


def _parameters(
    ctx: click.Context, parameter: click.Parameter, given: Sequence[str]
) -> dict[str, str]:
    values: dict[str, str] = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not (equals and name.isidentifier()) or name in values:
            raise click.BadParameter(f"{each!r} is not NAME=VALUE, each name once", ctx, parameter)
        values[name] = value
    return values


def _seconds(ctx: click.Context, parameter: click.Parameter, given: float) -> float:
    if given != given:  # noqa: PLR0124 - not a number, which no range refuses
        raise click.BadParameter("this is no number", ctx, parameter)
    return given


@GROUP.command(
    "query",
    short_help="Ask the database in SQL, or by the name of a query.",
    epilog='Example: k8s-datamodel database query "SELECT name, version FROM latest_crds"',
)
@click.argument("query", type=Completed("query", _names), required=False)
@click.option(
    "-p",
    "--param",
    "values",
    multiple=True,
    metavar="NAME=VALUE",
    callback=_parameters,
    help="What :NAME in the query is. May be given several times.",
)
@click.option("--list", "listed", is_flag=True, help="List the queries that have a name.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, max=_MOST_SECONDS, min_open=True),
    callback=_seconds,
    default=_SECONDS,
    show_default=True,
    metavar="SECONDS",
    help="Stop a query that takes longer.",
)
@output_option()
@file_option()
@reads("database")
@click.pass_context
def _query(
    ctx: click.Context,
    /,
    query: str | None,
    values: dict[str, str],
    listed: bool,
    timeout: float,
    output: str,
    file: str | None,
) -> None:
    """Ask the database in SQL, or by the name of a query.

    QUERY is one statement that reads, the name of a query, or - for a statement on stdin. A query
    can change nothing. Queries of your own are files NAME.sql in the folder queries of the
    configuration folder; a comment at their beginning describes them.
    """
    app = ctx.ensure_object(App)
    if listed == (query is not None):
        raise UsageError("give a query, or --list for those that have a name")
    if listed:
        rows = [_row(each) for each in stored_queries(app).values()]
        write_page(ctx, Page([Rows(_COLUMNS, rows, "Queries")]), output, file)
        return
    statement = _statement(app, str(query))
    with (
        app.store(needs="query") as store,
        store.query(statement, values, timeout) as answer,
    ):
        write_page(ctx, Page([Rows(answer.columns, answer.rows, "Rows")]), output, file)


def _statement(app: App, query: str) -> str:
    if query == "-":
        return _from_stdin()
    if not is_name(query):
        return query
    named = stored_queries(app)
    if query not in named:
        raise UsageError(
            f"there is no query {query}, --list shows those there are{hint(query, named)}"
        )
    return named[query].statement


def _from_stdin() -> str:
    """What is on stdin. Raises UsageError if it is closed, or no text."""
    if sys.stdin is None:
        raise UsageError("stdin is closed: give a query")
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"the query on stdin is not in UTF-8: {error}") from error


def _row(query: NamedQuery) -> dict[str, str]:
    return {
        "name": query.name,
        "description": query.description,
        "origin": query.origin,
        "statement": query.statement,
    }

"""``log``: what happened, over the snapshots of all clusters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import click

from k8s_datamodel.base.clock import now
from k8s_datamodel.base.errors import UsageError
from k8s_datamodel.cli.diffs.diff_options import (
    LINES,
    exit_code_option,
    flag,
    lacks,
    line_texts,
    name_option,
    no_pager_option,
    only_option,
)
from k8s_datamodel.cli.diffs.diff_pages import names_page
from k8s_datamodel.cli.diffs.diff_rules import graded_types, looks_of
from k8s_datamodel.cli.diffs.diff_scope import Scope, named_types
from k8s_datamodel.cli.diffs.scope_misses import ever_stored, scope_misses
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.frame.missing import EXIT_FAILED
from k8s_datamodel.cli.frame.output import colored, format_of, write_page
from k8s_datamodel.cli.frame.used_settings import reads
from k8s_datamodel.cli.histories.event_log import Event, Log
from k8s_datamodel.cli.histories.json_lines import json_lines
from k8s_datamodel.cli.histories.log_lines import log_lines, stat_lines
from k8s_datamodel.cli.histories.stages import Stages
from k8s_datamodel.cli.histories.time_limits import Limits, time_options
from k8s_datamodel.cli.params.options import (
    OutputFormat,
    allow_incomplete_option,
    config_option,
    file_option,
    severity_option,
)
from k8s_datamodel.cli.params.snapshot_options import cluster_option
from k8s_datamodel.data.columns import Column
from k8s_datamodel.data.objects import Row
from k8s_datamodel.data.pages import Page, Rows, Text
from k8s_datamodel.naming.snapshot_names import resolve

_COLUMNS = (
    *(Column(name, "json") for name in ("from", "to", "cluster")),
    Column("type"),
    Column("key", "json"),
    Column("change"),
    Column("level"),
    Column("fields", "json"),
)
_IDENTITY = ("from", "to", "cluster", "type", "key")


@click.command(
    "log",
    short_help="Tell what happened, one line a change.",
    epilog="Example: k8s-datamodel log --since '7 days ago'",
)
@only_option
@name_option
@severity_option("--severity", "Only changes of this level or worse, of types that grade them.")
@time_options
@flag("--all", "everything", "With noise, such as bookkeeping, and what other rules derived.")
@flag("--stat", "stat", "A line for each snapshot only: how much changed.")
@exit_code_option
@no_pager_option
@click.option(
    "-o",
    "--output",
    type=OutputFormat(),
    help="Output format: table (lines for people), json (one document a line), yaml, csv. "
    "[default: table]",
)
@file_option("; its suffix chooses the format")
@cluster_option()
@config_option()
@allow_incomplete_option()
@reads("history")
@click.pass_context
def COMMAND(ctx: click.Context, /, exit_code: bool, **given: Any) -> int:  # noqa: N802 - the root looks for this name
    """Tell what happened in all clusters of the database, one line a change, the newest first.

    Each snapshot is compared with the one of its cluster before it. A change lies between the two
    that its line names. What was not read in between makes that longer.
    """
    app = ctx.ensure_object(App)
    output = given["output"] or format_of(ctx, given["file"], "table")
    if given["stat"] and output not in LINES:
        raise UsageError(f"--stat is for people: it does not go with -o {output}")
    types = app.registry.types
    scope = Scope(given["name"], (), app.settings.namespace)
    compared = scope.types(named_types(types, given["only"]))
    looks = looks_of(app, given["config"])
    looks = replace(looks, everything=given["everything"], severity=given["severity"])
    if given["severity"]:
        compared = graded_types(compared, looks.graders)
    cluster = given["cluster_context"] or app.settings.context
    with app.store() as store:
        resolve(store, "latest", cluster)  # raises where there is nothing to tell of
        log = Log(
            Stages(store, types, looks.rules.defined_by),
            looks,
            compared,
            scope.wanted(()),
            cluster,
            Limits.of(given, now()),
        )
        seen = _Counted(log.events())
        _write(ctx, seen, log, output, given)
        for line in () if seen.number else scope_misses(scope, compared, ever_stored(store)):
            app.say(line)
    if output in LINES and not seen.number:
        app.say("Nothing is known to have changed.")
    if text := lacks(log.gaps, log.unknown, asked=bool(given["only"])):
        app.missing.add(text)
    return EXIT_FAILED if exit_code and seen.number else 0


class _Counted:
    """Events, counted while they pass."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._events = events
        self.number = 0

    def __iter__(self) -> Iterator[Event]:
        for event in self._events:
            self.number += 1
            yield event


def _write(
    ctx: click.Context, events: Iterable[Event], log: Log, output: str, given: Mapping[str, Any]
) -> None:
    app, file, pager = ctx.ensure_object(App), given["file"], not given["no_pager"]
    if output in LINES:
        types = {each.name: each for each in log.types}
        if given["stat"]:
            lines = stat_lines(events, types)
        else:
            lines = log_lines(events, types, log.looks.rules)
        page = Page([Text(line_texts(lines, color=colored(app, file)))])
        write_page(ctx, page, "", file, pager=pager)
    elif output == "json":
        texts = json_lines(event.document() for event in events)
        write_page(ctx, Page([Text(texts)]), "", file, pager=pager)
    elif output == "name":
        page = names_page((event.change for event in events), log.types)
        write_page(ctx, page, output, file, pager=pager)
    else:
        rows: Iterator[Row] = (event.document() for event in events)
        page = Page([Rows(_COLUMNS, rows, "Changes", identity=_IDENTITY)])
        write_page(ctx, page, output, file, pager=pager)

"""``report``: one HTML file about a moment, for people who have no terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import click

from k8s_datamodel.api import Page, Text, UsageError, counted
from k8s_datamodel.commands import (
    allow_incomplete_option,
    clusters_option,
    config_option,
    configuration,
    file_option,
    lacking,
    moments_argument,
    reads,
    say,
    whole_moments,
    word_of,
    write_page,
)
from k8s_datamodel_plugins.checks.checked import Checked
from k8s_datamodel_plugins.report.report_settings import ReportSettings, report_settings
from k8s_datamodel_plugins.report.reported import Report

_BOTH = 2

_SUFFIXES = ("", ".", ".html", ".htm")
"""Of files that a report is written into."""


@click.command(
    "report",
    short_help="Write a report for others: one HTML file that needs nothing else.",
    epilog="Example: k8s-datamodel report --file report.html",
)
@moments_argument("moments", "[[FROM] MOMENT]")
@file_option()
@click.option(
    "--upgrade",
    metavar="NEW",
    help="With a rehearsal of this upgrade, see check upgrade: files, folders such as the crds/ of "
    "a chart, - for stdin, or a stored snapshot.",
)
@click.option("--title", metavar="TEXT", help="Heading of the report.")
@clusters_option(
    "Show only clusters side by side whose context or UID matches; * and ? match, repeat for more."
)
@config_option()
@allow_incomplete_option()
@reads("report")
@click.pass_context
def report(
    ctx: click.Context,
    /,
    moments: tuple[str, ...],
    file: str | None,
    upgrade: str | None,
    title: str | None,
    patterns: Sequence[str],
    config: str | None,
) -> None:
    """Write a report of a moment: what there is, what changed, what needs attention.

    MOMENT is a stored snapshot (a number, latest~1, @yesterday, prod:latest, FILE.db:latest), live,
    live:CONTEXT, or a path. Without it, it is what --source names, or else the newest snapshot.
    FROM is an earlier moment, since when changes are told; without it they are told since the
    snapshot before, and since the newest baseline.

    The file loads nothing: it can be mailed, printed, and opened without a network. It is
    readable without JavaScript.
    """
    if file in (None, "-") and sys.stdout.isatty():
        raise UsageError("a report is not for a terminal: give --file report.html or redirect it")
    if file is not None and (suffix := Path(file).suffix.lower()) not in _SUFFIXES:
        raise UsageError(f"{file}: a report is HTML, whose suffix is .html and not {suffix}")
    said = configuration(ctx, config)
    settings = report_settings(said, title=title, clusters=patterns, config=config)
    write_page(ctx, Page([Text(_written(_read(ctx, moments, settings, upgrade)))]), "", file)
    if file not in (None, "-"):
        say(ctx, f"Wrote {file}.")


def _read(
    ctx: click.Context, words: Sequence[str], settings: ReportSettings, upgrade: str | None
) -> Report:
    """Read all of the report."""
    from k8s_datamodel_plugins.report.report_reading import report_of  # noqa: PLC0415 - not for the help

    with whole_moments(ctx, words) as moments:
        found = report_of(ctx, moments, settings, words)
        if len(moments) == _BOTH and (text := found.since[0].changes.lacking):
            lacking(ctx, text)
        if upgrade is None:
            return found
        against = word_of(ctx, words[-1] if words else None, moments[-1])
    return replace(found, release=upgrade, rehearsal=_rehearsed(ctx, upgrade, against, settings))


def _rehearsed(ctx: click.Context, new: str, against: str, settings: ReportSettings) -> Checked:
    """What the upgrade would do to the moment."""
    from k8s_datamodel_plugins.checks.check_settings import check_settings  # noqa: PLC0415 - few ask for it
    from k8s_datamodel_plugins.checks.upgrade_command import Upgrade, rehearsed  # noqa: PLC0415 - as above

    said = check_settings(configuration(ctx, settings.config))
    checked = rehearsed(ctx, Upgrade(new, against), said)
    if checked.unknown:
        lacking(ctx, f"--upgrade: {counted(checked.unknown, 'verdict')} on objects not known")
    return checked


def _written(found: Report) -> Iterator[str]:
    """The document, once it is asked for."""
    from k8s_datamodel_plugins.html.shell.html_documents import document  # noqa: PLC0415 - not for the help
    from k8s_datamodel_plugins.report.sections import sections_of  # noqa: PLC0415 - as above

    yield document("report/report.html", report=found, sections=sections_of(found))

"""Options of the commands that check, and how their results are written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from click.decorators import FC

from k8s_datamodel.api import Fields, Page, Severity, Text, counted, reaches
from k8s_datamodel.commands import (
    answers_with_its_code,
    config_option,
    configuration,
    file_option,
    format_of,
    formats_option,
    has_color,
    lacking,
    say,
    severity_option,
    together,
    write_page,
)
from k8s_datamodel_plugins.checks import check_lacks
from k8s_datamodel_plugins.checks.check_settings import (
    ALPHA,
    PROFILES,
    CheckSettings,
    check_settings,
)
from k8s_datamodel_plugins.checks.checked import Checked
from k8s_datamodel_plugins.checks.crd_places import Places

_LINES = ("table", "wide", "rich", "plain")
"""Formats for people: all show the same lines."""

_WITH_NOTES = (*_LINES, "markdown", "github")
"""Formats that have the notes themselves; else stderr has them."""

_OWN = {"markdown": (".md", ".markdown"), "sarif": (".sarif",), "github": ()}
"""Formats that only checks have, with the suffixes of their files."""


def check_options(server: str, *, graded: bool = True) -> Callable[[FC], FC]:
    """``--fail-on`` and what else all checks have; they are keywords then.

    Args:
        server: what ``--kubernetes`` is by default.
        graded: also ``--profile`` and ``--alpha``, for changes that are graded by rules.
    """
    receives = " that gets the new CRDs" if graded else ""
    return together(
        *(_grading_options() if graded else ()),
        severity_option(
            "--fail-on", "Exit with 1 at this level or worse.", "breaking", callback=_answering
        ),
        click.option(
            "--kubernetes",
            metavar="VERSION",
            help=f"The version of the API server{receives}. [default: {server}]",
        ),
        click.option(
            "--name",
            multiple=True,
            metavar="PATTERN",
            help="Only CRDs of this name; * and ? match; repeat for more.",
        ),
        click.option(
            "--group",
            multiple=True,
            metavar="PATTERN",
            help="Only CRDs of this API group; * and ? match; repeat for more.",
        ),
        click.option("--all", "everything", is_flag=True, help="Every finding; nothing is folded."),
        formats_option(
            "Output format: table (lines for people), markdown, sarif, github (annotations), "
            "json, yaml, csv, name. [default: table]",
            *_OWN,
        ),
        file_option("; its suffix chooses the format"),
        config_option(),
    )


def _answering(ctx: click.Context, parameter: click.Parameter, value: str) -> str:
    """A plugin may fail before the command begins: 1 is no code for that."""
    answers_with_its_code(ctx)
    return value


def _grading_options() -> tuple[Callable[[FC], FC], ...]:
    return (
        click.option(
            "--profile",
            type=click.Choice(PROFILES),
            help="Only what hurts these: what is stored, who writes, who reads. [default: all]",
        ),
        click.option(
            "--alpha",
            type=click.Choice(ALPHA),
            help="Whether versions such as v1alpha1 count one level lower. [default: lower]",
        ),
    )


def unknown_option() -> Callable[[FC], FC]:
    """``--unknown``, of checks that rehearse on objects."""
    return click.option(
        "--unknown",
        type=click.Choice(("warn", "fail")),
        default="warn",
        show_default=True,
        help="What a verdict that is not known makes of the exit code: warn 3, fail 1.",
    )


def settings_of(ctx: click.Context, given: Mapping[str, Any]) -> CheckSettings:
    """What options and configuration say; what has expired is told. Raises UsageError."""
    settings = check_settings(
        configuration(ctx, given["config"]),
        profile=given.get("profile"),
        alpha=given.get("alpha"),
        kubernetes=given["kubernetes"],
    )
    for each in settings.expired:
        say(
            ctx,
            f"{each.where}: what ignores {each.text()} has expired on {each.until}: "
            "its findings count again",
        )
    return settings


@dataclass(frozen=True, slots=True)
class Writing:
    """How a check is written.

    Attributes:
        output: name of the format.
        file: where to; None for stdout.
        fail_on: the level that makes the check fail.
        everything: nothing is folded.
        unknown_fails: a verdict that is not known makes the check fail.
    """

    output: str
    file: str | None
    fail_on: Severity
    everything: bool
    unknown_fails: bool = False

    @classmethod
    def of(cls, ctx: click.Context, given: Mapping[str, Any]) -> Writing:
        """As the options say. Raises UsageError."""
        file = given["file"]
        output = given["output"] or _format(ctx, file)
        fails = given.get("unknown") == "fail"
        if output in _WITH_NOTES and file in (None, "-"):
            check_lacks.told_by_report(ctx)
        return cls(output, file, given["fail_on"], given["everything"], fails)

    def write(self, ctx: click.Context, checked: Checked, places: Places) -> int:
        """Write it; the exit code: 1 if it fails.

        Args:
            ctx: of the command.
            checked: what was found.
            places: where the new CRDs stand.
        """
        self._write(ctx, checked, places)
        if self.output not in _WITH_NOTES:
            for each in checked.notes:
                say(ctx, each)
        if checked.unknown:
            lacking(ctx, f"not known: {counted(checked.unknown, 'verdict')} on objects")
        unknown = self.unknown_fails and checked.unknown
        return 1 if unknown or reaches(checked.level, self.fail_on) else 0

    def _write(self, ctx: click.Context, checked: Checked, places: Places) -> None:
        if self.output in _WITH_NOTES:
            lines = self._lines(ctx, checked, places)
            write_page(ctx, Page([Text(lines)]), "", self.file)
        elif self.output == "sarif":
            from k8s_datamodel_plugins.checks.reports.check_sarif import check_sarif  # noqa: PLC0415 - one format is written

            document = check_sarif(checked, places, self.fail_on)
            write_page(ctx, Page([Fields(document)]), "json", self.file)
        else:
            from k8s_datamodel_plugins.checks.reports import check_pages as pages  # noqa: PLC0415 - as above

            make = {"csv": pages.finding_page, "name": pages.name_page}
            if self.output in make:
                page = make[self.output](checked)
            else:
                page = pages.document_page(checked, everything=self.everything)
            write_page(ctx, page, self.output, self.file)

    def _lines(self, ctx: click.Context, checked: Checked, places: Places) -> Iterable[str]:
        everything = self.everything
        if self.output == "markdown":
            from k8s_datamodel_plugins.checks.reports.check_markdown import check_markdown  # noqa: PLC0415 - as above

            return check_markdown(checked, everything=everything)
        if self.output == "github":
            from k8s_datamodel_plugins.checks.reports.check_github import check_github  # noqa: PLC0415 - as above

            return check_github(checked, places, self.fail_on, everything=everything)
        from k8s_datamodel_plugins.checks.reports.check_lines import check_lines  # noqa: PLC0415 - as above

        return check_lines(checked, everything=everything, color=has_color(ctx, self.file))


def _format(ctx: click.Context, file: str | None) -> str:
    suffix = Path(file or "").suffix.lower()
    own = (name for name, suffixes in _OWN.items() if suffix in suffixes)
    return next(own, "") or format_of(ctx, file, "table", _own_suffixes())


def _own_suffixes() -> list[str]:
    return [suffix for suffixes in _OWN.values() for suffix in suffixes]

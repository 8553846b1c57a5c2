"""``diff``: what changed between two moments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from k8s_datamodel.base.errors import UsageError
from k8s_datamodel.cli.diffs.compared_names import both_names
from k8s_datamodel.cli.diffs.diff_lines import differs, report
from k8s_datamodel.cli.diffs.diff_options import (
    LINES,
    exit_code_option,
    flag,
    hunks,
    lacks,
    line_texts,
    name_option,
    no_pager_option,
    only_option,
    patterns,
    several,
)
from k8s_datamodel.cli.diffs.diff_rules import graded_types, looks_of
from k8s_datamodel.cli.diffs.diff_scope import Scope, named_types
from k8s_datamodel.cli.diffs.scope_misses import of_moments, scope_misses
from k8s_datamodel.cli.diffs.stored_sides import sides_of
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.frame.missing import EXIT_FAILED
from k8s_datamodel.cli.frame.output import colored, format_of, write_page
from k8s_datamodel.cli.frame.used_settings import reads
from k8s_datamodel.cli.params.options import (
    OutputFormat,
    allow_incomplete_option,
    config_option,
    file_option,
    severity_option,
)
from k8s_datamodel.cli.params.snapshot_options import moments_argument
from k8s_datamodel.cli.rows.compared_moments import compared_moments
from k8s_datamodel.comparing.comparisons import Comparison
from k8s_datamodel.data.pages import Page, Text

_MARKDOWN = ("markdown", (".md", ".markdown"))


@dataclass(frozen=True, slots=True)
class _Shown:
    """How a comparison is written."""

    output: str
    file: str | None
    full: bool
    stat: bool
    pager: bool

    @classmethod
    def of(cls, ctx: click.Context, given: Mapping[str, Any]) -> _Shown:
        """As the options say. Raises UsageError."""
        file = given["file"]
        output = given["output"] or _format(ctx, file)
        shown = cls(output, file, given["full"], given["stat"], not given["no_pager"])
        shown.check()
        return shown

    def check(self) -> None:
        """Raise UsageError where options contradict each other."""
        if self.full and self.stat:
            raise UsageError("--full shows each change, --stat shows none: give one of them")
        for name in ("full", "stat"):
            if getattr(self, name) and self.output not in (*LINES, _MARKDOWN[0]):
                raise UsageError(f"--{name} is for people: it does not go with -o {self.output}")


@click.command(
    "diff",
    short_help="Tell what changed between two moments.",
    epilog="Example: k8s-datamodel diff latest~1 latest",
)
@moments_argument("moments", "[FROM [TO]]")
@only_option
@name_option
@several("--group", "Only things of this API group; * and ? match", metavar="PATTERN")
@several("--path", "Of changed things only these fields", metavar="PATH", callback=patterns)
@several("--ignore", "Leave these fields out", metavar="PATH", callback=patterns)
@flag(
    "--all",
    "everything",
    "With noise, such as bookkeeping, what other rules derived, and folded fields.",
)
@severity_option("--severity", "Only changes of this level or worse, of types that grade them.")
@flag("--full", "full", "A YAML hunk for each change.")
@flag("--stat", "stat", "The summary only.")
@exit_code_option
@no_pager_option
@click.option(
    "-o",
    "--output",
    type=OutputFormat(_MARKDOWN[0]),
    help="Output format: table (lines for people), markdown, json, yaml, csv, name. "
    "[default: table]",
)
@file_option("; its suffix chooses the format")
@config_option()
@allow_incomplete_option()
@reads("compared")
@click.pass_context
def COMMAND(  # noqa: N802 - the root looks for this name
    ctx: click.Context, /, moments: tuple[str, ...], exit_code: bool, **given: Any
) -> int:
    """Tell what changed between two moments: what came, went, or differs, field by field.

    FROM and TO are snapshots (a number, latest~1, @yesterday, prod:latest, FILE.db:latest), live,
    live:CONTEXT, or a path. Without TO, FROM is compared with the newest snapshot of the same
    cluster. Without both, that is compared with the snapshot before it.
    """
    app = ctx.ensure_object(App)
    if len(moments) > 2:  # noqa: PLR2004
        raise UsageError("diff compares two moments: name at most two")
    shown = _Shown.of(ctx, given)
    types, namespace = app.registry.types, app.settings.namespace
    looks = looks_of(app, given["config"])
    scope = Scope(given["name"], given["group"], namespace)
    compared = scope.types(named_types(types, given["only"]))
    if given["severity"]:
        compared = graded_types(compared, looks.graders)
    names = both_names(app, moments)
    with compared_moments(ctx, names, types) as pair:
        looks = replace(
            looks,
            ignore=given["ignore"],
            paths=given["path"],
            everything=given["everything"],
            wanted=scope.wanted(pair),
            objects=shown.full,
            severity=given["severity"],
        )
        sides = sides_of(*pair, types, namespace)
        comparison = Comparison(*sides, looks, only=[each.name for each in compared])
        _write(ctx, comparison, shown)
        text = lacks(comparison.gaps, len(comparison.unknown), asked=bool(given["only"]))
        for line in scope_misses(scope, compared, of_moments(pair), known=not text):
            app.say(line)
        for name, moment in zip(names, pair, strict=True):
            source = [entry for entry in moment.ledger if not entry.resource_type]
            app.missing.reads(source, name=name)
    if text:
        app.missing.add(text)
    return EXIT_FAILED if exit_code and differs(comparison) else 0


def _format(ctx: click.Context, file: str | None) -> str:
    name, suffixes = _MARKDOWN
    return name if Path(file or "").suffix.lower() in suffixes else format_of(ctx, file, "table")


def _write(ctx: click.Context, comparison: Comparison, shown: _Shown) -> None:
    from k8s_datamodel.cli.diffs import diff_pages  # noqa: PLC0415 - one of them is written

    app, pager = ctx.ensure_object(App), shown.pager
    hunk = hunks() if shown.full else None
    if shown.output in LINES:
        lines = report(comparison, stat=shown.stat, hunk=hunk)
        texts = line_texts(lines, color=colored(app, shown.file))
        write_page(ctx, Page([Text(texts)]), "", shown.file, pager=pager)
    elif shown.output == _MARKDOWN[0]:
        from k8s_datamodel.cli.diffs.diff_markdown import markdown  # noqa: PLC0415 - as above

        texts = (f"{line}\n" for line in markdown(comparison, stat=shown.stat, hunk=hunk))
        write_page(ctx, Page([Text(texts)]), "", shown.file, pager=pager)
    else:
        make = {"csv": diff_pages.field_page, "name": diff_pages.name_page}
        page = make.get(shown.output, diff_pages.document_page)(comparison)
        write_page(ctx, page, shown.output, shown.file, pager=pager)

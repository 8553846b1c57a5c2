"""A check as lines for people: the verdict, then CRD by CRD, the worst first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import click

from k8s_datamodel.api import Severity, counted
from k8s_datamodel_plugins.checks.checked import Checked
from k8s_datamodel_plugins.checks.reports.object_sentences import everything_of, lines_of
from k8s_datamodel_plugins.checks.reports.report_words import one_line
from k8s_datamodel_plugins.checks.reports.selection import Part, selection
from k8s_datamodel_plugins.checks.reports.sentences import (
    levels_text,
    places_text,
    remarks,
    sentence,
    verdict,
)

MOST_LINES = 60
"""Lines unless everything is asked for."""

_COLORS: dict[Severity, str] = {
    "blocked": "red",
    "breaking": "red",
    "risky": "yellow",
    "unclassified": "magenta",
    "additive": "green",
}
_NO_END = 10**9
_AROUND = 2
"""Lines of a CRD beside its findings: an empty one, and its name."""


def check_lines(checked: Checked, *, everything: bool, color: bool = False) -> Iterator[str]:
    """The lines, each with its end."""
    said = remarks(checked)
    room = MOST_LINES - 1 - min(len(said), MOST_LINES // 3) - 2
    about = everything_of if everything else lines_of(checked)
    chosen = selection(
        checked,
        _NO_END if everything else room,
        lambda crd: _AROUND + len(about(crd)),
        every_place=everything,
    )
    yield f"{click.style(verdict(checked), bold=True) if color else verdict(checked)}\n"
    yield from _remarks(said, everything=everything)
    for part in chosen.shown:
        yield from _crd(part, about(part[0]), color=color)
    if chosen.folded:
        where = counted(len(chosen.folded), "CRD")
        levels = levels_text(chosen.folded_findings())
        more = f"{levels} more in {where}" if levels else f"{where} more"
        yield f"\n{more}; --all shows them\n"
    elif chosen.has_places_left_out():
        yield "\n--all shows each place\n"


def _remarks(said: list[str], *, everything: bool) -> Iterator[str]:
    most = len(said) if everything else MOST_LINES // 3
    shown = said if len(said) <= most else said[: most - 1]
    yield from (f"{each}\n" for each in shown)
    if more := len(said) - len(shown):
        yield f"and {more:,} more of this kind; --all shows them\n"


def _crd(part: Part, about: Iterable[str], *, color: bool) -> Iterator[str]:
    crd, folds = part
    yield f"\n{one_line(crd.name)} ({crd.change})\n"
    yield from (f"  {each}\n" for each in about)
    width = max((len(each.level) for each in folds), default=0)
    for each in folds:
        level = f"{each.level:<{width}}"
        if color and each.level in _COLORS:
            level = click.style(level, fg=_COLORS[each.level])
        said = sentence(each.example, places_text(each))
        yield f"  {level}  {said} [{one_line(each.example.rule)}]\n"

"""A check as Markdown for a comment on a pull request: the verdict first, what is long folded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from k8s_datamodel.api import counted
from k8s_datamodel.commands import markdown_code as code
from k8s_datamodel_plugins.checks.checked import Checked, CheckedCrd
from k8s_datamodel_plugins.checks.reports.object_sentences import everything_of, lines_of
from k8s_datamodel_plugins.checks.reports.selection import Part, selection
from k8s_datamodel_plugins.checks.reports.sentences import (
    levels_text,
    places_text,
    remarks,
    verdict,
)

MOST_LINES = 60
"""Lines that are not folded."""

_MOST_LETTERS = 60_000
"""Forges refuse a comment of more than 65,536 letters."""

_HEAD, _TAIL = 4, 6
"""Lines around the findings that are not folded."""


def check_markdown(checked: Checked, *, everything: bool) -> Iterator[str]:
    """The lines, each with its end."""
    said = [f"- {code(each)}\n" for each in remarks(checked)]
    few, more = said[: MOST_LINES // 3], said[MOST_LINES // 3 :]
    room = MOST_LINES - _HEAD - _TAIL - len(few)
    about = everything_of if everything else lines_of(checked)
    chosen = selection(checked, room, lambda crd: 3 + len(about(crd)), every_place=everything)
    letters = _MOST_LETTERS
    for line in (*_head(checked, few), *_parts(chosen.shown, about)):
        letters -= len(line)
        yield line
    if not (chosen.folded or more):
        return
    folded = [levels_text(found)] if (found := chosen.folded_findings()) else []
    folded = folded or ([counted(len(chosen.folded), "CRD")] if chosen.folded else [])
    folded += [f"{counted(len(more), 'remark')}"] if more else []
    yield f"\n<details><summary>{', '.join(folded)} more</summary>\n\n"
    yield from _within((*more, *_parts(chosen.folded, about)), None if everything else letters)
    yield "\n</details>\n"


def _head(checked: Checked, said: Sequence[str]) -> Iterator[str]:
    yield f"**{verdict(checked, code)}**\n"
    if said:
        yield "\n"
        yield from said


def _parts(parts: Sequence[Part], about: Callable[[CheckedCrd], list[str]]) -> Iterator[str]:
    for crd, folds in parts:
        yield f"\n{code(crd.name)} ({crd.change})\n\n"
        yield from (f"- {code(each)}\n" for each in about(crd))
        for each in folds:
            where = f"{code(places_text(each))}: " if places_text(each) else ""
            said = each.example
            yield f"- **{each.level}** {where}{code(said.message)} ({code(said.rule)})\n"


def _within(lines: Sequence[str], letters: int | None) -> Iterator[str]:
    """The lines that a comment has room for, and how many it has not."""
    for number, line in enumerate(lines):
        if letters is not None and len(line) > letters:
            yield f"- and {len(lines) - number:,} more lines, which `-o markdown --all` has\n"
            return
        letters = None if letters is None else letters - len(line)
        yield line

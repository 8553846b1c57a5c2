"""A comparison as Markdown, such as for the text of a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from tempfile import SpooledTemporaryFile
from typing import Any

from k8s_datamodel.cli.diffs.diff_lines import (
    IN_MEMORY,
    WORDS,
    Hunk,
    beside,
    gap_sections,
    grade_text,
    moment_text,
    rederived_text,
    safe,
    said_of,
    told_rules,
)
from k8s_datamodel.comparing.changes import Change
from k8s_datamodel.comparing.comparisons import Comparison
from k8s_datamodel.comparing.sayings import thing_name
from k8s_datamodel.reading.documents import heading
from k8s_datamodel.types.resource_types import ResourceType

_COLUMNS = {**WORDS, "unchanged": "unchanged"}


def markdown(
    comparison: Comparison, *, stat: bool = False, hunk: Hunk | None = None
) -> Iterator[str]:
    """The lines of it; arguments as of ``diff_lines.report``."""
    with SpooledTemporaryFile(IN_MEMORY, "w+", encoding="utf-8", errors="surrogatepass") as spool:
        for text in _changes(comparison, hunk):
            if not stat:
                spool.write(f"{text}\n")
        yield from _head(comparison)
        spool.seek(0)
        yield from (text.rstrip("\n") for text in spool)
    for title, texts in gap_sections(comparison):
        yield from ("", f"### {title}", "", *(f"- {code(text)}" for text in texts))


def code(text: str) -> str:
    """A text in which nothing is Markdown."""
    shown = safe(text)
    longest = max(map(len, re.findall("`+", shown)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def _head(comparison: Comparison) -> Iterator[str]:
    said: list[Mapping[str, Any]] = [each.description for each in comparison.sides]
    yield from ("## What changed", "")
    yield f"From {code(moment_text(said[0]))} to {code(moment_text(said[1]))}."
    yield from ("", f"| | {' | '.join(_COLUMNS.values())} |")
    yield f"| --- |{' ---: |' * len(_COLUMNS)}"
    names = {each.name: heading(each.plural) for each in comparison.types}
    for name, counts in comparison.counts.items():
        numbers = [getattr(counts, each) for each in _COLUMNS]
        cells = " | ".join("?" if each is None else f"{each:,}" for each in numbers)
        yield f"| {names[name]} | {cells} |"
    for name, counts in comparison.counts.items():
        if others := beside(counts):
            yield from ("", f"{names[name]}: {', '.join(others)}.")
    for name in comparison.rederived:
        yield from ("", f"{names[name]}: {rederived_text(comparison, name)}.")


def _changes(comparison: Comparison, hunk: Hunk | None) -> Iterator[str]:
    kinds = {each.name: each for each in comparison.types}
    before = ""
    for change in comparison.changes():
        kind = kinds[change.type_name]
        if change.type_name != before:
            yield from ("", f"### {heading(kind.plural)}", "")
            before = change.type_name
        yield f"- {WORDS[change.what]} {code(thing_name(change))}{_grade(change)}"
        yield from _hunk(change, hunk) if hunk else _fields(comparison, change, kind)


def _grade(change: Change) -> str:
    """What the change means, and by which rules: `` **breaking** (`property-removed`, +2)``."""
    if not grade_text(change):
        return ""
    first, *more = told_rules(change)
    return f" **{change.level}** ({', '.join([code(first), *more])})"


def _fields(comparison: Comparison, change: Change, kind: ResourceType) -> Iterator[str]:
    for each in said_of(change, kind, comparison.lens):
        yield f"  - {code(each)}"


def _hunk(change: Change, hunk: Hunk) -> Iterator[str]:
    lines = [f"{each.sign}{safe(each.text)}" for each in hunk(change)]
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    if lines:
        yield from ("", f"  {fence}diff", *(f"  {line}" for line in lines), f"  {fence}", "")

"""docs/compared.md says the same things of each tool; its figures are of what was measured."""

from __future__ import annotations

import re

import pytest

from compared.measure import BEGIN, END, written
from compared.tools import TOOLS
from compared.ways import cells, table
from manual.pages import ROOT

PAGE = (ROOT / "docs" / "compared.md").read_text(encoding="utf-8")
PARTS = dict(part.split("\n", 1) for part in re.split(r"^## ", PAGE, flags=re.M)[1:])
OTHERS = PARTS.keys() - {"Figures", "How it was measured, and what is unfair about it"}


def test_each_tool_has_what_it_does_better_first_and_when_to_choose_it() -> None:
    assert len(OTHERS) == 9
    for name in OTHERS:
        said = [PARTS[name].find(f"**{each}**") for each in ("Better.", "Not for.", "Choose it")]
        assert said == sorted(said), name
        assert said[0] > 0, name


def test_each_tool_was_measured_or_read_on_a_day() -> None:
    for name in OTHERS:
        text = " ".join(PARTS[name].split())
        measured, read = "Measured: see [the figures]" in text, "read on 27 November 2026" in text
        assert measured is not read, name


def test_the_figures_are_of_the_versions_that_the_script_builds() -> None:
    for each in TOOLS:
        assert f"| {each.name} | {each.version} | {each.released} |" in PARTS["Figures"]


def test_its_tables_are_read_and_written_without_loss() -> None:
    """Bars in commands, too; so what was not measured again stays as it is."""
    sections = re.split(r"^### ", PARTS["Figures"], flags=re.M)[1:]
    assert len(sections) == 8
    for section in sections:
        (lines,) = re.findall(r"(?:^\|.*\n)+", section, flags=re.M)
        columns, *rows = cells(lines)
        assert {len(row) for row in rows} == {len(columns)}, section
        assert table(columns, rows) == lines
    assert any("|" in cell for section in sections for row in cells(section) for cell in row)
    whole = PAGE[PAGE.index(BEGIN) + len(BEGIN) : PAGE.index(END)]
    assert written(PAGE, whole) == PAGE


def test_what_was_measured_replaces_its_section_only() -> None:
    columns, row = ["program", "answer"], ["kubectl", "a | b"]
    section = f"### Keep a copy\n\nOf it.\n\n{table(columns, [row])}"
    page = written(PAGE, section)
    (old,) = re.findall(r"^### Keep a copy\n.*?(?=\n### )", PAGE, flags=re.M | re.S)
    assert page == PAGE.replace(old, section)
    assert cells(section) == [columns, row]
    with pytest.raises(ValueError, match="no section Keep nothing"):
        written(PAGE, section.replace("a copy", "nothing"))


def test_what_is_said_of_crdify_is_in_the_figures() -> None:
    section = PARTS["Figures"].partition("### Would this change of a CRD break anybody\n")[2]
    crdify, breaking, risky, upgrade = (map(int, row[2:6]) for row in cells(section)[1:])
    said, missed, fine, in_vain = crdify
    _, breaking_missed, _, breaking_in_vain = breaking
    text = " ".join(PARTS["crdify"].split())
    assert f"it missed {missed} of {said + missed};" in text
    assert f"`check compat` missed {breaking_missed} at its default" in text
    assert f"and {list(risky)[1]} at `--fail-on risky`" in text
    assert f"it complained about {in_vain} of {fine + in_vain} changes that hurt nothing" in text
    assert f"`check compat` complained about {breaking_in_vain}. `check upgrade`" in text
    words = ("no", "one", "two", "three", "four")
    _, missed, _, in_vain = upgrade
    assert in_vain == 0
    assert f"The {words[missed]} changes that `check upgrade` misses it calls unknown" in PAGE

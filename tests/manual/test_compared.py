"""docs/compared.md says the same things of each tool; its figures are of what was measured."""

from __future__ import annotations

import re

from compared.tools import TOOLS
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

"""docs/operators-evidence.md: what its example says is what the collector makes of its objects."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from truth.shapes import records

PAGE = (Path(__file__).parents[3] / "docs" / "operators-evidence.md").read_text()
EXAMPLE = PAGE.partition("### An example")[2].partition("\n## ")[0]
OBJECTS = list(yaml.safe_load_all(EXAMPLE.partition("```yaml\n")[2].partition("```")[0]))


def test_the_example_is_as_told() -> None:
    rows = [tuple(each.split(" | ")) for each in re.findall(r"^\| (.+) \|$", EXAMPLE, re.M)]
    found = records(OBJECTS)
    told = [
        (name, ", ".join(row["managed_crds"]), row["evidence"][0]["reason"])
        for name, row in sorted(found.items())
    ]
    assert told == rows[1:]

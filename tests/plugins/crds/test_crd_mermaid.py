"""Diagrams parsed by the real mermaid, which npm fetches once into the tests' cache folder."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from support.forked import ok
from support.made_crds import made_crd
from support.node_modules import node_modules

SAMPLE = Path(__file__).parents[3] / "docs" / "sample-cluster" / "before"
PARSER = Path(__file__).parent / "parse_mermaid.mjs"
PACKAGES = ("mermaid@11.17.2", "jsdom@29.1.1")


@pytest.fixture(scope="module")
def mermaid() -> Path:
    """The folder with mermaid and what stands for a browser's document."""
    return node_modules(*PACKAGES)


def parsed(modules: Path, *files: Path) -> list[dict[str, Any]]:
    done = subprocess.run(
        ["node", str(PARSER), str(modules), *map(str, files)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_sample_cluster(mermaid: Path, tmp_path: Path) -> None:
    files = []
    for depth in (0, 1, 9):
        files.append(tmp_path / f"{depth}.mmd")
        ok("crd", "diagram", "--max-depth", depth, "--source", SAMPLE, "--file", files[-1])
    flat, usual, deep = parsed(mermaid, *files)
    assert {each["diagramType"] for each in (flat, usual, deep)} <= {"class", "classDiagram"}
    assert {each["namespaces"] for each in (flat, usual, deep)} == {9}
    assert (flat["classes"], flat["relations"]) == (18, 0)
    rows = ok("crd", "diagram", "-o", "json", "--source", SAMPLE).json
    assert usual["classes"] == len(rows)
    assert usual["relations"] == len(rows) - 18
    assert deep["classes"] > usual["classes"]


def test_the_corpora(mermaid: Path, shared: Path, tmp_path: Path) -> None:
    """CRDs of real projects; that the whole is more than Mermaid draws is told."""
    source, drawn = shared / "corpora" / "crds.tar.xz", tmp_path / "corpora.mmd"
    done = ok("crd", "diagram", "--source", source, "--file", drawn)
    assert "Mermaid draws 50,000" in done.err
    (found,) = parsed(mermaid, drawn)
    rows = ok("crd", "diagram", "-o", "json", "--source", source).json
    kinds = [row for row in rows if not row["path"]]
    assert len(kinds) > 100
    assert (found["classes"], found["relations"]) == (len(rows), len(rows) - len(kinds))
    assert found["namespaces"] == len({row["group"] for row in kinds})


def test_names_that_mermaid_could_take_for_syntax(mermaid: Path, tmp_path: Path) -> None:
    odd = ["a}b", 'say "hi"', "<b>", "note for x", "%% not a remark", "x~y~", "end", "#quot;", "ä{"]
    names = {name: {"type": "object", "properties": {"x": {"type": "string"}}} for name in odd}
    crd = made_crd("classes", "note.example", "class", names)
    (tmp_path / "odd.json").write_text(json.dumps(crd))
    drawn = tmp_path / "odd.mmd"
    ok("crd", "diagram", "--source", tmp_path / "odd.json", "--file", drawn)
    (found,) = parsed(mermaid, drawn)
    assert (found["classes"], found["relations"]) == (1 + len(odd), len(odd))

"""``crd export-all`` as a Markdown renderer sees it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from support.forked import ok
from support.made_crds import made_crd

SAMPLE = Path(__file__).parents[3] / "docs" / "sample-cluster" / "before"

NASTY = {
    "pipe|d": "a | b\n\n| c | d |\n|---|---|\n| e | f |",
    "tick`s": "`` ` ``",
    "<img src=x onerror=y>": "<script>alert(1)</script> [a](javascript:b) ![c](d)",
    "back\\slash": "ends with a backslash \\",
    "# heading": "# heading\n\n```\nfence",
    "*star*_under_": "*star* _under_ ~~gone~~ &amp; <b>",
}


@pytest.fixture(scope="module")
def nasty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CRD whose names and descriptions are full of Markdown."""
    properties = {
        name: {"type": "string", "description": text, "default": text}
        for name, text in NASTY.items()
    }
    crd = made_crd("odds", "nasty.example", "Odd", properties)
    file = tmp_path_factory.mktemp("nasty") / "crd.json"
    file.write_text(json.dumps(crd))
    return file


def rendered(source: Path, max_depth: int = 0) -> list[Token]:
    text = ok("crd", "export-all", "--source", source, "--max-depth", max_depth).out
    return MarkdownIt("commonmark").enable("table").parse(text)


def flat(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from flat(token.children or [])


def tables(tokens: list[Token]) -> Iterator[list[list[str]]]:
    """The tables, each as rows of cells' shown texts."""
    rows: list[list[str]] = []
    for before, token in pairwise(tokens):
        if token.type == "table_open":
            rows = []
        elif token.type == "tr_open":
            rows.append([])
        elif before.type in ("td_open", "th_open") and token.type == "inline":
            rows[-1].append("".join(each.content for each in token.children or ()))
        elif token.type == "table_close":
            yield rows


def test_links_lead_to_anchors_and_no_table_is_broken() -> None:
    tokens = rendered(SAMPLE)
    links = {str(each.attrs["href"])[1:] for each in flat(tokens) if each.type == "link_open"}
    html = [each.content for each in flat(tokens) if each.type.startswith("html")]
    anchors = {found[1] for text in html if (found := re.search(r'<a id="([^"]+)"', text))}
    assert links == anchors
    assert len(links) == 9 + 18
    assert not [each for each in flat(tokens) if each.type == "text" and "|---" in each.content]
    found = [rows for rows in tables(tokens) if "spec.route.from" in str(rows)]
    assert found
    assert all(len(row) == len(found[0][0]) for row in found[0])


def test_the_corpora(shared: Path) -> None:
    tokens = rendered(shared / "corpora" / "crds.tar.xz", 2)
    for rows in tables(tokens):
        assert {len(row) for row in rows} == {len(rows[0])}, rows[0]
    text = [each.content for each in flat(tokens) if each.type == "text"]
    assert not [each for each in text if "|---" in each]
    assert not {each.type for each in flat(tokens)} & {"fence", "code_block", "image"}


def test_nothing_in_a_schema_is_taken_for_markdown(nasty: Path) -> None:
    tokens = rendered(nasty)
    kinds = {each.type for each in flat(tokens)}
    assert not kinds & {"fence", "code_block", "image", "em_open", "strong_open", "s_open"}
    links = [str(each.attrs["href"]) for each in flat(tokens) if each.type == "link_open"]
    assert all(each.startswith("#") for each in links)
    html = "".join(each.content for each in flat(tokens) if each.type.startswith("html"))
    assert "<script" not in html
    assert "<img" not in html
    headings = [each for each in flat(tokens) if each.type == "heading_open"]
    assert len(headings) < 8
    (rows,) = [rows for rows in tables(tokens) if "pipe|d" in str(rows)]
    assert len(rows) == 1 + len(NASTY)
    assert all(len(row) == len(rows[0]) for row in rows)
    for name in ("pipe|d", "tick`s", "<img src=x onerror=y>", "*star*_under_"):
        assert any(name in row[0] for row in rows), name

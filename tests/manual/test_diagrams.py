"""docs/diagrams holds the drawings of the pages' blocks of mermaid; they can be seen anywhere."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

import diagrams
from diagrams import Block

BLOCKS = list(diagrams.blocks())
SVG = "{http://www.w3.org/2000/svg}"
SEEN = {"svg", "title", "desc", "style", "g", "marker", "path", "rect", "text", "tspan"}
FLOW = "flowchart TB\n  A[one] --> B[two]"


@pytest.fixture(params=BLOCKS, ids=lambda block: block.page)
def block(request: pytest.FixtureRequest) -> Block:
    return request.param


@pytest.fixture
def drawing(block: Block) -> ElementTree.Element:
    return ElementTree.fromstring(block.file.read_text(encoding="utf-8"))


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))


def test_there_is_one_for_each_block_and_none_else() -> None:
    assert {file.name for file in diagrams.FOLDER.iterdir()} == {
        block.file.name for block in BLOCKS
    }, "drawings are lacking or of old: make diagrams"
    assert len(BLOCKS) > 1


def test_it_shows_the_words_of_its_block(block: Block, drawing: ElementTree.Element) -> None:
    assert drawing.get("id") == f"d{block.digest}"
    shown = {
        word for text in drawing.iter(f"{SVG}text") for word in words(" ".join(text.itertext()))
    }
    assert shown <= words(block.text)
    for label in re.findall(r"\[(.+?)\]", block.text):
        assert words(label.replace("<br/>", " ")) <= shown


def test_who_cannot_see_it_is_told_what_it_shows(
    block: Block, drawing: ElementTree.Element
) -> None:
    told = {each.get("id"): each.text for each in drawing}
    assert drawing.get("role") == "img"
    assert f"accTitle: {told[drawing.attrib['aria-labelledby']]}\n" in block.text
    assert f"accDescr: {told[drawing.attrib['aria-describedby']]}\n" in block.text


def test_it_needs_nothing_from_elsewhere(drawing: ElementTree.Element) -> None:
    parts = [each for each in drawing.iter() if isinstance(each.tag, str)]
    assert {each.tag.removeprefix(SVG) for each in parts} <= SEEN
    values = [value for each in parts for value in each.attrib.values()]
    said = "\n".join((*values, *(each.text or "" for each in drawing.iter(f"{SVG}style"))))
    assert re.findall(r"url\((?!#)|https?:|@|data:", said) == []
    assert [name for each in parts for name in each.attrib if re.match(r"on|.*href", name)] == []


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("README.md", f"```mermaid\n{FLOW}\n```\n"),
        ("docs/a.md", f"~~~~ mermaid\n{FLOW}\n~~~~\n"),
        (
            "docs/reference/b.md",
            f"- one\n\n  ```mermaid\n  A --> B\n  ```\n\n> ```mermaid\n> {FLOW}",
        ),
        ("contrib/some/c.md", f"```mermaid\n{FLOW}\n```\n\n```mermaid\ngraph LR\n```\n"),
        ("docs/none.md", f"```text\n{FLOW}\n```\n\n<!--\n```mermaid\n{FLOW}\n```\n-->\n"),
        ("tests/none.md", f"```mermaid\n{FLOW}\n```\n"),
        ("docs/.cache/none.md", f"```mermaid\n{FLOW}\n```\n"),
    ],
)
def test_blocks_are_found_wherever_the_site_has_pages(page: str, text: str, tmp_path: Path) -> None:
    file = tmp_path / page
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    found = list(diagrams.blocks(tmp_path))
    assert len(found) == (0 if "none" in page else text.count("mermaid"))
    assert {block.page for block in found} <= {page.removesuffix(".md")}


def test_another_text_or_page_has_another_drawing() -> None:
    made = [Block("a", FLOW), Block("a", FLOW + " "), Block("a/b", FLOW), Block("b", FLOW)]
    assert len({block.file for block in made}) == len(made)
    assert all(block.file.parent == diagrams.FOLDER for block in made)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("classDiagram\n  A <|-- B", "flowcharts only"),
        (FLOW, "accTitle"),
        (FLOW.replace("\n", "\n  accTitle: two\n"), "accDescr"),
    ],
)
def test_what_cannot_be_drawn_well_is_refused(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=rf"docs/a\.md: .*{said}"):
        diagrams.drawn(None, tmp_path, Block("docs/a", text))

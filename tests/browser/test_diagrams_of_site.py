"""The drawings of the pages' blocks of mermaid, in a real browser."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

import diagrams
from browser.opened_pages import PHONE, WIDE, opened
from diagrams import Block
from support.node_modules import node_modules

if TYPE_CHECKING:
    from playwright.sync_api import Browser

BLOCKS = list(diagrams.blocks())
LEAST_LETTERS = 11.5  # pixels of the screen
SIZES = """
[...document.querySelectorAll(".drawing text")].map(
  each => parseFloat(getComputedStyle(each).fontSize) * each.getScreenCTM().a)
"""
COLOURS = """
["text", ".flowchart-link", ".node > rect"].map(name => {
  const style = getComputedStyle(document.querySelector(".drawing " + name));
  return name == "text" ? style.fill : style.stroke;
}).concat([".cluster > rect", ".node > rect"].map(
  name => getComputedStyle(document.querySelector(".drawing " + name)).fill))
"""


def parts(drawing: str) -> list[tuple[object, ...]]:
    """What a drawing consists of, but no places and sizes: those follow from a machine's fonts."""
    return [
        (each.tag, each.get("class"), each.get("id"), each.get("marker-end"), each.text)
        for each in ElementTree.fromstring(drawing).iter()
    ]


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.page)
def test_mermaid_draws_the_block_so(chromium: Browser, block: Block) -> None:
    kept = block.file.read_text(encoding="utf-8")
    drawn = diagrams.drawn(chromium, node_modules(diagrams.MERMAID), block)
    assert parts(drawn) == parts(kept), f"remove {block.file.name}, then: make diagrams"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.page)
def test_its_letters_can_be_read_on_its_page(
    chromium: Browser, site: Path, block: Block, width: int, dark: bool
) -> None:
    with opened(chromium, site / f"{block.page}.html", width=width, dark=dark) as found:
        assert found.page.locator(f"svg#d{block.digest}").is_visible()
        assert min(found.run(SIZES)) >= LEAST_LETTERS
        assert found.run("document.documentElement.scrollWidth") <= width
        inks_and_grounds = [sum(map(int, colour[4:-1].split(","))) for colour in found.run(COLOURS)]
    *inks, ground, _ = inks_and_grounds
    assert all((ink > ground) == dark and abs(ink - ground) > 250 for ink in inks)


def test_mermaid_says_what_it_does_not_understand(chromium: Browser) -> None:
    block = Block("docs/a", "flowchart TB\n  accTitle: a\n  accDescr: b\n  A --> --> B")
    with pytest.raises(ValueError, match=r"docs/a\.md: mermaid cannot draw a block: .*Parse error"):
        diagrams.drawn(chromium, node_modules(diagrams.MERMAID), block)


@pytest.mark.usefixtures("site")  # so that what builds sites is there
def test_a_site_without_a_drawing_is_not_built(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# One\n\n```mermaid\nflowchart TB\n  A --> B\n```\n")
    sphinx = [sys.executable, "-m", "sphinx", "-W", "-q", "--keep-going"]
    done = subprocess.run(
        [*sphinx, "-c", diagrams.ROOT / "docs", tmp_path, tmp_path / "built"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    told = "README.md:3: WARNING: a block of mermaid has no drawing: run `make diagrams`"
    assert told in done.stderr

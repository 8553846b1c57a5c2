"""Draws the pages' blocks of mermaid into docs/diagrams: ``make diagrams``. A test compares them.

A git host draws such a block itself; the site shows the drawing in its place. A drawing is named by
its page and by a digest of the block and of how it is drawn, so that none can be of old.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "diagrams"
MERMAID = "mermaid@11.17.2"

_SETTINGS = {
    "startOnLoad": False,
    "deterministicIds": True,
    "theme": "base",
    "fontFamily": "sans-serif",
    "themeVariables": {"fontSize": "14px"},
    "htmlLabels": False,  # text of an SVG needs no browser to be seen
    "flowchart": {
        "useMaxWidth": False,
        "nodeSpacing": 16,
        "rankSpacing": 40,
        "padding": 8,
        "wrappingWidth": 300,
    },
}
# The colours are the site's, which change with its scheme, and light ones where there is no site.
_STYLE = """
.drawing { font: 14px sans-serif; height: auto; width: 100%;
  background: var(--color-background-primary, #fff) }
.drawing text { fill: var(--color-foreground-primary, #000) }
.drawing .node text { text-anchor: middle }
.drawing .cluster text { font-weight: bold }
.drawing :is(.node, .cluster) > :is(rect, path, polygon, circle, ellipse) {
  fill: var(--color-background-primary, #fff); stroke: var(--color-foreground-muted, #6b6f76) }
.drawing .cluster > rect { fill: var(--color-background-secondary, #f8f9fb) }
.drawing .edgeLabel .background { fill: var(--color-background-primary, #fff) }
.drawing .flowchart-link { fill: none; stroke: var(--color-foreground-primary, #000) }
.drawing .edge-pattern-dotted { stroke-dasharray: 3 }
.drawing .edge-thickness-thick { stroke-width: 3 }
.drawing .edge-thickness-invisible { stroke: none }
.drawing .marker { fill: var(--color-foreground-primary, #000) }
"""
_LEAST_WIDTH = 0.85  # of its own: letters of less than 12 pixels are hard to read
_TITLE_INDENT = 8
_DRAW = """
async ([settings, text]) => {
  mermaid.initialize(settings);
  const {svg} = await mermaid.render("drawn", text);
  return new XMLSerializer().serializeToString(
    new DOMParser().parseFromString(svg, "image/svg+xml"));
}
"""
_SVG = "http://www.w3.org/2000/svg"
_USELESS = ("style", "font-style", "font-weight", "aria-roledescription", "role")


@dataclass(frozen=True)
class Block:
    """A block of mermaid.

    Attributes:
        page: where it stands, from the root and without its ending.
        text: what is between the fences, without blanks around it.
    """

    page: str
    text: str

    @property
    def digest(self) -> str:
        """Of the text and of how it is drawn."""
        said = json.dumps([self.text, MERMAID, _SETTINGS, _STYLE, _LEAST_WIDTH, _TITLE_INDENT])
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    @property
    def file(self) -> Path:
        """Where its drawing is."""
        return FOLDER / f"{self.page.replace('/', '-')}-{self.digest}.svg"


def pages(root: Path = ROOT) -> list[Path]:
    """The pages of the site."""
    found = [*root.glob("*.md"), *root.glob("docs/**/*.md"), *root.glob("contrib/**/*.md")]
    hidden = re.compile(r"\.|k8s_")
    return sorted(
        page for page in found if not any(map(hidden.match, page.relative_to(root).parts))
    )


def blocks(root: Path = ROOT) -> Iterator[Block]:
    """All blocks of mermaid in the pages, as a Markdown parser finds them."""
    for page in pages(root):
        name = str(page.relative_to(root).with_suffix(""))
        for token in MarkdownIt("commonmark").parse(page.read_text(encoding="utf-8")):
            if token.type == "fence" and token.info.split()[:1] == ["mermaid"]:
                yield Block(name, token.content.strip())


def drawn(browser: Browser, modules: Path, block: Block) -> str:
    """The drawing of a block, as an SVG that needs nothing from elsewhere.

    Args:
        browser: of playwright.
        modules: the folder ``node_modules`` that holds mermaid.
        block: a flowchart with ``accTitle`` and ``accDescr``.

    Raises:
        ValueError: it is something else, mermaid does not understand it, or who cannot see it would
            not be told what it shows.
    """
    if not re.match(r"(flowchart|graph)\b", block.text):
        raise ValueError(f"{block.page}.md: docs/diagrams.py has a style for flowcharts only")
    for line in ("accTitle", "accDescr"):
        if not re.search(rf"^\s*{line}\b", block.text, re.M):
            raise ValueError(f"{block.page}.md: a block of mermaid lacks the line {line}:")
    from playwright.sync_api import Error  # noqa: PLC0415 - the site is built without it

    page = browser.new_page()
    page.add_script_tag(path=modules / "mermaid" / "dist" / "mermaid.min.js")
    try:
        said = page.evaluate(_DRAW, [_SETTINGS, block.text])
    except Error as error:
        told = str(error).partition("\n    at ")[0]
        raise ValueError(f"{block.page}.md: mermaid cannot draw a block: {told}") from error
    finally:
        page.close()
    return _cleaned(said, block)


def _cleaned(said: str, block: Block) -> str:
    """Only what can be seen of a drawing or is told of it, with a style of our own."""
    ElementTree.register_namespace("", _SVG)
    root = ElementTree.fromstring(said)  # noqa: S314 - what the browser has just made
    for tag in ("style", "defs", "linearGradient", "marker"):
        _without(root, f"{{{_SVG}}}{tag}", unless=said if tag == "marker" else "")
    _titles_to_the_left(root)
    for each in root.iter():
        for name in list(each.attrib):
            value = _rounded(each.attrib.pop(name))
            if not (name.startswith("data-") or name in _USELESS):
                each.set(name, value.replace("drawn", f"d{block.digest}"))
    _without_empty(root)
    for each in root.iter():
        if "marker" not in each.get("class", "") and each.tag.endswith(("}g", "}path")):
            each.attrib.pop("id", None)
    width = float(root.attrib.pop("width"))
    del root.attrib["height"]
    sizes = f"min-width: {_LEAST_WIDTH * width:.0f}px; max-width: {width:.0f}px"
    root.attrib.update({"class": "drawing", "role": "img", "style": sizes})
    style = ElementTree.Element(f"{{{_SVG}}}style")
    style.text = _STYLE
    root.insert(2, style)  # a reader tells the first two, title and desc
    root.insert(0, ElementTree.Comment(" Written by docs/diagrams.py: run `make diagrams`. "))
    for each in (root, *root.iterfind("*")):
        each.tail = "\n"
    return ElementTree.tostring(root, encoding="unicode")


def _without(root: ElementTree.Element, tag: str, *, unless: str) -> None:
    """Remove elements of a tag, but those that a text names as ``url(#...)``."""
    for parent in list(root.iter()):
        for each in parent.findall(tag):
            if f"url(#{each.get('id')})" not in unless:
                parent.remove(each)


def _titles_to_the_left(root: ElementTree.Element) -> None:
    """Titles of subgraphs, through whose middle lines go."""
    for cluster in root.iterfind(".//*[@class='cluster']"):
        box, label = cluster.find(f"{{{_SVG}}}rect"), cluster.find("*[@class='cluster-label']")
        if box is not None and label is not None:
            left, top = (float(box.get(name, 0)) for name in ("x", "y"))
            label.set("transform", f"translate({left + _TITLE_INDENT}, {top + 1})")


def _rounded(value: str) -> str:
    return re.sub(r"-?\d+\.\d+", lambda number: f"{round(float(number[0]), 1):g}", value)


def _without_empty(parent: ElementTree.Element) -> None:
    """Remove groups, texts and boxes in which there is nothing, such as labels without words."""
    for each in list(parent):
        _without_empty(each)
        tag = each.tag.removeprefix(f"{{{_SVG}}}")
        shown = each.get("width") if tag == "rect" else len(each) or each.text
        if tag in ("g", "text", "tspan", "rect") and not shown:
            parent.remove(each)


def draw() -> None:
    """Draw what has no drawing; remove drawings that no block calls for.

    What is there stays as it is, for other machines have other fonts. To draw it anew, remove it.

    Raises:
        ValueError: as ``drawn``.
    """
    from browser.opened_pages import started_chromium  # noqa: PLC0415 - the tests'
    from support.node_modules import node_modules  # noqa: PLC0415 - the tests'

    called_for = {block.file: block for block in blocks()}
    FOLDER.mkdir(exist_ok=True)
    for file in set(FOLDER.iterdir()) - set(called_for):
        file.unlink()
    lacking = [block for file, block in called_for.items() if not file.is_file()]
    if lacking:
        modules = node_modules(MERMAID)
        with started_chromium() as browser:
            for block in lacking:
                block.file.write_text(drawn(browser, modules, block), encoding="utf-8")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "tests"))
    import pytest

    try:
        draw()
    except (ValueError, pytest.skip.Exception, pytest.fail.Exception) as error:
        sys.exit(str(error))

"""The manual as a site: ``make site``. The pages are plain Markdown, as a git host shows them.

The site has the pages where the repository has them, so that every link between them leads to the
same page in both. The table of contents is that of ``docs/README.md``. A block of
mermaid is shown as its drawing, of ``docs/diagrams``.
"""

from __future__ import annotations

import re
import sys
from importlib.metadata import version as version_of
from pathlib import Path

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.util import logging

sys.path.insert(0, str(Path(__file__).parent))

from diagrams import Block

ROOT = Path(__file__).parents[1]
FRONT, INDEX = "README", "docs/README"

project = "k8s-datamodel"
author = "the authors of k8s-datamodel"
release = version = version_of("k8s-datamodel")
root_doc = FRONT
extensions = ["myst_parser"]
include_patterns = ["*.md", "docs/**.md", "contrib/**.md"]
exclude_patterns = [".*", "core", "plugins", "tests", "dist", "build", "**/k8s_*"]
nitpicky = True
myst_heading_anchors = 6
smartquotes = False  # a command line is copied as it stands

html_theme = "furo"
html_title = f"{project} {release}"
html_copy_source = False
html_show_copyright = False
html_static_path = ["static"]
html_css_files = ["site.css"]
html_js_files = ["scrolling.js"]
templates_path = ["templates"]


class Site(StandaloneHTMLBuilder):
    """HTML whose first page is ``index.html``."""

    name = "html"

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        """The address of a page."""
        return super().get_target_uri(_as_index(docname), typ)

    def get_output_path(self, page_name: str, /) -> Path:
        """The file of a page."""
        return super().get_output_path(_as_index(page_name))


def _as_index(docname: str) -> str:
    return "index" if docname == FRONT else docname


def contents(index: str, folder: str) -> str:
    """Tables of contents: of each section of the index the pages that it links to, once.

    Args:
        index: the text of the page that names all others.
        folder: of that page, in the repository.
    """
    seen, parts = {FRONT}, [_table("", [INDEX])]
    for section in re.split(r"^## ", index, flags=re.M)[1:]:
        caption, _, text = section.partition("\n")
        entries = []
        for title, link in re.findall(r"\[([^\]]+)\]\(([^)#:]+)\.md\)", text):
            name = str((ROOT / folder / link).resolve().relative_to(ROOT))
            if name not in seen:
                seen.add(name)
                entries.append(f"{title[0].upper()}{title[1:]} <{name}>")
        parts.append(_table(caption, entries))
    return "".join(parts)


def _table(caption: str, entries: list[str]) -> str:
    head = [":hidden:", *([f":caption: {caption}"] if caption else [])]
    return "\n".join(["\n", "```{toctree}", *head, "", *entries, "```\n"])


def _with_contents(app: Sphinx, docname: str, source: list[str]) -> None:
    if docname == FRONT:
        index = (ROOT / f"{INDEX}.md").read_text(encoding="utf-8")
        source[0] += contents(index, str(Path(INDEX).parent))


def _folders_to_readmes(app: Sphinx, tree: nodes.document) -> None:
    """A link to a folder leads to its README.md, which a git host shows there."""
    for link in tree.findall(pending_xref):
        folder = (ROOT / app.env.docname).parent / link["reftarget"]
        if link["reftype"] == "myst" and (folder / "README.md").is_file():
            name = str((folder / "README").resolve().relative_to(ROOT))
            link.attributes.update({"refdomain": "doc", "reftarget": name, "reftargetid": None})


def _drawings(app: Sphinx, tree: nodes.document) -> None:
    """A block of mermaid is shown as its drawing, which scrolls where a screen is narrow."""
    for block in list(tree.findall(nodes.literal_block)):
        if block.get("language") == "mermaid":
            file = Block(app.env.docname, block.astext().strip()).file
            if not file.is_file():
                told = "a block of mermaid has no drawing: run `make diagrams`"
                logging.getLogger(__name__).warning(told, location=block)
                continue
            app.env.note_dependency(file)
            drawing = f'<div class="diagram">{file.read_text(encoding="utf-8")}</div>'
            block.replace_self(nodes.raw("", drawing, format="html"))


def setup(app: Sphinx) -> dict[str, bool]:
    """Sphinx calls this."""
    app.add_builder(Site, override=True)
    app.connect("source-read", _with_contents)
    app.connect("doctree-read", _folders_to_readmes)
    app.connect("doctree-read", _drawings)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

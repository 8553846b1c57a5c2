"""Pages as HTML. The rows of a listing are written while they are read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, count
from typing import Any, Literal

import click
from markupsafe import Markup

from k8s_datamodel.api import BlockVisitor, Fields, Output, Page, Pages, Rows, Text
from k8s_datamodel_plugins.formats.fields import heading, record
from k8s_datamodel_plugins.html.listings.nested_values import NestedValues
from k8s_datamodel_plugins.html.shell.html_documents import write_document
from k8s_datamodel_plugins.html.tables.table_views import table

_TEMPLATE = "html/listings/listing.html"
_DEEPEST = 6


class Html:
    """A document of tables, with what belongs to them."""

    def write(self, page: Page, output: Output) -> None:
        """Write the blocks of a page, one below the other."""
        title, parts = _titled(page)
        write_document(output.text, _TEMPLATE, title=title, parts=parts)


@dataclass(frozen=True, slots=True)
class Part:
    """What stands in a document.

    Attributes:
        kind: how ``listing.html`` shows it.
        value: what it shows: a text, a view of a table, HTML, or texts.
        level: of a heading.
    """

    kind: Literal["heading", "table", "fields", "text"]
    value: Any
    level: int = 0


def _titled(page: Page) -> tuple[str, Iterator[Part]]:
    """The title of a document, and what stands below it."""
    named = bool(page.naming())
    parts = _Parts(count(1), 1 if named and not page.title else 2).inside(page)
    title = page.title
    if not title and (named or page.whole):
        for first in parts:
            if first.kind == "heading":
                return first.value, parts
            return _untitled(), chain([first], parts)
    return title or _untitled(), parts


def _capital(title: str) -> str:
    return title[:1].upper() + title[1:]


def _untitled() -> str:
    """What a page without a title is called: the command that made it."""
    ctx = click.get_current_context(silent=True)
    return ctx.command_path if ctx else "k8s-datamodel"


@dataclass(frozen=True, slots=True)
class _Parts(BlockVisitor[Iterator[Part]]):
    """The parts of blocks.

    Attributes:
        numbers: for the ids of tables.
        level: of the headings; 1 is the document's title.
    """

    numbers: Iterator[int]
    level: int

    def inside(self, page: Page) -> Iterator[Part]:
        """The parts of a page whose title stands above them.

        What tells it from other pages, such as its snapshot, stands above the rest of it.
        """
        inner = self
        for block in page.blocks:
            yield from block.visit(inner)
            if isinstance(block, Fields) and block.identity:
                inner = self._deeper()

    def page(self, block: Page) -> Iterator[Part]:
        """Its title and its blocks."""
        yield from self._heading(block.title)
        yield from (self._deeper() if block.title else self).inside(block)

    def pages(self, block: Pages) -> Iterator[Part]:
        """The title of all, and each page."""
        yield from self._heading(block.title or _untitled())
        for page in block.pages:
            yield from self.page(page)

    def rows(self, block: Rows) -> Iterator[Part]:
        """A heading and a table."""
        yield from self._heading(_capital(block.title))
        yield Part("table", table(block, f"table-{next(self.numbers)}", quiet=True))

    def record(self, block: Rows) -> Iterator[Part]:
        """A heading and what is known of the record."""
        title, values = record(block)
        yield from self._heading(_capital(title))
        yield Part("fields", self._fields(values))

    def fields(self, block: Fields) -> Iterator[Part]:
        """A heading and the values, or the lines that people read in place of them."""
        if block.title:
            yield from self._heading(heading(block.title, block.values, block.identity))
        if block.drawn and block.page:
            yield Part("text", [f"{line}\n" for line in block.drawn])
        else:
            yield Part("fields", self._fields(block.values))

    def text(self, block: Text) -> Iterator[Part]:
        """A heading and the text."""
        yield from self._heading(block.title)
        yield Part("text", block.chunks)

    def _fields(self, values: Mapping[str, Any]) -> Markup:
        return NestedValues(self.numbers).fields(values)

    def _deeper(self) -> _Parts:
        return _Parts(self.numbers, self.level + 1)

    def _heading(self, text: str) -> Iterator[Part]:
        if text:
            yield Part("heading", text, min(self.level, _DEEPEST))

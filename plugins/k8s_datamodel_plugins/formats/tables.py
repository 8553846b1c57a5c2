"""Tables without colour, in a box or plain. Streams nothing: a table must know its widest cell.

Rich draws the same box (its ``HEAVY_HEAD``) a hundred times slower.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import Any

from k8s_datamodel.api import Block, BlockVisitor, Column, Fields, Output, Page, Pages, Rows, Text
from k8s_datamodel_plugins.formats.cells import cell, printable, token, with_level
from k8s_datamodel_plugins.formats.fields import field_lines, record
from k8s_datamodel_plugins.formats.grids import Grid, Look, grid, tell_hidden

_LINES_AT_ONCE = 500


def for_people(column: Column, place: int) -> Callable[[Any], str]:
    """What makes the values of a column texts."""
    return (lambda value: cell(with_level(column, value))) if column.levels else cell


BOX = Look(for_people, lambda column: printable(column.title), ", ", ("│ ", " │ ", " │"))
"""How boxes show rows."""

_HEAD = ("┃ ", " ┃ ", " ┃")


def _as_tokens(column: Column, place: int) -> Callable[[Any], str]:
    """What makes the values of a column texts: those of the first column have no blanks."""
    return token if place else lambda value: token(value).replace(" ", "\\x20")


def _capitals(column: Column) -> str:
    return "-".join(printable(column.title).upper().split())


_LINES = Look(_as_tokens, _capitals, ",", ("", "   ", ""))


class Table:
    """A box of the columns marked ``table``, as wide as needed where no terminal limits it."""

    wide = False

    def write(self, page: Page, output: Output) -> None:
        """Write boxes of rows and lines of fields, an empty line between blocks."""
        look = replace(BOX, wide=self.wide)
        _TableWriter(output, look, draws=not self.wide).page(page)


class Wide(Table):
    """The same with the columns marked ``wide``."""

    wide = True


class Plain:
    """A heading in capitals and a line for each row, so that ``awk '{print $1}'`` works."""

    def write(self, page: Page, output: Output) -> None:
        """Write lines of rows and of fields, an empty line between blocks."""
        _PlainWriter(output, _LINES, draws=False).page(page)


class _TableWriter(BlockVisitor[None]):
    """Writes rows as tables, and all else as lines.

    Attributes:
        look: how rows are shown.
        draws: what is to be drawn is, in place of values.
    """

    def __init__(self, output: Output, look: Look, *, draws: bool) -> None:
        self._output = output
        self.look = look
        self.draws = draws

    def page(self, block: Page) -> None:
        """Write the blocks, an empty line between them."""
        self._heading(block.title)
        self._spaced(block.blocks)

    def pages(self, block: Pages) -> None:
        """Write the pages, an empty line between them."""
        self._heading(block.title)
        self._spaced(block.pages)

    def rows(self, block: Rows) -> None:
        """Write a table; with its title if there are other blocks."""
        made = grid(block, self.look, self._output.width)
        self._heading(f"{block.title} ({len(made.rows)})" if block.key else "")
        self._write(self.drawn(made))
        tell_hidden(made, self._output)

    def record(self, block: Rows) -> None:
        """Write a line for each column."""
        self._write(field_lines(record(block)[1]))

    def fields(self, block: Fields) -> None:
        """Write a line for each value, or what is to be drawn."""
        if block.drawn and (self.draws or block.page):
            self._write(map(printable, block.drawn))
            return
        self._heading(block.title if block.key else "")
        self._write(field_lines(block.values, "  " if block.key else ""))

    def text(self, block: Text) -> None:
        """Write the text, its title before it."""
        self._heading(block.title)
        self._write(map(printable, block.lines()))

    def drawn(self, made: Grid) -> Iterator[str]:
        """The lines of a table."""
        yield from _box(made)

    def _heading(self, text: str) -> None:
        if text:
            self._write([printable(text)])

    def _spaced(self, blocks: Iterable[Block]) -> None:
        for number, block in enumerate(blocks):
            self._write([""] if number else [])
            block.visit(self)

    def _write(self, lines: Iterable[str]) -> None:
        # Where Python is told not to buffer, as in many containers, each write is a system call.
        left = iter(lines)
        while some := list(islice(left, _LINES_AT_ONCE)):
            self._output.text.write("\n".join(some) + "\n")


class _PlainWriter(_TableWriter):
    """Writes lines in place of boxes, and values in place of what is to be drawn."""

    def drawn(self, made: Grid) -> Iterator[str]:
        """The heading and a line for each row, without blanks at the end."""
        head = [self.look.line(made.head())] if made.titles else []
        for line in chain(head, made.lines(self.look)):
            yield line.rstrip(" ")


def _box(made: Grid) -> Iterator[str]:
    if made.titles:
        yield _rule("┏┳┓", "━", made.widths)
        yield _HEAD[0] + _HEAD[1].join(made.head()) + _HEAD[2]
        yield _rule("┡╇┩", "━", made.widths)
    else:
        yield _rule("┌┬┐", "─", made.widths)
    yield from made.lines(BOX)
    yield _rule("└┴┘", "─", made.widths)


def _rule(ends: str, line: str, widths: Sequence[int]) -> str:
    return ends[0] + ends[1].join(line * (width + 2) for width in widths) + ends[2]

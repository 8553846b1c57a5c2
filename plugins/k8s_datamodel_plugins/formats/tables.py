"""Tables for people, without colour. Streams nothing: a box must know its widest cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from k8s_datamodel.api import Block, Fields, Output, Page, Pages, Rows, Text
from k8s_datamodel_plugins.formats.cells import printable
from k8s_datamodel_plugins.formats.fields import field_lines, record
from k8s_datamodel_plugins.formats.grids import drawn, grid

_LINES_AT_ONCE = 500


class Plain:
    """A box of the columns marked ``table``, as wide as needed where no terminal limits it."""

    wide = False

    def write(self, page: Page, output: Output) -> None:
        """Write boxes of rows and lines of fields, an empty line between blocks."""
        for number, block in enumerate(page.blocks):
            output.text.write("\n" if number else "")
            self._block(block, output)

    def _block(self, block: Block, output: Output) -> None:
        match block:
            case Rows(alone=True):
                _write_fields(record(block)[1], "", output)
            case Rows():
                cells = grid(block, wide=self.wide, short=output.width is not None)
                output.text.write(f"{block.title} ({len(cells.rows)})\n" if block.key else "")
                _write(drawn(cells, output.width), output)
            case Fields(drawn=lines) if lines and not self.wide:
                output.text.writelines(f"{printable(line)}\n" for line in lines)
            case Fields():
                output.text.write(f"{block.title}\n" if block.key else "")
                _write_fields(block.values, "  " if block.key else "", output)
            case Text():
                _write((f"{printable(line)}\n" for line in block.lines()), output)
            case Pages():
                for number, page in enumerate(block.pages):
                    output.text.write("\n" if number else "")
                    self.write(page, output)


class Wide(Plain):
    """The same with the columns marked ``wide``."""

    wide = True


def _write(lines: Iterator[str], output: Output) -> None:
    # Where Python is told not to buffer, as in many containers, each write is a system call.
    while some := "".join(islice(lines, _LINES_AT_ONCE)):
        output.text.write(some)


def _write_fields(values: Mapping[str, Any], pad: str, output: Output) -> None:
    _write((f"{line}\n" for line in field_lines(values, pad)), output)

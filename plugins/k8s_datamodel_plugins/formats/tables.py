"""Tables for people, without colour. Streams nothing: a box must know its widest cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from k8s_datamodel.api import Column, Document, Output, Row, Section, Table
from k8s_datamodel_plugins.formats.fields import field_lines, titled
from k8s_datamodel_plugins.formats.grids import Grid, drawn, grid

_LINES_AT_ONCE = 500

_LEDGER = (
    Column("resource_type", title="Type", show="table"),
    Column("read", show="table"),
    Column("status", show="table"),
    Column("optional", "boolean", show="table"),
    Column("objects", "integer", show="table"),
    Column("http_code", "integer", title="HTTP", show="table"),
    Column("reason", show="table"),
)


class Plain:
    """A box of the columns marked ``table``, as wide as needed where no terminal limits it."""

    wide = False

    def listing(self, listing: Section | Table, output: Output) -> None:
        """A box; without rows only its head."""
        self._box(listing, output)

    def record(self, section: Section, row: Row, output: Output) -> None:
        """A line for each column. The complete object is for JSON and YAML."""
        self.value(titled(section, row), output)

    def document(self, document: Document, output: Output) -> None:
        """The snapshot's lines, a box for each type, then the ledger where it was asked for."""
        output.text.write("Snapshot\n")
        output.text.writelines(f"{line}\n" for line in field_lines(document.snapshot, "  "))
        for section in document.sections:
            self._titled_box(section.type.plural, section, output)
        if document.ledger is not None:
            reads = ledger_table(document.ledger)
            self._titled_box(reads.title, reads, output)

    def documents(self, documents: Iterable[Document], output: Output) -> None:
        """One after the other, an empty line between."""
        for number, document in enumerate(documents):
            output.text.write("\n" if number else "")
            self.document(document, output)

    def value(self, value: Mapping[str, Any], output: Output) -> None:
        """A line for each key, nested ones indented."""
        output.text.writelines(f"{line}\n" for line in field_lines(value))

    def _box(self, listing: Section | Table, output: Output) -> None:
        _write(drawn(self._grid(listing, output), output.width), output)

    def _titled_box(self, title: str, listing: Section | Table, output: Output) -> None:
        cells = self._grid(listing, output)
        output.text.write(f"\n{title} ({len(cells.rows)})\n")
        _write(drawn(cells, output.width), output)

    def _grid(self, listing: Section | Table, output: Output) -> Grid:
        return grid(listing, wide=self.wide, short=output.width is not None)


class Wide(Plain):
    """The same with the columns marked ``wide``."""

    wide = True


def _write(lines: Iterator[str], output: Output) -> None:
    # Where Python is told not to buffer, as in many containers, each write is a system call.
    while some := "".join(islice(lines, _LINES_AT_ONCE)):
        output.text.write(some)


def ledger_table(ledger: Sequence[Row]) -> Table:
    """A ledger as a listing: every read, and how it ended."""
    return Table(_LEDGER, ledger, "Ledger")

"""Tables with colour, summaries and panels, drawn by Rich."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from rich import box
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table as RichTable
from rich.text import Text

from k8s_datamodel.api import INCOMPLETE, Document, Output, Row, Section, Table
from k8s_datamodel_plugins.formats.cells import cell, identity, printable, shown_columns
from k8s_datamodel_plugins.formats.fields import field_lines, titled
from k8s_datamodel_plugins.formats.grids import Grid, column_widths, grid
from k8s_datamodel_plugins.formats.summaries import summary
from k8s_datamodel_plugins.formats.tables import ledger_table

_UNLIMITED = 1_000_000
_GOOD = frozenset({"Succeeded", "complete", "active", "yes"})
_BAD = frozenset({*INCOMPLETE, "Failed", "broken", "incompatible"})
_PENDING = frozenset(
    {"Pending", "InstallReady", "Installing", "Replacing", "Deleting", "Unknown", "absent"}
)


class Rich:
    """For the eye: colour where it is allowed, otherwise the same without."""

    def listing(self, listing: Section | Table, output: Output) -> None:
        """A title, a box and a summary."""
        title = listing.type.plural if isinstance(listing, Section) else listing.title
        _print([_listing(title, listing, output)], output)

    def record(self, section: Section, row: Row, output: Output) -> None:
        """A panel of all columns. The complete object is for JSON and YAML."""
        name = "/".join(cell(row.get(each)) for each in section.type.identity)
        _print([_panel(f"{section.type.singular} {name}", titled(section, row))], output)

    def document(self, document: Document, output: Output) -> None:
        """A panel of the snapshot, a box for each type, the ledger where it was asked for."""
        snapshot = document.snapshot
        _print([_panel(f"Snapshot {cell(snapshot.get('id'))}", snapshot)], output)
        for section in document.sections:
            _print(["", _listing(section.type.plural, section, output)], output)
        if document.ledger is not None:
            reads = ledger_table(document.ledger)
            _print(["", _listing(reads.title, reads, output)], output)

    def documents(self, documents: Iterable[Document], output: Output) -> None:
        """One after the other."""
        for number, document in enumerate(documents):
            _print([""] if number else [], output)
            self.document(document, output)

    def value(self, value: Mapping[str, Any], output: Output) -> None:
        """A panel for each nested mapping, after one of what is not nested."""
        plain = {key: each for key, each in value.items() if not isinstance(each, Mapping)}
        nested = {key: each for key, each in value.items() if isinstance(each, Mapping)}
        panels = [_panel("", plain)] if plain else []
        _print([*panels, *(_panel(str(key), each) for key, each in nested.items())], output)


def _print(parts: Iterable[RenderableType], output: Output) -> None:
    console = Console(
        file=output.text,
        force_terminal=output.color,
        color_system="standard" if output.color else None,
        no_color=not output.color,
        width=output.width or _UNLIMITED,
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
    )
    for part in parts:
        console.print(part)


def _panel(title: str, value: Mapping[str, Any]) -> Panel:
    lines = [_field(line) for line in field_lines(value)]
    head = Text(printable(title), "bold") if title else None
    return Panel(Group(*lines), title=head, title_align="left", border_style="cyan", expand=False)


def _field(line: str) -> Text:
    """A line with its key in colour; the key ends with the first colon before a space."""
    text = Text(line, overflow="fold")
    end = f"{line} ".find(": ")
    text.stylize("cyan", 0, max(end, 0))
    return text


def _listing(title: str, listing: Section | Table, output: Output) -> RenderableType:
    columns = shown_columns(listing, wide=False)
    kept = {*identity(listing), *(each.name for each in columns)}
    rows = [{name: row.get(name) for name in kept} for row in listing.rows]
    cells = grid(replace(listing, rows=rows), wide=False, short=output.width is not None)
    total = Text(summary(listing, rows), "dim")
    return Group(Text(printable(title), "bold"), _table(cells, output.width), total)


def _table(cells: Grid, width: int | None) -> RichTable:
    table = RichTable(box=box.HEAVY_HEAD, header_style="bold cyan")
    for index, each in enumerate(column_widths(cells, width)):
        column = cells.columns[index]
        table.add_column(
            Text(column.title),
            style="bold" if index in cells.kept else "",
            justify="right" if column.type in ("integer", "real") else "left",
            width=each,
            overflow="fold",
        )
    for row in cells.rows:
        table.add_row(*(Text(text, _style(text)) for text in row))
    return table


def _style(text: str) -> str:
    if text in _GOOD:
        return "green"
    if text in _BAD:
        return "bold red"
    if text in _PENDING:
        return "yellow"
    return "dim" if text == "-" else ""

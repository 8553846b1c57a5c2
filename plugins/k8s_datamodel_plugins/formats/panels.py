"""Tables with colour, summaries and panels, drawn by Rich."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from rich import box
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text as RichText

from k8s_datamodel.api import INCOMPLETE, Column, Fields, Output, Page, Pages, Row, Rows, Text
from k8s_datamodel_plugins.formats.cells import cell, printable, shown_columns
from k8s_datamodel_plugins.formats.fields import field_lines, heading, record
from k8s_datamodel_plugins.formats.grids import Grid, column_widths, grid

_UNLIMITED = 1_000_000
_MOST_GROUPS = 6
_GOOD = frozenset({"Succeeded", "complete", "active", "yes"})
_BAD = frozenset({*INCOMPLETE, "Failed", "broken", "incompatible"})
_PENDING = frozenset(
    {"Pending", "InstallReady", "Installing", "Replacing", "Deleting", "Unknown", "absent"}
)


class Rich:
    """For the eye: colour where it is allowed, otherwise the same without."""

    def write(self, page: Page, output: Output) -> None:
        """Write a box with a summary for rows, panels for the rest, an empty line between."""
        for number, block in enumerate(page.blocks):
            _print([""] if number else [], output)
            if isinstance(block, Pages):
                self._pages(block.pages, output)
            else:
                _print(_drawn(block, output), output)

    def _pages(self, pages: Iterable[Page], output: Output) -> None:
        for number, page in enumerate(pages):
            _print([""] if number else [], output)
            self.write(page, output)


def _drawn(block: Rows | Fields | Text, output: Output) -> Iterable[RenderableType]:
    match block:
        case Rows(alone=True):
            return [_panel(*record(block))]
        case Rows():
            return [_listing(block, output)]
        case Fields(values, title) if title:
            return [_panel(heading(title, values, block.identity), values)]
        case Fields():
            return _panels(block.values)
        case Text():
            return [RichText(printable(line)) for line in block.lines()]


def _panels(values: Mapping[str, Any]) -> list[Panel]:
    """A panel for each nested mapping, after one of what is not nested."""
    plain = {key: each for key, each in values.items() if not isinstance(each, Mapping)}
    nested = {key: each for key, each in values.items() if isinstance(each, Mapping)}
    panels = [_panel("", plain)] if plain else []
    return [*panels, *(_panel(str(key), each) for key, each in nested.items())]


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
    head = RichText(printable(title), "bold") if title else None
    return Panel(Group(*lines), title=head, title_align="left", border_style="cyan", expand=False)


def _field(line: str) -> RichText:
    """A line with its key in colour; the key ends with the first colon before a space."""
    text = RichText(line, overflow="fold")
    end = f"{line} ".find(": ")
    text.stylize("cyan", 0, max(end, 0))
    return text


def _listing(block: Rows, output: Output) -> RenderableType:
    kept = {*block.identity, *(each.name for each in shown_columns(block, wide=False))}
    rows = [{name: row.get(name) for name in kept} for row in block.rows]
    cells = grid(replace(block, rows=rows), wide=False, short=output.width is not None)
    total = RichText(_summary(block, rows), "dim")
    return Group(RichText(printable(block.title), "bold"), _table(cells, output.width), total)


def _table(cells: Grid, width: int | None) -> Table:
    table = Table(box=box.HEAVY_HEAD, header_style="bold cyan", show_header=cells.headers)
    for index, each in enumerate(column_widths(cells, width)):
        column = cells.columns[index]
        table.add_column(
            RichText(column.title),
            style="bold" if index in cells.kept else "",
            justify="right" if column.type in ("integer", "real") else "left",
            width=each,
            overflow="fold",
        )
    for row in cells.rows:
        table.add_row(*(RichText(text, _style(text)) for text in row))
    return table


def _style(text: str) -> str:
    if text in _GOOD:
        return "green"
    if text in _BAD:
        return "bold red"
    if text in _PENDING:
        return "yellow"
    return "dim" if text == "-" else ""


def _summary(block: Rows, rows: Sequence[Row]) -> str:
    """``3 CRDs · Scope: Namespaced 2, Cluster 1 · Instances: 23 (1 unknown)``."""
    one, many = (block.singular, block.title) if block.singular else ("row", "rows")
    parts = [f"{len(rows):,} {one if len(rows) == 1 else many}"]
    if rows and block.singular:
        shown = shown_columns(block, wide=False)
        counted = (each for each in shown if each.name not in block.identity)
        parts += filter(None, (_of_column(each, rows) for each in counted))
    return " · ".join(parts)


def _of_column(column: Column, rows: Sequence[Row]) -> str:
    values = [row.get(column.name) for row in rows]
    if column.type == "integer":
        unknown = values.count(None)
        known = f"{column.title}: {sum(each for each in values if each is not None):,}"
        return f"{known} ({unknown:,} unknown)" if unknown else known
    known_values = Counter(cell(each) for each in values if each is not None)
    return _groups(column, known_values) if column.filter and known_values else ""


def _groups(column: Column, counts: Counter[str]) -> str:
    if len(counts) > _MOST_GROUPS:
        return f"{column.title}: {len(counts):,} different"
    return f"{column.title}: " + ", ".join(f"{name} {n:,}" for name, n in counts.most_common())

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

from k8s_datamodel.api import (
    Block,
    BlockVisitor,
    Column,
    Fields,
    Output,
    Page,
    Pages,
    Row,
    Rows,
    Text,
)
from k8s_datamodel_plugins.formats.cells import (
    BAD,
    GOOD,
    PENDING,
    cell,
    printable,
    shown_columns,
)
from k8s_datamodel_plugins.formats.fields import field_lines, heading, record
from k8s_datamodel_plugins.formats.grids import Grid, grid, tell_hidden
from k8s_datamodel_plugins.formats.tables import BOX

_UNLIMITED = 1_000_000
_MOST_GROUPS = 6


class Rich:
    """For the eye: colour where it is allowed, otherwise the same without."""

    def write(self, page: Page, output: Output) -> None:
        """Write a box with a summary for rows, panels for the rest, an empty line between."""
        _RichWriter(output).page(page)


class _RichWriter(BlockVisitor[None]):
    def __init__(self, output: Output) -> None:
        self._output = output

    def page(self, block: Page) -> None:
        """Draw the blocks, an empty line between them."""
        self._spaced(block.title, block.blocks)

    def pages(self, block: Pages) -> None:
        """Draw the pages, an empty line between them."""
        self._spaced(block.title, block.pages)

    def rows(self, block: Rows) -> None:
        """Draw a box, its title above and a summary below."""
        kept = {*block.identity, *(each.name for each in shown_columns(block, wide=False))}
        rows = [{name: row.get(name) for name in kept} for row in block.rows]
        made = grid(replace(block, rows=rows), BOX, self._output.width)
        total = RichText(_summary(block, rows), "dim")
        self._print(_title(block.title))
        self._print(_table(made), least=BOX.total(made.widths))  # names may be wider than it
        self._print(total)
        tell_hidden(made, self._output)

    def record(self, block: Rows) -> None:
        """Draw a panel with a line for each column."""
        self._print(_panel(*record(block)))

    def fields(self, block: Fields) -> None:
        """Draw a panel; without a title one for each nested mapping, too."""
        if block.drawn and block.page:
            self._print(*(RichText(printable(line)) for line in block.drawn))
        elif block.title:
            title = heading(block.title, block.values, block.identity)
            self._print(_panel(title, block.values))
        else:
            self._print(*_panels(block.values))

    def text(self, block: Text) -> None:
        """Print the text, its title before it."""
        title = [_title(block.title)] if block.title else []
        self._print(*title, *(RichText(printable(line)) for line in block.lines()))

    def _spaced(self, title: str, blocks: Iterable[Block]) -> None:
        self._print(*([_title(title)] if title else []))
        for number, block in enumerate(blocks):
            self._print(*([""] if number else []))
            block.visit(self)

    def _print(self, *parts: RenderableType, least: int = 0) -> None:
        output = self._output
        console = Console(
            file=output.text,
            force_terminal=output.color,
            color_system="standard" if output.color else None,
            no_color=not output.color,
            width=max(output.width or _UNLIMITED, least),
            markup=False,
            emoji=False,
            highlight=False,
            legacy_windows=False,
        )
        for part in parts:
            console.print(part)


def _title(text: str) -> RichText:
    return RichText(printable(text), "bold")


def _panels(values: Mapping[str, Any]) -> list[Panel]:
    """A panel for each nested mapping, after one of what is not nested."""
    plain = {key: each for key, each in values.items() if not isinstance(each, Mapping)}
    nested = {key: each for key, each in values.items() if isinstance(each, Mapping)}
    panels = [_panel("", plain)] if plain else []
    return [*panels, *(_panel(str(key), each) for key, each in nested.items())]


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


def _table(made: Grid) -> Table:
    table = Table(box=box.HEAVY_HEAD, header_style="bold cyan", show_header=bool(made.titles))
    for index, column in enumerate(made.columns):
        table.add_column(
            RichText(made.titles[index] if made.titles else ""),
            style="bold" if column.name in made.names else "",
            justify="right" if column.stands_right else "left",
            width=made.widths[index],
            no_wrap=True,
        )
    for row in made.rows:
        table.add_row(*(RichText(text, _style(text)) for text in row))
    return table


def _style(text: str) -> str:
    if text in GOOD:
        return "green"
    if text in BAD:
        return "bold red"
    if text in PENDING:
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

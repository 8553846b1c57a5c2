"""Rows as cells of text, one line a row, that fit a terminal.

Where not everything fits, columns that matter little are left out (``Column.importance``), then
lists fold, then text is cut, then more columns are left out; at last those come back for which
there is room after all. What names a row always stays whole, and goes only where the names alone
are too wide and the rest of them still tells the rows apart: if that is too wide, so are the lines.
Times stay whole, too: a part of one reads as another.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from k8s_datamodel.api import Column, Output, Rows
from k8s_datamodel_plugins.formats.cells import cell, shown_columns
from k8s_datamodel_plugins.formats.lines import cut, fold, padded, width_of

_LEAST = {"text": 16, "list": 16, "json": 16}
"""How wide a column is at least where its cells are folded or cut; other columns never are."""

_WANTED = 32
"""How wide such a column should be before one that matters little gets a place."""

_LEAST_TOLD = 16
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S*|-")


@dataclass(frozen=True, slots=True)
class Look:
    """How a format writes the lines of a listing.

    Attributes:
        text: by a column and its place, makes the text of its values.
        title: the heading of a column.
        comma: between the items of a list.
        edges: what stands before, between and after the cells of a line.
        wide: with the columns marked ``wide``.
    """

    text: Callable[[Column, int], Callable[[Any], str]]
    title: Callable[[Column], str]
    comma: str
    edges: tuple[str, str, str]
    wide: bool = False

    def line(self, cells: Iterable[str]) -> str:
        """A line of cells."""
        left, between, right = self.edges
        return f"{left}{between.join(cells)}{right}"

    def total(self, widths: Sequence[int]) -> int:
        """The width of a line."""
        left, between, right = map(len, self.edges)
        return left + sum(widths) + between * max(len(widths) - 1, 0) + right


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells as text.

    Attributes:
        columns: what the cells are of.
        titles: of the columns; empty where there is no head.
        widths: of the columns.
        rows: a text for each column.
        names: which columns name a row.
        hidden: columns for which there was no room.
    """

    columns: Sequence[Column]
    titles: Sequence[str]
    widths: Sequence[int]
    rows: Sequence[Sequence[str]]
    names: frozenset[str]
    hidden: Sequence[Column] = ()

    def head(self) -> list[str]:
        """The titles, each as wide as its column."""
        return self._padded(self.titles)

    def lines(self, look: Look) -> Iterator[str]:
        """The line of each row."""
        quick = look.line(
            f"%{'' if column.stands_right else '-'}{width}s"
            for column, width in zip(self.columns, self.widths, strict=True)
        )
        for row in self.rows:  # most are without wide characters
            yield quick % tuple(row) if "".join(row).isascii() else look.line(self._padded(row))

    def _padded(self, texts: Sequence[str]) -> list[str]:
        cells = zip(texts, self.widths, self.columns, strict=True)
        return [padded(text, width, right=column.stands_right) for text, width, column in cells]


def grid(rows: Rows, look: Look, width: int | None) -> Grid:
    """The cells of rows, no wider than a terminal. Reads all rows, keeps only their text."""
    columns = shown_columns(rows, wide=look.wide)
    texts = [(each.name, look.text(each, place)) for place, each in enumerate(columns)]
    lists = [column.name for column in columns if column.type == "list" and width is not None]
    cells: list[list[str]] = []
    items: dict[str, list[Sequence[str]]] = {name: [] for name in lists}
    for row in rows.rows:
        cells.append([text(row.get(name)) for name, text in texts])
        for name in lists:
            value = row.get(name)
            items[name].append([*map(cell, value)] if isinstance(value, (list, tuple)) else ())
    titles = [look.title(column) for column in columns] if rows.headers else []
    whole = Grid(columns, titles, _natural(cells, titles, columns), cells, frozenset(rows.identity))
    if width is None or look.total(whole.widths) <= width:
        return whole
    times = frozenset(index for index in range(len(columns)) if _all_times(cells, index))
    return _Fitting(whole, items, times, look, width, chosen=bool(rows.shown)).made()


def _all_times(rows: Sequence[Sequence[str]], index: int) -> bool:
    return all(_TIME.fullmatch(row[index]) for row in rows)


def _natural(
    rows: Sequence[Sequence[str]], titles: Sequence[str], columns: Sequence[Column]
) -> list[int]:
    widths = [width_of(title) for title in titles] or [0] * len(columns)
    for index, texts in enumerate(zip(*rows, strict=True)):
        length = len if all(map(str.isascii, texts)) else width_of
        widths[index] = max(widths[index], *map(length, texts))
    return widths


@dataclass(frozen=True, slots=True)
class _Fitting:
    """A grid that is too wide, and what it is to be.

    Attributes:
        grid: in full.
        items: by the name of a list column, the items of each row.
        times: which columns hold nothing but times.
        look: of the lines.
        width: of the terminal.
        chosen: the columns were asked for by name, so text is cut before one is left out.
    """

    grid: Grid
    items: Mapping[str, Sequence[Sequence[str]]]
    times: frozenset[int]
    look: Look
    width: int
    chosen: bool

    def made(self) -> Grid:
        """The grid with fewer columns, and cells that are folded or cut."""
        kept = self._kept()
        widths = self._widths(kept)
        cells = zip(*(self._cells(index, widths[index]) for index in kept), strict=True)
        columns = [self.grid.columns[index] for index in kept]
        titles = [self.grid.titles[index] for index in kept] if self.grid.titles else []
        rows = list(cells)
        return replace(
            self.grid,
            columns=columns,
            titles=titles,
            widths=_natural(
                rows, titles, columns
            ),  # what is folded may need less than it could have
            rows=rows,
            hidden=[each for each in self.grid.columns if each not in columns],
        )

    def _kept(self) -> list[int]:
        """The columns for which there is room."""
        columns, names = self.grid.columns, self.grid.names
        kept = list(range(len(columns)))
        going = [index for index in reversed(kept) if columns[index].name not in names]
        going.sort(key=lambda index: columns[index].importance)
        gone: list[int] = []
        for index in going:
            spare = columns[index].minor and not self.chosen
            if len(kept) == 1 or self._has_room(kept, _WANTED if spare else 0):
                break
            kept.remove(index)
            gone.append(index)
        gone += self._spare_names(kept)
        for index in reversed(gone):  # one that is narrow may fit where one that is wide did not
            if self._has_room([*kept, index], _WANTED):
                kept.append(index)
        return sorted(kept)

    def _spare_names(self, kept: list[int]) -> list[int]:
        """Take out names, the last first, while they are too wide and the rows stay apart."""
        gone: list[int] = []
        for index in reversed(kept[1:]):
            rest = [each for each in kept if each != index]
            apart = {tuple(row[each] for each in rest) for row in self.grid.rows}
            if not self._has_room(kept, 0) and len(apart) == len(self.grid.rows):
                kept.remove(index)
                gone.append(index)
        return gone

    def _has_room(self, kept: Sequence[int], wanted: int) -> bool:
        """Whether columns fit, none that can be shortened below what is wanted."""
        return self.look.total([self._at_least(each, wanted) for each in kept]) <= self.width

    def _at_least(self, index: int, wanted: int = 0) -> int:
        """How wide a column is where its cells are shortened, but not below what is wanted."""
        column, natural = self.grid.columns[index], self.grid.widths[index]
        if column.name in self.grid.names or column.type not in _LEAST or index in self.times:
            return natural
        title = width_of(self.grid.titles[index]) if self.grid.titles else 0
        return min(natural, max(title, _LEAST[column.type], wanted))

    def _widths(self, kept: Sequence[int]) -> dict[int, int]:
        """The widths of the columns: lists give way before text does."""
        widths = {index: self._at_least(index) for index in kept}
        texts = [index for index in kept if self.grid.columns[index].type != "list"]
        lists = [index for index in kept if index not in texts]
        for most in (_WANTED, self.width):
            for some in (texts, lists):
                aims = {index: max(widths[index], self._at_least(index, most)) for index in some}
                spare = self.width - self.look.total(list(widths.values()))
                _grow(widths, aims, spare)
        return widths

    def _cells(self, index: int, width: int) -> Sequence[str]:
        """The cells of one column, none wider than it."""
        texts = [row[index] for row in self.grid.rows]
        if width >= self.grid.widths[index]:
            return texts
        items = self.items.get(self.grid.columns[index].name)
        if items is None:
            return [cut(text, width) for text in texts]
        pairs = zip(texts, items, strict=True)
        return [
            fold(some, self.look.comma, width) if some else cut(text, width) for text, some in pairs
        ]


def _grow(widths: dict[int, int], aims: Mapping[int, int], spare: int) -> None:
    """Give what is spare to columns, the same to each until it has what it aims at."""
    ordered = sorted(aims, key=lambda index: aims[index] - widths[index])
    for place, index in enumerate(ordered):
        more = max(min(aims[index] - widths[index], spare // (len(ordered) - place)), 0)
        widths[index] += more
        spare -= more


def tell_hidden(made: Grid, output: Output) -> None:
    """Say which columns had no room, and how to see them."""
    if made.hidden:
        before, after = "No room for ", ": | less -S shows all."
        room = (output.width or 0) - len(before) - len(after)
        names = [column.key for column in made.hidden]
        output.tell(before + fold(names, ", ", max(room, _LEAST_TOLD)) + after)

"""Boxes of text: a heavy head and light rows, as wide as the content or as a terminal.

Rich draws the same box (its ``HEAVY_HEAD``) a hundred times slower, so only the width of
characters is asked of it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from typing import Any

from rich.cells import cell_len, chop_cells

from k8s_datamodel.api import Column, Rows
from k8s_datamodel_plugins.formats.cells import cell, shown_columns, with_level

_PADDING = 3
_NARROWEST = 8
_NARROWEST_FREE_TEXT = 16
_MOST_LINES = 3


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells as text; columns of the indexes ``kept`` are never cut, as they name the row."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    kept: frozenset[int]
    headers: bool


def grid(rows: Rows, *, wide: bool, short: bool) -> Grid:
    """The cells of rows; ``short`` shortens lists. Reads all rows, keeps only their text."""
    columns = shown_columns(rows, wide=wide)
    texts = [(column.name, _texts(column, short=short)) for column in columns]
    cells = [[text(row.get(name)) for name, text in texts] for row in rows.rows]
    kept = frozenset(i for i, column in enumerate(columns) if column.name in rows.identity)
    return Grid(columns, cells, kept, rows.headers)


def _texts(column: Column, *, short: bool) -> Callable[[Any], str]:
    """What makes the values of a column texts."""
    if column.levels:
        return lambda value: cell(with_level(column, value), short=short)
    return partial(cell, short=True) if short else cell


def drawn(grid: Grid, width: int | None) -> Iterator[str]:
    """The lines of the box, each with its line feed.

    On a terminal text is wrapped at words, and cut after three lines unless it names the row.
    """
    natural = _natural(grid)
    widths = natural if width is None else _fitted(grid, natural, width)
    if grid.headers:
        yield _rule("┏┳┓", "━", widths)
        yield from _row("┃┃┃", [column.title for column in grid.columns], grid, widths)
        yield _rule("┡╇┩", "━", widths)
    else:
        yield _rule("┌┬┐", "─", widths)
    line = _line_format("│││", widths) if widths == natural else ""
    for row in grid.rows:
        if line and "".join(row).isascii():
            yield line % tuple(row)
        else:
            yield from _row("│││", row, grid, widths)
    yield _rule("└┴┘", "─", widths)


def column_widths(grid: Grid, width: int | None) -> list[int]:
    """Characters of each column; without the width of a terminal nothing is narrowed.

    Free text is narrowed first, then names; where neither helps, the names stay whole and the box
    is wider than the terminal.
    """
    natural = _natural(grid)
    return natural if width is None else _fitted(grid, natural, width)


def _rule(ends: str, line: str, widths: Sequence[int]) -> str:
    return ends[0] + ends[1].join(line * (width + 2) for width in widths) + ends[2] + "\n"


def _line_format(bars: str, widths: Sequence[int]) -> str:
    """Of a row without wide characters in which nothing is wrapped: as most are."""
    return f"{bars[0]} " + f" {bars[1]} ".join(f"%-{each}s" for each in widths) + f" {bars[2]}\n"


def _row(bars: str, texts: Sequence[str], grid: Grid, widths: Sequence[int]) -> Iterator[str]:
    if all(_length(text) <= width for text, width in zip(texts, widths, strict=True)):
        yield _line(bars, texts, widths)
        return
    cells = [
        _wrapped(text, width, cut=index not in grid.kept)
        for index, (text, width) in enumerate(zip(texts, widths, strict=True))
    ]
    for line in zip_longest(*cells, fillvalue=""):
        yield _line(bars, line, widths)


def _line(bars: str, texts: Sequence[str], widths: Sequence[int]) -> str:
    padded = [
        text + " " * (width - _length(text)) for text, width in zip(texts, widths, strict=True)
    ]
    return f"{bars[0]} " + f" {bars[1]} ".join(padded) + f" {bars[2]}\n"


def _natural(grid: Grid) -> list[int]:
    widths = [_length(column.title) if grid.headers else 0 for column in grid.columns]
    for index, texts in enumerate(zip(*grid.rows, strict=True)):
        length = len if all(map(str.isascii, texts)) else _length
        widths[index] = max(widths[index], *map(length, texts))
    return widths


def _fitted(grid: Grid, widths: Sequence[int], width: int) -> list[int]:
    columns = range(len(widths))
    free = [index for index in columns if _is_free_text(grid, index)]
    text = [index for index in columns if index in free or grid.columns[index].type == "text"]
    spared = [min(each, width) for each in widths]
    _narrow(spared, free, _NARROWEST_FREE_TEXT, width)
    folded = list(spared)
    _narrow(folded, text, _NARROWEST, width)
    return folded if _total(folded) <= width else spared


def _narrow(widths: list[int], columns: Sequence[int], narrowest: int, width: int) -> None:
    while columns and _total(widths) > width:
        widest = max(columns, key=widths.__getitem__)
        if widths[widest] <= narrowest:
            return
        widths[widest] -= 1


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + _PADDING * len(widths) + 1


def _is_free_text(grid: Grid, index: int) -> bool:
    """Whether a column holds words rather than names, numbers or times."""
    if grid.columns[index].type in ("list", "json"):
        return True
    if grid.columns[index].type != "text" or index in grid.kept:
        return False
    return any(row[index].count(" ") > 1 for row in grid.rows)


def _wrapped(text: str, width: int, *, cut: bool) -> list[str]:
    lines = textwrap.wrap(text, width) if text.isascii() else _wrapped_wide(text, width)
    if cut and len(lines) > _MOST_LINES:
        last = chop_cells(lines[_MOST_LINES - 1], width - 1)[0]
        return [*lines[: _MOST_LINES - 1], f"{last}…"]
    return lines


def _wrapped_wide(text: str, width: int) -> list[str]:
    """As ``textwrap``, for text whose characters may be two columns wide or none."""
    lines = [""]
    for word in text.split():
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if cell_len(joined) <= width:
            lines[-1] = joined
        else:
            lines += chop_cells(word, width)
    return [line for line in lines if line]


def _length(text: str) -> int:
    return len(text) if text.isascii() else cell_len(text)

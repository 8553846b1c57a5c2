"""``custom-columns`` and ``custom-columns-file`` as kubectl has them.

Sources: k8s.io/kubectl/pkg/cmd/get/customcolumn.go for the cells; for their widths
k8s.io/cli-runtime/pkg/printers/tabwriter.go, whose columns are at least 6 wide with 3 between.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby
from typing import Any

from k8s_datamodel.api import (
    Output,
    Page,
    Rows,
    Template,
    UsageError,
    parse_relaxed,
    plain_text,
)
from k8s_datamodel_plugins.formats.cells import printable_lines
from k8s_datamodel_plugins.formats.items import items, written_in

_LEAST = 6
_BETWEEN = 3
_LINES = 2


class CustomColumns:
    """A table of the columns that the user names, ``NAME:.metadata.name,AGE:.metadata...``.

    Raises UsageError if the columns are invalid.
    """

    def __init__(self, columns: str) -> None:
        pairs = [each.partition(":") for each in columns.split(",")]
        for name, colon, _ in pairs:
            if not colon:
                example = "HEADING:.path, such as NAME:.metadata.name"
                raise UsageError(f"invalid column {name!r}: use {example}")
        self._set([name for name, _, _ in pairs], [path for _, _, path in pairs])

    def _set(self, headings: Sequence[str], paths: Sequence[str]) -> None:
        self._headings = headings
        self._paths = [_parsed(path) for path in paths]

    def write(self, page: Page, output: Output) -> None:
        """Write the headings, unless the page goes without, and a line for each item.

        Raises UsageError if the page has no rows, or a path does not fit them.
        """
        heads = [self._headings] if _headed(page) else []
        lines = chain(heads, (self._cells(item) for item in items(page)))
        output.text.writelines(_aligned(lines))

    def _cells(self, item: Any) -> list[str]:
        columns = zip(self._headings, self._paths, strict=True)
        return [_cell(heading, path, item) for heading, path in columns]


class CustomColumnsFile(CustomColumns):
    """The same with two lines of a file: the headings, and below them the paths."""

    def __init__(self, path: str) -> None:
        lines = [line.split() for line in written_in(path, "the columns").splitlines()[:_LINES]]
        if len(lines) < _LINES or len(lines[0]) != len(lines[1]):
            rule = "write as many paths in the second line as headings in the first"
            raise UsageError(f"{path}: {rule}")
        self._set(*lines)


def _parsed(path: str) -> Template:
    try:
        return parse_relaxed(path)
    except ValueError as error:
        raise UsageError(f"invalid path {path!r} of a column: {error}") from None


def _headed(page: Page) -> bool:
    return all(block.headers for block in page.blocks if isinstance(block, Rows))


def _cell(heading: str, path: Template, item: Any) -> str:
    try:
        values = [value for part in path.find(item) for value in part]
    except ValueError as error:
        raise UsageError(f"the path of column {heading} does not fit: {error}") from None
    texts = (_escaped(plain_text(value)) for value in values)
    return ",".join(texts) if values else "<none>"


def _escaped(text: str) -> str:
    """The text as kubectl shows it to a terminal, other control characters as we show them."""
    return printable_lines(text.replace("\x1b", "^["))


def _aligned(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Lines with cells below each other, as Go's text/tabwriter aligns them.

    A tab or a line feed in a value divides cells or lines, too.
    """
    lines = [line.split("\t") for row in rows for line in "\t".join(row).split("\n")]
    widths: list[list[int]] = [[] for _ in lines]
    _measure(lines, range(len(lines)), {}, widths)
    for line, wide in zip(lines, widths, strict=True):
        padded = map(str.ljust, line[:-1], wide)
        yield f"{''.join(padded)}{line[-1]}\n"


def _measure(
    lines: Sequence[Sequence[str]],
    block: range,
    widest: dict[int, int],
    widths: Sequence[list[int]],
    column: int = 0,
) -> None:
    """Add the widths of a column and of those right of it, for each run of lines that has it."""
    for has_it, run in groupby(block, lambda number: column < len(lines[number]) - 1):
        if has_it:
            numbers = list(run)
            longest = max(len(lines[number][column]) for number in numbers)
            widest[column] = max(_LEAST, longest + _BETWEEN, widest.get(column, 0))
            for number in numbers:
                widths[number].append(widest[column])
            inner = range(numbers[0], numbers[-1] + 1)
            _measure(lines, inner, widest, widths, column + 1)

"""CSV (RFC 4180, lines end with a line feed): one table, all its columns.

Cells hold the data as it is, also where a spreadsheet would take it for a formula: a guard would
make it wrong for programs. Import such a file as text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from k8s_datamodel.api import BlockVisitor, Fields, Output, Page, Pages, Rows, UsageError

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str)
_QUOTED = re.compile('[",\r\n]')
# No CSV reader takes NUL, and UTF-8 has no lone surrogates.
_UNWRITABLE = re.compile("[\0\ud800-\udfff]")


class Csv:
    """CSV with a heading. Null is empty, lists are ``a,b``, other structures compact JSON."""

    def write(self, page: Page, output: Output) -> None:
        """Write the heading, then a line for each row.

        Of several snapshots one table, the snapshot's number first. Of a mapping two columns: the
        way to each value, joined by dots, and the value.

        Raises:
            UsageError: the page has several tables, and none that tells of the others.
        """
        (page.whole or page).visit(_Writer(output))


class _Writer(BlockVisitor[None]):
    """Writes a page that is one block, or a page of several."""

    def __init__(self, output: Output) -> None:
        self._output = output

    def rows(self, block: Rows) -> None:
        """The heading and a line for each row."""
        if block.headers:
            _line(block.keys, self._output)
        _write((list(row.values()) for row in block.by_key()), self._output)

    def fields(self, block: Fields) -> None:
        """A line for each value."""
        _write([("key", "value"), *_leaves(block.values, "")], self._output)

    def pages(self, block: Pages) -> None:
        """All of them as one table."""
        _write_all(block.pages, self._output)

    def page(self, block: Page) -> None:
        """Its only table."""
        self.rows(_only(block))


def _write_all(pages: Iterable[Page], output: Output) -> None:
    heading: list[str] = []
    for page in pages:
        rows = _only(page)
        naming = page.naming()
        if not heading:
            heading = [*naming, *rows.keys]
            if rows.headers:
                _line(heading, output)
        _write(([*naming.values(), *row.values()] for row in rows.by_key()), output)


def _only(page: Page) -> Rows:
    """The rows of the only type; of several types the other rows, such as a ledger."""
    tables = list(page.tables())
    if len(tables) == 1:
        return tables[0]
    for block in page.of(Rows):
        if not block.command:
            return block
    flags = ", ".join(f"--{each.key.replace('_', '-')}-only" for each in tables)
    raise UsageError(f"CSV holds one table: choose one of {flags}, or another --output")


def _leaves(value: Mapping[str, Any], way: str) -> Iterator[Sequence[Any]]:
    for key, each in value.items():
        if isinstance(each, Mapping):
            yield from _leaves(each, f"{way}{key}.")
        else:
            yield (f"{way}{key}", each)


def _write(records: Iterable[Sequence[Any]], output: Output) -> None:
    for record in records:
        _line(record, output)


def _line(cells: Sequence[Any], output: Output) -> None:
    output.text.write(",".join(map(_cell, cells)) + "\n")


def _cell(value: Any) -> str:
    text = _text(value)
    if not text.isprintable():
        text = _UNWRITABLE.sub("\ufffd", text)
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if type(value) is int:
        return str(value)
    if isinstance(value, (list, tuple)) and all(isinstance(each, str) for each in value):
        return ",".join(value)
    return _ENCODER.encode(value)

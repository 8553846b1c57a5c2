"""CSV (RFC 4180, lines end with a line feed): one table, all its columns.

Cells hold the data as it is, also where a spreadsheet would take it for a formula: a guard would
make it wrong for programs. Import such a file as text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from k8s_datamodel.api import Column, Document, Output, Row, Section, Table, UsageError
from k8s_datamodel_plugins.formats.shapes import comma_separated, listed

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str)
_QUOTED = re.compile('[",\r\n]')
# No CSV reader takes NUL, and UTF-8 has no lone surrogates.
_UNWRITABLE = re.compile("[\0\ud800-\udfff]")


class Csv:
    """CSV with a heading. Null is empty, lists are ``a,b``, other structures compact JSON."""

    def listing(self, listing: Section | Table, output: Output) -> None:
        """The heading, then a line for each row."""
        _write(_records(listing), output)

    def record(self, section: Section, row: Row, output: Output) -> None:
        """The heading and one line."""
        _write(_records(Section(section.type, [row], section.specs)), output)

    def document(self, document: Document, output: Output) -> None:
        """The table of the only section; of several sections' document the ledger, if it has one.

        Raises:
            UsageError: there are several sections and no ledger.
        """
        _write(_records(_only(document)), output)

    def documents(self, documents: Iterable[Document], output: Output) -> None:
        """One table of all, the snapshot's number first. Raises UsageError as for one."""
        headed = False
        for document in documents:
            records = _records(_only(document))
            heading = next(records)
            if not headed:
                _line(["snapshot_id", *heading], output)
                headed = True
            for record in records:
                _line([document.snapshot.get("id"), *record], output)

    def value(self, value: Mapping[str, Any], output: Output) -> None:
        """Two columns: the way to each value, joined by dots, and the value."""
        _line(["key", "value"], output)
        _write(_leaves(value, ""), output)


def _records(listing: Section | Table) -> Iterator[list[Any]]:
    """The heading, then the cells of each row."""
    yield list(next(listed(listing, [{}])))
    for row in listed(listing, listing.rows):
        yield list(row.values())


def _only(document: Document) -> Section | Table:
    if document.ledger is not None and len(document.sections) != 1:
        keys = document.ledger[0] if document.ledger else ()
        return Table(tuple(Column(key) for key in keys), document.ledger)
    if len(document.sections) != 1:
        names = [each.type.name.replace("_", "-") for each in document.sections]
        flags = ", ".join(f"--{name}-only" for name in names)
        raise UsageError(f"CSV holds one table: choose one of {flags}, or another --output")
    return document.sections[0]


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
        return comma_separated(value)
    return _ENCODER.encode(value)

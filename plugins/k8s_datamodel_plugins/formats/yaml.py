"""YAML, streamed record by record, in the same shapes as JSON.

Many documents are one sequence, not a stream of YAML documents, so that one expression finds the
same thing in both formats. See ``scalars`` for how text is quoted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from k8s_datamodel.api import Document, Output, Row, Section, Table
from k8s_datamodel_plugins.formats.shapes import listed, stored
from k8s_datamodel_plugins.formats.yaml_scalars import key_text, scalar_text

_STEP = "  "


class Yaml:
    """YAML that 1.1 and 1.2 parsers read alike: block style, keys in order, no anchors.

    PyYAML's emitter in C cannot indent sequences as the manual draws them, the one in Python
    needs minutes for a large cluster: so JSON-like data is written here.
    """

    def listing(self, listing: Section | Table, output: Output) -> None:
        """A sequence of mappings; ``[]`` without rows."""
        _write(_items(listed(listing, listing.rows), "", "[]\n"), output)

    def record(self, section: Section, row: Row, output: Output) -> None:
        """A mapping."""
        self.value(next(listed(section, [row])), output)

    def document(self, document: Document, output: Output) -> None:
        """A mapping: ``snapshot``, a key for each type, ``ledger`` where it was asked for."""
        _write(_document(document, "", ""), output)

    def documents(self, documents: Iterable[Document], output: Output) -> None:
        """A sequence of such mappings."""
        empty = True
        for document in documents:
            _write(_document(document, _STEP, "- "), output)
            empty = False
        if empty:
            output.text.write("[]\n")

    def value(self, value: Mapping[str, Any], output: Output) -> None:
        """A mapping."""
        out: list[str] = []
        if value:
            _mapping(value, "", "", out)
        output.text.write("".join(out) or "{}\n")


def _write(chunks: Iterable[str], output: Output) -> None:
    for chunk in chunks:
        output.text.write(chunk)


def _document(document: Document, pad: str, first: str) -> Iterator[str]:
    out: list[str] = []
    _mapping({"snapshot": document.snapshot}, pad, first, out)
    yield "".join(out)
    for section in document.sections:
        yield f"{pad}{section.type.name}:"
        yield from _member(stored(section), pad)
    if document.ledger is not None:
        yield f"{pad}ledger:"
        yield from _member(document.ledger, pad)


def _member(rows: Iterable[Mapping[str, Any]], pad: str) -> Iterator[str]:
    """A sequence behind its key, which ends with the colon."""
    break_ = "\n"
    for text in _items(rows, pad + _STEP, " []\n"):
        yield text if text == " []\n" else break_ + text
        break_ = ""


def _items(rows: Iterable[Mapping[str, Any]], pad: str, empty: str) -> Iterator[str]:
    for row in rows:
        out: list[str] = []
        _item(row, pad, pad, out)
        yield "".join(out)
        empty = ""
    if empty:
        yield empty


def _mapping(mapping: Mapping[Any, Any], pad: str, first: str, out: list[str]) -> None:
    """Add the lines of a mapping at ``pad``; the first one begins with ``first`` instead."""
    lead = first
    for key, value in mapping.items():
        out.append(f"{lead}{key_text(key, pad)}:")
        _after_key(value, pad, out)
        lead = pad


def _after_key(value: Any, pad: str, out: list[str]) -> None:
    if isinstance(value, Mapping) and value:
        out.append("\n")
        _mapping(value, pad + _STEP, pad + _STEP, out)
    elif isinstance(value, (list, tuple)) and value:
        out.append("\n")
        _sequence(value, pad + _STEP, pad + _STEP, out)
    else:
        out.append(f" {scalar_text(value, pad + _STEP)}\n")


def _sequence(values: Iterable[Any], pad: str, first: str, out: list[str]) -> None:
    lead = first
    for value in values:
        _item(value, pad, lead, out)
        lead = pad


def _item(value: Any, pad: str, first: str, out: list[str]) -> None:
    out.append(f"{first}- ")
    if isinstance(value, Mapping) and value:
        _mapping(value, pad + _STEP, "", out)
    elif isinstance(value, (list, tuple)) and value:
        _sequence(value, pad + _STEP, "", out)
    else:
        out.append(f"{scalar_text(value, pad + _STEP)}\n")

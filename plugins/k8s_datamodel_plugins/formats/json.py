"""JSON, indented by two, streamed record by record.

A listing is a bare array, a document one object, many documents an array of objects.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from k8s_datamodel.api import Document, Output, Row, Section, Table
from k8s_datamodel_plugins.formats.shapes import listed, stored

# Lone surrogates are no UTF-8, C1 controls drive terminals, U+2028 and U+2029 end lines elsewhere.
_UNWELCOME = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff]")

Chunks = Iterable[str]


class Json:
    """JSON (RFC 8259). What UTF-8 cannot hold is escaped, what JSON cannot hold is null."""

    def listing(self, listing: Section | Table, output: Output) -> None:
        """An array of objects; ``[]`` without rows."""
        rows = (_value(row, 1) for row in listed(listing, listing.rows))
        _write(_array(rows, 0), output)

    def record(self, section: Section, row: Row, output: Output) -> None:
        """An object."""
        _write(_value(next(listed(section, [row])), 0), output)

    def document(self, document: Document, output: Output) -> None:
        """An object: ``snapshot``, a key for each type, ``ledger`` where it was asked for."""
        _write(_document(document, 0), output)

    def documents(self, documents: Iterable[Document], output: Output) -> None:
        """An array of such objects."""
        _write(_array((_document(each, 1) for each in documents), 0), output)

    def value(self, value: Mapping[str, Any], output: Output) -> None:
        """An object."""
        _write(_value(value, 0), output)


def _write(chunks: Chunks, output: Output) -> None:
    for chunk in chunks:
        output.text.write(chunk)
    output.text.write("\n")


def _document(document: Document, depth: int) -> Iterator[str]:
    members: list[tuple[str, Chunks]] = [("snapshot", _value(document.snapshot, depth + 1))]
    members += [(each.type.name, _section(each, depth + 1)) for each in document.sections]
    if document.ledger is not None:
        members.append(("ledger", _value(list(document.ledger), depth + 1)))
    yield "{"
    for number, (key, chunks) in enumerate(members):
        yield f"{',' if number else ''}{_line(depth + 1)}{json.dumps(key)}: "
        yield from chunks
    yield _line(depth) + "}"


def _section(section: Section, depth: int) -> Iterator[str]:
    return _array((_value(row, depth + 1) for row in stored(section)), depth)


def _array(items: Iterable[Chunks], depth: int) -> Iterator[str]:
    opening = "["
    for item in items:
        yield opening + _line(depth + 1)
        yield from item
        opening = ","
    yield _line(depth) + "]" if opening == "," else "[]"


def _value(value: Any, depth: int) -> Iterator[str]:
    """One value whose first line stands behind what is written already."""
    text = _dumps(value).replace("\n", _line(depth))
    yield text if text.isascii() else _UNWELCOME.sub(_escape, text)


def _dumps(value: Any) -> str:
    try:
        return _ENCODER.encode(value)
    except ValueError:
        return _ENCODER.encode(_finite(value))


def _other(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else str(value)


_ENCODER = json.JSONEncoder(indent=2, ensure_ascii=False, allow_nan=False, default=_other)


def _finite(value: Any) -> Any:
    """The same without infinities and NaN, which YAML knows and JSON does not."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(each) for each in value]
    return value


def _line(depth: int) -> str:
    return "\n" + "  " * depth


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match.group()):04x}"

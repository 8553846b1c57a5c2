"""JSON, indented by two, streamed record by record.

Rows are an array, several blocks one object, many pages an array.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from k8s_datamodel.api import Block, BlockVisitor, Fields, Output, Page, Pages, Rows, Text

# Lone surrogates are no UTF-8, C1 controls drive terminals, U+2028 and U+2029 end lines elsewhere.
_UNWELCOME = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff]")

Chunks = Iterable[str]


class Json:
    """JSON (RFC 8259). What UTF-8 cannot hold is escaped, what JSON cannot hold is null."""

    def write(self, page: Page, output: Output) -> None:
        """Write the only block as it is, or an object with a key for each block."""
        for chunk in _page(page, 0):
            output.text.write(chunk)
        output.text.write("\n")


def _page(page: Page, depth: int) -> Chunks:
    return (page.whole or page).visit(_At(depth))


class _At(BlockVisitor[Chunks]):
    """Blocks as JSON at a depth."""

    def __init__(self, depth: int) -> None:
        self._depth = depth

    def rows(self, block: Rows) -> Chunks:
        """An array."""
        rows = (_value(row, self._depth + 1) for row in block.by_key())
        return _array(rows, self._depth)

    def record(self, block: Rows) -> Chunks:
        """An object."""
        return _value(next(block.by_key()), self._depth)

    def fields(self, block: Fields) -> Chunks:
        """An object."""
        return _value(block.values, self._depth)

    def text(self, block: Text) -> Chunks:
        """A string."""
        return _value("".join(block.chunks), self._depth)

    def pages(self, block: Pages) -> Chunks:
        """An array."""
        return _array((_page(each, self._depth + 1) for each in block.pages), self._depth)

    def page(self, block: Page) -> Chunks:
        """An object with a key for each block."""
        return _object(block.blocks, self._depth)


def _object(blocks: Iterable[Block], depth: int) -> Iterator[str]:
    opening = "{"
    for block in blocks:
        yield f"{opening}{_line(depth + 1)}{json.dumps(block.key)}: "
        yield from block.visit(_At(depth + 1))
        opening = ","
    yield _line(depth) + "}"


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

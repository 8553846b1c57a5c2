"""YAML, streamed record by record, in the same shapes as JSON.

Many documents are one sequence, not a stream of YAML documents, so that one expression finds the
same thing in both formats. See ``scalars`` for how text is quoted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from k8s_datamodel.api import BlockVisitor, Fields, Output, Page, Pages, Rows, Text
from k8s_datamodel_plugins.formats.yaml_scalars import key_text, scalar_text

_STEP = "  "
T = TypeVar("T")


class Yaml:
    """YAML that 1.1 and 1.2 parsers read alike: block style, keys in order, no anchors.

    PyYAML's emitter in C cannot indent sequences as the manual draws them, the one in Python
    needs minutes for a large cluster: so JSON-like data is written here.
    """

    def write(self, page: Page, output: Output) -> None:
        """Write the only block as it is, or a mapping with a key for each block."""
        for chunk in _page(page, "", ""):
            output.text.write(chunk)


def _page(page: Page, pad: str, first: str) -> Iterator[str]:
    """The lines of a page at ``pad``; the first one begins with ``first`` instead."""
    return (page.whole or page).visit(_At(pad, first, first))


class _At(BlockVisitor[Iterator[str]]):
    """The lines of blocks at ``pad``; the first one begins with ``first`` instead.

    What fits in the line of its key begins with ``inline``.
    """

    def __init__(self, pad: str, first: str, inline: str) -> None:
        self._pad, self._first, self._inline = pad, first, inline

    def rows(self, block: Rows) -> Iterator[str]:
        """A sequence of mappings."""
        return self._sequence(block.by_key(), self._row)

    def record(self, block: Rows) -> Iterator[str]:
        """A mapping."""
        yield _fields(next(block.by_key()), self._pad, self._first, self._inline)

    def fields(self, block: Fields) -> Iterator[str]:
        """A mapping."""
        yield _fields(block.values, self._pad, self._first, self._inline)

    def text(self, block: Text) -> Iterator[str]:
        """A scalar."""
        yield f"{self._inline}{scalar_text(''.join(block.chunks), self._pad or _STEP)}\n"

    def pages(self, block: Pages) -> Iterator[str]:
        """A sequence of pages."""
        return self._sequence(block.pages, self._part)

    def page(self, block: Page) -> Iterator[str]:
        """A mapping with a key for each block."""
        first = self._first
        for each in block.blocks:
            yield f"{first}{key_text(each.key, self._pad)}:"
            below = self._pad + _STEP
            yield from each.visit(_At(below, f"\n{below}", " "))
            first = self._pad

    def _sequence(
        self, items: Iterable[T], lines: Callable[[T, str], Iterable[str]]
    ) -> Iterator[str]:
        first, empty = self._first, True
        for item in items:
            yield from lines(item, first)
            first, empty = self._pad, False
        if empty:
            yield f"{self._inline}[]\n"

    def _row(self, row: Mapping[str, Any], first: str) -> Iterable[str]:
        out: list[str] = []
        _item(row, self._pad, first, out)
        return ("".join(out),)

    def _part(self, page: Page, first: str) -> Iterable[str]:
        return _page(page, self._pad + _STEP, f"{first}- ")


def _fields(values: Mapping[str, Any], pad: str, first: str, inline: str) -> str:
    out: list[str] = []
    _mapping(values, pad, first, out)
    return "".join(out) or f"{inline}{{}}\n"


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

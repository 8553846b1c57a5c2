"""YAML, streamed record by record, in the same shapes as JSON.

Many documents are one sequence, not a stream of YAML documents, so that one expression finds the
same thing in both formats. See ``scalars`` for how text is quoted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from k8s_datamodel.api import Block, Fields, Output, Page, Pages, Rows, Text
from k8s_datamodel_plugins.formats.yaml_scalars import key_text, scalar_text

_STEP = "  "


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
    if page.whole:
        yield from _block(page.whole, pad, first, first)
        return
    for block in page.blocks:
        yield f"{first}{key_text(block.key, pad)}:"
        yield from _block(block, pad + _STEP, f"\n{pad}{_STEP}", " ")
        first = pad


def _block(block: Block, pad: str, first: str, inline: str) -> Iterator[str]:
    """The same for a block; what fits in the line of its key begins with ``inline``."""
    match block:
        case Rows(alone=True):
            yield _fields(next(block.by_key()), pad, first, inline)
        case Fields():
            yield _fields(block.values, pad, first, inline)
        case Text():
            yield f"{inline}{scalar_text(''.join(block.chunks), pad or _STEP)}\n"
        case Rows():
            empty = True
            for row in block.by_key():
                out: list[str] = []
                _item(row, pad, first, out)
                yield "".join(out)
                first, empty = pad, False
            if empty:
                yield f"{inline}[]\n"
        case Pages():
            empty = True
            for page in block.pages:
                yield from _page(page, pad + _STEP, f"{first}- ")
                first, empty = pad, False
            if empty:
                yield f"{inline}[]\n"


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

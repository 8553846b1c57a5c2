"""Pages as the documents that kubectl's templates walk: lists of complete objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from k8s_datamodel.api import (
    Block,
    Fields,
    ItemList,
    Page,
    Pages,
    Rows,
    Text,
    UsageError,
    item_of,
    unusable,
)


def document(page: Page) -> Any:
    """A page as one value.

    Rows are a list with ``items``, a record alone is its item. Several blocks are a mapping by key,
    many pages a list. An item is the complete object where the rows have it, see ``item_of``.
    """
    if page.whole:
        return _block(page.whole)
    return {block.key: _block(block) for block in page.blocks}


def items(page: Page) -> Iterator[Any]:
    """The items of a page: one for each row, or the mapping that it is.

    Raises UsageError if the page has neither.
    """
    match page.whole:
        case Fields(values):
            yield values
        case Pages(pages):
            for each in pages:
                yield from items(each)
        case _:
            for rows in page.tables():
                yield from map(item_of, rows.by_key())


def written_in(path: str, what: str) -> str:
    """The text of a file that a format's argument names. Raises UsageError."""
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        if isinstance(error, OSError):
            raise unusable(f"cannot read {what} {path}", error, UsageError) from None
        raise UsageError(f"cannot read {what} {path}: it is no UTF-8 text") from None


def _block(block: Block) -> Any:
    match block:
        case Rows(alone=True):
            return item_of(next(block.by_key()))
        case Rows():
            return ItemList(_items(block))
        case Fields():
            return block.values
        case Text():
            return "".join(block.chunks)
        case Pages():
            return [document(each) for each in block.pages]
        case Page():
            return document(block)


def _items(rows: Rows) -> Iterable[Any]:
    return map(item_of, rows.by_key())

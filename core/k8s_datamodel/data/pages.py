"""Pages of blocks: the output of a command, which every formatter can write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from k8s_datamodel.base.errors import UsageError
from k8s_datamodel.data.columns import Column
from k8s_datamodel.data.objects import Row

T = TypeVar("T")


class BlockVisitor(Generic[T]):
    """What is done with each kind of block, by ``block.visit(visitor)``.

    Override the methods of the kinds that a format can write. The others raise UsageError, and so
    does a kind that a later version adds.
    """

    def rows(self, block: Rows) -> T:
        """Rows with columns."""
        return self.other("rows")

    def record(self, block: Rows) -> T:
        """One row, to be shown in full; a table of one row unless it is overridden."""
        return self.rows(block)

    def fields(self, block: Fields) -> T:
        """A mapping."""
        return self.other("fields")

    def text(self, block: Text) -> T:
        """Text."""
        return self.other("text")

    def pages(self, block: Pages) -> T:
        """Many pages."""
        return self.other("several pages")

    def page(self, block: Page) -> T:
        """A page in a page."""
        return self.other("parts")

    def other(self, what: str) -> T:
        """Refuse what the format cannot write."""
        raise UsageError(f"this format cannot write {what}: choose another --output, such as json")


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows with columns.

    Attributes:
        columns: in the order of documents.
        rows: by column name; an iterable, read once, while it is written.
        title: for people; with ``singular`` also the noun for many rows.
        key: where it stands in a document of several blocks.
        singular: noun for one row. Without it, a summary only counts the rows.
        identity: names of the columns that name a row; the first column if empty.
        command: of the resource type, if the rows are records of one.
        objects: the rows carry the complete object, as ``spec``.
        joined: documents hold lists as text, ``a,b``, as SQL does.
        alone: there is one row, to be shown in full: what ``get`` shows.
        shown: names of the columns in tables; if empty, ``Column.show`` decides.
        headers: tables and CSV begin with the names of the columns.
        object_shown: tables of one record show its complete object, too.
    """

    columns: Sequence[Column]
    rows: Iterable[Row]
    title: str = ""
    key: str = ""
    singular: str = ""
    identity: tuple[str, ...] = ()
    command: str = ""
    objects: bool = False
    joined: bool = False
    alone: bool = False
    shown: tuple[str, ...] = ()
    headers: bool = True
    object_shown: bool = False

    def __post_init__(self) -> None:
        named = tuple(column.name for column in self.columns[:1])
        object.__setattr__(self, "identity", self.identity or named)

    def visit(self, visitor: BlockVisitor[T]) -> T:
        """What a visitor does with rows, or with one record."""
        return visitor.record(self) if self.alone else visitor.rows(self)

    @property
    def keys(self) -> list[str]:
        """The keys of a row in documents."""
        own = [column.key for column in self.columns]
        return [*own, "spec"] if self.objects else own

    def by_key(self) -> Iterator[dict[str, Any]]:
        """Each row as documents hold it. Reads the rows."""
        names = [column.name for column in self.columns] + ["spec"] * self.objects
        pairs = list(zip(self.keys, names, strict=True))
        lists = [column.key for column in self.columns if self.joined and column.type == "list"]
        for row in self.rows:
            values = {key: row.get(name) for key, name in pairs}
            for key in lists:
                values[key] = _comma_separated(values[key])
            yield values


@dataclass(frozen=True, slots=True)
class Fields:
    """A mapping of scalars, lists and mappings.

    Attributes:
        values: by key.
        title: for people.
        key: where it stands in a document of several blocks.
        identity: keys of the values that tell it from others of its title.
        drawn: lines that tables show in place of the values.
        page: the lines are for every format that people read, not for tables alone.
    """

    values: Mapping[str, Any]
    title: str = ""
    key: str = ""
    identity: tuple[str, ...] = ()
    drawn: Sequence[str] = ()
    page: bool = False

    def visit(self, visitor: BlockVisitor[T]) -> T:
        """What a visitor does with fields."""
        return visitor.fields(self)

    def naming(self) -> dict[str, Any]:
        """What tells it from others, by key: ``snapshot_id``."""
        return {f"{self.key}_{name}": self.values.get(name) for name in self.identity}


@dataclass(frozen=True, slots=True)
class Text:
    """Text that is written as it is.

    Attributes:
        chunks: in their order; an iterable, read once.
        key: where it stands in a document of several blocks.
        title: for people.
    """

    chunks: Iterable[str]
    key: str = ""
    title: str = ""

    def visit(self, visitor: BlockVisitor[T]) -> T:
        """What a visitor does with text."""
        return visitor.text(self)

    def lines(self) -> list[str]:
        """The lines of the text. Reads it."""
        return "".join(self.chunks).splitlines()


@dataclass(frozen=True, slots=True)
class Pages:
    """Many pages, such as all snapshots.

    Attributes:
        pages: an iterable, read once, while it is written.
        key: where it stands in a document of several blocks.
        title: for people.
    """

    pages: Iterable[Page]
    key: str = ""
    title: str = ""

    def visit(self, visitor: BlockVisitor[T]) -> T:
        """What a visitor does with many pages."""
        return visitor.pages(self)


@dataclass(frozen=True, slots=True)
class Page:
    """What a formatter writes; also a part of a larger page, such as what changed of one type.

    Attributes:
        blocks: one without a key, which is the whole page; or several with keys.
        key: where it stands in a document of several blocks.
        title: for people.
    """

    blocks: Sequence[Block]
    key: str = ""
    title: str = ""

    def __post_init__(self) -> None:
        if self.whole is None and not all(block.key for block in self.blocks):
            raise ValueError("each of several blocks of a page needs a key")

    def visit(self, visitor: BlockVisitor[T]) -> T:
        """What a visitor does with a page that is part of another."""
        return visitor.page(self)

    @property
    def whole(self) -> Block | None:
        """The block that is the whole page; None if the blocks have keys."""
        return self.blocks[0] if len(self.blocks) == 1 and not self.blocks[0].key else None

    def of(self, kind: type[B]) -> list[B]:
        """Its blocks of one kind, such as ``page.of(Fields)``."""
        return [block for block in self.blocks if isinstance(block, kind)]

    def naming(self) -> dict[str, Any]:
        """What tells this page from others, by key: ``{"snapshot_id": 7}``."""
        return {name: value for block in self.of(Fields) for name, value in block.naming().items()}

    def tables(self) -> Iterator[Rows]:
        """The rows for a format that can write nothing else: records of types, if there are some.

        Raises UsageError if the page has no rows.
        """
        if not self._has_tables():
            raise UsageError("this has no rows: choose another --output, such as json")
        rows = self.of(Rows)
        yield from [block for block in rows if block.command] or rows
        for part in self.of(Page):
            if part._has_tables():
                yield from part.tables()
        for block in self.of(Pages):
            for page in block.pages:
                yield from page.tables()

    def _has_tables(self) -> bool:
        inner = any(part._has_tables() for part in self.of(Page))
        return bool(inner or self.of(Rows) or self.of(Pages))


Block = Rows | Fields | Text | Pages | Page
"""One part of a page."""

B = TypeVar("B", Rows, Fields, Text, Pages, Page)


def _comma_separated(value: Any) -> str:
    """A list as text, ``a,b``; nothing for None. Text stays as it is."""
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return ",".join(map(str, value))
    return str(value)

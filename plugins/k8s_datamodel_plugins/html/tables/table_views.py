"""Rows as a template shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from k8s_datamodel.api import Row, Rows
from k8s_datamodel_plugins.formats.cells import shown_columns
from k8s_datamodel_plugins.html.tables.table_cells import Cells

_Anchor = Callable[[Row], str]


@dataclass(frozen=True, slots=True)
class Heading:
    """The head of a column.

    Attributes:
        title: of the column.
        kind: class of its cells.
        description: what the column says; may be empty.
        filtered: readers may choose among the column's values.
    """

    title: str
    kind: str
    description: str
    filtered: bool


class TableView:
    """A table that is written row by row, once.

    Attributes:
        table_id: of the table in its document; ids of its parts begin with it.
        caption: what the table is.
        quiet: only screen readers get the caption.
        headings: of the columns; empty where the table has no head.
        one: noun for a row.
        many: noun for rows.
        count: how many rows were written so far.
    """

    def __init__(
        self,
        rows: Rows,
        table_id: str,
        cells: Sequence[Cells],
        headings: Sequence[Heading],
        caption: str,
        *,
        quiet: bool,
        anchor: _Anchor | None,
    ) -> None:
        self.table_id = table_id
        self.caption = caption
        self.quiet = quiet
        self.headings = headings
        self.one, self.many = (rows.singular, rows.title) if rows.singular else ("row", "rows")
        self.count = 0
        self._rows = rows
        self._cells = [(each.column.name, each.made) for each in cells]
        self._anchor = anchor

    @property
    def noun(self) -> str:
        """For as many rows as were written."""
        return self.one if self.count == 1 else self.many

    def __iter__(self) -> Iterator[Markup]:
        for row in self._rows.rows:
            self.count += 1
            place = Markup(' id="{}"').format(self._anchor(row)) if self._anchor else ""
            cells = "".join([made(row.get(name)) for name, made in self._cells])
            yield Markup(f"<tr{place}>{cells}</tr>")  # noqa: S704 - of cells, which are escaped


def table(
    rows: Rows,
    table_id: str,
    *,
    caption: str = "",
    quiet: bool = False,
    anchor: _Anchor | None = None,
    filters: Sequence[str] | None = None,
    wide: bool = True,
) -> TableView:
    """A view for the macro ``table`` of ``html/tables/tables.html``.

    Args:
        rows: read once, while the table is written.
        table_id: an id that nothing else in the document has.
        caption: what the table is; the title of the rows if empty.
        quiet: only screen readers get the caption, as a heading says the same.
        anchor: gives the id of a row, so that links lead there.
        filters: names of columns among whose values readers may choose; None for those that
            ``list`` has an option for.
        wide: with the columns marked ``wide``.
    """
    columns = shown_columns(rows, wide=wide)
    named = next((each.name for each in columns if each.name in rows.identity), None)
    cells = [Cells(each, each.name in rows.identity, each.name == named) for each in columns]
    if filters is None:
        filters = [
            each.name
            for each in columns
            if each.filter and not each.stands_right and each.name != named
        ]
    headings = [
        Heading(each.column.title, each.kind, each.column.description, each.column.name in filters)
        for each in cells
    ]
    return TableView(
        rows,
        table_id,
        cells,
        headings if rows.headers else (),
        caption or rows.title or "Rows",
        quiet=quiet,
        anchor=anchor,
    )

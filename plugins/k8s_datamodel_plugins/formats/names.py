"""One name a line, as ``get`` takes it: ``name``, or ``namespace/name`` where that is needed."""

from __future__ import annotations

from collections.abc import Iterator

from k8s_datamodel.api import Output, Page, Pages, Rows
from k8s_datamodel_plugins.formats.cells import printable


class Names:
    """Names for shells."""

    def write(self, page: Page, output: Output) -> None:
        """Write one line for each row.

        With rows of several types each name follows its type's command, ``crd/NAME``.

        Raises:
            UsageError: the page has no rows.
        """
        for each in _pages(page):
            tables = list(each.tables())
            for rows in tables:
                _write(rows, f"{rows.command}/" if len(tables) > 1 else "", output)


def _pages(page: Page) -> Iterator[Page]:
    """The pages that a page is of, or itself."""
    many = page.of(Pages)
    for block in many:
        yield from block.pages
    if not many:
        yield page


def _write(rows: Rows, prefix: str, output: Output) -> None:
    for row in rows.rows:
        parts = [str(row[name]) for name in rows.identity if row.get(name) not in (None, "")]
        output.text.write(f"{prefix}{printable('/'.join(parts))}\n")

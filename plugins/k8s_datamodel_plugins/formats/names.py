"""One name a line, as ``get`` takes it: ``name``, or ``namespace/name`` where that is needed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from k8s_datamodel.api import Document, Output, Row, Section, Table, UsageError
from k8s_datamodel_plugins.formats.cells import printable


class Names:
    """Names for shells."""

    def listing(self, listing: Section | Table, output: Output) -> None:
        """One line for each row: the columns that identify it, or the first one of a table."""
        _write(listing, "", output)

    def record(self, section: Section, row: Row, output: Output) -> None:
        """One line."""
        _write(Section(section.type, [row]), "", output)

    def document(self, document: Document, output: Output) -> None:
        """As a listing; with several types each name follows its type's command, ``crd/NAME``."""
        several = len(document.sections) > 1
        for section in document.sections:
            _write(section, f"{section.type.command}/" if several else "", output)

    def documents(self, documents: Iterable[Document], output: Output) -> None:
        """One document after the other."""
        for document in documents:
            self.document(document, output)

    def value(self, value: Mapping[str, Any], output: Output) -> None:
        """Raises UsageError: there is nothing that has a name."""
        raise UsageError("this has no names: choose another --output, such as json")


def _write(listing: Section | Table, prefix: str, output: Output) -> None:
    names = _identity(listing)
    for row in listing.rows:
        parts = [str(row[name]) for name in names if row.get(name) not in (None, "")]
        output.text.write(f"{prefix}{printable('/'.join(parts))}\n")


def _identity(listing: Section | Table) -> tuple[str, ...]:
    if isinstance(listing, Section):
        return listing.type.identity
    return (listing.columns[0].name,)

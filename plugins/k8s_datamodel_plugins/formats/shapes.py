"""What programs get of a row: keys and values, the same for JSON, YAML and CSV.

Listings keep lists as arrays. In documents of snapshots they are comma-separated text, empty and
never null, as the ``text`` columns of the database are: recipes apply text functions to them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from k8s_datamodel.api import Column, Row, Section, Table


def document_columns(listing: Section | Table) -> tuple[Column, ...]:
    """Its columns, in their order."""
    return listing.type.columns if isinstance(listing, Section) else listing.columns


def listed(listing: Section | Table, rows: Iterable[Row]) -> Iterator[dict[str, Any]]:
    """Each row by key, lists as arrays, ``spec`` last where the section has it."""
    keys = [(column.key, column.name) for column in document_columns(listing)]
    if isinstance(listing, Section) and listing.specs:
        keys.append(("spec", "spec"))
    for row in rows:
        yield {key: row.get(name) for key, name in keys}


def stored(section: Section) -> Iterator[dict[str, Any]]:
    """Each row of a snapshot's document as ``listed``, but lists as text."""
    lists = [column.key for column in document_columns(section) if column.type == "list"]
    for values in listed(section, section.rows):
        values.update({key: comma_separated(values[key]) for key in lists})
        yield values


def comma_separated(value: Any) -> str:
    """A list as text, ``a,b``; nothing for None. Text stays as it is."""
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return ",".join(map(str, value))
    return str(value)

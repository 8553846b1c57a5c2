"""What programs get of a row: keys and values, the same for JSON, YAML and CSV.

Listings keep lists as arrays. In documents of snapshots they are comma-separated text, empty and
never null, as the ``text`` columns of the database are: recipes apply text functions to them.
"""

from __future__ import annotations

from typing import Any

from k8s_datamodel.api import Column, Row, Section, Table


def document_columns(listing: Section | Table) -> tuple[Column, ...]:
    """The columns that stand in listings and documents, in their order."""
    columns = listing.type.columns if isinstance(listing, Section) else listing.columns
    return tuple(column for column in columns if column.document)


def listed(listing: Section | Table, row: Row) -> dict[str, Any]:
    """A row by key, lists as arrays, ``spec`` last where the section has it."""
    values = {column.key: row.get(column.name) for column in document_columns(listing)}
    return values | _spec(listing, row)


def stored(section: Section, row: Row) -> dict[str, Any]:
    """A row of a snapshot's document by key, lists as text, ``spec`` last where it is there."""
    values = {
        column.key: comma_separated(value) if column.type == "list" else value
        for column in document_columns(section)
        for value in (row.get(column.name),)
    }
    return values | _spec(section, row)


def comma_separated(value: Any) -> str:
    """A list as text, ``a,b``; nothing for None. Text stays as it is."""
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return ",".join(map(str, value))
    return str(value)


def _spec(listing: Section | Table, row: Row) -> dict[str, Any]:
    if isinstance(listing, Section) and listing.specs:
        return {"spec": row.get("spec")}
    return {}

"""A comparison as pages, for programs: the document, a row for each field, a name a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from k8s_datamodel.comparing.changes import Change
from k8s_datamodel.comparing.comparisons import Comparison
from k8s_datamodel.data.columns import Column
from k8s_datamodel.data.objects import Row
from k8s_datamodel.data.pages import Fields, Page, Rows
from k8s_datamodel.types.resource_types import ResourceType

FIELDS = (
    Column("type"),
    Column("key", "json"),
    Column("change"),
    Column("in"),
    Column("path"),
    Column("op"),
    Column("from", "json"),
    Column("to", "json"),
    Column("level"),
)
"""Columns of a row for each field."""


def document_page(comparison: Comparison) -> Page:
    """The whole comparison, as its JSON Schema says. The changes are made now."""
    return Page([Fields(comparison.document(list(comparison.changes())))])


def field_page(comparison: Comparison) -> Page:
    """A row for each field that differs, one without a field for what came or went."""
    return Page([Rows(FIELDS, _field_rows(comparison), "Changes")])


def name_page(comparison: Comparison) -> Page:
    """The name of each thing that differs, behind the command of its type."""
    return names_page(comparison.changes(), comparison.types)


def names_page(changes: Iterable[Change], types: Iterable[ResourceType]) -> Page:
    """The name of each thing that changed, behind the command of its type."""
    return Page([Rows([Column("name")], _names(changes, types), "Changes")])


def _field_rows(comparison: Comparison) -> Iterator[Row]:
    for change in comparison.changes():
        said = change.document()
        common = {name: said.get(name) for name in ("type", "key", "change", "level")}
        fields: list[dict[str, Any]] = said["fields"] or [{}]
        yield from ({**common, **field} for field in fields)


def _names(changes: Iterable[Change], types: Iterable[ResourceType]) -> Iterator[Row]:
    commands = {each.name: each.command for each in types}
    for change in changes:
        yield {"name": f"{commands[change.type_name]}/{_identity(change)}"}


def _identity(change: Change) -> str:
    return "/".join(str(value) for value in change.key.values() if value not in (None, ""))

"""Resource types as the database knows them, see ``kdm_types``.

A type's definition is kept in the database, so that its snapshots can be read when the plugin is
gone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from functools import lru_cache
from typing import Any

from k8s_datamodel.api import (
    Column,
    ItemColumn,
    ItemRelation,
    Level,
    ResourceType,
    StorageError,
)
from k8s_datamodel_plugins.sql.access.connection import Transaction

_DEFINITION = (
    "name",
    "command",
    "singular",
    "plural",
    "identity",
    "skip",
    "count",
    "order",
    "description",
)
"""What is stored of a type besides its columns: how to show it, not how to collect it."""


@dataclass(frozen=True, slots=True)
class StoredType:
    """A type as the database knows it: its number there and its definition, less collector."""

    id: int
    type: ResourceType

    @property
    def derived(self) -> list[Column]:
        """Columns that are kept with the content."""
        return [column for column in self.type.columns if not column.volatile]

    @property
    def volatile(self) -> list[Column]:
        """Columns that are kept with the snapshot."""
        return [column for column in self.type.columns if column.volatile]


def stored_types(transaction: Transaction) -> dict[str, StoredType]:
    """All types the database knows, by name, in the order of documents."""
    rows = transaction.run("SELECT id, name, definition FROM kdm_types").fetchall()
    found = [StoredType(row.id, _read_definition(row.name, row.definition)) for row in rows]
    found.sort(key=lambda stored: (stored.type.order, stored.type.name))
    return {stored.type.name: stored for stored in found}


def definition(resource_type: ResourceType) -> str:
    """What is stored of a type."""
    values: dict[str, Any] = {name: getattr(resource_type, name) for name in _DEFINITION}
    values["relations"] = [asdict(each) for each in resource_type.relations]
    values["columns"] = [asdict(replace(each, path="", value="")) for each in resource_type.columns]
    return json.dumps(values, sort_keys=True)


@lru_cache(maxsize=256)
def _read_definition(name: str, text: str) -> ResourceType:
    try:
        values = json.loads(text)
        return ResourceType(
            **{name: values[name] for name in _DEFINITION if name != "identity"},
            identity=tuple(values["identity"]),
            columns=tuple(_column(column) for column in values["columns"]),
            relations=tuple(map(_relation, values.get("relations", ()))),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StorageError(
            f'the database is damaged: its definition of the resource type "{name}" cannot be '
            "read; restore a backup"
        ) from error


def _column(values: Mapping[str, Any]) -> Column:
    known = _known(Column, values)
    known["levels"] = tuple(Level(**level) for level in known.get("levels", ()))
    return Column(**known)


def merged(stored: ResourceType, active: ResourceType) -> ResourceType:
    """The active definition, with the columns that it has no more at the end."""
    names = {column.name for column in active.columns}
    dropped = tuple(column for column in stored.columns if column.name not in names)
    return replace(active, columns=active.columns + dropped)


def _relation(values: Mapping[str, Any]) -> ItemRelation:
    columns = (ItemColumn(**_known(ItemColumn, column)) for column in values["columns"])
    return ItemRelation(**{**_known(ItemRelation, values), "columns": tuple(columns)})


def _known(cls: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """Another version may have stored more than this one knows."""
    names = {field.name for field in fields(cls)}
    return {name: value for name, value in values.items() if name in names}

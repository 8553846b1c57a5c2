"""What a formatter writes: sections, tables, documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from k8s_datamodel.data.columns import Column
from k8s_datamodel.data.objects import Row
from k8s_datamodel.types.resource_types import ResourceType


@dataclass(frozen=True, slots=True)
class Section:
    """The records of one type, ready for a formatter.

    Attributes:
        type: whose columns and names apply.
        rows: by column name, plus ``spec`` where it was asked for; an iterator, read once.
        specs: whether the rows hold ``spec``.
    """

    type: ResourceType
    rows: Iterable[Row]
    specs: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A listing that is no resource type's: snapshots, plugins, statistics.

    Attributes:
        columns: as for a resource type.
        rows: by column name; an iterable, read once.
        title: for people.
    """

    columns: tuple[Column, ...]
    rows: Iterable[Row]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """One snapshot with its sections, in the order of the types.

    Attributes:
        snapshot: the keys of the document's ``snapshot``.
        sections: one for each type.
        ledger: rows of the ledger, or None when it was not asked for.
    """

    snapshot: Mapping[str, Any]
    sections: Sequence[Section]
    ledger: Sequence[Mapping[str, Any]] | None = None

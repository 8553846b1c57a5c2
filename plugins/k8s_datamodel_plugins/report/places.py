"""Where things stand in a report, so that what names them leads there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from k8s_datamodel.api import Row
from k8s_datamodel_plugins.html.shell.shown_values import Link, anchor_of
from k8s_datamodel_plugins.object_parts import full_name
from k8s_datamodel_plugins.report.reported import Report, TypePart


@dataclass(frozen=True, slots=True)
class Places:
    """The places of the rows of a report.

    Attributes:
        by_row: id of a row, by name of type and identity.
        by_name: the same by name of type, and ``namespace/name`` or what else names the row.
        by_text: the same by the name alone; of several things of a name the first type's.
    """

    by_row: Mapping[tuple[str, tuple[Any, ...]], str]
    by_name: Mapping[tuple[str, str], str]
    by_text: Mapping[str, str]

    @classmethod
    def of(cls, report: Report) -> Places:
        """Those of all rows that tables show; of rows of one name the first has the name."""
        by_row: dict[tuple[str, tuple[Any, ...]], str] = {}
        by_name: dict[tuple[str, str], str] = {}
        for part in report.types:
            for row in part.rows:
                identity = part.identity(row)
                place = anchor_of(
                    part.type.command, *("" if v is None else str(v) for v in identity)
                )
                by_row[part.name, identity] = place
                for name in (name_of(part, row), in_full(identity)):
                    by_name.setdefault((part.name, name), place)
        by_text: dict[str, str] = {}
        for (_, name), place in by_name.items():
            by_text.setdefault(name, place)
        return cls(by_row, by_name, by_text)

    def anchor(self, part: TypePart, row: Row) -> str:
        """The id of a row of a type's table."""
        return self.by_row[part.name, part.identity(row)]

    def link(self, type_name: str, name: str) -> Link | str:
        """What leads to a thing; its name alone where no table shows it."""
        place = self.by_name.get((type_name, name))
        return Link(name, place) if place else name

    def href(self, type_name: str, name: str) -> str:
        """The same as the address of a link; empty where no table shows it."""
        place = self.by_name.get((type_name, name))
        return f"#{place}" if place else ""

    def to_row(self, part: TypePart, row: Row, text: str) -> Link:
        """A text that leads to a row."""
        return Link(text, self.anchor(part, row))

    def somewhere(self, name: str) -> Link | str:
        """What leads to a thing of any type that has the name; the name alone without one."""
        place = self.by_text.get(name)
        return Link(name, place) if place else name


def name_of(part: TypePart, row: Row) -> str:
    """What people call a record: ``namespace/name``, or its identity."""
    return full_name(row) if row.get("name") else in_full(part.identity(row))


def in_full(identity: Iterable[Any]) -> str:
    """An identity with slashes between, as changes have it."""
    return "/".join(str(value) for value in identity if value is not None)

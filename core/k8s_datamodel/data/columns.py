"""Columns of resource types and of listings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from k8s_datamodel.data.objects import KubernetesObject

ColumnType = Literal["text", "integer", "real", "boolean", "list", "json"]
"""``list`` is a list of strings, ``json`` any JSON value; SQL sees both as text."""

ORDINARY = 50
"""The importance of most columns."""

_NUMBERS = ("integer", "real")


@dataclass(frozen=True, slots=True)
class Level:
    """A word for the numbers of a column, from one number up to the next level's.

    Attributes:
        name: lower case, such as ``high``.
        least: the smallest number that has it.
    """

    name: str
    least: float


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a resource type.

    Attributes:
        name: name in SQL and key of ``Record.values``.
        type: see ``ColumnType``.
        path: JSONPath of the value in the complete object, such as ``.spec.replicas``. It is
            converted to the column's type, and null where that cannot be done.
        value: function ``(KubernetesObject) -> value``, or better ``"module:attribute"`` of one.
            With a path it takes what the path finds: one value or None, or the list of all values
            if the path can find several. Without path and value, the collector fills the column.
        key: key in listings and documents; the name if empty.
        title: heading in tables; made from the key if empty.
        show: ``table`` stands in every table, ``wide`` in wide ones only, ``never`` in JSON, YAML
            and SQL only.
        importance: 0 to 100. Where a terminal is too narrow for all columns, those with the
            smallest go first, of equal ones the last. Below 50, the default, they go before lists
            are folded and text is cut. Columns that name a row never go.
        align: ``left`` or ``right``; with ``auto`` numbers stand right and all else left.
        filter: a ``--<filter>`` option of ``list``, ``count`` and ``get`` matches this column by
            wildcard; none if empty.
        at_least: a ``--<at_least>`` option of ``list`` and ``count`` takes a number or a level's
            name, and keeps the rows whose value is not below it; none if empty. For numbers.
        levels: words for its numbers, the highest first; people see them beside the number.
        volatile: changes without the object changing (counts, ready replicas), so it is kept with
            the snapshot and not with the content.
        description: one line for the reference.
    """

    name: str
    type: ColumnType = "text"
    key: str = ""
    title: str = ""
    show: Literal["table", "wide", "never"] = "never"
    filter: str = ""
    at_least: str = ""
    levels: tuple[Level, ...] = ()
    volatile: bool = False
    description: str = ""
    importance: int = ORDINARY
    align: Literal["auto", "left", "right"] = "auto"
    path: str = field(default="", compare=False)
    value: str | Callable[[KubernetesObject], Any] = field(default="", compare=False)

    @property
    def minor(self) -> bool:
        """Whether it goes before anything else is shortened."""
        return self.importance < ORDINARY

    @property
    def stands_right(self) -> bool:
        """Whether its cells end where the column ends."""
        return self.align == "right" or (self.align == "auto" and self.type in _NUMBERS)

    def level(self, value: float) -> str:
        """The word for a number, empty for none."""
        return next((level.name for level in self.levels if value >= level.least), "")

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", self.key or self.name)
        object.__setattr__(self, "title", self.title or self.key.replace("_", " ").title())

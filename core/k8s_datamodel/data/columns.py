"""Columns of resource types and of listings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from k8s_datamodel.data.objects import KubernetesObject

ColumnType = Literal["text", "integer", "real", "boolean", "list", "json"]
"""``list`` is a list of strings, ``json`` any JSON value; SQL sees both as text."""


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
    path: str = field(default="", compare=False)
    value: str | Callable[[KubernetesObject], Any] = field(default="", compare=False)

    def level(self, value: float) -> str:
        """The word for a number, empty for none."""
        return next((level.name for level in self.levels if value >= level.least), "")

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", self.key or self.name)
        object.__setattr__(self, "title", self.title or self.key.replace("_", " ").title())

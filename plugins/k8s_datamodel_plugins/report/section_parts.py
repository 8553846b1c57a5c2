"""What sections consist of; ``report.html`` has a macro for each kind of part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, TypeAlias

from markupsafe import Markup

from k8s_datamodel_plugins.html.shell.shown_values import Badge, Link, Mood
from k8s_datamodel_plugins.html.tables.table_views import TableView

Words: TypeAlias = str | Link | Badge | Markup
"""A few words in a line: plain text, or something that was made for a document."""


@dataclass(frozen=True, slots=True)
class Lead:
    """A paragraph of one or several pieces, which stand behind each other."""

    kind: ClassVar[str] = "lead"
    pieces: Sequence[Words]


@dataclass(frozen=True, slots=True)
class Notice:
    """What must not be overlooked.

    Attributes:
        mood: how it is.
        text: one sentence or more.
        items: what belongs to it, one a line.
    """

    kind: ClassVar[str] = "notice"
    mood: Mood
    text: str
    items: Sequence[Words] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure with what it counts, and a note below."""

    label: str
    value: str
    note: str = ""
    target: str = ""
    mood: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Figures side by side."""

    kind: ClassVar[str] = "facts"
    items: Sequence[Fact]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of lines, each of pieces; a heading stands above if there is one."""

    kind: ClassVar[str] = "listing"
    items: Sequence[Sequence[Words]]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading within a section."""

    kind: ClassVar[str] = "heading"
    text: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Tabled:
    """A table."""

    kind: ClassVar[str] = "table"
    view: TableView


@dataclass(frozen=True, slots=True)
class Figure:
    """What is drawn."""

    kind: ClassVar[str] = "figure"
    markup: Markup


@dataclass(frozen=True, slots=True)
class Folded:
    """Parts that a reader unfolds."""

    kind: ClassVar[str] = "folded"
    summary: str
    parts: Sequence[Part]


@dataclass(frozen=True, slots=True)
class Columns:
    """Parts that stand side by side where there is room."""

    kind: ClassVar[str] = "columns"
    parts: Sequence[Part]


Part: TypeAlias = "Lead | Notice | Facts | Listing | Heading | Tabled | Figure | Folded | Columns"
"""A part of a section."""


@dataclass(frozen=True, slots=True)
class Section:
    """A section with a heading.

    Attributes:
        id: of the heading.
        title: the heading.
        parts: in order.
        has_plot: a script draws its plots anew.
    """

    id: str
    title: str
    parts: Sequence[Part] = field(default_factory=list)

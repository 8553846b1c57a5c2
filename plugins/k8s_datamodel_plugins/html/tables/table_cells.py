"""The cells of tables."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from k8s_datamodel.api import Column
from k8s_datamodel_plugins.html.shell.printed_values import breakable, is_name
from k8s_datamodel_plugins.html.shell.shown_values import Badge, Drawn, content_of, mood_of

_SHORT = 30
_SHORT_NAME = 64
_TAG = re.compile("<[^>]*>")


@dataclass(frozen=True, slots=True)
class Cells:
    """Makes the cells of one column.

    Attributes:
        column: whose values they are.
        naming: it is one of the columns that name a row.
        heads: its cell is the head of its row.
    """

    column: Column
    naming: bool = False
    heads: bool = False

    @property
    def kind(self) -> str:
        """The class of the column's cells."""
        if self.column.stands_right:
            return "n"
        return "list" if self.column.type in ("list", "json") else "text"

    def made(self, value: Any) -> str:
        """The cell of a value."""
        kind, content = self.kind, self._content(value)
        if value is None:
            kind += " none"
        most = _SHORT_NAME if self.heads else _SHORT
        if isinstance(value, Drawn) or _length(content) <= most:
            kind += " short"  # which stands on one line where there is room
        name, scope = ("th", ' scope="row"') if self.heads else ("td", "")
        return f'<{name}{scope} class="{kind}"{_order(value)}>{content}</{name}>'

    def _content(self, value: Any) -> Markup:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return self._number(value)
        if isinstance(value, str) and not isinstance(value, Markup):
            mood = None if self.naming else mood_of(value)
            return breakable(content_of(Badge(value, mood) if mood else value))
        return content_of(value)

    def _number(self, value: float) -> Markup:
        if self.naming or is_name(self.column.name):
            return escape(str(value))
        word = self.column.level(value)
        level = Markup(' <span class="muted">{}</span>').format(word) if word else ""
        return content_of(value) + level


def _length(content: Markup) -> int:
    """How much of it is seen."""
    return len(_TAG.sub("", content)) if "<" in content else len(content)


def _order(value: Any) -> Markup:
    """What the script sorts a cell by where it is not what stands there."""
    if isinstance(value, Drawn):
        return Markup(' data-order="{}"').format("" if value.order is None else value.order)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return Markup(' data-order="{}"').format(value)
    return Markup("")

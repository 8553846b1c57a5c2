"""Values as they stand in a document.

Beside what records hold, a value may be a ``Link``, a ``Badge`` or ``Drawn``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from markupsafe import Markup, escape

from k8s_datamodel_plugins.formats.cells import BAD, GOOD, PENDING, cell, printable
from k8s_datamodel_plugins.html.shell.printed_values import breakable, is_time, number, time

Mood = Literal["good", "warn", "bad", "muted"]
"""How something is: the colours of a badge, which always has words, too."""

_LONG = 400
"""Of a text with more characters only the first lines are in sight; the rest is scrolled to."""

_MOST_IN_ID = 100
_NOT_IN_ID = re.compile("[^a-zA-Z0-9.-]")
_LEVELS: Mapping[str, Mood] = {
    "blocked": "bad",
    "breaking": "bad",
    "risky": "warn",
    "unclassified": "warn",
    "additive": "good",
    "cosmetic": "muted",
}


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads to another place of the document, ``target`` being an id there."""

    text: str
    target: str

    def __html__(self) -> str:
        text = breakable(escape(printable(self.text)))
        return Markup('<a href="#{}">{}</a>').format(self.target, text)


@dataclass(frozen=True, slots=True)
class Badge:
    """A word that should be seen at once."""

    text: str
    mood: Mood = "muted"

    def __html__(self) -> str:
        return Markup('<span class="badge {}">{}</span>').format(self.mood, printable(self.text))


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is drawn, such as a sparkline.

    Attributes:
        markup: HTML that we made.
        order: by what a column of it is sorted; what has None comes last.
    """

    markup: Markup
    order: float | str | None

    def __html__(self) -> str:
        return self.markup


def badge_of(text: str) -> Badge:
    """The badge of a word that the product uses: a level of a finding, a status, a state."""
    return Badge(text, mood_of(text) or "muted")


def mood_of(text: str) -> Mood | None:
    """How it is what a word says; None for a word that says nothing of that kind."""
    if text in GOOD:
        return "good"
    if text in BAD:
        return "bad"
    return "warn" if text in PENDING else _LEVELS.get(text)


def anchor_of(kind: str, *names: str) -> str:
    """An id for a thing, the same for the same names and another for others.

    Args:
        kind: plain ASCII, such as ``crd``.
        names: any texts.
    """
    safe = "__".join(_NOT_IN_ID.sub(_as_hex, name) for name in names)
    if len(safe) > _MOST_IN_ID:
        safe = "__" + hashlib.sha256(safe.encode()).hexdigest()
    return f"{kind}-{safe}"


def _as_hex(found: re.Match[str]) -> str:
    return f"_{ord(found[0]):x}."


def content_of(value: Any) -> Markup:
    """A value in one line, unless it is long."""
    if hasattr(value, "__html__"):
        return Markup(value.__html__())  # noqa: S704 - ours: no data has such a method
    if isinstance(value, (list, tuple)) and any(hasattr(each, "__html__") for each in value):
        return Markup(", ").join(map(content_of, value))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return escape(number(value))
    text = cell(value)
    if is_time(text):
        return time(text)
    if len(text) > _LONG:
        return Markup('<div class="long" tabindex="0">{}</div>').format(text)
    return escape(text)

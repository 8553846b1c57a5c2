"""What all charts share: texts that are safe and fit, coordinates, and numbers in words."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from k8s_datamodel_plugins.formats.cells import printable
from k8s_datamodel_plugins.html.shell.printed_values import breakable, number

Number = int | float
Values = Sequence[Number | None]
"""None: nobody knows. It is a gap, and never a zero."""

_ARROW = Markup('<span class="arrow">-&gt;</span>')

_LINK = Markup('<a href="{}">{}</a>')

_CHARACTER = 0.53
"""The width of a character of a sans-serif font in its size, as most texts have it."""


def text(value: str) -> Markup:
    """A text for a document, without what would turn others around or is no text in UTF-8."""
    return escape(printable(value))


def flowing(value: str) -> Markup:
    """The same for running text: lines break after dots and slashes too, and in no arrow."""
    return _ARROW.join(breakable(text(part)) for part in value.split("->"))


def linked(inner: Markup, href: str) -> Markup:
    """What leads somewhere when it is clicked; as it is where there is nowhere to go."""
    return _LINK.format(text(href), inner) if href else inner


def fitting(value: str, width: float, size: float) -> str:
    """As much of a text as fits a width in a font's size; what is left out becomes an ellipsis."""
    most = max(1, int(width / (size * _CHARACTER)))
    shown = printable(value)
    return shown if len(shown) <= most else shown[: most - 1] + "…"


def place(value: float) -> str:
    """A coordinate, to a tenth of a pixel."""
    return f"{value:.1f}".removesuffix(".0")


def amount(value: Number | None) -> str:
    """A number as documents have it, a real one shortened: ``12,345``, ``0.25``, ``unknown``."""
    if isinstance(value, float):
        whole = value.is_integer()
        value = (
            int(value) if whole else round(value, 2) if abs(value) >= 1 else float(f"{value:.3g}")
        )
    return number(value)


def told(values: Values) -> str:
    """Numbers over time in words: the first and the last, the least and the most, and the gaps."""
    known = [each for each in values if each is not None]
    if not known:
        return "not known"
    gaps = len(values) - len(known)
    last = "last unknown" if values[-1] is None else f"last {amount(values[-1])}"
    if min(known) == max(known):
        parts = [f"{amount(known[0])} throughout", *([last] if values[-1] is None else [])]
    else:
        ends = f"first {amount(known[0])}", last
        parts = [*ends, f"least {amount(min(known))}", f"most {amount(max(known))}"]
    if gaps:
        parts.append(f"unknown in {gaps} of {len(values)}")
    return ", ".join(parts)

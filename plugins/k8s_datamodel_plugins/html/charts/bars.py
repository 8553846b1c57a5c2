"""Numbers side by side: a table whose rows have a bar each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from k8s_datamodel_plugins.html.charts.drawing import Number, amount, flowing, linked, place, text

_TABLE = Markup(
    '<table class="bars"><caption>{}</caption><thead><tr><th scope="col">{}</th>'
    '<th scope="col" colspan="2">{}</th></tr></thead><tbody>{}</tbody></table>'
)
_ROW = Markup('<tr><th scope="row">{}{}</th><td>{}</td><td>{}</td></tr>')
_NOTE = Markup(' <span class="note">{}</span>')
_BAR = Markup(
    '<svg aria-hidden="true" width="100%" height="10" viewBox="0 0 100 10" '
    'preserveAspectRatio="none"><rect class="{}" width="{}" height="10"/></svg>'
)
_LEAST = 0.5
"""What is not nothing is seen."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A number with a name.

    Attributes:
        name: what it is of.
        value: how long the bar is; None if nobody knows, and then there is none.
        text: what stands beside the bar; the number itself if empty.
        href: where the name leads; nowhere if empty.
        note: more words after the name.
    """

    name: str
    value: Number | None
    text: str = ""
    href: str = ""
    note: str = ""


def bars(items: Sequence[Bar], caption: str, *, of: str = "Name", number: str = "Number") -> Markup:
    """A table of bars, in their order.

    Args:
        items: a row each.
        caption: what they are together.
        of: what the names are, as the head of their column.
        number: what the numbers are.
    """
    most = max((abs(each.value) for each in items if each.value is not None), default=0)
    rows = Markup("").join(_row(each, most) for each in items)
    return _TABLE.format(text(caption), text(of), text(number), rows)


def _row(item: Bar, most: Number) -> Markup:
    return _ROW.format(
        linked(flowing(item.name), item.href),
        _NOTE.format(text(item.note)) if item.note else "",
        "" if item.value is None else _bar(item.value, most),
        text(item.text or amount(item.value)),
    )


def _bar(value: Number, most: Number) -> Markup:
    width = max(_LEAST, abs(value) / most * 100) if value else 0
    return _BAR.format("less" if value < 0 else "more", place(width))

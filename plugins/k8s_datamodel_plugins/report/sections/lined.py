"""Several lines in one cell."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from k8s_datamodel_plugins.html.charts.drawing import flowing, text

_LINE = Markup("<li>{}</li>")
_LINES = Markup('<ul class="lines">{}</ul>')
_FOLDED = Markup("<details><summary>{}</summary>{}</details>")


def lined(lines: Sequence[str | Markup]) -> Markup:
    """Lines one below the other."""
    shown = (each if isinstance(each, Markup) else flowing(each) for each in lines)
    return _LINES.format(Markup("").join(map(_LINE.format, shown)))


def folded(summary: str, lines: Sequence[str | Markup]) -> Markup:
    """The same, which a reader unfolds."""
    return _FOLDED.format(text(summary), lined(lines))

"""Numbers over time, several together: drawn here for paper and without JavaScript, by uPlot else.

``plots.js`` takes the place of the drawing where it runs. The numbers stand in a table, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

from markupsafe import Markup

from k8s_datamodel_plugins.formats.cells import printable
from k8s_datamodel_plugins.html.charts.drawing import Values, amount, linked, place, text, told
from k8s_datamodel_plugins.html.charts.scales import Scale, scale_of
from k8s_datamodel_plugins.html.shell.inlined import data_block

SCRIPTS = ("html/third_party/uplot/uPlot.iife.min.js", "html/charts/plots.js")
"""What a document with plots has among its scripts, in this order."""

STYLES = ("html/third_party/uplot/uPlot.min.css", "html/charts/charts.css")
"""What it has among its styles."""

_WIDTH, _HEIGHT = 760, 280
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 16, 10, 28
_ALONE = "m-2 0h4"
_COLOURS = 6
_LABELS = 6
_APART = 90
_YEAR, _DAY, _TO_MINUTES = len("2026-"), len("2026-11-27"), len("2026-11-27 07:48")

_FIGURE = Markup(
    '<figure class="plot" id="{id}"><figcaption>{caption}</figcaption>'
    '<div class="figure still" tabindex="0" role="region" aria-label="{caption}, drawn">'
    "{drawing}</div>"
    '<ul class="legend">{legend}</ul>'
    "<details><summary>The numbers</summary>"
    '<div class="figure" tabindex="0" role="region" aria-label="{caption}: the numbers">'
    "<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div></details>"
    "{data}</figure>"
)
_SVG = Markup(
    '<svg role="img" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
    "<title>{name}</title>{drawn}</svg>"
)
_LEVEL = Markup(
    '<path class="grid" d="M{left} {y}H{right}"/>'
    '<text x="{text_x}" y="{text_y}" text-anchor="end">{label}</text>'
)
_TIME = Markup(
    '<path class="grid" d="M{x} {top}V{bottom}"/>'
    '<text x="{x}" y="{text_y}" text-anchor="{anchor}">{label}</text>'
)
_LINE = Markup('<path class="{}" d="{}"/>')
_ENTRY = Markup(
    '<li><svg aria-hidden="true" width="28" height="10" viewBox="0 0 28 10">'
    '<path class="{}" d="M2 5H26"/></svg> <span class="name">{}</span> '
    '<span class="value">{}</span></li>'
)
_HEAD = Markup('<th scope="col">{}</th>')
_ROW = Markup('<tr><th scope="row">{}</th>{}</tr>')
_CELL = Markup('<td class="number">{}</td>')


@dataclass(frozen=True, slots=True)
class Line:
    """One thing over time.

    Attributes:
        name: what it is.
        values: one for each time; None is a gap.
        href: where the name leads; nowhere if empty.
    """

    name: str
    values: Values
    href: str = ""


def plot(
    times: Sequence[str], lines: Sequence[Line], *, plot_id: str, caption: str, number: str = ""
) -> Markup:
    """A figure of lines over time.

    Args:
        times: ``YYYY-MM-DD HH:MM:SS`` in UTC, the oldest first.
        lines: with a value for each time.
        plot_id: plain ASCII, and no other element has it.
        caption: what they are together.
        number: what the numbers are, such as ``instances``.

    Raises:
        ValueError: a time is none, or a line has more or fewer values than there are times.
    """
    for each in lines:
        if len(each.values) != len(times):
            raise ValueError(f"{each.name!r} has {len(each.values)} values at {len(times)} times")
    moments = [_seconds(each) for each in times]
    across = Scale(min(moments, default=0), max(moments, default=1), ())
    known = [value for each in lines for value in each.values if value is not None]
    up = scale_of(known)
    drawn = _Drawn(times, moments, across, up)
    data = {
        "times": moments,
        "steps": up.steps,
        "lines": [{"name": printable(each.name), "values": each.values} for each in lines],
        "label": f"{printable(caption)}. The arrow keys move through the times.",
    }
    return _FIGURE.format(
        id=plot_id,
        caption=text(caption),
        drawing=_SVG.format(
            width=_WIDTH,
            height=_HEIGHT,
            name=text(_in_words(caption, lines)),
            drawn=drawn.all(lines),
        ),
        legend=Markup("").join(_entries(lines)),
        heads=_HEAD.format("Time, UTC") + Markup("").join(_heads(lines, number)),
        rows=Markup("").join(_rows(times, lines)),
        data=data_block(f"{plot_id}-data", data),
    )


def _seconds(time: str) -> int:
    found = datetime.strptime(time, "%Y-%m-%d %H:%M:%S")
    return int(found.replace(tzinfo=timezone.utc).timestamp())


def _in_words(caption: str, lines: Sequence[Line]) -> str:
    return ". ".join([caption, *(f"{each.name}: {told(each.values)}" for each in lines)])


@dataclass(frozen=True, slots=True)
class _Drawn:
    """The parts of the drawing."""

    times: Sequence[str]
    moments: Sequence[int]
    across: Scale
    up: Scale

    def all(self, lines: Sequence[Line]) -> Markup:
        parts = [*self._levels(), *self._times()]
        parts += [_LINE.format(_class(n), self._path(each)) for n, each in enumerate(lines)]
        return Markup("").join(parts)

    def _x(self, index: int) -> float:
        return _LEFT + self.across.part(self.moments[index]) * (_WIDTH - _LEFT - _RIGHT)

    def _y(self, value: float) -> float:
        return _HEIGHT - _BOTTOM - self.up.part(value) * (_HEIGHT - _TOP - _BOTTOM)

    def _levels(self) -> Iterator[Markup]:
        for value in self.up.steps:
            y = self._y(value)
            yield _LEVEL.format(
                left=_LEFT,
                right=_WIDTH - _RIGHT,
                y=place(y),
                text_x=_LEFT - 8,
                text_y=place(y + 4),
                label=amount(value),
            )

    def _times(self) -> Iterator[Markup]:
        if not self.times:
            return
        last = len(self.times) - 1
        one_day = last and self.times[0][:_DAY] == self.times[-1][:_DAY]
        shown = slice(_YEAR, _TO_MINUTES) if one_day else slice(_DAY)
        wanted, free = max(1, min(_LABELS - 1, last)), 0.0
        for index in sorted({round(last * step / wanted) for step in range(wanted + 1)}):
            x = self._x(index)
            if x < free:
                continue
            free = x + _APART
            yield _TIME.format(
                x=place(x),
                top=_TOP,
                bottom=_HEIGHT - _BOTTOM,
                text_y=_HEIGHT - 8,
                anchor="end" if x > _WIDTH - _APART else "middle",
                label=self.times[index][shown],
            )

    def _path(self, line: Line) -> str:
        """Each known value joined to the known one before it; one alone is a short dash."""
        known = [None, *line.values, None]
        steps = []
        for index, (before, value, after) in enumerate(
            zip(known, known[1:], known[2:], strict=False)
        ):
            if value is None:
                continue
            to = f"{place(self._x(index))} {place(self._y(value))}"
            if before is not None:
                steps.append(f"L{to}")
            else:
                steps.append(f"M{to}" if after is not None else f"M{to}{_ALONE}")
        return "".join(steps)


def _class(number: int) -> str:
    """Colours by turns; where they come again, dashes tell the lines apart."""
    dashes = number // _COLOURS
    dashed = f" dashes-{min(dashes, 2)}" if dashes else ""
    return f"line series-{number % _COLOURS + 1}{dashed}"


def _entries(lines: Sequence[Line]) -> Iterator[Markup]:
    for number, each in enumerate(lines):
        name = linked(text(each.name), each.href)
        last = each.values[-1] if each.values else None
        yield _ENTRY.format(_class(number), name, amount(last))


def _heads(lines: Sequence[Line], number: str) -> Iterator[Markup]:
    for each in lines:
        yield _HEAD.format(text(f"{each.name}, {number}" if number else each.name))


def _rows(times: Sequence[str], lines: Sequence[Line]) -> Iterator[Markup]:
    for index, time in enumerate(times):
        cells = (_CELL.format(amount(each.values[index])) for each in lines)
        yield _ROW.format(text(time), Markup("").join(cells))

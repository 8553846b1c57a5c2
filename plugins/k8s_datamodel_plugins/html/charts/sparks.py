"""Numbers over time in the space of a word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from k8s_datamodel_plugins.html.charts.drawing import Values, text, told

_WIDTH, _HEIGHT, _EDGE = 96, 20, 3

_SVG = Markup(
    '<svg class="spark" role="img" width="96" height="20" viewBox="0 0 96 20">'
    "<title>{}</title>{}</svg>"
)
_UNKNOWN = Markup('<path class="unknown" d="M3 10H93"/>')
_LINE = Markup('<path d="{}"/>')
_END = Markup('<circle cx="{}" cy="{}" r="2"/>')

_Point = tuple[int, int]


def sparkline(values: Values, label: str, *, until: int | None = None) -> Markup:
    """A line, with a dot where it ends now; what is not known is a gap.

    Args:
        values: one for each time, the oldest first.
        label: of what, for those who do not see it; the numbers in words follow it.
        until: how many times passed before it was gone; the words tell of these only.
    """
    name = text(f"{label}: {told(values[:until])}")
    runs = [_without_middles(run) for run in _runs(values)]
    if not runs:
        return _SVG.format(name, _UNKNOWN)
    drawn = _LINE.format("".join(map(_path, runs)))
    if values[-1] is not None:
        drawn += _END.format(*runs[-1][-1])
    return _SVG.format(name, drawn)


def _runs(values: Values) -> Iterator[list[_Point]]:
    """The points of known values that follow one another."""
    known = [each for each in values if each is not None]
    least, most = (min(known), max(known)) if known else (0, 0)
    step = (_WIDTH - 2 * _EDGE) / max(1, len(values) - 1)
    run: list[_Point] = []
    for number, value in enumerate(values):
        if value is not None:
            part = 0.5 if least == most else (value - least) / (most - least)
            x = _EDGE + step * number if len(values) > 1 else _WIDTH - _EDGE
            run.append((round(x), round(_HEIGHT - _EDGE - part * (_HEIGHT - 2 * _EDGE))))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _without_middles(run: Sequence[_Point]) -> Sequence[_Point]:
    """The points less those that lie on a level line between two others."""
    inner = zip(run, run[1:], run[2:], strict=False)
    kept = [each for before, each, after in inner if not before[1] == each[1] == after[1]]
    return [*run[:1], *kept, *run[1:][-1:]]


def _path(run: Sequence[_Point]) -> str:
    """A run as SVG has it; one point alone is a short dash."""
    (x, y), *others = run
    if not others:
        return f"M{x - 1} {y}h2"
    steps = [f"M{x} {y}"]
    for to_x, to_y in others:
        steps.append(f"h{to_x - x}" if to_y == y else f"l{to_x - x} {to_y - y}")
        x, y = to_x, to_y
    return "".join(steps)

"""How many instances CRDs have, over time: the ten that grew most, and those that are gone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from k8s_datamodel.api import Column, Rows
from k8s_datamodel_plugins.html.charts.plots import Line, plot
from k8s_datamodel_plugins.html.charts.sparks import sparkline
from k8s_datamodel_plugins.html.shell.shown_values import Drawn
from k8s_datamodel_plugins.html.tables.table_views import TableView, table
from k8s_datamodel_plugins.report.definition_facts import CRDS
from k8s_datamodel_plugins.report.places import Places, in_full
from k8s_datamodel_plugins.report.reported import Report, TypePart
from k8s_datamodel_plugins.report.section_parts import Figure, Lead, Notice, Part, Section, Tabled
from k8s_datamodel_plugins.report.sections.in_numbers import grown, shown, signed

MOST = 10
"""CRDs that a plot can tell apart."""

INSTANCES = "instance_count"

_GROWN = (
    Column("name", title="CRD", show="table"),
    Column("first", "integer", title="First known", show="table"),
    Column("now", "integer", title="Now", show="table"),
    Column("growth", title="Growth", show="table", align="right"),
    Column("over_time", title="Over time", show="table", align="right"),
)

_GONE = (
    Column("name", title="CRD", show="table"),
    Column("first", "integer", title="First known", show="table"),
    Column("last", "integer", title="Last known", show="table"),
    Column("seen", title="Last there", show="table"),
    Column("over_time", title="Over time", show="table", align="right"),
)


@dataclass(frozen=True, slots=True)
class _Counted:
    """The instances of a CRD over time."""

    name: str
    values: Sequence[int | None]
    there: Sequence[bool | None]

    @property
    def growth(self) -> float | None:
        return grown(self.values)


def growth_section(report: Report, places: Places) -> Section | None:
    """Instances over time; nothing without CRDs."""
    crds = report.part(CRDS)
    if crds is None or not (crds.rows or crds.numbers):
        return None
    return Section("growth", "Instances over time", [*_parts(report, crds, places)])


def _parts(report: Report, crds: TypePart, places: Places) -> Iterator[Part]:
    if not crds.numbers:
        yield Notice("muted", "There is one snapshot so far: growth shows from the second one on.")
        return
    counted = [*_counted(crds)]
    times = [each.timestamp for each in report.points]
    yield Lead(
        [f"{len(times)} moments, {times[0]} to {times[-1]} UTC. What was not counted is a gap."]
    )
    growing = sorted(
        (each for each in counted if each.growth), key=lambda each: -(each.growth or 0)
    )
    most = [each for each in growing if (each.growth or 0) > 0][:MOST]
    if most:
        yield Figure(_plot(times, most, places))
        yield Tabled(_table(most, places))
    else:
        yield Notice("muted", "No CRD has more instances than at first.")
    if less := [each for each in reversed(growing) if (each.growth or 0) < 0][:MOST]:
        names = ", ".join(f"{each.name} ({signed(each.growth)})" for each in less)
        yield Lead([f"Fewer than at first: {names}."])
    if unknown := sum(each.growth is None for each in counted):
        yield Lead([f"Of {shown(unknown)} CRDs it is not known how they grew."])
    if gone := [*_gone(crds)]:
        yield Tabled(_gone_table(gone, times))


def _counted(crds: TypePart) -> Iterator[_Counted]:
    """The CRDs that are there now, with their instances over time."""
    for row in crds.rows:
        identity = crds.identity(row)
        if series := crds.numbers.get(identity):
            yield _Counted(in_full(identity), list(series.values[INSTANCES]), series.there)


def _gone(crds: TypePart) -> Iterator[_Counted]:
    """The CRDs that were there and are not now, for certain."""
    for identity, series in crds.numbers.items():
        if series.there[-1] is False:
            yield _Counted(in_full(identity), list(series.values[INSTANCES]), series.there)


def _plot(times: Sequence[str], most: Sequence[_Counted], places: Places) -> Markup:
    lines = [Line(each.name, each.values, places.href(CRDS, each.name)) for each in most]
    many = f"the {len(most)} CRDs" if len(most) > 1 else "the CRD"
    caption = f"Instances of {many} that grew most"
    return plot(times, lines, plot_id="growth-plot", caption=caption, number="instances")


def _table(most: Sequence[_Counted], places: Places) -> TableView:
    rows = [
        {
            "name": places.link(CRDS, each.name),
            "first": next((value for value in each.values if value is not None), None),
            "now": each.values[-1],
            "growth": signed(each.growth),
            "over_time": Drawn(sparkline(each.values, f"Instances of {each.name}"), each.growth),
        }
        for each in most
    ]
    block = Rows(_GROWN, rows, "CRDs", singular="CRD", identity=("name",))
    return table(block, "growth-most", caption="The CRDs that grew most", filters=())


def _gone_table(gone: Sequence[_Counted], times: Sequence[str]) -> TableView:
    rows = [_gone_row(each, times) for each in gone]
    block = Rows(_GONE, rows, "CRDs", singular="CRD", identity=("name",))
    return table(block, "growth-gone", caption="CRDs that are gone", filters=())


def _gone_row(gone: _Counted, times: Sequence[str]) -> dict[str, Any]:
    known = [each for each in gone.values if each is not None]
    last = max(at for at, there in enumerate(gone.there) if there)
    label = f"Instances of {gone.name} until it was gone"
    return {
        "name": gone.name,
        "first": next(iter(known), None),
        "last": next(reversed(known), None),
        "seen": times[last],
        "over_time": Drawn(sparkline(gone.values, label, until=last + 1), times[last]),
    }

"""What changed since earlier moments, with what each change means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from k8s_datamodel.api import SEVERITIES, Column, Rows
from k8s_datamodel.commands import ToldChange, ToldChanges, cluster_text
from k8s_datamodel_plugins.checks.reports.sentences import sentence
from k8s_datamodel_plugins.html.charts.drawing import text
from k8s_datamodel_plugins.html.shell.shown_values import Drawn, badge_of
from k8s_datamodel_plugins.html.tables.table_views import table
from k8s_datamodel_plugins.report.places import Places
from k8s_datamodel_plugins.report.reported import ChangesSince, Report
from k8s_datamodel_plugins.report.section_parts import Lead, Listing, Notice, Part, Section, Tabled
from k8s_datamodel_plugins.report.sections.lined import lined

_MOST_LINES = 12
"""Lines on a change that a cell shows."""

_NUMBERS = ("added", "removed", "changed", "recreated", "unchanged")
_SUMMARY = (
    Column("type", show="table"),
    *(Column(name, "integer", show="table") for name in _NUMBERS),
)
_CHANGES = (
    Column("thing", title="What", show="table"),
    Column("type", show="table"),
    Column("change", show="table"),
    Column("level", show="table", description="How bad it is, for CRDs"),
    Column("said", title="How", show="table"),
)
_CHOICES = ("type", "change", "level")


def change_sections(report: Report, places: Places) -> Iterator[Section]:
    """A section for each earlier moment."""
    for number, since in enumerate(report.since, 1):
        place = f"since-{number}"
        title = f"What changed since {since.what}"
        yield Section(place, title, [*_parts(report, since, places, place)])


def _parts(report: Report, since: ChangesSince, places: Places, place: str) -> Iterator[Part]:
    changes = since.changes
    named = f" (the baseline {since.baseline})" if since.baseline else ""
    yield Lead([f"From {_moment(changes.old)}{named} to {_moment(changes.new)}."])
    yield _summary(report, changes, since.what, f"{place}-summary")
    if changes.changes:
        rows = [*_rows(report, changes, places)]
        block = Rows(_CHANGES, rows, "changes", singular="change", identity=("thing",))
        caption = f"Changes since {since.what}, the worst first"
        view = table(block, f"{place}-changes", caption=caption, filters=_CHOICES)
        yield Tabled(view)
    elif changes.complete:
        yield Notice("good", "Nothing changed.")
    if changes.left_out:
        yield Lead([f"{changes.left_out:,} more changes are not shown; diff shows all."])
    for title, texts in changes.lacks:
        yield Listing([[each] for each in texts], title)


def _moment(said: Mapping[str, Any]) -> str:
    """A moment in a few words."""
    number = said.get("id")
    what = f"snapshot {number}" if number else "what was read"
    where = cluster_text(said.get("cluster_context"), said.get("namespace_filter"))
    return f"{what} of {where}, {said.get('timestamp')} UTC"


def _summary(report: Report, changes: ToldChanges, since: str, table_id: str) -> Part:
    rows = []
    for name, numbers in changes.numbers.items():
        part = report.part(name)
        known = {each: "unknown" if numbers[each] is None else numbers[each] for each in _NUMBERS}
        rows.append({"type": part.type.plural if part else name, **known})
    block = Rows(_SUMMARY, rows, "types", singular="type", identity=("type",))
    return Tabled(table(block, table_id, caption=f"Things of each type, since {since}", filters=()))


def _rows(report: Report, changes: ToldChanges, places: Places) -> Iterator[dict[str, Any]]:
    for each in sorted(changes.changes, key=_rank):
        part = report.part(each.type_name)
        level = each.level
        yield {
            "thing": places.link(each.type_name, each.name),
            "type": part.type.singular if part else each.type_name,
            "change": "re-created" if each.what == "recreated" else each.what,
            "level": badge_of(level) if level and level != "none" else None,
            "said": _said(each),
        }


def _rank(change: ToldChange) -> tuple[int, str]:
    return SEVERITIES.index(change.level or "none"), change.type_name


def _said(change: ToldChange) -> Drawn | None:
    """What the change means, then what differs, a line each."""
    meant = [sentence(each) for each in change.findings if each.level != "none"]
    lines = list(dict.fromkeys([*meant, *change.said]))
    more = len(lines) - _MOST_LINES
    if more > 0:
        lines = [*lines[:_MOST_LINES], f"and {more:,} more; diff shows all"]
    if not lines:
        return None
    return Drawn(text(lines[0]) if len(lines) == 1 else lined(lines), lines[0])

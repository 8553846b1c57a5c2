"""The report in short: the numbers that matter, what changed, and what needs attention."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from k8s_datamodel.api import SEVERITIES, Concern, counted
from k8s_datamodel.commands import ToldChange
from k8s_datamodel_plugins.html.charts.drawing import flowing
from k8s_datamodel_plugins.html.shell.shown_values import badge_of
from k8s_datamodel_plugins.report.definition_facts import CRDS
from k8s_datamodel_plugins.report.places import Places
from k8s_datamodel_plugins.report.reported import ChangesSince, Report, TypePart
from k8s_datamodel_plugins.report.section_parts import (
    Columns,
    Fact,
    Facts,
    Lead,
    Listing,
    Part,
    Section,
    Words,
)
from k8s_datamodel_plugins.report.sections.in_numbers import shown

MOST_CHANGES, MOST_NAMES = 8, 5
"""Changes, and names of a concern, that the overview shows."""

_LOUD = SEVERITIES[: SEVERITIES.index("additive")]
"""Levels of which somebody should know."""

_VERBS = {
    "added": "is new",
    "removed": "is gone",
    "changed": "changed",
    "recreated": "is new again",
}


def overview_section(report: Report, places: Places) -> Section:
    """The report in short."""
    parts: list[Part] = [Lead([_when(report)]), Facts([*_facts(report)])]
    changed = [*_changed(report, places)]
    parts.append(Columns([_attention(report, places), *changed]))
    return Section("overview", "At a glance", parts)


def _when(report: Report) -> str:
    cluster = report.cluster
    nodes = "" if cluster.nodes is None else f", {counted(cluster.nodes, 'node')}"
    version = (
        f"Kubernetes {cluster.version}" if cluster.version else "Kubernetes of unknown version"
    )
    platform = "" if cluster.platform == "unknown" else f" on {cluster.platform}"
    notes = f" Notes: {' '.join(str(said).split())}." if (said := report.head.get("notes")) else ""
    return f"{cluster.context}: {version}{platform}{nodes}.{notes}"


def _facts(report: Report) -> Iterator[Fact]:
    for part in report.types:
        if not part.type.on_request:
            yield Fact(part.type.plural, shown(part.summary.count), _new(part), place_of(part))
    if crds := report.part(CRDS):
        yield _instances(crds)
    if report.since:
        yield _changes(report.since[0])


def place_of(part: TypePart) -> str:
    """The id of the section of a type."""
    return f"type-{part.type.command}"


def _new(part: TypePart) -> str:
    """What is new of a type, and what is gone."""
    said = []
    if part.summary.new:
        said.append(f"{part.summary.new:,} new")
    if part.summary.gone:
        said.append(f"{part.summary.gone:,} gone")
    return ", ".join(said)


def _instances(crds: TypePart) -> Fact:
    """All custom resources together; a part that is not known is no zero."""
    counts = [row.get("instance_count") for row in crds.rows]
    known = [each for each in counts if each is not None]
    unknown = len(counts) - len(known)
    if crds.summary.count is None or (unknown and not known):
        return Fact("instances of CRDs", "unknown", "", "growth")
    note = f"without those of {counted(unknown, 'CRD')}, unknown" if unknown else ""
    more = "at least " if unknown or crds.left_out else ""
    return Fact("instances of CRDs", f"{more}{sum(known):,}", note, "growth")


def _changes(since: ChangesSince) -> Fact:
    changes = since.changes
    total = len(changes.changes) + changes.left_out
    loud = Counter(each.level for each in changes.changes if each.level in _LOUD)
    note = ", ".join(f"{loud[level]:,} {level}" for level in _LOUD if loud[level])
    mood = "bad" if loud["blocked"] or loud["breaking"] else ""
    return Fact(f"changes since {since.what}", shown(total), note, "since-1", mood)


def _attention(report: Report, places: Places) -> Part:
    """What needs attention, of all types."""
    items: list[Sequence[Words]] = []
    for part in report.types:
        told = [each for each in part.summary.concerns if each.names or each.unknown]
        items += [_concern(part, each, places) for each in told]
    unknown = [each.type.plural for each in report.types if each.summary.count is None]
    if unknown:
        items.append([f"It is not known how many {' and '.join(unknown)} there are."])
    return Listing(items or [["Nothing needs attention."]], "What needs attention")


def _concern(part: TypePart, concern: Concern, places: Places) -> Sequence[Words]:
    names = sorted(concern.names)
    pieces: list[Words] = [f"{concern.title} ({len(names):,})"] if names else [f"{concern.title}"]
    for number, name in enumerate(names[:MOST_NAMES]):
        pieces += [", " if number else ": ", places.link(part.name, name)]
    if len(names) > MOST_NAMES:
        pieces.append(f" and {len(names) - MOST_NAMES:,} more")
    if concern.unknown:
        pieces.append(
            f"; not known {concern.unknown}" if names else f": not known {concern.unknown}"
        )
    return pieces


def _changed(report: Report, places: Places) -> Iterator[Part]:
    """The changes that matter most."""
    if not report.since:
        first = "This is the first snapshot of the cluster. The next one will show what changed."
        yield Listing([[first]], "What changed")
    yield from (_changed_since(report, each, places) for each in report.since)


def _changed_since(report: Report, since: ChangesSince, places: Places) -> Part:
    title = f"What changed since {since.what}"
    ordered = sorted(since.changes.changes, key=_rank)
    if not ordered:
        said = "Nothing changed." if since.changes.complete else "No change is known."
        return Listing([[said]], title)
    items = [line_of(report, each, places) for each in ordered[:MOST_CHANGES]]
    more = len(ordered) + since.changes.left_out - len(items)
    if more > 0:
        items.append([f"and {more:,} more, see below"])
    return Listing(items, title)


def _rank(change: ToldChange) -> tuple[int, int]:
    """The worst first, then what came and went, then what differs."""
    level = SEVERITIES.index(change.level or "additive")
    return level, change.what == "changed"


def line_of(report: Report, change: ToldChange, places: Places) -> Sequence[Words]:
    """A change in a line."""
    part = report.part(change.type_name)
    one = part.type.singular if part else change.type_name
    pieces: list[Words] = [f"{one} ", places.link(change.type_name, change.name)]
    pieces.append(f" {_VERBS[change.what]}")
    if change.what == "changed" and change.said:
        more = len(change.said) - 1
        pieces += [": ", flowing(change.said[0]), f", and {more:,} more" if more else ""]
    if change.level in _LOUD:
        pieces += [" ", badge_of(change.level or "")]
    return pieces

"""How large the schemas of CRDs are: the API server holds all of them in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

from k8s_datamodel.api import counted
from k8s_datamodel.commands import size_text
from k8s_datamodel_plugins.html.charts.bars import Bar, bars
from k8s_datamodel_plugins.report.definition_facts import CRDS, CrdFacts
from k8s_datamodel_plugins.report.places import Places
from k8s_datamodel_plugins.report.reported import Report
from k8s_datamodel_plugins.report.section_parts import Figure, Lead, Part, Section

MOST = 20
"""CRDs that are shown."""


def schema_section(report: Report, places: Places) -> Section | None:
    """The largest schemas; nothing without CRDs."""
    if not report.crds:
        return None
    return Section("schemas", "Size of schemas", [*_parts([*report.crds.values()], places)])


def _parts(crds: Sequence[CrdFacts], places: Places) -> Iterator[Part]:
    total = sum(each.schema for each in crds)
    largest = sorted(crds, key=lambda each: (-each.schema, each.name))[:MOST]
    half = _share(crds, total)
    yield Lead([
        f"The schemas of {counted(len(crds), 'CRD')} have {size_text(total)} as JSON"
        + (f"; {counted(half, 'CRD')} have half of it. " if total else ". ")
        + "The API server and every client that discovers the cluster read all of them."
    ])  # fmt: skip
    items = [
        Bar(
            each.name,
            each.schema,
            size_text(each.schema),
            places.href(CRDS, each.name),
            counted(len(each.versions), "version") if len(each.versions) > 1 else "",
        )
        for each in largest
    ]
    caption = "Schemas by size" if len(crds) <= MOST else f"The {MOST} largest schemas"
    yield Figure(bars(items, caption, of="CRD", number="Size"))


def _share(crds: Sequence[CrdFacts], total: int) -> int:
    """How many of the largest have half of all."""
    sizes = sorted((each.schema for each in crds), reverse=True)
    return 1 + sum(each * 2 < total for each in accumulate(sizes))

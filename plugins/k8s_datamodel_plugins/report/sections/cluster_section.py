"""All clusters of the database, side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from k8s_datamodel.api import counted
from k8s_datamodel_plugins.html.tables.table_views import table
from k8s_datamodel_plugins.report.reported import Report, TypeMatrix
from k8s_datamodel_plugins.report.section_parts import Folded, Heading, Lead, Part, Section, Tabled

_SHOWN = ("cluster", "snapshot", "taken", "note")


def cluster_section(report: Report) -> Section | None:
    """The clusters side by side; nothing where there is one only."""
    if not report.matrices:
        return None
    return Section("clusters", "Clusters side by side", [*_parts(report)])


def _parts(report: Report) -> Iterator[Part]:
    clusters = report.matrices[0].matrix.clusters
    yield Lead(["Each by its newest snapshot. A dash is nothing, a question mark is not known."])
    listed = replace(clusters, shown=_SHOWN, title="clusters", singular="cluster")
    yield Tabled(table(listed, "clusters-table", caption="The clusters"))
    for each in report.matrices:
        yield from _matrix(each)


def _matrix(found: TypeMatrix) -> Iterator[Part]:
    kind, matrix = found.type, found.matrix
    rows, differing = list(matrix.rows.rows), list(matrix.differing.rows)
    if not rows:
        return
    place = f"clusters-{kind.command}"
    plural = f"{kind.plural[:1].upper()}{kind.plural[1:]}"
    yield Heading(f"{plural} in all clusters")
    if not differing:
        known = "" if not matrix.unknown else ", as far as it is known"
        yield Lead(
            [f"{counted(len(rows), 'row')}: no version differs, and none is missing{known}."]
        )
    else:
        caption = f"{plural} that differ: {len(differing):,} of {len(rows):,}"
        yield Tabled(
            table(
                replace(matrix.differing, rows=differing, title="rows", singular="row"),
                place,
                caption=caption,
            )
        )
    if len(differing) < len(rows):
        whole = table(
            replace(matrix.rows, rows=rows, title="rows", singular="row"),
            f"{place}-all",
            caption=f"All {kind.plural}",
        )
        yield Folded(f"All {kind.plural}, also those that do not differ", [Tabled(whole)])

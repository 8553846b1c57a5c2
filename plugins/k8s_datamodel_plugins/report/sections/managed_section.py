"""Operators and the CRDs that they manage, drawn."""

from __future__ import annotations

from collections.abc import Iterator

from k8s_datamodel.api import counted
from k8s_datamodel_plugins.html.charts.graphs import Edge, Node, Wording, graph
from k8s_datamodel_plugins.report.definition_facts import CRDS
from k8s_datamodel_plugins.report.places import Places, name_of
from k8s_datamodel_plugins.report.reported import Report, TypePart
from k8s_datamodel_plugins.report.section_parts import Figure, Lead, Part, Section
from k8s_datamodel_plugins.report.sections.record_cells import OPERATORS


def managed_section(report: Report, places: Places) -> Section | None:
    """The graph; nothing where it is not known which operators there are, or none is."""
    operators, crds = report.part(OPERATORS), report.part(CRDS)
    if operators is None or not operators.rows:
        return None
    return Section("managed", "Who manages what", [*_parts(operators, crds, places)])


def _parts(operators: TypePart, crds: TypePart | None, places: Places) -> Iterator[Part]:
    edges = [*_edges(operators)]
    groups = (
        {str(row["name"]): str(row.get("group_name") or "") for row in crds.rows} if crds else {}
    )
    names = dict.fromkeys((*groups, *(each.target for each in edges)))
    managed = {each.target for each in edges}
    yield Lead([
        f"{counted(len(operators.rows), 'operator')}, {counted(len(managed), 'CRD')} that they "
        "manage. A dashed line leads to a CRD whose main manager is another operator."
    ])  # fmt: skip
    sources = [
        Node(name, href=places.href(OPERATORS, name))
        for name in (name_of(operators, row) for row in operators.rows)
    ]
    targets = [
        Node(name, href=places.href(CRDS, name), group=groups.get(name, name.partition(".")[2]))
        for name in names
        if name in managed
    ]
    wording = Wording("Operators and the CRDs that they manage")
    yield Figure(graph(edges, wording, sources=sources, targets=targets))


def _edges(operators: TypePart) -> Iterator[Edge]:
    for row in operators.rows:
        shared = set(row.get("shared_crds") or ())
        for crd in row.get("managed_crds") or ():
            yield Edge(name_of(operators, row), str(crd), crd in shared)

"""A check as pages, for programs: the document, a row for each finding, a name a line."""

from __future__ import annotations

from collections.abc import Iterator

from k8s_datamodel.api import Column, Fields, Page, Row, Rows
from k8s_datamodel_plugins.checks.checked import Checked

FINDINGS = (
    Column("crd"),
    Column("change"),
    Column("level"),
    Column("rule"),
    Column("version"),
    Column("path"),
    Column("from", "json"),
    Column("to", "json"),
    Column("message"),
    Column("objects", "integer"),
)
"""Columns of a row for each finding."""


def document_page(checked: Checked, *, everything: bool) -> Page:
    """All of it, as its JSON Schema says."""
    return Page([Fields(checked.document(everything=everything))])


def finding_page(checked: Checked) -> Page:
    """A row for each finding."""
    return Page([Rows(FINDINGS, _rows(checked), "Findings")])


def name_page(checked: Checked) -> Page:
    """The name of each CRD that has a finding, the worst first."""
    names = ({"name": f"crd/{each.name}"} for each in checked.worst_first())
    return Page([Rows([Column("name")], names, "CRDs")])


def _rows(checked: Checked) -> Iterator[Row]:
    for crd in checked.crds:
        for each in crd.document()["findings"]:
            yield {"crd": crd.name, "change": crd.change, **each}

"""The sections of a report, each made by a module of its own from what was read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from k8s_datamodel_plugins.report.places import Places
from k8s_datamodel_plugins.report.reported import Report
from k8s_datamodel_plugins.report.section_parts import Section
from k8s_datamodel_plugins.report.sections.change_sections import change_sections
from k8s_datamodel_plugins.report.sections.cluster_section import cluster_section
from k8s_datamodel_plugins.report.sections.growth_section import growth_section
from k8s_datamodel_plugins.report.sections.managed_section import managed_section
from k8s_datamodel_plugins.report.sections.overview_section import overview_section
from k8s_datamodel_plugins.report.sections.reading_sections import ledger_section, unread_section
from k8s_datamodel_plugins.report.sections.schema_section import schema_section
from k8s_datamodel_plugins.report.sections.type_sections import type_sections
from k8s_datamodel_plugins.report.sections.upgrade_section import upgrade_section
from k8s_datamodel_plugins.report.sections.version_section import version_section


def sections_of(report: Report) -> Sequence[Section]:
    """All sections that have something to say, in the order of the page."""
    places = Places.of(report)
    return [each for each in _sections(report, places) if each is not None]


def _sections(report: Report, places: Places) -> Iterable[Section | None]:
    yield unread_section(report)
    yield overview_section(report, places)
    yield from change_sections(report, places)
    yield upgrade_section(report, places)
    types = dict(type_sections(report, places))
    yield types.pop("crds", None)
    yield growth_section(report, places)
    yield version_section(report, places)
    yield schema_section(report, places)
    yield types.pop("operators", None)
    yield managed_section(report, places)
    yield from types.values()
    yield cluster_section(report)
    yield ledger_section(report)

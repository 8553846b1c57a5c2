"""Versions of CRDs that somebody must look after: deprecated, not served, or to be migrated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from markupsafe import Markup

from k8s_datamodel.api import Column, Rows, counted
from k8s_datamodel_plugins.html.shell.shown_values import Badge, Drawn, content_of
from k8s_datamodel_plugins.html.tables.table_views import table
from k8s_datamodel_plugins.report.definition_facts import CRDS, CrdFacts, CrdVersion
from k8s_datamodel_plugins.report.places import Places
from k8s_datamodel_plugins.report.reported import Report
from k8s_datamodel_plugins.report.section_parts import (
    Fact,
    Facts,
    Lead,
    Notice,
    Part,
    Section,
    Tabled,
)

_VERSIONS = (
    Column("crd", title="CRD", show="table"),
    Column("version", show="table"),
    Column("state", "list", title="What it is", show="table"),
    Column("stored", "boolean", title="May be stored", show="table"),
    Column("storage", title="Stored as now", show="table"),
    Column("served", "list", title="Served", show="table"),
    Column("warning", title="Warning to users", show="table"),
)


def version_section(report: Report, places: Places) -> Section | None:
    """Versions that need care; nothing where CRDs are not known."""
    part = report.part(CRDS)
    if part is None or not report.crds:
        return None
    whole = part.summary.count is not None
    return Section("versions", "Versions of CRDs", [*_parts(report.crds, places, whole=whole)])


def _parts(crds: Mapping[str, CrdFacts], places: Places, *, whole: bool) -> Iterator[Part]:
    if not whole:
        yield Notice("warn", "Not all CRDs were read: these are the versions of those that were.")
    every = [(crd, each) for crd in crds.values() for each in crd.versions]
    told = [(crd, each) for crd, each in every if _states(each)]
    yield Facts([
        Fact("deprecated", str(sum(each.deprecated for _, each in told))),
        Fact("not served", str(sum(not each.served for _, each in told))),
        Fact("to be migrated", str(sum(each.to_migrate for _, each in told))),
    ])  # fmt: skip
    if unknown := sum(each.stored is None for _, each in every):
        yield Lead(
            [f"Of {counted(unknown, 'version')} it is not known whether objects are stored so."]
        )
    if not told:
        if whole:
            yield Notice("good", "All versions are served, none is deprecated or must be migrated.")
        return
    yield Lead([
        "Before a version is taken out of a CRD, objects that are stored in it must be written "
        "anew in the storage version, and its name taken out of status.storedVersions."
    ])  # fmt: skip
    rows = [_row(crd, each, places) for crd, each in told]
    block = Rows(_VERSIONS, rows, "versions", singular="version", identity=("crd", "version"))
    yield Tabled(table(block, "versions-table", caption="Versions that need care"))


def _states(version: CrdVersion) -> list[Badge]:
    found = []
    if version.deprecated:
        found.append(Badge("deprecated", "warn"))
    if not version.served:
        found.append(Badge("not served", "bad" if version.stored else "muted"))
    if version.to_migrate:
        found.append(Badge("to be migrated", "warn"))
    return found


def _row(crd: CrdFacts, version: CrdVersion, places: Places) -> dict[str, object]:
    storage = [each.name for each in crd.versions if each.storage]
    return {
        "crd": places.link(CRDS, crd.name),
        "version": version.name,
        "state": Drawn(Markup(" ").join(map(content_of, _states(version))), version.deprecated),
        "stored": version.stored,
        "storage": storage[0] if storage else None,
        "served": [each.name for each in crd.versions if each.served],
        "warning": version.warning or None,
    }

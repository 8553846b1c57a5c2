"""Everything for which an API server may refuse the schemas of a new CRD."""

from __future__ import annotations

from collections.abc import Iterator

from k8s_datamodel_plugins.grading.definition.crd_reading import Definition
from k8s_datamodel_plugins.grading.definition.crd_versions import OfVersion
from k8s_datamodel_plugins.grading.json_equality import same
from k8s_datamodel_plugins.grading.refusals.cel_demands import Demands
from k8s_datamodel_plugins.grading.refusals.cel_releases import Release
from k8s_datamodel_plugins.grading.refusals.not_structural import not_structural
from k8s_datamodel_plugins.grading.schema.found import Found

_SHOWN = 3


def refusals(
    old: Definition | None, new: Definition, kubernetes: Release | None
) -> Iterator[OfVersion]:
    """Why an API server may refuse the new CRD, and did not refuse the old one.

    Args:
        old: the CRD that the server has; None if it has none.
        new: the CRD that it is to take.
        kubernetes: the server's release; None if it is not known.
    """
    before = list(old.versions.values()) if old else []
    had = [version.schema for version in before if version.schema is not None]
    changed = [
        version
        for version in new.versions.values()
        if version.schema is not None and not any(same(version.schema, each) for each in had)
    ]
    demands = Demands(had, kubernetes) if changed else None
    for version in changed:
        for found in demands.findings(version.schema) if demands else ():
            yield OfVersion(version.name, found)
    if not new.beta and not any(map(not_structural, had if changed else ())):
        for version in changed:
            if wrong := not_structural(version.schema):
                yield OfVersion(version.name, _refused(wrong))


def _refused(wrong: list[str]) -> Found:
    more = f", and {len(wrong) - _SHOWN:,} more" if len(wrong) > _SHOWN else ""
    said = f"The schema is not structural: {'; '.join(wrong[:_SHOWN])}{more}."
    return Found("schema-not-structural", said, (), None, wrong)

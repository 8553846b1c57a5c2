"""Everything for which an API server may refuse the schemas of a new CRD."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from k8s_datamodel_plugins.grading.definition.crd_reading import Definition, Version
from k8s_datamodel_plugins.grading.definition.crd_versions import OfVersion
from k8s_datamodel_plugins.grading.refusals.cel_demands import Demands
from k8s_datamodel_plugins.grading.refusals.cel_releases import Release
from k8s_datamodel_plugins.grading.refusals.invalid_parts import invalid_parts, rule_texts
from k8s_datamodel_plugins.grading.refusals.nodes_of import nodes_of
from k8s_datamodel_plugins.grading.refusals.not_structural import not_structural
from k8s_datamodel_plugins.grading.refusals.only_reworded import only_reworded
from k8s_datamodel_plugins.grading.schema.found import Found

_SHOWN = 3


def refusals(
    old: Definition | None, new: Definition, kubernetes: Release | None
) -> Iterator[OfVersion]:
    """Why an API server may refuse the new CRD, and did not refuse the old one's schemas.

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
        if version.schema is not None
        and not any(only_reworded(version.schema, each) for each in had)
    ]
    yield from _storages(old, new)
    if not changed:
        return
    yield from _invalid(had, [] if new.beta else changed)
    known = [list(nodes_of(schema)) for schema in had]
    nodes = {version.name: list(nodes_of(version.schema)) for version in changed}
    demands = Demands(known, kubernetes)
    for name, each in nodes.items():
        for found in demands.findings(each):
            yield OfVersion(name, found)
    wrong = {} if new.beta else {name: not_structural(each) for name, each in nodes.items()}
    if any(wrong.values()) and not any(map(not_structural, known)):
        for name, why in wrong.items():
            if why:
                yield OfVersion(name, _refused(why))


def _invalid(had: list[Any], changed: list[Version]) -> Iterator[OfVersion]:
    # The server has accepted these, and their syntax takes long to judge.
    accepted = {text for schema in had for text in rule_texts(schema)}
    found = [(v.name, each) for v in changed for each in invalid_parts(v.schema, accepted)]
    if not found:  # as of nearly all CRDs, so what the old one has need not be found out
        return
    known = {each[:2] for schema in had for each in invalid_parts(schema, accepted)}
    for name, each in found:
        if each[:2] not in known:
            said = f"The API server refuses it: it {each.why}."
            yield OfVersion(name, Found("crd-invalid", said, each.steps))


def _storages(old: Definition | None, new: Definition) -> Iterator[OfVersion]:
    """A CRD that does not store objects in exactly one version."""
    after = _stored(new)
    if new.versions and len(after) != 1:
        which = " and ".join(after) or "none"
        said = f"Exactly one version must have storage: true, here {which} has it."
        before = None if old is None else _stored(old)
        yield OfVersion(None, Found("crd-invalid", said, None, before, after))


def _stored(crd: Definition) -> list[str]:
    return [each.name for each in crd.versions.values() if each.storage]


def _refused(wrong: list[str]) -> Found:
    more = f", and {len(wrong) - _SHOWN:,} more" if len(wrong) > _SHOWN else ""
    said = f"The schema is not structural: {'; '.join(wrong[:_SHOWN])}{more}."
    return Found("schema-not-structural", said, (), None, wrong)

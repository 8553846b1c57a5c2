"""What the change of a CRD means: every rule on two CRDs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from k8s_datamodel.api import Finding, KubernetesObject, same_json
from k8s_datamodel_plugins.grading.definition.crd_names import (
    another_crd,
    is_another_resource,
    name_changes,
    name_clashes,
)
from k8s_datamodel_plugins.grading.definition.crd_reading import Definition, Version, definition
from k8s_datamodel_plugins.grading.definition.crd_serving import (
    conversion_changes,
    rest_changes,
    serving_changes,
)
from k8s_datamodel_plugins.grading.definition.crd_versions import OfVersion, version_changes
from k8s_datamodel_plugins.grading.definition.stored_as import lossy_versions
from k8s_datamodel_plugins.grading.grading_settings import GradingSettings
from k8s_datamodel_plugins.grading.json_equality import same_object
from k8s_datamodel_plugins.grading.levels import finding
from k8s_datamodel_plugins.grading.refusals.invalid_definition import invalid_definition
from k8s_datamodel_plugins.grading.refusals.refused import refusals
from k8s_datamodel_plugins.grading.schema.found import Found
from k8s_datamodel_plugins.grading.schema.schema_walk import schema_changes

_DEFAULT = GradingSettings()


def graded(
    old: KubernetesObject | None,
    new: KubernetesObject | None,
    settings: GradingSettings = _DEFAULT,
) -> Iterator[Finding]:
    """What it means that one CRD became another, by version, path and rule.

    Nothing of them is trusted: a file may hold anything. What differs and no rule knows is
    ``unclassified``, so of two CRDs that differ something is said.

    Args:
        old: the CRD as it was; None if there was none.
        new: the CRD as it is to be; None if it is removed.
        settings: which findings there are, and at which level.
    """
    if old is None or new is None:
        before = definition(old) if old is not None else None
        after = definition(new) if new is not None else None
        found = _one_sided(before, after, settings)
    elif same_object(old, new):
        return
    else:
        before, after = definition(old), definition(new)
        found = _changes(before, after, settings)
    findings = [
        each
        for version, one in (*found, *_malformed(before, after, new))
        for each in finding(one, version, _own_status(before, after, version), settings)
    ]
    yield from sorted(findings, key=lambda one: (one.version or "", one.path or "", one.rule))


def clashes(
    crds: Iterable[KubernetesObject], settings: GradingSettings = _DEFAULT
) -> Iterator[tuple[str, Finding]]:
    """CRDs that want a name that another one of their group has, each with what that means.

    Args:
        crds: those that are to be in one cluster; the first one keeps the name.
        settings: which findings there are, and at which level.
    """
    for name, found in name_clashes(map(definition, crds)):
        for each in finding(found, None, False, settings):
            yield name, each


def _one_sided(
    old: Definition | None, new: Definition | None, settings: GradingSettings
) -> Iterator[OfVersion]:
    if old is not None:
        said = f"{old.name} is not in the new set. If it is deleted, its objects are deleted too."
        yield OfVersion(None, Found("crd-removed", said, None, old.name, None))
    if new is not None:
        yield OfVersion(None, Found("crd-added", f"{new.name} is new.", None, None, new.name))
        yield from refusals(None, new, settings.kubernetes)


def _changes(old: Definition, new: Definition, settings: GradingSettings) -> Iterator[OfVersion]:
    if other := another_crd(old, new):
        yield OfVersion(None, other)
        yield from refusals(None, new, settings.kubernetes)
        return
    for found in _whole(old, new):
        yield OfVersion(None, found)
    yield from version_changes(old, new)
    yield from lossy_versions(old, new)
    yield from refusals(old, new, settings.kubernetes)
    for name, version in new.versions.items():
        before = old.versions.get(name)
        if before is not None:
            for found in _version(before, version):
                yield OfVersion(name, found)


def _malformed(
    old: Definition | None, new: Definition | None, crd: KubernetesObject | None
) -> Iterator[OfVersion]:
    """What is no name, scope or list of versions in the new CRD, whatever the old one had."""
    if new is None or crd is None:
        return
    is_moved = old is not None and old.name == new.name and is_another_resource(old, new)
    for found in invalid_definition(crd, is_named=not is_moved):
        yield OfVersion(None, found)


def _whole(old: Definition, new: Definition) -> Iterator[Found]:
    """What differs in the CRD as a whole."""
    yield from name_changes(old, new)
    yield from conversion_changes(old, new)
    if new.beta and not old.beta:
        said = "No API server since Kubernetes 1.22 takes a CRD in v1beta1."
        yield Found("crd-api-removed", said, None, "v1", "v1beta1")
    if old.beta and not new.beta:
        yield Found("crd-api-renewed", "It is written in v1.", None, "v1beta1", "v1")
    if new.prunes and not old.prunes:
        said = "Fields that the schema does not name are no longer kept: reading drops them."
        yield Found("preserve-unknown-removed", said, (), True, None)
    if old.prunes and not new.prunes:
        said = "Fields that the schema does not name are kept. In v1 the API server refuses this."
        yield Found("preserve-unknown-added", said, (), None, True)
    if not same_json(old.labels, new.labels):
        yield Found("metadata-changed", "Labels or annotations of the CRD changed.")
    yield from rest_changes("", old.rest, new.rest)


def _version(old: Version, new: Version) -> Iterator[Found]:
    """What differs in one version."""
    yield from serving_changes(old, new)
    if old.schema is None and new.schema is None:
        return
    if old.schema is None:
        said = "It has a schema now: what was stored unchecked is checked, and pruned by it."
        yield Found("schema-added", said, (), None, True)
    elif new.schema is None:
        said = "It has no schema: API servers refuse that in v1."
        yield Found("schema-removed", said, (), True, None)
    elif not same_json(old.schema, new.schema):
        yield from schema_changes(old.schema, new.schema)


def _own_status(old: Definition | None, new: Definition | None, version: str | None) -> bool:
    """Whether only controllers write the status of a version's objects, before and after."""
    if old is None or new is None or version is None:
        return False
    found = [each.versions.get(version) for each in (old, new)]
    return all(each is not None and each.status for each in found)

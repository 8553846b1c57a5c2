"""Grade the change of a CRD, as ``diff`` and ``check`` do: by the rules, less what is ignored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from k8s_datamodel.api import Configuration, Finding, Grader, KubernetesObject, Row, counted
from k8s_datamodel_plugins.checks.check_settings import CheckSettings, check_settings
from k8s_datamodel_plugins.grading import graded
from k8s_datamodel_plugins.object_parts import mapping

_REMOVED = "crd-removed"


def grading(configuration: Configuration) -> Grader:
    """What the type ``crds`` names as its ``grading``. Raises UsageError."""
    settings = check_settings(configuration)

    def of_rows(old: Row | None, new: Row | None) -> Iterator[Finding]:
        name = str(next((row.get("name") for row in (new, old) if row), ""))
        for finding in findings(old, new, settings):
            if not ignored(name, finding, settings):
                yield finding

    return of_rows


def findings(old: Row | None, new: Row | None, settings: CheckSettings) -> Iterator[Finding]:
    """What the rules find, ignored or not; rows have the complete object as ``spec``."""
    for finding in graded(_object(old), _object(new), settings.grading):
        yield _with_instances(finding, old, settings) if finding.rule == _REMOVED else finding


def ignored(crd: str, finding: Finding, settings: CheckSettings) -> bool:
    """Whether a finding does not count."""
    return any(each.covers(crd, finding) for each in settings.ignores)


def _object(row: Row | None) -> KubernetesObject | None:
    return None if row is None else mapping(row.get("spec"))


def _with_instances(finding: Finding, old: Row | None, settings: CheckSettings) -> Finding:
    """What it means that a CRD is removed whose objects were counted: deleting it deletes them."""
    number = (old or {}).get("instance_count")
    if not number or finding.rule in settings.grading.severity:
        return finding
    message = f"{finding.message} It has {counted(number, 'instance')}."
    return replace(finding, level="breaking", message=message)

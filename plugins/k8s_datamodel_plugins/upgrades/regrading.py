"""The levels of findings, once it is known what happens to the objects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from k8s_datamodel.api import SEVERITIES, Finding, Severity
from k8s_datamodel_plugins.grading import RULES
from k8s_datamodel_plugins.upgrades.affected_objects import CheckedObjects

_LOWER: dict[Severity, Severity] = {"breaking": "risky", "risky": "additive"}
_AT_LEAST: Severity = "breaking"


def regraded(findings: Sequence[Finding], objects: CheckedObjects | None) -> list[Finding]:
    """The findings at the level that they have for these objects, in the same order.

    What may hurt stored objects counts one level less when all objects were read and none is hurt.
    What refuses or prunes one counts as breaking at least. ``blocked`` stays.
    """
    return [_regraded(each, objects) for each in findings]


def _regraded(finding: Finding, objects: CheckedObjects | None) -> Finding:
    if objects is None or not objects.known or finding.level == "blocked":
        return finding
    if objects.surely_hurts(finding):
        worse = min(finding.level, _AT_LEAST, key=SEVERITIES.index)
        return replace(finding, level=worse)
    rule = RULES.get(finding.rule)
    if rule and "stored" in rule.hurts and not objects.hurt:
        return replace(finding, level=_LOWER.get(finding.level, finding.level))
    return finding

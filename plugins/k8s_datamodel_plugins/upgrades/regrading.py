"""The levels of findings, once it is known what happens to the objects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from k8s_datamodel.api import SEVERITIES, Finding, Severity
from k8s_datamodel_plugins.grading import RULES
from k8s_datamodel_plugins.upgrades.causes import MANAGED
from k8s_datamodel_plugins.upgrades.checked_objects import CheckedObjects

_LOWER: dict[Severity, Severity] = {"breaking": "risky", "risky": "additive"}
_AT_LEAST: Severity = "breaking"


def regraded(findings: Sequence[Finding], objects: CheckedObjects) -> list[Finding]:
    """The findings at the level that they have for these objects, each with how many it hurts.

    What may hurt stored objects counts one level less when all objects were read and none is hurt.
    What refuses or prunes one counts as breaking at least. ``blocked`` stays. What only objects
    can tell, and none tells, is left out.
    """
    return [
        replace(each, level=_level(each, objects), objects=objects.hurts(each))
        for each in findings
        if each.rule != MANAGED or objects.surely_hurts(each)
    ]


def _level(finding: Finding, objects: CheckedObjects) -> Severity:
    if finding.level == "blocked":
        return "blocked"
    if objects.surely_hurts(finding):
        return min(finding.level, _AT_LEAST, key=SEVERITIES.index)
    rule = RULES.get(finding.rule)
    safe = objects.known and not objects.hurt and not objects.doubtful
    if rule and "stored" in rule.hurts and safe:
        return _LOWER.get(finding.level, finding.level)
    return finding.level

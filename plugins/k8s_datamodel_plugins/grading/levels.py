"""The level that a finding counts at, by the settings and by where it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from k8s_datamodel.api import Finding, Severity, written_path
from k8s_datamodel_plugins.grading.grading_settings import GradingSettings
from k8s_datamodel_plugins.grading.rules import RULES, Rule
from k8s_datamodel_plugins.grading.schema.found import Found

_LOWER: dict[Severity, Severity] = {"breaking": "risky", "risky": "additive"}

_ALPHA = re.compile(r"v[0-9]+alpha[0-9]+")


def finding(
    found: Found, version: str | None, own_status: bool, settings: GradingSettings
) -> Iterator[Finding]:
    """What was found as a finding, or nothing where the settings leave it out.

    ``own_status``: whether the status is a subresource, so only controllers write it.
    """
    rule = RULES[found.rule]
    level = _level(rule, found, settings)
    reasons: list[str] = []
    if own_status and found.steps and found.steps[0] == "status" and "readers" not in rule.hurts:
        level = _lowered(level, "only controllers write the status", reasons)
    if version and settings.alpha == "lower" and _is_alpha(version):
        level = _lowered(level, "the version is alpha", reasons)
    chosen = settings.severity.get(rule.id, level)
    said = f" (Milder, as {' and '.join(reasons)}.)" if reasons and chosen == level else ""
    if chosen != "off" and _is_wanted(rule, level, settings):
        path = None if found.steps is None else written_path(found.steps)
        yield Finding(
            rule=rule.id,
            level=chosen,
            message=f"{found.message}{said}",
            version=version,
            path=path,
            old=found.old,
            new=found.new,
        )


def _lowered(level: Severity, reason: str, reasons: list[str]) -> Severity:
    """One level lower, if there is one; the reason is kept then."""
    if level in _LOWER:
        reasons.append(reason)
    return _LOWER.get(level, level)


def _level(rule: Rule, found: Found, settings: GradingSettings) -> Severity:
    if settings.profile == "readers" and rule.readers_level and not found.level:
        return rule.readers_level
    return found.level or rule.level


def _is_alpha(version: str) -> bool:
    return all(_ALPHA.fullmatch(each) for each in version.split(" -> "))


def _is_wanted(rule: Rule, level: Severity, settings: GradingSettings) -> bool:
    if settings.profile == "all" or level in ("blocked", "unclassified"):
        return True
    return settings.profile in rule.hurts

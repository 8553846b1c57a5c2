"""A check as SARIF, which code scanning of forges reads.

Source: "Static Analysis Results Interchange Format (SARIF) Version 2.1.0", OASIS Standard.
"""

from __future__ import annotations

import json
from hashlib import sha256
from importlib.metadata import version
from typing import Any

from k8s_datamodel.api import Finding, Severity
from k8s_datamodel_plugins.checks.checked import Checked, CheckedCrd
from k8s_datamodel_plugins.checks.crd_places import Places
from k8s_datamodel_plugins.checks.reports.check_github import annotation
from k8s_datamodel_plugins.checks.reports.report_words import one_line
from k8s_datamodel_plugins.checks.reports.sentences import sentence, verdict
from k8s_datamodel_plugins.grading import RULES, Rule

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS = {"error": "error", "warning": "warning", "notice": "note"}
_ROOT = "%SRCROOT%"
_TOOL = "k8s-datamodel"


def check_sarif(checked: Checked, places: Places, fail_on: Severity) -> dict[str, Any]:
    """The document: one run, with all rules, and a result for each finding."""
    numbers = {rule: number for number, rule in enumerate(RULES)}
    results = [
        _result(crd, each, places, fail_on, numbers)
        for crd in checked.worst_first()
        for each in crd.findings
    ]
    notes = [{"level": "error", "message": {"text": each}} for each in checked.lacks]
    driver = {
        "name": _TOOL,
        "version": version(_TOOL),
        "rules": [_rule(each, fail_on) for each in RULES.values()],
    }
    run: dict[str, Any] = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": checked.complete,
                "toolExecutionNotifications": notes,
            }
        ],
        "results": results,
        "properties": {"level": checked.level, "verdict": verdict(checked)},
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: Rule, fail_on: Severity) -> dict[str, Any]:
    parts = {"What the API server does": rule.server, "How to get out": rule.remedy}
    plain = "\n\n".join([rule.reason, *(f"{name}: {text}" for name, text in parts.items())])
    marked = "\n\n".join([rule.reason, *(f"**{name}:** {text}" for name, text in parts.items())])
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.reason},
        "help": {"text": plain, "markdown": f"{marked}\n\n```\n{rule.example}\n```"},
        "defaultConfiguration": {"level": _LEVELS[annotation(rule.level, fail_on)]},
        "properties": {"level": rule.level, "tags": ["crd", *rule.hurts]},
    }


def _result(
    crd: CheckedCrd,
    finding: Finding,
    places: Places,
    fail_on: Severity,
    numbers: dict[str, int],
) -> dict[str, Any]:
    parts = (crd.name, finding.version, finding.path)
    named = "/".join(part for part in parts if part)
    where = places.of(crd.name, finding) or places.whole()  # forges refuse results without a file
    artifact = {"uri": where.uri, **({"uriBaseId": _ROOT} if where.relative else {})}
    location = {
        "logicalLocations": [{"fullyQualifiedName": named}],
        "physicalLocation": {
            "artifactLocation": artifact,
            "region": {"startLine": where.line},
        },
    }
    about = {"crd": crd.name, "version": finding.version, "path": finding.path}
    values = {"level": finding.level, "from": finding.old, "to": finding.new}
    hurt = {} if finding.objects is None else {"objects": finding.objects}
    number = {"ruleIndex": numbers[finding.rule]} if finding.rule in numbers else {}
    return {
        "ruleId": finding.rule,
        **number,
        "level": _LEVELS[annotation(finding.level, fail_on)],
        "message": {"text": f"{one_line(crd.name)}: {sentence(finding)}"},
        "locations": [location],
        "partialFingerprints": {"finding/v1": _fingerprint(named, finding)},
        "properties": {**about, **values, **hurt},
    }


def _fingerprint(named: str, finding: Finding) -> str:
    """What stays the same while the same thing is found, whatever words say it."""
    parts = [named, finding.rule, finding.old, finding.new]
    return sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()

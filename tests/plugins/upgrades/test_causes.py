"""Which finding is behind a reason: by rule, by version, and the nearest place."""

from __future__ import annotations

from dataclasses import replace

import pytest

from k8s_datamodel.api import Finding
from k8s_datamodel_plugins.grading import RULES
from k8s_datamodel_plugins.rehearsal import Reason
from k8s_datamodel_plugins.upgrades import causes
from k8s_datamodel_plugins.upgrades.causes import Causes


def finding(rule: str, path: str | None, version: str | None = "v1") -> Finding:
    return Finding(rule=rule, level="breaking", message="", path=path, version=version)


ROOT = finding("required-added", "")
SPEC = finding("required-added", "spec")
ITEM = finding("enum-added", "spec.list[*].mode")
KEY = finding("bound-tightened", "spec.map.*")
OTHER = finding("enum-added", "spec.list[*].mode", "v2")
GONE = finding("version-removed", None, "v1beta1")
MANAGED = finding("version-removed-managedfields", None, "v1beta1")
NAMED = ("metadata", "managedFields")
ALL = (ROOT, SPEC, ITEM, KEY, OTHER, GONE, MANAGED)


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        (Reason("create", "required", ("spec", "size"), ""), SPEC),
        (Reason("create", "required", ("status",), ""), ROOT),
        (Reason("create", "enum", ("spec", "list", 3, "mode"), ""), ITEM),
        (Reason("create", "enum", ("spec", "list", "3", "mode"), ""), None),
        (Reason("create", "maxLength", ("spec", "map", "any"), ""), KEY),
        (Reason("create", "maxLength", ("spec", "other"), ""), None),
        (Reason("apply", "apply", NAMED, "", "g/v1beta1"), MANAGED),
        (Reason("apply", "apply", NAMED, "", "g/v1beta2"), GONE),
        (Reason("read", "version", (), ""), GONE),
    ],
)
def test_the_nearest_finding_explains(reason: Reason, cause: Finding | None) -> None:
    assert Causes.of(ALL, "v1").behind(reason) is cause


def test_paths_that_findings_concern_are_those_of_the_object() -> None:
    obj = {"spec": {"list": [{"mode": "a"}, {}], "map": {"x": "1"}}}
    paths = Causes.of((ITEM, KEY, OTHER), "v1").concerned(obj)
    assert paths == [
        ("spec", "list", 0, "mode"),
        ("spec", "list", 1, "mode"),
        ("spec", "map", "x"),
    ]


def test_a_milder_level_takes_no_path_away() -> None:
    milder = replace(finding("cel-rule-added", "spec.size", "v1alpha1"), level="additive")
    added = replace(finding("field-added", "spec.other", "v1alpha1"), level="additive")
    found = Causes.of((milder, added), "v1alpha1").concerned({"spec": {"size": 1, "other": 2}})
    assert found == [("spec", "size")]


def test_the_rules_are_there() -> None:
    named = {rule for rules in causes._CAUSES.values() for rule in rules}
    assert named <= set(RULES)

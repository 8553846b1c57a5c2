"""Two CRDs through the public door: what is told, in which order, and under which settings."""

from __future__ import annotations

from typing import Any

from k8s_datamodel.api import Finding
from k8s_datamodel_plugins.grading import RULES, GradingSettings, graded
from support.made_crds import made_crd


def crd(**properties: Any) -> dict[str, Any]:
    return made_crd("widgets", "example.com", "Widget", properties)


def test_equal_crds_give_nothing() -> None:
    assert list(graded(crd(spec={"type": "object"}), crd(spec={"type": "object"}))) == []


def test_a_crd_that_came_or_went() -> None:
    [added], [removed] = list(graded(None, crd())), list(graded(crd(), None))
    assert (added.rule, added.level, removed.rule, removed.level) == (
        *("crd-added", "additive"),
        *("crd-removed", "risky"),
    )


def test_a_finding_says_where_and_what() -> None:
    size = {"type": "integer"}
    old = crd(spec={"type": "object", "properties": {"size": size}})
    new = crd(spec={"type": "object", "properties": {"size": {**size, "minimum": 1}}})
    assert list(graded(old, new)) == [
        Finding(
            rule="bound-tightened",
            level="breaking",
            message="minimum is 1, it was not set: values that were valid may not be so now.",
            version="v1",
            path="spec.size",
            old=None,
            new=1,
        )
    ]


def test_every_rule_teaches() -> None:
    for rule in RULES.values():
        texts = (rule.title, rule.reason, rule.example, rule.server, rule.remedy)
        assert all(text and not text.isspace() for text in texts)
        assert all(text.endswith(".") for text in (rule.reason, rule.server, rule.remedy))


def test_settings_select_and_lower() -> None:
    old = crd(spec={"type": "string", "enum": ["a"]})
    new = crd(spec={"type": "string", "enum": ["a", "b"]})

    def levels(**chosen: Any) -> list[str]:
        return [each.level for each in graded(old, new, GradingSettings(**chosen))]

    assert levels() == ["additive"]
    assert levels(profile="readers") == ["risky"]
    assert levels(profile="stored") == []
    assert levels(severity={"enum-value-added": "off"}) == []
    assert levels(severity={"enum-value-added": "breaking"}) == ["breaking"]

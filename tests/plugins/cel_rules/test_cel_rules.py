"""What an evaluator tells beside verdicts: versions, redacted values, unknown rules, speed."""

from __future__ import annotations

from typing import Any

import pytest

from k8s_datamodel_plugins.cel_rules import RuleResult, evaluator
from k8s_datamodel_plugins.structural import Correlated, compiled

TOKEN = "[redacted:0123abcd:0123456789abcdef]"


def ruled(rule: str, **properties: Any) -> dict[str, Any]:
    named = {name: {"type": kind} for name, kind in properties.items()}
    return {"type": "object", "properties": named, "x-kubernetes-validations": [{"rule": rule}]}


def states(schema: dict[str, Any], value: Any, kubernetes: str = "") -> list[tuple[str, str]]:
    return [(one.state, one.message) for one in evaluator(schema, kubernetes).check(value)]


@pytest.mark.parametrize(
    ("rule", "kubernetes", "state"),
    [
        ("isIP(self.a)", "v1.29.0", "unknown"),
        ("isIP(self.a)", "v1.30.0-eks-1", "failed"),
        ("self.a.split(',').all(i, x, i > 0)", "1.31", "unknown"),
        ("self.a.split(',').all(i, x, i > 0)", "1.32", "failed"),
        ("self.?a.hasValue()", "1.27", "unknown"),
        ("self.?a.hasValue()", "1.28", "passed"),
        ("semver(self.a).major() == 1", "1.32", "unknown"),
        ("self.nothing == 'a'", "", "unknown"),
        ("self.a.nothing()", "", "unknown"),
        ("math.greatest(1, 2) == 2", "", "unknown"),
        ("authorizer.path('/').check('get').allowed()", "", "unknown"),
        ("self.a ==", "", "unknown"),
        ("self.a", "", "unknown"),
        ("[optional.of(1)].sum() == 1", "", "unknown"),
        ("[optional.of(1)].isSorted()", "", "unknown"),
        ("{'a': optional.of(1)}.isGreaterThan({}) ", "", "unknown"),
        ("self.a.matches('(?<=a)b')", "", "failed"),
        (r"self.a.findAll('\\b').size() == 0", "", "unknown"),
        (r"self.a.findAll('\\\\b').size() == 0", "", "passed"),
    ],
)
def test_a_rule_is_unknown_where_the_server_may_say_something_else(
    rule: str, kubernetes: str, state: str
) -> None:
    schema = ruled(rule, a="string")
    found = evaluator(schema, kubernetes).check({"a": "b"})
    assert [(one.rule, one.state) for one in found] == [(rule, state)]
    assert found[0].message or state == "passed"


def test_before_1_25_rules_are_ignored() -> None:
    assert states(ruled("false"), {}, "v1.24.9") == []


@pytest.mark.parametrize(
    ("rule", "state"),
    [
        ("has(self.a)", "passed"),
        ("self.b == 'x'", "passed"),
        ("self.a == 'x'", "unknown"),
        ("self.b == 'x' || self.a == 'y'", "unknown"),
        ("self.c.k == 'v'", "unknown"),
        ("self.d.exists(x, x == 'v')", "unknown"),
        ("size(self.c) == 1 && has(self.c.k)", "unknown"),
    ],
)
def test_a_rule_that_reads_a_redacted_value_is_unknown(rule: str, state: str) -> None:
    schema = ruled(rule, a="string", b="string")
    schema["properties"]["c"] = {"type": "object", "additionalProperties": {"type": "string"}}
    schema["properties"]["d"] = {"type": "array", "items": {"type": "string"}}
    value = {"a": TOKEN, "b": "x", "c": {"k": f"at {TOKEN}"}, "d": ["a", TOKEN]}
    assert [state for state, _ in states(schema, value)] == [state]


def test_the_root_sees_its_name_and_kind_and_no_labels() -> None:
    schema = ruled("self.metadata.name == 'n' && self.kind == 'K'", metadata="object")
    value = {"apiVersion": "g/v1", "kind": "K", "metadata": {"name": "n", "labels": {}}}
    assert states(schema, value) == [("passed", "")]
    (told,) = states(ruled("has(self.metadata.labels)", metadata="object"), value)
    assert told == (
        "unknown",
        "not modelled: the schema has no field 'labels' that a rule can see",
    )


def test_ratcheting_begins_with_1_30() -> None:
    schema = ruled("self.a == 'x'", a="string")
    value = {"a": "y"}
    update = Correlated(value, value, compiled(schema))
    assert [one.state for one in evaluator(schema, "1.29").check(value, update)] == ["failed"]
    (forgiven,) = evaluator(schema, "1.30").check(value, update, path=("spec",))
    assert forgiven == RuleResult(
        ("spec",),
        "self.a == 'x'",
        "passed",
        "forgiven, as nothing changed: failed rule: self.a == 'x'",
    )


def test_optional_old_self_begins_with_1_30() -> None:
    schema = ruled("self.a == 'x'", a="string")
    schema["x-kubernetes-validations"] = [
        {"rule": "oldSelf.hasValue()", "optionalOldSelf": True},
    ]
    assert states(schema, {}, "1.30") == [("failed", "failed rule: oldSelf.hasValue()")]
    assert states(schema, {}, "1.29") == []


def test_places_are_names_keys_and_indices() -> None:
    rule = {"rule": "self > 1", "message": "too small"}
    schema = ruled("true")
    number = {"type": "integer", "x-kubernetes-validations": [rule]}
    schema["properties"] = {
        "list": {"type": "array", "items": number},
        "map": {"type": "object", "additionalProperties": number},
    }
    found = evaluator(schema).check({"list": [2, 1], "map": {"a.b": 0, "c": 2}}, path=("spec",))
    failed = [(one.path, one.message) for one in found if one.state == "failed"]
    assert failed == [
        (("spec", "list", 1), "too small"),
        (("spec", "map", "a.b"), "too small"),
    ]

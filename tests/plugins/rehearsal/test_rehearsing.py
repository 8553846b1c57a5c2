"""What the rehearsal says where no server's answer is kept: unknowns, old servers, CEL."""

from __future__ import annotations

from typing import Any

import pytest

from k8s_datamodel_plugins.cel_rules import RuleResult
from k8s_datamodel_plugins.rehearsal import OPERATIONS, Rehearsal, Rehearsed
from k8s_datamodel_plugins.structural import Correlated

TEXT = {"type": "string"}


def crd(spec: dict[str, Any], *names: str, stored: list[str] | None = None) -> dict[str, Any]:
    schema = {"type": "object", "properties": {"spec": {"type": "object", **spec}}}
    versions = [
        {
            "name": name,
            "served": True,
            "storage": name == (names or ("v1",))[0],
            "schema": {"openAPIV3Schema": schema},
        }
        for name in names or ("v1",)
    ]
    made: dict[str, Any] = {"spec": {"group": "g.example", "scope": "Namespaced"}}
    made["spec"]["versions"] = versions
    if stored:
        made["status"] = {"storedVersions": stored}
    return made


def thing(spec: Any, version: str = "v1", **meta: Any) -> dict[str, Any]:
    return {
        "apiVersion": f"g.example/{version}",
        "kind": "Thing",
        "metadata": {"name": "it", "namespace": "n", **meta},
        "spec": spec,
    }


def operations(
    old: dict[str, Any], new: dict[str, Any], obj: dict[str, Any], kubernetes: str | None = None
) -> Rehearsed:
    return Rehearsal(old, new, kubernetes).operations(obj)


OLD = crd({"properties": {"a": TEXT}})
SHORT = crd({"properties": {"a": {**TEXT, "maxLength": 1}}})


def test_before_1_30_a_write_is_judged_as_a_create() -> None:
    assert operations(OLD, SHORT, thing({"a": "xx"}), "v1.29").operations["write"] == "refused"
    assert operations(OLD, SHORT, thing({"a": "xx"}), "v1.30").operations["write"] == "ok"


def test_a_reason_tells_operation_rule_and_path() -> None:
    reasons = operations(OLD, SHORT, thing({"a": "xx"})).reasons
    assert ("create", "maxLength", ("spec", "a")) in {
        (one.operation, one.rule, one.path) for one in reasons
    }


def test_a_default_that_is_stored_or_only_shown_makes_a_verdict_unknown() -> None:
    old = crd({"properties": {"a": {**TEXT, "default": "d"}}})
    new = crd({"properties": {"a": TEXT}, "required": ["a"]})
    found = operations(old, new, thing({"a": "d"}))
    assert found.operations["create"] == "unknown"
    why = {one.message for one in found.reasons if one.operation == "create"}
    assert why == {"a value that equals its old default may be stored or only shown"}
    assert operations(old, new, thing({"a": "own"})).operations["create"] == "ok"


def test_a_crd_that_lacks_what_is_stored_is_not_judged() -> None:
    old = crd({"properties": {"a": TEXT}}, "v1", stored=["v1"])
    found = operations(old, crd({"properties": {"a": TEXT}}, "v2"), thing({"a": "x"}))
    assert set(found.operations) == set(OPERATIONS)
    assert set(found.operations.values()) == {"unknown"}
    assert found.reasons[0].message == "the server refuses this CRD while v1 is stored"


def test_managers_that_are_not_known_make_apply_unknown_only_when_a_version_leaves() -> None:
    old = crd({"properties": {"a": TEXT}}, "v2", "v1", stored=["v2"])
    new = crd({"properties": {"a": TEXT}}, "v2")
    assert operations(old, new, thing({"a": "x"}, "v2")).operations["apply"] == "unknown"
    assert operations(old, old, thing({"a": "x"}, "v2")).operations["apply"] == "ok"
    managed = thing({"a": "x"}, "v2", managedFields=[{"apiVersion": "g.example/v1"}])
    assert operations(old, new, managed).operations["apply"] == "refused"


def nested(depth: int) -> Any:
    value: Any = "x"
    for _ in range(depth):
        value = {"a": value}
    return value


@pytest.mark.parametrize(
    ("new", "obj", "why"),
    [
        (SHORT, {**thing({"a": "x"}), "metadata": None}, "it has no metadata"),
        (SHORT, thing(nested(5000)), "it is nested too deeply"),
        (crd({"properties": [1]}), thing({"a": "x"}), "the schema is not structural: "),
        (
            crd({"properties": {"a": {"pattern": 1}}}),
            thing({}),
            "the schema is not structural: pattern is 1",
        ),
        ({"spec": {"versions": [{"name": "v1"}]}}, thing({}), "the CRD stores no version"),
    ],
)
def test_what_cannot_be_judged_is_unknown(
    new: dict[str, Any], obj: dict[str, Any], why: str
) -> None:
    found = operations(OLD, new, obj)
    assert set(found.operations.values()) == {"unknown"}
    assert found.reasons[0].message.startswith(why)


class Engine:
    """Answers what it was told, and notes what it was asked."""

    def __init__(self, *said: RuleResult) -> None:
        self.said = said
        self.updates: list[bool] = []

    def __call__(self, schema: Any, kubernetes: str) -> Engine:
        self.kubernetes = kubernetes
        return self

    def check(self, value: Any, update: Correlated | None = None) -> tuple[RuleResult, ...]:
        self.updates.append(update is not None)
        return self.said


RULED = crd({"properties": {"a": TEXT}, "x-kubernetes-validations": [{"rule": "self.a == 'b'"}]})


def judged(obj: dict[str, Any], *said: RuleResult) -> dict[str, Any]:
    engine = Engine(*said)
    found = Rehearsal(OLD, RULED, "v1.36.3", engine).operations(obj)
    assert engine.kubernetes == "1.36"
    return dict(found.operations)


@pytest.mark.parametrize(
    ("path", "rule", "write"),
    [
        (("spec",), "self.a.odd()", "ok"),  # nothing changed there, so it would be forgiven
        (("spec",), "oldSelf.a.odd()", "unknown"),
        ((), "self.spec.a.odd()", "unknown"),  # the label changes the root
        (("spec", "a"), "self.odd()", "ok"),
    ],
)
def test_a_rule_that_is_not_known_counts_where_something_changed(
    path: tuple[str | int, ...], rule: str, write: str
) -> None:
    found = judged(thing({"a": "x"}), RuleResult(path, rule, "unknown"))
    assert found["create"] == "unknown"
    assert found["write"] == write


def test_a_rule_that_fails_refuses() -> None:
    found = judged(thing({"a": "x"}), RuleResult(("spec",), "self.a == 'b'", "failed"))
    assert set(found.values()) == {"same", "refused"}


def test_a_value_of_a_wrong_type_that_a_rule_may_read_is_not_known() -> None:
    found = judged(thing({"a": 5}))
    assert found["create"] == "refused"
    assert found["write"] == found["status"] == "unknown"


def test_rules_are_not_asked_where_the_schema_blocks_them() -> None:
    engine = Engine()
    Rehearsal(OLD, RULED, "1.36", engine).one_reading(thing({"a": 5}), "v1")
    assert engine.updates
    assert all(engine.updates)


@pytest.mark.parametrize("side", [0, 1])
def test_a_crd_in_v1beta1_has_its_schema_elsewhere_so_nothing_is_known(side: int) -> None:
    pair = [OLD, OLD]
    pair[side] = {**OLD, "apiVersion": "apiextensions.k8s.io/v1beta1"}
    found = operations(*pair, thing({"a": "x"}))
    assert found.operations == dict.fromkeys(OPERATIONS, "unknown")
    assert {each.message for each in found.reasons} == {"the CRD is written in v1beta1"}

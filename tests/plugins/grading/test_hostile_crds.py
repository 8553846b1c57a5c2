"""Files hold anything: what is no CRD is graded too, and never a crash."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from k8s_datamodel_plugins.grading import GradingSettings, clashes, graded
from k8s_datamodel_plugins.upgrades.touched import (
    SeenService,
    loss_of,
    missing_service,
    new_clashes,
)
from support.made_crds import made_crd

STRANGE = [None, [], {}, "x", 1.5, True, [None], {1: None}]
DEPTH = 1_000


def crd(**properties: Any) -> dict[str, Any]:
    found = made_crd("widgets", "example.com", "Widget", properties)
    found["spec"]["conversion"] = {"strategy": "Webhook", "webhook": {"clientConfig": {"url": "x"}}}
    found["spec"]["versions"][0] |= {
        "subresources": {"status": {}, "scale": {}},
        "additionalPrinterColumns": [{"name": "a", "jsonPath": ".a"}],
        "selectableFields": [{"jsonPath": ".a"}],
    }
    found["metadata"]["labels"] = {"a": "b"}
    return found


FULL = crd(
    spec={
        "type": "object",
        "required": ["a"],
        "properties": {"a": {"type": "string", "enum": ["a"], "allOf": [{"pattern": "a"}]}},
        "x-kubernetes-validations": [{"rule": "self.a == 'a'"}],
        "anyOf": [{"required": ["a"]}],
    },
    list={"type": "array", "items": {"type": "integer", "default": 1}, "maxItems": 3},
    map={"type": "object", "additionalProperties": {"type": "string"}},
)


def places(value: Any, steps: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [steps] if steps else []
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return [*found, *(each for key, below in items for each in places(below, (*steps, key)))]


@pytest.mark.parametrize("strange", STRANGE, ids=str)
def test_anything_may_stand_anywhere(strange: Any) -> None:
    for steps in places(FULL):
        broken = copy.deepcopy(FULL)
        parent = broken
        for step in steps[:-1]:
            parent = parent[step]
        parent[steps[-1]] = strange
        for old, new in ((FULL, broken), (broken, FULL), (None, broken), (broken, None)):
            list(graded(old, new))
        list(clashes([FULL, broken]))
        list(new_clashes([FULL], [broken], GradingSettings()))
        for old, new in ((FULL, broken), (broken, FULL), (broken, None)):
            loss_of(old, new)
        missing_service(broken, [SeenService("new", False)])


@pytest.mark.parametrize("strange", STRANGE)
def test_a_crd_that_is_none(strange: Any) -> None:
    list(graded(strange, FULL))
    list(graded(FULL, strange))


def deep(keyword: str, leaf: dict[str, Any]) -> dict[str, Any]:
    schema = leaf
    for _ in range(DEPTH):
        schema = (
            {"type": "object", "properties": {"a": schema}}
            if keyword == "properties"
            else {keyword: [schema, {}] if keyword in ("anyOf", "allOf") else schema}
        )
    return schema


@pytest.mark.parametrize(
    "keyword",
    ["properties", "items", "additionalProperties", "allOf", "anyOf", "not", "default", "x-foo"],
)
def test_a_schema_may_be_deep(keyword: str) -> None:
    old, new = (crd(spec=deep(keyword, {"type": kind})) for kind in ("string", "integer"))
    found = list(graded(old, new))
    assert [each for each in found if each.rule != "schema-not-structural"]
    assert list(graded(old, crd(spec=deep(keyword, {"type": "string"})))) == []


def test_a_rule_may_be_long() -> None:
    rule = "self" + ".a" * 200_000
    new = {"type": "object", "x-kubernetes-validations": [{"rule": rule}]}
    assert [each.rule for each in graded(crd(spec={"type": "object"}), crd(spec=new))] == [
        "cel-rule-added"
    ]

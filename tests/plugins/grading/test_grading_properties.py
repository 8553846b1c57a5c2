"""Random pairs of structural schemas: no crash, nothing lost, nothing made up."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from k8s_datamodel.api import SEVERITIES, Finding
from k8s_datamodel_plugins.grading import graded
from support.made_crds import made_crd

Schema = dict[str, Any]

NAMES = st.sampled_from(["a", "b", "c.d"])
WORDS = st.fixed_dictionaries({}, optional={"description": st.sampled_from(["one", "two"])})
FLAG = st.just(True)
RULES = st.sampled_from(["self != 'a'", "self == oldSelf", "has(self)"])
COMMON: dict[str, Any] = {
    "description": st.sampled_from(["one", "two"]),
    "nullable": FLAG,
    "x-kubernetes-validations": st.lists(RULES, min_size=1, max_size=2, unique=True).map(
        lambda rules: [{"rule": rule} for rule in rules]
    ),
    "x-unit": st.sampled_from(["GiB", 1, None]),
}


def leaf(kind: str, **more: Any) -> st.SearchStrategy[Schema]:
    return st.fixed_dictionaries({"type": st.just(kind)}, optional={**COMMON, **more})


TEXTS = leaf(
    "string",
    enum=st.lists(NAMES, min_size=1, max_size=3, unique=True),
    pattern=st.sampled_from(["^a", "b$"]),
    maxLength=st.integers(1, 9),
    minLength=st.integers(1, 9),
    format=st.sampled_from(["ipv4", "banana"]),
    default=NAMES,
)
NUMBERS = leaf(
    "integer",
    minimum=st.integers(1, 9),
    maximum=st.integers(1, 9),
    multipleOf=st.integers(2, 4),
    default=st.integers(0, 9),
)
OPEN = st.just({"type": "object", "x-kubernetes-preserve-unknown-fields": True})


def containers(inner: st.SearchStrategy[Schema]) -> st.SearchStrategy[Schema]:
    lists = leaf(
        "array",
        maxItems=st.integers(1, 9),
        **{"x-kubernetes-list-type": st.sampled_from(["set", "atomic"])},
    )
    return st.one_of(
        st.tuples(lists, inner).map(lambda pair: {**pair[0], "items": pair[1]}),
        st.tuples(leaf("object", maxProperties=st.integers(1, 9)), inner).map(
            lambda pair: {**pair[0], "additionalProperties": pair[1]}
        ),
        objects(inner),
    )


def objects(inner: st.SearchStrategy[Schema]) -> st.SearchStrategy[Schema]:
    required = st.lists(NAMES, max_size=2, unique=True)
    branch = st.sampled_from([{"required": ["a"]}, {"maxProperties": 3}, {"not": {"enum": [1]}}])
    return st.tuples(
        leaf("object", allOf=st.lists(branch, min_size=1, max_size=2), **{"not": branch}),
        st.dictionaries(NAMES, inner, max_size=3),
        required,
    ).map(lambda three: {**three[0], "properties": three[1], "required": three[2]})


SCHEMAS = objects(st.recursive(st.one_of(TEXTS, NUMBERS, OPEN), containers, max_leaves=6))


def crd(schema: Schema) -> dict[str, Any]:
    found = made_crd("widgets", "example.com", "Widget", {})
    found["spec"]["versions"][0]["schema"]["openAPIV3Schema"] = schema
    return found


def findings(old: Schema, new: Schema) -> list[Finding]:
    return list(graded(crd(old), crd(new)))


def without_meaning(schema: Any) -> Any:
    """A schema in which what does not matter is written in one way only."""
    if isinstance(schema, list):
        return [without_meaning(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: without_meaning(value) for key, value in schema.items() if value is not None}
    for keyword in ("required", "enum"):
        if isinstance(found.get(keyword), list):
            found[keyword] = sorted(found[keyword])
    for keyword in ("allOf", "x-kubernetes-validations"):
        if isinstance(found.get(keyword), list):
            found[keyword] = sorted({str(each): each for each in found[keyword]})
    if found.get("x-kubernetes-list-type") == "atomic":
        del found["x-kubernetes-list-type"]
    return {key: value for key, value in found.items() if value != [] or key != "required"}


def paths(schema: Schema, above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Where keywords stand in a schema, outside of combinators."""
    found = [(*above, key) for key in schema if key not in ("type", "properties", "items")]
    for name, each in schema.get("properties", {}).items():
        found += paths(each, (*above, "properties", name))
    for keyword in ("items", "additionalProperties"):
        if isinstance(schema.get(keyword), dict):
            found += paths(schema[keyword], (*above, keyword))
    return found


def dropped(schema: Schema, path: tuple[str, ...]) -> Schema:
    found = copy.deepcopy(schema)
    node = found
    for step in path[:-1]:
        node = node[step]
    del node[path[-1]]
    return found


WIDENS = {
    *("enum", "pattern", "maxLength", "minLength", "format", "minimum", "maximum", "multipleOf"),
    *("maxItems", "maxProperties", "required", "not", "allOf", "x-kubernetes-validations"),
    "description",
}
"""Keywords without which a schema allows at least as much."""


def equal_schemas_give_nothing(schema: Schema) -> None:
    assert findings(schema, copy.deepcopy(schema)) == []
    turned = {key: schema[key] for key in reversed(schema)}
    assert findings(schema, turned) == []


def every_change_is_told(old: Schema, new: Schema) -> None:
    told = findings(old, new)
    if without_meaning(old) != without_meaning(new):
        allof = "allOf" in str(old) + str(new)
        assert told or allof  # a branch may say what its node says too
    assert all(each.level in SEVERITIES and each.message for each in told)
    distinct = {
        (each.rule, each.path, each.version, each.message, str(each.old), str(each.new))
        for each in told
    }
    assert len(distinct) == len(told)


def a_wider_schema_breaks_nothing(schema: Schema) -> None:
    for path in paths(schema):
        if path[-1] in WIDENS:
            told = findings(schema, dropped(schema, path))
            assert not {"blocked", "breaking"} & {each.level for each in told}, path


def one_change_is_told(schema: Schema) -> None:
    for path in paths(schema):
        parent = schema
        for step in path[:-1]:
            parent = parent[step]
        meaningless = not without_meaning({path[-1]: parent[path[-1]]})
        meaningless |= "allOf" in parent  # a branch may say what its node says too
        told = findings(schema, dropped(schema, path))
        assert told or meaningless, path


PROPERTIES = [equal_schemas_give_nothing, a_wider_schema_breaks_nothing, one_change_is_told]
FEW = settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
MANY = settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("holds", PROPERTIES, ids=lambda each: each.__name__)
def test_of_a_schema(holds: Any) -> None:
    FEW(given(SCHEMAS)(holds))()


def test_of_two_schemas() -> None:
    FEW(given(SCHEMAS, SCHEMAS)(every_change_is_told))()


@pytest.mark.soak
@pytest.mark.parametrize("holds", PROPERTIES, ids=lambda each: each.__name__)
def test_of_many_schemas(holds: Any) -> None:
    MANY(given(SCHEMAS)(holds))()


@pytest.mark.soak
def test_of_many_pairs() -> None:
    MANY(given(SCHEMAS, SCHEMAS)(every_change_is_told))()

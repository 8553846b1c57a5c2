"""Each rule about schemas: changes that are it, wherever they stand, and changes that are not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import pytest

from k8s_datamodel.api import Finding
from k8s_datamodel_plugins.grading import RULES, graded
from support.made_crds import made_crd

Schema = dict[str, Any]


def obj(**properties: Any) -> Schema:
    return {"type": "object", "properties": properties}


def list_of(items: Schema, **more: Any) -> Schema:
    return {"type": "array", "items": items, **more}


def map_of(values: Schema) -> Schema:
    return {"type": "object", "additionalProperties": values}


def cel(*rules: str, **more: Any) -> Schema:
    return {**obj(a=INTEGER), "x-kubernetes-validations": [{"rule": one, **more} for one in rules]}


TEXT: Schema = {"type": "string"}
INTEGER: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}
EITHER: Schema = {"x-kubernetes-int-or-string": True}
OPEN: Schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
TEXTS = list_of(TEXT)
NAMED = list_of({**obj(name=TEXT), "required": ["name"]})
BY_NAME = {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]}
EMBEDDED = {"x-kubernetes-embedded-resource": True}
OPTIONAL = "has(oldSelf.a)"
AB, A = {**TEXT, "enum": ["a", "b"]}, {**TEXT, "enum": ["a"]}
WITH_A, WITH_B = {"required": ["a"]}, {"required": ["b"]}
ABLE = obj(a=INTEGER, b=INTEGER)

Change = tuple[Schema, Schema]


class Place(NamedTuple):
    path: str
    schema: Callable[[Schema], Schema]


PLACES: Mapping[str, Place] = {
    "field": Place("spec.f", lambda found: {"spec": obj(f=found)}),
    "default": Place("spec.f", lambda found: {"spec": {**obj(f=found), "default": {}}}),
    "list": Place("spec.l[*].f", lambda found: {"spec": obj(l=list_of(obj(f=found)))}),
    "map": Place('spec["m/n"].*.f', lambda found: {"spec": obj(**{"m/n": map_of(obj(f=found))})}),
    "deep": Place("spec.l[*][*].f", lambda found: {"spec": obj(l=list_of(list_of(obj(f=found))))}),
}


def moved(found: Schema) -> Schema:
    """What a node says of values, said in a branch of ``allOf``."""
    kept = {"type", "properties", "items", "additionalProperties", "default", "nullable"}
    said = {key: value for key, value in found.items() if key not in kept and key[:2] != "x-"}
    rest = {key: value for key, value in found.items() if key not in said}
    return {**rest, "allOf": [said]} if said else rest


def changes_of(old: Schema, new: Schema, place: str = "field") -> tuple[Schema, Schema]:
    """Two CRDs with the two schemas of a field in one place."""
    put = PLACES[place].schema
    before, after = (made_crd("widgets", "example.com", "Widget", put(each)) for each in (old, new))
    return before, after


def changes(old: Schema, new: Schema, place: str = "field") -> list[Finding]:
    return list(graded(*changes_of(old, new, place)))


RULE_CASES: Mapping[str, tuple[list[Change], list[Change]]] = {
    "type-changed": (
        [(TEXT, INTEGER), (obj(a=TEXT), TEXTS), (INTEGER, {"type": "boolean"}), (OPEN, TEXT)],
        [(INTEGER, NUMBER), (TEXT, EITHER), (TEXT, {**TEXT, "format": "ipv4"})],
    ),
    "type-widened": (
        [(INTEGER, NUMBER), (INTEGER, EITHER), (TEXT, EITHER)],
        [(NUMBER, INTEGER), (EITHER, TEXT)],
    ),
    "int-or-string-changed": (
        [(EITHER, TEXT), (EITHER, INTEGER)],
        [(TEXT, EITHER), (TEXT, INTEGER)],
    ),
    "enum-added": ([(TEXT, AB), (INTEGER, {**INTEGER, "enum": [1]})], [(A, AB), (AB, TEXT)]),
    "enum-value-removed": ([(AB, A)], [(A, AB), (TEXT, A)]),
    "enum-value-added": ([(A, AB)], [(AB, A), (AB, {**TEXT, "enum": ["b", "a"]})]),
    "enum-dropped": ([(AB, TEXT)], [(AB, A), (TEXT, AB)]),
    "bound-tightened": (
        [
            (INTEGER, {**INTEGER, "minimum": 1}),
            ({**INTEGER, "maximum": 9}, {**INTEGER, "maximum": 8}),
            ({**NUMBER, "minimum": 1}, {**NUMBER, "minimum": 1, "exclusiveMinimum": True}),
            ({**NUMBER, "maximum": 1}, {**NUMBER, "maximum": 1, "exclusiveMaximum": True}),
            ({**TEXT, "maxLength": 9}, {**TEXT, "maxLength": 8}),
            (TEXT, {**TEXT, "minLength": 1}),
            (TEXTS, {**TEXTS, "maxItems": 3}),
            (map_of(TEXT), {**map_of(TEXT), "minProperties": 1}),
            (INTEGER, {**INTEGER, "multipleOf": 2}),
            ({**INTEGER, "multipleOf": 2}, {**INTEGER, "multipleOf": 3}),
        ],
        [
            (TEXT, {**TEXT, "minLength": 0}),
            (TEXTS, {**TEXTS, "minItems": 0}),
            (
                {**INTEGER, "format": "int32"},
                {**INTEGER, "format": "int32", "minimum": -(2**31), "maximum": 2**31 - 1},
            ),
            (
                {**INTEGER, "minimum": 1},
                {**INTEGER, "minimum": 0, "exclusiveMinimum": True},
            ),
            ({**INTEGER, "multipleOf": 4}, {**INTEGER, "multipleOf": 2}),
        ],
    ),
    "bound-relaxed": (
        [
            ({**INTEGER, "minimum": 1}, INTEGER),
            ({**NUMBER, "maximum": 1, "exclusiveMaximum": True}, {**NUMBER, "maximum": 1}),
            ({**TEXT, "maxLength": 8}, {**TEXT, "maxLength": 9}),
            ({**INTEGER, "multipleOf": 4}, {**INTEGER, "multipleOf": 2}),
        ],
        [({**TEXT, "minLength": 0}, TEXT), ({**TEXT, "maxLength": 9}, {**TEXT, "maxLength": 8})],
    ),
    "pattern-added": (
        [(TEXT, {**TEXT, "pattern": "^a"})],
        [({**TEXT, "pattern": "^a"}, TEXT), ({**TEXT, "pattern": "a"}, {**TEXT, "pattern": "b"})],
    ),
    "pattern-changed": (
        [({**TEXT, "pattern": "a"}, {**TEXT, "pattern": "b"})],
        [(TEXT, {**TEXT, "pattern": "b"}), ({**TEXT, "pattern": "b"}, TEXT)],
    ),
    "pattern-removed": (
        [({**TEXT, "pattern": "a"}, TEXT)],
        [(TEXT, {**TEXT, "pattern": "b"}), ({**TEXT, "pattern": "a"}, {**TEXT, "pattern": "b"})],
    ),
    "format-added": (
        [
            (TEXT, {**TEXT, "format": "ipv4"}),
            (TEXT, {**TEXT, "format": "date-time"}),
            (INTEGER, {**INTEGER, "format": "int32"}),
        ],
        [(TEXT, {**TEXT, "format": "banana"}), (INTEGER, {**INTEGER, "format": "int64"})],
    ),
    "format-changed": (
        [({**TEXT, "format": "ipv4"}, {**TEXT, "format": "ipv6"})],
        [
            ({**TEXT, "format": "ipv4"}, TEXT),
            ({**TEXT, "format": "date-time"}, {**TEXT, "format": "datetime"}),
        ],
    ),
    "format-removed": (
        [({**TEXT, "format": "ipv4"}, TEXT), ({**TEXT, "format": "ipv4"}, {**TEXT, "format": "x"})],
        [(TEXT, {**TEXT, "format": "ipv4"}), ({**TEXT, "format": "banana"}, TEXT)],
    ),
    "format-ignored": (
        [(TEXT, {**TEXT, "format": "banana"}), (NUMBER, {**NUMBER, "format": "double"})],
        [(TEXT, {**TEXT, "format": "ipv4"}), ({**TEXT, "format": "ipv4"}, TEXT)],
    ),
    "nullable-added": (
        [(TEXT, {**TEXT, "nullable": True}), (obj(), {**obj(), "nullable": True})],
        [(TEXT, {**TEXT, "nullable": False}), ({**TEXT, "nullable": True}, TEXT)],
    ),
    "nullable-removed": (
        [({**TEXT, "nullable": True}, TEXT)],
        [({**TEXT, "nullable": False}, TEXT), (TEXT, {**TEXT, "nullable": True})],
    ),
    "default-added": (
        [(TEXT, {**TEXT, "default": "a"}), (INTEGER, {**INTEGER, "default": 0})],
        [(TEXT, {**TEXT, "default": None}), ({**TEXT, "default": "a"}, TEXT)],
    ),
    "default-changed": (
        [
            ({**TEXT, "default": "a"}, {**TEXT, "default": "b"}),
            ({"type": "boolean", "default": True}, {"type": "boolean", "default": False}),
        ],
        [
            (TEXT, {**TEXT, "default": "b"}),
            ({**NUMBER, "default": 1}, {**NUMBER, "default": 1.0}),
        ],
    ),
    "default-removed": (
        [({**TEXT, "default": "a"}, TEXT)],
        [(TEXT, {**TEXT, "default": "b"}), (TEXT, TEXT)],
    ),
    "list-type-changed": (
        [
            (TEXTS, {**TEXTS, "x-kubernetes-list-type": "set"}),
            (NAMED, {**NAMED, **BY_NAME}),
            ({**NAMED, **BY_NAME}, NAMED),
        ],
        [
            (TEXTS, {**TEXTS, "x-kubernetes-list-type": "atomic"}),
            (map_of(TEXT), {**map_of(TEXT), "x-kubernetes-map-type": "atomic"}),
        ],
    ),
    "map-type-changed": (
        [
            (map_of(TEXT), {**map_of(TEXT), "x-kubernetes-map-type": "atomic"}),
            ({**obj(), "x-kubernetes-map-type": "atomic"}, obj()),
        ],
        [
            (obj(), {**obj(), "x-kubernetes-map-type": "granular"}),
            (TEXTS, {**TEXTS, "x-kubernetes-list-type": "set"}),
        ],
    ),
    "embedded-resource-added": (
        [(OPEN, {**OPEN, **EMBEDDED})],
        [({**OPEN, **EMBEDDED}, OPEN), (OPEN, {**OPEN, "x-kubernetes-embedded-resource": False})],
    ),
    "embedded-resource-removed": (
        [({**OPEN, **EMBEDDED}, OPEN)],
        [(OPEN, {**OPEN, **EMBEDDED}), (OPEN, obj())],
    ),
    "combinator-tightened": (
        [
            (ABLE, {**ABLE, "anyOf": [WITH_A, WITH_B]}),
            (ABLE, {**ABLE, "oneOf": [WITH_A, WITH_B]}),
            (ABLE, {**ABLE, "not": WITH_A}),
            (
                {**TEXT, "anyOf": [{"enum": ["a"]}, {"enum": ["b"]}, {"enum": ["c"]}]},
                {**TEXT, "anyOf": [{"enum": ["a"]}, {"enum": ["b"]}]},
            ),
        ],
        [
            ({**ABLE, "not": WITH_A}, ABLE),
            (EITHER, {**EITHER, "anyOf": [INTEGER, TEXT]}),
            (A, {**TEXT, "anyOf": [{"enum": ["a"]}]}),
        ],
    ),
    "combinator-relaxed": (
        [
            ({**ABLE, "anyOf": [WITH_A, WITH_B]}, ABLE),
            ({**ABLE, "not": WITH_A}, ABLE),
            (
                {**TEXT, "anyOf": [{"enum": ["a"]}, {"enum": ["b"]}]},
                {**TEXT, "anyOf": [{"enum": ["c"]}, {"enum": ["a"]}, {"enum": ["b"]}]},
            ),
        ],
        [
            (
                {**ABLE, "oneOf": [WITH_A, WITH_B]},
                {**ABLE, "oneOf": [WITH_A, WITH_B, {"required": ["c"]}]},
            ),
            ({**ABLE, "oneOf": [WITH_A, WITH_B]}, {**ABLE, "oneOf": [WITH_B, WITH_A]}),
        ],
    ),
    "combinator-changed": (
        [
            ({**ABLE, "not": WITH_A}, {**ABLE, "not": WITH_B}),
            (
                {**ABLE, "oneOf": [WITH_A, WITH_B]},
                {**ABLE, "oneOf": [WITH_A, WITH_B, {"required": ["c"]}]},
            ),
        ],
        [(ABLE, {**ABLE, "not": WITH_A}), ({**ABLE, "not": WITH_A}, ABLE)],
    ),
    "preserve-unknown-added": (
        [(obj(), OPEN), (obj(a=TEXT), {**obj(a=TEXT), **OPEN})],
        [(OPEN, obj()), (obj(), map_of(TEXT))],
    ),
    "preserve-unknown-removed": (
        [(OPEN, obj()), ({**obj(a=TEXT), **OPEN}, obj(a=TEXT))],
        [(obj(), OPEN), (map_of(TEXT), obj())],
    ),
    "additional-properties-added": (
        [(obj(), map_of(TEXT)), (obj(), {"type": "object", "additionalProperties": True})],
        [
            (obj(), {"type": "object", "additionalProperties": False}),
            (map_of(TEXT), map_of(NUMBER)),
        ],
    ),
    "additional-properties-removed": (
        [(map_of(TEXT), obj()), (map_of(TEXT), obj(a=TEXT))],
        [(map_of(TEXT), OPEN), (obj(), map_of(TEXT))],
    ),
    "cel-rule-added": (
        [
            (obj(a=INTEGER), cel("self.a > 0")),
            (cel("self.a > 0"), cel("self.a > 0", "has(self.a)")),
        ],
        [(obj(a=INTEGER), cel("self == oldSelf")), (cel("self.a > 0"), cel(" self.a  > 0 "))],
    ),
    "cel-rule-changed": (
        [(cel("self.a > 0"), cel("self.a > 1"))],
        [(cel("self.a > 0"), obj(a=INTEGER)), (obj(a=INTEGER), cel("self.a > 1"))],
    ),
    "cel-rule-removed": (
        [(cel("self.a > 0"), obj(a=INTEGER))],
        [(cel("self.a > 0"), cel("self.a > 1")), (obj(a=INTEGER), cel("self.a > 1"))],
    ),
    "cel-message-changed": (
        [
            (cel("self.a > 0"), cel("self.a > 0", message="positive")),
            (cel("self.a > 0", reason="FieldValueInvalid"), cel("self.a > 0")),
        ],
        [
            (cel("self.a > 0", message="x"), cel("self.a > 1", message="x")),
            (cel("self == oldSelf"), cel("self != oldSelf")),
        ],
    ),
    "cel-transition-added": (
        [(obj(a=INTEGER), cel("self.a == oldSelf.a"))],
        [(obj(a=INTEGER), cel("self.a == 1")), (cel("self == oldSelf"), obj(a=INTEGER))],
    ),
    "cel-optional-oldself": (
        [
            (obj(a=INTEGER), cel("oldSelf.hasValue()", optionalOldSelf=True)),
            (cel(OPTIONAL), cel(OPTIONAL, optionalOldSelf=True)),
        ],
        [
            (obj(a=INTEGER), cel("self == oldSelf")),
            (cel("oldSelf.hasValue()", optionalOldSelf=True), obj(a=INTEGER)),
        ],
    ),
    "description-changed": (
        [(TEXT, {**TEXT, "description": "x"}), ({**TEXT, "title": "x"}, TEXT)],
        [(TEXT, {**TEXT, "description": None}), (obj(), obj(description=TEXT))],
    ),
    "unclassified": (
        [
            (TEXT, {**TEXT, "x-unit": "GiB"}),
            ({**INTEGER, "minimum": "1"}, {**INTEGER, "minimum": "2"}),
            (obj(), {**obj(), "required": "a"}),
        ],
        [(TEXT, {**TEXT, "x-unit": None}), (INTEGER, {**INTEGER, "minimum": 1})],
    ),
}
"""Each rule about a node of a schema: changes that are it, and changes that are not."""

IN_BRANCHES = {
    *("enum-added", "enum-value-removed", "enum-value-added", "enum-dropped", "bound-tightened"),
    *("bound-relaxed", "pattern-added", "pattern-changed", "pattern-removed", "format-added"),
    *("format-changed", "format-removed", "combinator-tightened", "combinator-relaxed"),
}
"""Rules about what a branch of ``allOf`` may say."""


OF_OLD_VALUES = {"cel-transition-added", "cel-optional-oldself"}
"""Rules on CEL that names oldSelf, which is not valid in a list without keys."""


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("rule", RULE_CASES)
def test_a_change_is_told_once_wherever_it_stands(rule: str, place: str) -> None:
    for old, new in RULE_CASES[rule][0]:
        found = [(each.rule, each.version, each.path) for each in changes(old, new, place)]
        if rule in OF_OLD_VALUES and place in {"list", "deep"}:
            found = [each for each in found if each[0] != "crd-invalid"]
        assert found == [(rule, "v1", PLACES[place].path)]


@pytest.mark.parametrize("rule", RULE_CASES)
def test_neighbours_are_not_it(rule: str) -> None:
    neighbours = RULE_CASES[rule][1]
    assert len(neighbours) >= 2
    for old, new in neighbours:
        assert rule not in [each.rule for each in changes(old, new)]


@pytest.mark.parametrize("rule", sorted(IN_BRANCHES))
def test_a_branch_of_all_of_says_the_same_as_its_node(rule: str) -> None:
    for old, new in RULE_CASES[rule][0]:
        assert [each.rule for each in changes(moved(old), moved(new))] == [rule]
        assert [each.rule for each in changes(old, moved(new))] == [rule]
        assert changes(old, moved(old)) == changes(moved(new), new) == []


def with_required(*names: str, **properties: Any) -> Schema:
    return {**obj(**properties), "required": list(names)}


OBJECT_CASES: Mapping[str, tuple[list[Change], list[Change]]] = {
    "required-added": (
        [
            (obj(it=TEXT), with_required("it", it=TEXT)),
            (obj(), with_required("it", it=TEXT)),
            (obj(it=TEXT), {**obj(it=TEXT), "allOf": [{"required": ["it"]}]}),
        ],
        [
            (obj(it=TEXT), with_required("it", it={**TEXT, "default": "a"})),
            (obj(), obj(it=with_required("a", a=TEXT))),
        ],
    ),
    "required-added-with-default": (
        [
            (obj(), with_required("it", it={**TEXT, "default": "a"})),
            (obj(it={**TEXT, "default": "a"}), with_required("it", it={**TEXT, "default": "a"})),
            (obj(), with_required("it", it={**obj(), "default": {}})),
        ],
        [(obj(), obj(it={**TEXT, "default": "a"})), (obj(), with_required("it", it=TEXT))],
    ),
    "required-in-new-optional": (
        [
            (obj(), obj(it=with_required("a", a=TEXT))),
            (obj(a=TEXT), obj(a=TEXT, it=with_required("a", a=TEXT))),
            (obj(), obj(it={**obj(a=TEXT), "allOf": [{"required": ["a"]}]})),
        ],
        [(obj(), obj(it=obj(a=TEXT))), (obj(it=obj(a=TEXT)), obj(it=with_required("a", a=TEXT)))],
    ),
    "required-removed": (
        [
            (with_required("it", it=TEXT), obj(it=TEXT)),
            (with_required("a", "it", a=TEXT, it=TEXT), with_required("a", a=TEXT, it=TEXT)),
            ({**obj(it=TEXT), "allOf": [{"required": ["it"]}]}, obj(it=TEXT)),
        ],
        [
            (with_required("it", it=TEXT), obj()),
            (with_required("it", it=TEXT), {**obj(it=TEXT), "allOf": [{"required": ["it"]}]}),
        ],
    ),
    "field-removed": (
        [
            (obj(it=TEXT), obj()),
            (obj(it=obj(a=TEXT, b=obj(c=TEXT))), obj()),
            (with_required("it", it=list_of(obj(a=TEXT))), obj()),
        ],
        [(obj(it=TEXT), OPEN), (obj(it=TEXT), map_of(TEXT)), (obj(it=TEXT), obj(it=INTEGER))],
    ),
    "field-added": (
        [
            (obj(), obj(it=TEXT)),
            (obj(), obj(it={**TEXT, "default": "a"})),
            (obj(a=TEXT), obj(a=TEXT, it=list_of(obj(b=TEXT)))),
        ],
        [
            (obj(), with_required("it", it=TEXT)),
            (map_of(TEXT), {**map_of(TEXT), "maxProperties": 1}),
        ],
    ),
    "field-undescribed": (
        [
            ({**OPEN, **obj(it=TEXT)}, OPEN),
            ({**OPEN, **obj(it=TEXT, a=TEXT)}, {**OPEN, **obj(a=TEXT)}),
        ],
        [(obj(it=TEXT), obj()), (OPEN, {**OPEN, **obj(it=TEXT)})],
    ),
    "field-described": (
        [(OPEN, {**OPEN, **obj(it=TEXT)}), (OPEN, {**OPEN, **obj(it=obj(a=TEXT))})],
        [(obj(), obj(it=TEXT)), ({**OPEN, **obj(it=TEXT)}, OPEN)],
    ),
}
"""Rules that are about the field ``it`` below a node."""


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("rule", OBJECT_CASES)
def test_a_change_of_a_field_is_told_once_wherever_it_stands(rule: str, place: str) -> None:
    for old, new in OBJECT_CASES[rule][0]:
        found = [(each.rule, each.version, each.path) for each in changes(old, new, place)]
        assert found == [(rule, "v1", f"{PLACES[place].path}.it")]


@pytest.mark.parametrize("rule", OBJECT_CASES)
def test_neighbours_of_a_change_of_a_field_are_not_it(rule: str) -> None:
    for old, new in OBJECT_CASES[rule][1]:
        assert rule not in [each.rule for each in changes(old, new)]


@pytest.mark.parametrize("rule", OBJECT_CASES)
def test_at_the_root_too(rule: str) -> None:
    for old, new in OBJECT_CASES[rule][0]:
        crds = [made_crd("widgets", "example.com", "Widget", {}) for _ in range(2)]
        for crd, schema in zip(crds, (old, new), strict=True):
            crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"] = schema
        assert [(each.rule, each.path) for each in graded(*crds)] == [(rule, "it")]


NAMES: Mapping[str, tuple[list[Schema], list[Schema]]] = {
    "metadata-name-constraint": (
        [{"maxLength": 9}, {"pattern": "^a"}, {"enum": ["a"]}, {"allOf": [{"maxLength": 9}]}],
        [{"description": "x"}, {"minLength": 0}],
    )
}


def test_names_of_objects_have_a_rule_of_their_own() -> None:
    changed, neighbours = NAMES["metadata-name-constraint"]
    for name in ("name", "generateName"):
        for more, expected in [
            *((each, ["metadata-name-constraint"]) for each in changed),
            *((each, None) for each in neighbours),
        ]:
            old, new = (
                made_crd("widgets", "example.com", "Widget", {"metadata": obj(**{name: found})})
                for found in (TEXT, {**TEXT, **more})
            )
            found = [each.rule for each in graded(old, new)]
            assert found == expected if expected else "metadata-name-constraint" not in found


ALWAYS: list[tuple[Schema, list[str]]] = [
    ({"metadata": obj(name={**TEXT, "maxLength": 9})}, ["metadata-name-constraint"]),
    ({"metadata": obj(generateName={**TEXT, "pattern": "^a"})}, ["metadata-name-constraint"]),
    ({"kind": {**TEXT, "enum": ["Widget"]}}, ["enum-added"]),
    ({"apiVersion": TEXT, "kind": TEXT, "metadata": {"type": "object"}}, []),
    ({"metadata": obj(name=TEXT)}, []),
]
"""Fields that every object has, in a schema that did not name them, and what is told."""


@pytest.mark.parametrize(("properties", "rules"), ALWAYS)
def test_what_every_object_has_is_no_new_field(properties: Schema, rules: list[str]) -> None:
    old, new = (made_crd("widgets", "example.com", "Widget", each) for each in ({}, properties))
    assert [each.rule for each in graded(old, new)] == rules
    assert "field-removed" not in [each.rule for each in graded(new, old)]


def test_every_rule_has_its_level() -> None:
    for rule, (told, _) in {**RULE_CASES, **OBJECT_CASES}.items():
        levels = {each.level for old, new in told for each in changes(old, new)}
        assert levels == {RULES[rule].level}


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ({"oneOf": [WITH_A, WITH_B]}, 'an object must have exactly one of "a", "b".'),
        ({"anyOf": [WITH_A, WITH_B]}, 'an object must have one or more of "a", "b".'),
        ({"not": {"required": ["a", "b"]}}, 'an object may not have all of "a", "b".'),
        ({"not": {**WITH_A, "maxProperties": 1}}, "what matches it is invalid."),
        ({"not": {"required": []}}, "what matches it is invalid."),
        ({"oneOf": [WITH_A, {"required": ["a", "b"]}]}, "what does not match it is invalid."),
        ({"anyOf": [WITH_A, {"maxProperties": 1}]}, "what does not match it is invalid."),
    ],
)
def test_a_condition_on_fields_that_are_there_is_told_in_words(
    condition: Schema, said: str
) -> None:
    [found] = graded(*changes_of(ABLE, {**ABLE, **condition}))
    assert found.message == f"{next(iter(condition))} was added: {said}"

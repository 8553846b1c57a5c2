"""A change of a CRD's schema is said as a change of the object's field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from k8s_datamodel.comparing.changes import Change, FieldChange
from k8s_datamodel.comparing.differences import Lens, object_changes
from k8s_datamodel.comparing.field_paths import parsed
from k8s_datamodel.comparing.sayings import field_lines
from k8s_datamodel_plugins.compared_kinds import rules
from k8s_datamodel_plugins.crds import TYPE

LENS = Lens(rules())
TEXT = {"type": "string"}
PAIR = {"type": "object", "properties": {"a": TEXT, "b": TEXT}}
RULE = {"rule": "self.a > 1", "message": "more"}


def crd(schema: Any, name: str = "v1") -> dict[str, Any]:
    version = {"name": name, "served": True, "schema": {"openAPIV3Schema": schema}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "x"},
        "spec": {"versions": [version]},
    }


def beta(schema: Any) -> dict[str, Any]:
    found = crd({})
    found["spec"] = {"validation": {"openAPIV3Schema": schema}}
    return found


def at_spec(schema: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"spec": schema}}


def lines(old: Mapping[str, Any], new: Mapping[str, Any], everything: bool = False) -> list[str]:
    change = Change("crds", {"name": "x"}, "changed", object_changes(old, new, LENS).fields)
    return list(field_lines(change, TYPE, LENS.rules, everything=everything))


def fields(**schemas: Any) -> dict[str, Any]:
    return {"type": "object", "properties": schemas}


SAID: list[Any] = [
    (fields(a=TEXT), fields(a={"type": "integer"}), ["v1 spec.a: type string -> integer"]),
    (fields(a=TEXT), fields(a=TEXT, b=TEXT), ["+ v1 spec.b (string)"]),
    (fields(a=TEXT, b=PAIR), fields(a=TEXT), ["- v1 spec.b (object, 2 fields below)"]),
    (fields(a=TEXT, b=fields(a=TEXT)), fields(a=TEXT), ["- v1 spec.b (object, 1 field below)"]),
    (fields(b={"type": "array", "items": PAIR}),
     fields(b={"type": "array", "items": fields(a=TEXT)}),
     ["- v1 spec.b[*].b (string)"]),
    (fields(b={"type": "array"}), fields(b={"type": "array", "items": PAIR}),
     ["+ v1 spec.b[*] (object, 2 fields below)"]),
    (fields(b={"additionalProperties": TEXT}),
     fields(b={"additionalProperties": {"type": "number"}}),
     ["v1 spec.b.*: type string -> number"]),
    (fields(b={"additionalProperties": False}), fields(b={"additionalProperties": True}),
     ["v1 spec.b: additionalProperties false -> true"]),
    (fields(**{"a.b/c": TEXT}), fields(**{"a.b/c": {}}), ['- v1 spec["a.b/c"]: type string']),
    (fields(a=TEXT), fields(a=TEXT, b={"type": "integer", "format": "int64"}),
     ["+ v1 spec.b (integer int64)"]),
    # fields that are called as keywords are
    (fields(properties=TEXT, items=TEXT), fields(properties={"type": "number"}, items=TEXT),
     ["v1 spec.properties: type string -> number"]),
    (fields(description=TEXT), fields(description=TEXT, required=TEXT),
     ["+ v1 spec.required (string)"]),
    ({**PAIR, "required": ["a"]}, {**PAIR, "required": ["a", "b"]}, ["+ v1 spec.b: required"]),
    ({**PAIR, "required": ["b", "a"]}, {**PAIR, "required": ["a"]}, ["- v1 spec.b: required"]),
    (PAIR, {**PAIR, "required": ["a", "b"]}, ["+ v1 spec: required a, b"]),
    ({"type": "object"}, PAIR, ["+ v1 spec: fields a, b"]),
    (fields(a={"enum": ["x"]}), fields(a={"enum": ["x", "y"]}), ['+ v1 spec.a: enum "y"']),
    (fields(a={"enum": [1, 2]}), fields(a={"enum": [1]}), ["- v1 spec.a: enum 2"]),
    (fields(a=TEXT), fields(a={**TEXT, "maxLength": 3}), ["+ v1 spec.a: maxLength 3"]),
    (fields(a={"anyOf": [TEXT]}), fields(a={"anyOf": [{**TEXT, "minLength": 1}]}),
     ["+ v1 spec.a(anyOf[type=string]): minLength 1"]),
    (fields(a={"not": TEXT}), fields(a={"not": {**TEXT, "minLength": 1}}),
     ["+ v1 spec.a(not): minLength 1"]),
    ({"x-kubernetes-validations": [RULE]},
     {"x-kubernetes-validations": [RULE, {"rule": "true", "message": "no"}]},
     ["+ v1 spec: rule true"]),
    ({"enum": ["x", "x"]}, {"enum": ["x", "y"]}, ['- v1 spec: enum "x"', '+ v1 spec: enum "y"']),
    (fields(a="broken"), fields(a=["broken"]), ['v1 spec.a broken -> ["broken"]']),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), SAID)
def test_a_field(old: Any, new: Any, said: list[str]) -> None:
    assert lines(crd(at_spec(old)), crd(at_spec(new))) == said


def test_a_whole_schema_and_its_keywords() -> None:
    assert lines(crd(PAIR), crd({**PAIR, "x-a": 1})) == ["+ v1: x-a 1"]
    bare = crd(None)
    bare["spec"]["versions"][0]["schema"] = {"x": 1}
    both = crd(PAIR)
    both["spec"]["versions"][0]["schema"]["x"] = 1
    assert lines(bare, both) == ["+ v1 schema (object, 2 fields below)"]


def test_a_schema_of_all_versions() -> None:
    old, new = beta(at_spec(PAIR)), beta(at_spec(fields(a=TEXT)))
    assert lines(old, new) == ["- all versions spec.b (string)"]


def test_what_is_no_part_of_a_schema_has_its_path() -> None:
    old, new = crd(PAIR), crd(PAIR)
    new["spec"]["versions"][0]["served"] = False
    assert lines(old, new) == ["spec.versions[name=v1].served true -> false"]


def test_a_version_without_a_name_of_its_own_has_its_path() -> None:
    old, new = crd(PAIR), crd({**PAIR, "x-a": 1})
    for each in (old, new):
        each["spec"]["versions"].append(crd(TEXT)["spec"]["versions"][0])
    assert lines(old, new) == ["+ spec.versions[0].schema.openAPIV3Schema.x-a 1"]


def test_a_column_is_no_schema() -> None:
    steps: Any = parsed("spec.versions[name=v1].schema.openAPIV3Schema.x").steps
    change = Change("crds", {"name": "x"}, "changed", [FieldChange("column", steps, 1, 2)])
    assert list(field_lines(change, TYPE, LENS.rules)) == [f"{change.fields[0].path} 1 -> 2"]


def described(first: str, second: str) -> dict[str, Any]:
    one = fields(a={**TEXT, "description": first}, description={**TEXT, "description": second})
    return crd(at_spec(one))


def test_descriptions_are_counted() -> None:
    old, new = described("One.", "Two."), described("1.", "2.")
    assert lines(old, new) == ["v1: 2 descriptions reworded"]
    assert lines(old, described("1.", "Two.")) == ["v1: 1 description reworded"]
    assert lines(old, new, everything=True) == [
        "v1 spec.a: description One. -> 1.",
        "v1 spec.description: description Two. -> 2.",
    ]


def test_descriptions_are_counted_by_version_after_the_other_fields() -> None:
    old, new = described("One.", "Two."), described("1.", "2.")
    new["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["z"] = TEXT
    for each in (old, new):
        [version] = each["spec"]["versions"]
        each["spec"]["versions"].append({**version, "name": "v2"})
    assert lines(old, new) == [
        "+ v1 z (string)",
        "+ v2 z (string)",
        "v1: 2 descriptions reworded",
        "v2: 2 descriptions reworded",
    ]


def at_places(number: int, schema: Any) -> dict[str, Any]:
    return crd(at_spec(fields(**{f"p{at}": fields(source=schema) for at in range(number)})))


REPEATED: list[Any] = [
    (fields(a=TEXT), fields(a=TEXT, b=TEXT), "+ v1 …source.b (string): 3 places"),
    (fields(a=TEXT, b=PAIR), fields(a=TEXT), "- v1 …source.b (object, 2 fields below): 3 places"),
    ({**PAIR, "required": ["a"]}, {**PAIR, "required": ["a", "b"]},
     "+ v1 …source.b: required: 3 places"),
    (fields(a=TEXT), fields(a={**TEXT, "maxLength": 3}), "+ v1 …source.a: maxLength 3: 3 places"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), REPEATED)
def test_the_same_change_of_many_places_is_counted(old: Any, new: Any, said: str) -> None:
    assert lines(at_places(3, old), at_places(3, new)) == [said]
    line = said.replace(": 3 places", "").replace("…", "spec.p{}.")
    each = [line.format(at) for at in range(3)]
    assert lines(at_places(3, old), at_places(3, new), everything=True) == each
    assert lines(at_places(2, old), at_places(2, new)) == each[:2]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (fields(a=TEXT), fields(a={"type": "integer"})),  # two values
        (fields(a=TEXT), fields(a={**TEXT, "pattern": "x" * 61})),
    ],
)
def test_what_is_too_much_for_one_line_is_not_counted(old: Any, new: Any) -> None:
    assert len(lines(at_places(3, old), at_places(3, new))) == 3

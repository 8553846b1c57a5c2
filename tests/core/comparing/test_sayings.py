"""A change is said in a line, as a person would say it."""

from __future__ import annotations

from typing import Any

import pytest

from k8s_datamodel.comparing.changes import Change, FieldChange
from k8s_datamodel.comparing.field_paths import parsed
from k8s_datamodel.comparing.sayings import field_lines, thing_line
from k8s_datamodel.comparing.values import MISSING
from k8s_datamodel_plugins.compared_kinds import rules
from k8s_datamodel_plugins.crds import TYPE
from k8s_datamodel_plugins.operators import TYPE as OPERATORS

VERSION = {"name": "v2", "served": True, "storage": False, "schema": {}}
HIDDEN = "[redacted:00693edd:0e88d1e5babe3cab]"
IMAGE = "spec.template.spec.containers[name=a].image"
LINES: list[Any] = [
    ("object", IMAGE, "r.io/x:v1.14.2", "r.io/x:v1.15.0", "image v1.14.2 -> v1.15.0"),
    ("object", IMAGE, "r.io/x:1@sha256:aa", "r.io/x:2@sha256:bb", "image 1 -> 2"),
    ("object", IMAGE, "r.io/x:1@sha256:aa", "r.io/x:1@sha256:bb", "image sha256:aa -> sha256:bb"),
    ("object", "spec.x", "y" * 99 + "1", "y" * 99 + "2",
     f"spec.x …{'y' * 12}1 -> …{'y' * 12}2"),
    ("object", IMAGE, "r.io:5/x", "r.io:6/x", "image r.io:5/x -> r.io:6/x"),
    ("object", IMAGE, "a/x:1", "b/x:1", "image a/x:1 -> b/x:1"),
    ("object", "spec.versions[name=v2]", MISSING, VERSION, "+ version v2 (served, not stored)"),
    ("object", "spec.versions[name=v2]", VERSION, MISSING, "- version v2 (served, not stored)"),
    ("object", "spec.versions[name=v2].additionalPrinterColumns[name=Age]", MISSING,
     {"name": "Age"}, "+ printer column Age of v2"),
    ("object", "status.storedVersions[=v1]", "v1", MISSING, "- storedVersion v1"),
    ("object", "spec.args[1]", "--a=r.io/x:1", "--a=r.io/x:2",
     "spec.args[1] --a=r.io/x:1 -> --a=r.io/x:2"),
    ("object", "spec.containers[name=a].env[name=B].value", "1", "2", "env B of a 1 -> 2"),
    ("object", "spec.containers[name=a].env[name=B].value", HIDDEN, HIDDEN.replace("ab", "ba"),
     "env B of a differs (redacted)"),
    ("object", "status", {"conditions": [{"message": "m" * 99, "type": "Ready"}]}, MISSING,
     "- condition Ready"),
    ("object", "status", MISSING, {"a": {"b": "m" * 99}}, f"+ status.a.b {'m' * 59}…"),
    ("object", "status", MISSING, {"a": {"b": 1}}, '+ status {"a":{"b":1}}'),
    ("object", "spec.replicas", 1, 3, "spec.replicas 1 -> 3"),
    ("object", "spec.x", MISSING, None, "+ spec.x null"),
    ("object", "spec.x", "", "a\nb", r'spec.x "" -> "a\nb"'),
    ("object", "spec.x", MISSING, "y" * 99, f"+ spec.x {'y' * 59}…"),
    ("object", "metadata.ownerReferences[uid=9a-b]", MISSING,
     {"kind": "A", "name": "b", "controller": False}, "+ ownerReference A/b"),
    ("object", "metadata.ownerReferences[uid=9a-b]", {"uid": "9a-b"}, MISSING,
     "- ownerReference 9a-b"),
    ("object", 'metadata.labels["a.b/c"]', "1", "2", "label a.b/c 1 -> 2"),
    ("object", 'spec.template.metadata.annotations["a.b/c"]', MISSING, "2",
     "+ annotation a.b/c of spec.template 2"),
    ("column", "instance_count", 3, 12, "instances 3 -> 12"),
    ("column", "short_names[=x]", MISSING, "x", "+ short name x"),
]  # fmt: skip


def field(place: Any, path: str, old: Any, new: Any) -> FieldChange:
    steps: Any = parsed(path).steps
    return FieldChange(place, steps, old, new)


def lines(*fields: FieldChange) -> list[str]:
    change = Change("crds", {"name": "x"}, "changed", fields)
    return list(field_lines(change, TYPE, rules()))


@pytest.mark.parametrize(("place", "path", "old", "new", "line"), LINES)
def test_a_field(place: Any, path: str, old: Any, new: Any, line: str) -> None:
    assert lines(field(place, path, old, new)) == [line]


def test_several_images_and_a_column_that_repeats() -> None:
    one = field("object", IMAGE, "r/x:1", "r/x:2")
    other = field("object", IMAGE.replace("=a", "=b"), "r/y:1", "r/y:2")
    column = field("column", "image", "r/x:1", "r/x:2")
    assert lines(one, column) == ["image 1 -> 2"]
    assert lines(one, other) == ["image 1 -> 2 of a", "image 1 -> 2 of b"]


STORAGE = "spec.versions[name={}].storage"
FOLDED: list[Any] = [
    ([("object", STORAGE.format("v1"), True, False), ("object", STORAGE.format("v2"), False, True),
      ("column", "storage_version", "v1", "v2"), ("column", "version", "v1", "v2")],
     ["storage version v1 -> v2"]),
    ([("object", STORAGE.format("v1"), True, False)],
     ["spec.versions[name=v1].storage true -> false"]),
    ([("object", "spec.x.minimum", 3, 4), ("column", "instance_count", 3, 4)],
     ["spec.x.minimum 3 -> 4", "instances 3 -> 4"]),
    ([("object", IMAGE, "r/x:1", "r/x:2"), ("column", "version", "1", "2")], ["image 1 -> 2"]),
    ([("object", IMAGE, "r/x:1", "r/x:2"), ("column", "version", "1", "3")],
     ["image 1 -> 2", "version 1 -> 3"]),
    ([("object", "spec.scope", "A", "B"), ("column", "scope", "A", "B")], ["spec.scope A -> B"]),
    ([("object", "spec.preserve", False, True), ("column", "preserve", False, True)],
     ["spec.preserve false -> true"]),
    ([("object", "spec.preserve", False, True), ("column", "orphan", False, True)],
     ["spec.preserve false -> true", "orphan false -> true"]),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "said"), FOLDED)
def test_a_thing_is_said_once(fields: Any, said: list[str]) -> None:
    assert lines(*(field(*each) for each in fields)) == said


def test_a_structure_is_not_told_beside_the_object_that_it_comes_from() -> None:
    fields = [field("column", "evidence[path=.x].a", 1, 2), field("object", "spec.a", 1, 2)]
    change = Change("operators", {"name": "x"}, "changed", fields)
    assert list(field_lines(change, OPERATORS)) == ["spec.a 1 -> 2"]
    labels = [field("column", "labels.a", MISSING, "1"), field("object", "spec.a", 1, 2)]
    change = Change("operators", {"name": "x"}, "changed", labels)
    assert list(field_lines(change, OPERATORS)) == ["spec.a 1 -> 2"]


def test_a_column_that_holds_a_structure_is_one_line() -> None:
    evidence = [field("column", f"evidence[path=.x].{name}", 1, 2) for name in ("a", "b")]
    change = Change("operators", {"name": "x"}, "changed", evidence)
    assert list(field_lines(change, OPERATORS)) == ["evidence: 2 fields differ"]
    change = Change("operators", {"name": "x"}, "changed", evidence[:1])
    assert list(field_lines(change, OPERATORS)) == ["evidence: 1 field differs"]


def test_a_thing() -> None:
    key = {"namespace": None, "name": "x", "type": "Deployment"}
    said = [thing_line(Change("t", key, what)) for what in ("added", "removed", "recreated")]
    assert said == ["+ x/Deployment", "- x/Deployment", "! x/Deployment (re-created)"]

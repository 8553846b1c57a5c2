"""What the server's answers under `tests/data/rehearsal` cannot show: other versions, tokens."""

from __future__ import annotations

from typing import Any

import pytest

from k8s_datamodel_plugins.structural import (
    apply_failures,
    certain,
    compiled,
    failures_of,
    kubernetes_version,
    missing_versions,
    object_meta,
    pruned,
    without_defaults,
)
from k8s_datamodel_plugins.structural.go_patterns import go_pattern

TOKEN = "[redacted:0123abcd:0123456789abcdef]"


def rules(value: Any, schema: dict[str, Any], kubernetes: tuple[int, int] = (1, 36)) -> list[str]:
    return [failure.rule for failure in failures_of(value, compiled(schema, kubernetes))]


@pytest.mark.parametrize(
    ("schema", "value", "kubernetes", "failing"),
    [
        ({"type": "string", "format": "k8s-short-name"}, "A", (1, 33), []),
        ({"type": "string", "format": "k8s-short-name"}, "A", (1, 34), ["format"]),
        ({"type": "integer", "format": "int32"}, 2**31, (1, 35), []),
        ({"type": "integer", "format": "int32"}, 2**31, (1, 36), ["format"]),
        ({"type": "integer", "maximum": 10.5}, 1, (1, 35), []),
        ({"type": "integer", "maximum": 10.5}, 1, (1, 36), ["maximum"]),
    ],
)
def test_a_rule_counts_since_its_version(
    schema: dict[str, Any], value: Any, kubernetes: tuple[int, int], failing: list[str]
) -> None:
    assert rules(value, schema, kubernetes) == failing


@pytest.mark.parametrize(
    ("text", "version"), [("v1.36.3+k3s1", (1, 36)), ("1.29", (1, 29)), (None, (1, 36))]
)
def test_versions_are_read(text: str | None, version: tuple[int, int]) -> None:
    assert kubernetes_version(text) == version


def test_what_is_no_version_is_told() -> None:
    with pytest.raises(ValueError, match="'latest' is not a version of Kubernetes"):
        kubernetes_version("latest")


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "pattern": "^a"},
        {"type": "string", "enum": ["a"]},
        {"type": "string", "maxLength": 1},
        {"type": "string", "format": "date"},
        {"type": "integer", "minimum": 1},
        {"type": "object", "required": ["a"]},
        {"type": "string", "anyOf": [{"pattern": "^a"}]},
        {"type": "string", "oneOf": [{"pattern": "^a"}]},
        {"type": "string", "not": {"pattern": "^a"}},
    ],
)
def test_a_rule_on_a_redacted_value_is_not_known(schema: dict[str, Any]) -> None:
    failures = failures_of(TOKEN, compiled(schema))
    assert failures
    assert not certain(failures)


@pytest.mark.parametrize("kind", ["string", "integer", "boolean", "number"])
def test_a_redacted_value_has_the_type_of_its_schema(kind: str) -> None:
    assert rules(TOKEN, {"type": kind}) == []


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        (r"^\pL+$", "äb", True),
        (r"^[^\d]$", "٣", True),  # digits are ASCII only
        (r"^\w$", "ä", False),
        (r"(?m)^b$", "a\nb", True),
        (r"a$", "a\n", False),
        (r"^\Qa.b\E$", "a.b", True),
        (r"^\x{e4}$", "ä", True),
        (r"^a{,2}$", "a{,2}", True),
        (r"^[[:^alpha:]]$", "1", True),
        (r"^(?:a|b)*?$", "abab", True),
        (r"^[a\]]$", "]", True),
        (r"^[a-]$", "-", True),
        (r"\bä", "xä", True),
        (r"^(?i:A)b$", "ab", True),
        (r"^(?P<name>a)$", "a", True),
        (r"(?=a)", "a", None),  # Go has no look-around
        (r"(a)\1", "aa", None),
        (r"a++", "a", None),
        (r"(?i)ß", "SS", None),
        (r"^(a+)+$", "a" * 40 + "b", False),
    ],
)
def test_patterns_match_as_go_says(pattern: str, text: str, matches: bool | None) -> None:
    assert go_pattern(pattern).matches(text) is matches


def test_pruning_says_where_it_lost_what() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "object", "properties": {}}}}
    obj = {"kind": "K", "a": {"b": 1}, "c": [1]}
    assert pruned(obj, compiled(schema)) == ({"kind": "K", "a": {}}, [("a", "b"), ("c",)])
    assert obj["c"] == [1]


def test_what_a_manifest_may_leave_out_is_what_defaults_give_back() -> None:
    inner = {"type": "object", "default": {}}
    inner["properties"] = {"b": {"type": "integer", "default": 1}}
    node = compiled({"type": "object", "properties": {"a": inner}})
    assert without_defaults({"a": {"b": 1}}, node) == {}
    assert without_defaults({"a": {"b": 2}}, node) == {"a": {"b": 2}}


def test_metadata_keeps_what_it_can_hold() -> None:
    meta = {"name": "a", "labels": {}, "generation": "x", "odd": 1, "finalizers": None}
    assert object_meta(meta) == ({"name": "a"}, ["odd"], ["generation"])


def test_apply_fails_by_types_and_by_versions_that_are_gone() -> None:
    node = compiled(
        {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "string"}}}
    )
    [failure] = apply_failures({"a": "x", "b": None}, node)
    assert (failure.path, failure.message) == (("a",), "must be integer, is string")
    assert [one.message for one in missing_versions(["g/v1", "g/v2"], ["g/v2"])] == [
        "names g/v1, which the CRD does not have"
    ]

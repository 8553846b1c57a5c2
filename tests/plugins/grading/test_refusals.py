"""What the API server may refuse a new CRD for: rules that cost much or need a newer one."""

from __future__ import annotations

from typing import Any

import pytest

from k8s_datamodel_plugins.cel_rules import missing
from k8s_datamodel_plugins.cel_rules.functions_by_version import SINCE
from k8s_datamodel_plugins.grading import GradingSettings, graded
from k8s_datamodel_plugins.grading.refusals.cel_releases import needed
from k8s_datamodel_plugins.grading.refusals.only_reworded import only_reworded
from support.made_crds import made_crd

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
TEXTS: Schema = {"type": "array", "items": TEXT}
FEW: Schema = {**TEXTS, "maxItems": 9}


def spec(*rules: str, rule_of: dict[str, Any] | None = None, **properties: Schema) -> Schema:
    validations = [{"rule": rule, **(rule_of or {})} for rule in rules]
    found: Schema = {"type": "object", "properties": properties}
    return {**found, "x-kubernetes-validations": validations} if validations else found


def crd(found: Schema) -> dict[str, Any]:
    return made_crd("widgets", "example.com", "Widget", {"spec": found})


def levels(
    rule: str, old: Schema | None, new: Schema, kubernetes: tuple[int, int] | None = None
) -> list[str]:
    settings = GradingSettings(kubernetes=kubernetes)
    findings = graded(crd(old) if old else None, crd(new), settings)
    return [each.level for each in findings if each.rule == rule]


LIST_OF_LISTS: Schema = {"type": "array", "maxItems": 9, "items": spec(inner=TEXTS)}
MANY_TEXTS: Schema = {
    "type": "array",
    "items": {**TEXT, "x-kubernetes-validations": [{"rule": "self.matches('a')"}]},
}

COSTLY = [
    spec("self.it.all(x, x > 'a')", it=TEXTS),
    spec("has(self.it) && self.it.exists(x, x == 'a')", it=TEXTS),
    spec("self.it.map(x, x).size() > 1", it=TEXTS),
    spec("self.it.all(x, x.inner.exists(y, y == 'a'))", it=LIST_OF_LISTS),
    spec("self.it.all(key, key != 'a')", it={"type": "object", "additionalProperties": TEXT}),
    spec("self.my__dash__list.all(x, x > 'a')", **{"my-list": TEXTS}),
    spec("self.__namespace__.all(x, x > 'a')", namespace=TEXTS),
    spec(it=MANY_TEXTS),
]
CHEAP = [
    spec("self.it.all(x, x > 'a')", it=FEW),
    spec("self.it == 'it.all(x, x)'", it=TEXT),
    spec("self.text.matches('a')", text=TEXT),
    spec(
        "self.it.all(key, key != 'a')",
        it={"type": "object", "additionalProperties": TEXT, "maxProperties": 3},
    ),
    spec(
        "self.it.all(x, x.inner.exists(y, y == 'a'))",
        it={**LIST_OF_LISTS, "items": spec(inner=FEW)},
    ),
    spec("[1, 2].all(x, x > 0)", it=TEXTS),
    spec(it={**MANY_TEXTS, "items": {**MANY_TEXTS["items"], "maxLength": 9}}),
]


@pytest.mark.parametrize("new", COSTLY)
def test_a_rule_through_what_has_no_largest_size_may_cost_too_much(new: Schema) -> None:
    assert levels("cel-too-costly", spec(), new) == ["risky"]
    assert levels("cel-too-costly", None, new) == ["risky"]
    assert levels("cel-too-costly", new, {**new, "description": "as it was"}) == []


@pytest.mark.parametrize("new", CHEAP)
def test_a_rule_through_what_has_a_largest_size_does_not(new: Schema) -> None:
    assert levels("cel-too-costly", spec(), new) == []


def test_a_largest_size_that_goes_makes_a_rule_costly() -> None:
    rule = "self.it.all(x, x > 'a')"
    assert levels("cel-too-costly", spec(rule, it=FEW), spec(rule, it=TEXTS)) == ["risky"]


NEEDING = [
    ("self.it.?size.orValue(1) > 0", {}, (1, 29)),
    ("isQuantity(self.it)", {}, (1, 29)),
    ("sets.contains(self.a, self.b)", {}, (1, 30)),
    ("isIP(self.it)", {}, (1, 31)),
    ("cidr(self.it).ip().family() == 4", {}, (1, 31)),
    ("!format.dns1123Label().validate(self.it).hasValue()", {}, (1, 32)),
    ("self.it.all(i, x, x > i)", {}, (1, 33)),
    ("isSemver(self.it)", {}, (1, 34)),
    ("self.it.sort() == self.it", {}, (1, 35)),
    ("self.it == oldSelf.orValue('')", {"optionalOldSelf": True}, (1, 30)),
    ("self.it == 'a'", {"messageExpression": "'it is ' + self.it"}, (1, 27)),
    ("self.it == 'a'", {"reason": "FieldValueForbidden"}, (1, 28)),
]


@pytest.mark.parametrize(("rule", "more", "release"), NEEDING)
def test_a_rule_needs_the_release_of_what_it_uses(
    rule: str, more: dict[str, Any], release: tuple[int, int]
) -> None:
    new = spec(rule, rule_of=more, it=TEXT)
    older = (release[0], release[1] - 1)
    needs = "cel-needs-newer-kubernetes"
    assert set(levels(needs, spec(), new, older)) == {"blocked"}
    assert levels(needs, spec(), new, release) == []
    assert levels(needs, new, spec(rule, rule_of=more, it=TEXT, b=TEXT), older) == []
    unknown = levels(needs, spec(), new)
    assert set(unknown) == ({"risky"} if release > (1, 30) else set())


@pytest.mark.parametrize("rule", ["self.it == 'isIP(1)'", 'self.it != "semver(1)"', "self.skip(1)"])
def test_what_only_looks_like_a_function_needs_nothing(rule: str) -> None:
    assert levels("cel-needs-newer-kubernetes", spec(), spec(rule, it=TEXT), (1, 25)) == []


@pytest.mark.parametrize(
    ("function", "rule"),
    [
        ("_?._", "self.?it.hasValue()"),
        ("quantity", "quantity(self.it).isInteger()"),
        ("sets.contains", "sets.contains(self.it, ['a'])"),
        ("ip", "ip(self.it).family() == 4"),
        ("cidr", "cidr(self.it).containsIP('::1')"),
        ("format.named", "format.named('uri').hasValue()"),
        ("cel.@mapInsert", "self.it.transformMap(key, value, value).size() > 0"),
        ("semver", "semver(self.it).major() > 1"),
        ("lists.range", "lists.range(3).size() == 3"),
        *((name, f"self.it.{name}().size() > 0") for name in ("distinct", "reverse", "sort")),
        *((name, f"self.it.{name}().hasValue()") for name in ("first", "last")),
    ],
)
def test_a_new_crd_may_use_a_function_one_release_after_it_is_known(
    function: str, rule: str
) -> None:
    major, minor = SINCE[function]
    assert (major, minor + 1) in {release for _, release in needed({"rule": rule})}


def list_of(items: Schema, **more: Any) -> Schema:
    return spec(it={"type": "array", "maxItems": 9, "items": items, **more})


OLD = spec("self.a != oldSelf.a", a=TEXT)
KEYED = {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["a"]}
REQUIRED = {"required": ["a"]}
ATOMIC = {"x-kubernetes-map-type": "atomic"}
CORRELATED = [
    (list_of(OLD), False),
    (list_of(OLD, **{"x-kubernetes-list-type": "set"}), False),
    (list_of(spec(below=OLD)), False),
    (list_of({**OLD, **REQUIRED}, **KEYED), True),
    (list_of({**spec(a=TEXT, in_it=list_of(OLD)), **REQUIRED}, **KEYED), False),
    (spec(it={**spec(below=OLD), **ATOMIC}), False),
    (spec(it={**OLD, **ATOMIC}), True),
    (spec(it={"type": "object", "additionalProperties": OLD, "maxProperties": 9}), True),
    (list_of(spec("self.a != oldSelf . a", rule_of={"optionalOldSelf": True}, a=TEXT)), False),
    (list_of(spec("self.oldSelf != 'oldSelf' // oldSelf", oldSelf=TEXT)), True),
    (list_of(spec('self.a != "\\"oldSelf"', a=TEXT)), True),
    (list_of(spec("self.a != '''it's oldSelf'''", a=TEXT)), True),
]


@pytest.mark.parametrize(("new", "valid"), CORRELATED)
def test_a_rule_on_the_old_value_is_refused_where_there_may_be_none(
    new: Schema, valid: bool
) -> None:
    assert levels("crd-invalid", spec(), new) == ([] if valid else ["blocked"])
    assert levels("crd-invalid", new, {**new, "description": "as it was"}) == []


@pytest.mark.parametrize("rule", ["", " \n"])
def test_a_rule_without_a_text_is_refused(rule: str) -> None:
    assert levels("crd-invalid", spec(), spec(rule, a=TEXT)) == ["blocked"]


@pytest.mark.parametrize(
    ("rule", "valid"),
    [
        ("self.a ==", False),
        ("(self.a == 'b'", False),
        ("self.a = 'b'", False),
        ("self.a == 'b", False),
        ("self.a == 'b' and true", False),
        ("self.a == 'b'", True),
        ("self.?a.orValue('') == 'b'", True),
        ("self.a.noFunctionOfOurs() == 1", True),
        ("// a comment\nself.a == 'b'", True),
    ],
)
def test_a_rule_that_is_no_cel_is_refused(rule: str, valid: bool) -> None:
    unknown = bool(missing())  # without the engine nobody can tell
    said = [] if valid or unknown else ["blocked"]
    assert levels("crd-invalid", spec(), spec(rule, a=TEXT)) == said


def described(words: str, **more: Any) -> Schema:
    """A node with a description, with one in everything below it."""
    text = {**TEXT, "description": words}
    below = {
        "description": text,
        "list": {**TEXTS, "items": text},
        "map": {"type": "object", "additionalProperties": {**spec(inner=text)}},
        "free": {"type": "object", "additionalProperties": True},
    }
    return {**spec(**below), "description": words, **more}


@pytest.mark.parametrize(
    ("new", "same"),
    [
        (described("new"), True),
        (described("old"), True),
        (described("new", title="A title"), False),
        (described("new", default={"description": "new"}), False),
        (described("new", allOf=[{"description": "new"}]), False),
        ({**described("new"), "type": "array"}, False),
        (spec(description=TEXT), False),
        (described("new")["properties"], False),
        (None, False),
    ],
)
def test_other_words_are_no_other_schema(new: Schema | None, same: bool) -> None:
    assert only_reworded(described("old"), new) is same


NO_PATTERN = {"pattern": "a(?=b)"}
LONG_DEFAULT = {**spec(description={**TEXT, "maxLength": 3}), "default": {"description": "long"}}


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (spec(description=TEXT), spec(description={**TEXT, **NO_PATTERN}), "crd-invalid"),
        ({**LONG_DEFAULT, "default": {"description": "old"}}, LONG_DEFAULT, "crd-invalid"),
        (
            spec(it={**TEXT, "allOf": [{"maxLength": 3}]}),
            spec(it={**TEXT, "allOf": [{"maxLength": 3, "description": "three"}]}),
            "schema-not-structural",
        ),
    ],
)
def test_what_only_has_the_name_of_a_description_is_judged(
    old: Schema, new: Schema, rule: str
) -> None:
    assert levels(rule, old, new) != []
    assert levels(rule, new, {**new, "description": "in other words"}) == []

"""Who else an upgrade touches: each rule, and what is near it and is none."""

from __future__ import annotations

from typing import Any

import pytest

from k8s_datamodel_plugins.grading import GradingSettings
from k8s_datamodel_plugins.upgrades.touched import (
    KnownOperator,
    Loss,
    SeenService,
    csvs_naming,
    loss_of,
    missing_service,
    names_only,
    new_clashes,
    operators_naming,
)

Crd = dict[str, Any]

NAME = "widgets.example.com"
SERVICE = {"namespace": "ops", "name": "hook"}


def crd(*versions: str, unserved: tuple[str, ...] = (), name: str = NAME, **names: Any) -> Crd:
    plural, _, group = name.partition(".")
    return {
        "metadata": {"name": name},
        "spec": {
            "group": group,
            "names": {"plural": plural, "kind": plural[:-1].title(), **names},
            "versions": [
                {"name": each, "served": each not in unserved} for each in versions or ("v1",)
            ],
        },
    }


OLD = crd("v1alpha1", "v1")
LEAVES = loss_of(OLD, crd("v1"))
DELETED = loss_of(OLD, None)


@pytest.mark.parametrize(
    ("new", "versions", "whole"),
    [
        (crd("v1"), ("v1alpha1",), False),
        (crd("v1alpha1", "v1", unserved=("v1alpha1",)), ("v1alpha1",), False),
        (crd("v2"), ("v1alpha1", "v1"), False),
        (None, ("v1alpha1", "v1"), True),
    ],
)
def test_what_is_lost(new: Crd | None, versions: tuple[str, ...], whole: bool) -> None:
    found = loss_of(OLD, new)
    assert found is not None
    assert (found.crd, found.group, found.plural) == (NAME, "example.com", "widgets")
    assert (found.versions, found.whole) == (versions, whole)


def test_nothing_is_lost() -> None:
    assert loss_of(OLD, OLD) is None
    assert loss_of(OLD, crd("v1alpha1", "v1", "v2")) is None
    assert loss_of(crd("v0", "v1", unserved=("v0",)), crd("v1")) is None, "nobody could name it"


def test_a_kind_that_is_not_served_is_lost_when_deleted() -> None:
    found = loss_of(crd("v1", unserved=("v1",)), None)
    assert found is not None
    assert (found.versions, found.whole) == ((), True)


def rule(
    group: str = "example.com",
    resource: str = "widgets",
    versions: tuple[str, ...] = (),
    operations: tuple[str, ...] = ("CREATE",),
) -> dict[str, Any]:
    return {
        "groups": [group],
        "resources": [resource],
        "versions": list(versions),
        "operations": list(operations),
    }


def touched(loss: Loss | None, beside: dict[str, Any]) -> list[tuple[Any, ...]]:
    assert loss is not None
    found = operators_naming(loss, [KnownOperator.of("ops/fleet", beside)])
    return [(each.version, each.found.rule, each.found.level) for each in found]


ALPHA, STAYS = ("v1alpha1",), ("v1alpha1", "v1")
VERSION, KIND = "operator-names-removed-version", "operator-names-removed-kind"


@pytest.mark.parametrize(
    ("hooks", "level"),
    [
        ([rule(versions=ALPHA)], None),
        ([rule(versions=ALPHA, resource="*")], None),
        ([rule(versions=ALPHA, resource="widgets/status")], None),
        ([rule(versions=ALPHA), rule(versions=("v1",), resource="gadgets")], None),
        ([rule(versions=ALPHA), rule(versions=("v1",), operations=("DELETE",))], None),
        ([rule(versions=STAYS)], "cosmetic"),
        ([rule(versions=("v1alpha1", "*"))], "cosmetic"),
        ([rule(versions=ALPHA), rule(versions=("v1",))], "cosmetic"),
        ([rule(versions=ALPHA), rule(versions=("v1",), operations=("*",))], "cosmetic"),
    ],
)
def test_webhooks_that_name_a_version_that_leaves(
    hooks: list[dict[str, Any]], level: str | None
) -> None:
    assert touched(LEAVES, {"webhooks": hooks}) == [("v1alpha1", VERSION, level)]


def test_a_webhook_is_called_while_the_crd_has_its_version() -> None:
    """As the API server does it: an object of another version is converted for the webhook."""
    unserved = loss_of(OLD, crd("v1alpha1", "v1", unserved=("v1alpha1",)))
    hooks = {"webhooks": [rule(versions=ALPHA)]}
    assert touched(unserved, hooks) == [("v1alpha1", VERSION, "cosmetic")]


@pytest.mark.parametrize(
    "beside",
    [
        {"webhooks": [rule(versions=("v1",))]},
        {"webhooks": [rule(versions=("*",))]},
        {"webhooks": [rule(versions=ALPHA, group="example.org")]},
        {"webhooks": [rule(versions=ALPHA, group="*")]},
        {"webhooks": [rule(versions=ALPHA, resource="gadgets")]},
        {"rights": [rule()]},
        {},
    ],
)
def test_others_name_no_version_that_leaves(beside: dict[str, Any]) -> None:
    assert touched(LEAVES, beside) == []


@pytest.mark.parametrize(
    ("beside", "named"),
    [
        ({"rights": [rule()]}, True),
        ({"rights": [rule(resource="widgets/finalizers")]}, True),
        ({"webhooks": [rule(versions=("*",))]}, True),
        ({"rights": [rule(resource="*")]}, False),
        ({"rights": [rule(group="*")]}, False),
        ({"rights": [rule(group="example.org")]}, False),
        ({"webhooks": [rule(versions=ALPHA, resource="*")]}, False),
        ({}, False),
    ],
)
def test_who_names_a_kind_that_is_deleted(beside: dict[str, Any], named: bool) -> None:
    assert touched(DELETED, beside) == ([(None, KIND, None)] if named else [])


def test_operators_are_told_together() -> None:
    assert LEAVES
    hooks = {"webhooks": [rule(versions=ALPHA)]}
    many = [KnownOperator.of(f"ops/o{number}", hooks) for number in range(10)]
    [found] = operators_naming(LEAVES, many)
    assert found.found.old == [each.name for each in many]
    assert "ops/o7 and 2 more" in found.found.message


def test_an_earlier_record_says_nothing() -> None:
    assert KnownOperator.of("ops/fleet", {}) == KnownOperator("ops/fleet", None, None)
    assert KnownOperator.of("ops/fleet", {"rights": [], "webhooks": []}).rights == []


def csv(key: str, version: str = "v1alpha1", name: str = NAME) -> dict[str, Any]:
    entries = {key: [{"name": name, "version": version, "kind": "Widget"}]}
    return {
        "namespace": "ops",
        "name": f"{key}.v1.0.0",
        "spec": {"spec": {"customresourcedefinitions": entries}},
    }


@pytest.mark.parametrize(
    ("loss", "row", "found"),
    [
        (LEAVES, csv("required"), [("v1alpha1", "csv-requires-removed")]),
        (LEAVES, csv("owned"), [("v1alpha1", "csv-owns-removed")]),
        (DELETED, csv("required", "v1"), [(None, "csv-requires-removed")]),
        (DELETED, csv("owned", "v9"), [(None, "csv-owns-removed")]),
        (LEAVES, csv("required", "v1"), []),
        (LEAVES, csv("required", name="gadgets.example.com"), []),
        (DELETED, csv("owned", name="gadgets.example.com"), []),
        (LEAVES, {"name": "broken", "spec": {"spec": {"customresourcedefinitions": [3]}}}, []),
    ],
)
def test_csvs_that_own_or_require_what_goes(
    loss: Loss, row: dict[str, Any], found: list[tuple[Any, ...]]
) -> None:
    assert [(each.version, each.found.rule) for each in csvs_naming(loss, [row])] == found


def converted(*versions: str, **config: Any) -> Crd:
    found = crd(*versions)
    hook = {"clientConfig": config or {"service": SERVICE}}
    found["spec"]["conversion"] = {"strategy": "Webhook", "webhook": hook}
    return found


HAS, LACKS, UNKNOWN = (
    SeenService("the cluster", seen, "not read" * (seen is None)) for seen in (True, False, None)
)


@pytest.mark.parametrize(
    ("sides", "versions", "level"),
    [
        ([LACKS, LACKS], ("v1", "v2"), None),
        ([LACKS], ("v1", "v2"), None),
        ([LACKS, LACKS], ("v1",), "risky"),
    ],
)
def test_a_service_that_is_in_neither_side(
    sides: list[SeenService], versions: tuple[str, ...], level: str | None
) -> None:
    found = missing_service(converted(*versions), sides)
    assert not isinstance(found, str)
    assert found is not None
    assert (found.found.rule, found.found.level) == ("conversion-service-missing", level)
    assert found.found.new == "ops/hook"


def test_a_service_of_which_nobody_knows() -> None:
    said = "whether there is a service ops/hook, which converts objects (the cluster: not read)"
    for sides in ([UNKNOWN, LACKS], [LACKS, UNKNOWN]):
        assert missing_service(converted("v1", "v2"), sides) == said


def test_a_service_that_one_side_has_or_nothing_converts() -> None:
    for sides in ([HAS, LACKS], [LACKS, HAS], [UNKNOWN, HAS]):
        assert missing_service(converted("v1", "v2"), sides) is None
    assert missing_service(converted("v1", "v2", url="https://hook.example"), [LACKS]) is None
    off = converted("v1", "v2")
    off["spec"]["conversion"]["strategy"] = "None"
    assert missing_service(off, [LACKS]) is None


def clashing(before: list[Crd], after: list[Crd]) -> list[tuple[Any, ...]]:
    found = new_clashes(before, after, GradingSettings())
    return [(name, each.rule, each.old, each.new) for name, each in found]


WIDGETS = crd(shortNames=["wd"])
GADGETS, OTHERS = "gadgets.example.com", "windows.example.org"


@pytest.mark.parametrize(
    ("new", "rule", "word"),
    [
        (crd(name=GADGETS, shortNames=["wd"]), "names-clash", "wd"),
        (crd(name=GADGETS, singular="widget"), "names-clash", "widget"),
        (crd(name=GADGETS, listKind="Widget"), "names-clash", "Widget"),
        (crd(name=OTHERS, shortNames=["wd"]), "shortname-shared", "wd"),
        (crd(name=OTHERS, shortNames=["widgets"]), "shortname-shared", "widgets"),
        (crd(name=OTHERS, singular="wd"), "shortname-shared", "wd"),
        (crd(name=OTHERS, categories=["wd"]), "category-hides-name", "wd"),
        (crd(name=GADGETS, categories=["widgets", "all"]), "category-hides-name", "widgets"),
    ],
)
def test_a_new_crd_wants_a_name_that_another_has(new: Crd, rule: str, word: str) -> None:
    name = new["metadata"]["name"]
    assert clashing([WIDGETS], [new, WIDGETS]) == [(name, rule, NAME, word)]
    bare = crd(name=name)
    changed = clashing([WIDGETS, bare], [new, WIDGETS])
    assert changed == [(name, rule, NAME, word)], "who had the name keeps it"


def test_a_new_name_that_a_category_hides() -> None:
    member = crd(categories=["windows"])
    assert clashing([member], [crd(name=OTHERS), member]) == [
        (OTHERS, "category-hides-name", NAME, "windows")
    ]


def test_names_that_do_not_clash() -> None:
    for new in (
        crd(name=OTHERS, shortNames=["wdw"], categories=["all"]),
        crd(name="widgets.example.org"),
        crd(name=GADGETS, categories=["all"]),
        crd(name=GADGETS, categories=["gadgets"]),
    ):
        assert clashing([], [{**WIDGETS}, new]) == []


def test_what_clashed_before_is_no_change() -> None:
    both = [WIDGETS, crd(name=GADGETS, shortNames=["wd"])]
    apart = [WIDGETS, crd(name=OTHERS, shortNames=["wd"])]
    for each in (both, apart):
        assert clashing(each, each) == []
        assert clashing(each, each[::-1]) == []
        assert clashing([], each)
        assert clashing(each, each[:1]) == []


def test_names_of_a_row_with_or_without_the_complete_object() -> None:
    row = {
        "name": NAME,
        "group_name": "example.com",
        "plural": "widgets",
        "singular": "widget",
        "kind": "Widget",
        "short_names": ["wd"],
        "categories": ["all"],
    }
    named = names_only(row)
    whole = {**named["spec"]["names"], "listKind": "Widgets"}
    complete = names_only({**row, "spec": {"spec": {"group": "example.com", "names": whole}}})
    assert complete["spec"]["names"] == whole
    assert clashing([], [named, WIDGETS]) == []
    assert {each[1] for each in clashing([], [named, crd(name=GADGETS, shortNames=["wd"])])} == {
        "names-clash"
    }


def test_settings_choose_the_findings() -> None:
    new = crd(name=OTHERS, shortNames=["wd"])
    off = GradingSettings(severity={"shortname-shared": "off"})
    assert list(new_clashes([WIDGETS], [WIDGETS, new], off)) == []
    readers = GradingSettings(profile="readers")
    assert list(new_clashes([WIDGETS], [WIDGETS, new], readers)) == []

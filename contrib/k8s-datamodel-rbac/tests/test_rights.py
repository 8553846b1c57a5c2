"""Bindings and roles become rights on custom resources."""

from __future__ import annotations

from typing import Any

from samples import binding, crd, role, rule

from k8s_datamodel.testing import ObjectsSource, ResourceTypeContract, collect
from k8s_datamodel_rbac import TYPE

WIDGETS, SHIPS = crd("widgets"), crd("ships", "coast.example", "Cluster")
EDIT = role("edit", rule("acme.example", "widgets widgets/status", "get update"))
READ = role("read", rule("acme.example", "widgets", "get", "one"), namespace="shop")


class TestRights(ResourceTypeContract):
    resource_type = TYPE
    objects = (
        WIDGETS,
        SHIPS,
        EDIT,
        READ,
        role("all", rule("*", "*", "*")),
        binding("edit", EDIT, ("User", "jane"), ("ServiceAccount", "shop/bot")),
        binding("read", READ, ("Group", "readers"), namespace="shop"),
    )


def rights(*objects: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Subject, namespace, group, resource, verbs and names of each right."""
    records = collect(TYPE, ObjectsSource(objects)).records
    names = ("subject", "namespace", "api_group", "resource", "verbs", "object_names")
    return sorted((tuple(record.values[name] for name in names) for record in records), key=str)


def test_rules_of_a_role_are_joined() -> None:
    both = role("both", rule("acme.example", "widgets", "get"), rule("*", "widgets", "list get"))
    assert rights(WIDGETS, both, binding("b", both, ("User", "jane"))) == [
        ("jane", None, "acme.example", "widgets", ["get", "list"], "")
    ]


def test_names_of_objects_are_rights_of_their_own() -> None:
    some = role(
        "some", rule("acme.example", "widgets", "get"), rule("acme.example", "*", "*", "b a")
    )
    assert rights(WIDGETS, some, binding("b", some, ("User", "jane"))) == [
        ("jane", None, "acme.example", "widgets", ["*"], "a,b"),
        ("jane", None, "acme.example", "widgets", ["get"], ""),
    ]


def test_wildcards_reach_every_kind_and_are_marked() -> None:
    every = role("every", rule("*", "*", "get *"))
    named = role("named", rule("acme.example", "widgets/status", "patch"))
    records = collect(
        TYPE,
        ObjectsSource(
            [
                WIDGETS,
                SHIPS,
                every,
                named,
                binding("every", every, ("User", "jane")),
                binding("named", named, ("User", "joe")),
            ]
        ),
    ).records
    found = {
        (r.values["subject"], r.values["resource"]): (
            r.values["verbs"],
            r.values["wildcard"],
            r.values["subresources"],
        )
        for r in records
    }
    assert found == {
        ("jane", "widgets"): (["*"], True, True),
        ("jane", "ships"): (["*"], True, True),
        ("joe", "widgets/status"): (["patch"], False, False),
    }


def test_a_namespace_holds_no_cluster_scoped_kind() -> None:
    both = role("both", rule("acme.example coast.example", "widgets ships", "get"))
    assert rights(WIDGETS, SHIPS, both, binding("b", both, ("User", "jane"), namespace="shop")) == [
        ("jane", "shop", "acme.example", "widgets", ["get"], "")
    ]


def test_a_role_of_another_namespace_is_another_role() -> None:
    here, there = (
        role("own", rule("acme.example", "widgets", verb), namespace=namespace)
        for verb, namespace in (("get", "here"), ("delete", "there"))
    )
    assert rights(WIDGETS, here, there, binding("b", here, ("User", "j"), namespace="here")) == [
        ("j", "here", "acme.example", "widgets", ["get"], "")
    ]


def test_a_missing_role_gives_nothing() -> None:
    assert rights(WIDGETS, binding("b", role("gone"), ("User", "jane"))) == []


def test_aggregated_roles_without_rules_are_worked_out_even_in_circles() -> None:
    def aggregate(name: str, label: str, **labels: str) -> dict[str, Any]:
        selectors = [{"matchLabels": {label: "true"}}]
        return role(name, labels=labels, aggregationRule={"clusterRoleSelectors": selectors})

    inner = role("inner", rule("acme.example", "widgets", "get"), labels={"to-admin": "true"})
    admin = aggregate("admin", "to-admin", **{"to-root": "true", "to-admin": "true"})
    root = aggregate("root", "to-root")
    assert rights(WIDGETS, inner, admin, root, binding("b", root, ("User", "jane"))) == [
        ("jane", None, "acme.example", "widgets", ["get"], "")
    ]
    written = {**root, "rules": [rule("acme.example", "widgets", "list")]}
    assert rights(WIDGETS, inner, admin, written, binding("b", root, ("User", "jane"))) == [
        ("jane", None, "acme.example", "widgets", ["list"], "")
    ]


def test_a_subject_that_stands_twice_is_one() -> None:
    twice = binding("b", EDIT, ("User", "jane"), ("User", "jane"))
    assert len(rights(WIDGETS, EDIT, twice)) == 2

"""What RBAC says of a service account, seen through which CRDs its workload is said to manage."""

from __future__ import annotations

from typing import Any

import pytest

from truth.shapes import READ, WRITE, allowed, bind, crd, managed, role, workload

BOATS = "boats.harbour.example"
OWN = (["harbour.example"], ["boats", "boats/status"], WRITE)


def harbour(*objects: Any, **more: Any) -> dict[str, list[str]]:
    """The verdict on a workload `moor` of namespace `port`, with the account `moor`."""
    moor = workload("moor", "port", account="moor", **more)
    return managed([crd(BOATS), moor, *objects])


@pytest.mark.parametrize(
    "rule",
    [
        (["harbour.example"], ["boats", "boats/status"], WRITE),
        (["harbour.example"], ["*"], ["*"]),
        (["harbour.example"], ["boats", "*/status"], WRITE),
        (["harbour.example"], ["boats"], WRITE),
        (["other.example", "harbour.example"], ["boats", "boats/finalizers"], WRITE),
    ],
)
def test_writing_by_explicit_group_manages(rule: Any) -> None:
    assert harbour(*allowed("port", "moor", rule)) == {"moor": [BOATS]}


@pytest.mark.parametrize(
    "rule",
    [
        ([""], ["pods"], WRITE),
        (["elsewhere.example"], ["boats", "boats/status"], WRITE),
        (["harbour.example"], ["boats"], ["get", "list"]),
        (["harbour.example"], ["boats"], ["create", "get", "list", "delete"]),
        (["harbour.example"], ["boats/scale"], WRITE),
        (["*"], ["*"], ["get", "list", "watch"]),
        (["*"], ["*/status"], ["update"]),
    ],
)
def test_less_does_not(rule: Any) -> None:
    assert harbour(*allowed("port", "moor", rule)) == {}


def test_a_kind_may_be_named_without_its_group() -> None:
    """A storage product of old names its kinds, and built-in ones, in whatever group they are."""
    rights = (["*"], ["boats", "boats/finalizers", "pods"], ["*"])
    objects = [crd("harbour-rules.law.example"), crd("pods.law.example")]
    found = harbour(*allowed("port", "moor", rights), *objects, image="reg.example/harbour:v1")
    assert found == {"moor": [BOATS]}
    explicit = allowed("port", "keeper", (["harbour.example"], ["boats"], WRITE))
    keeper = workload("harbour-keeper", "port", account="keeper")
    every = (["*"], ["boats"], ["*"])
    found = harbour(*allowed("port", "moor", every), *explicit, keeper, image="reg.example/harbour")
    assert found == {"harbour-keeper": [BOATS]}


def test_rights_come_together_from_several_roles() -> None:
    read = allowed("port", "moor", (["harbour.example"], ["boats"], READ))
    write = [
        role("status", (["harbour.example"], ["boats/status"], ["update"])),
        bind("status", "moor", "port"),
    ]
    [evidence] = [
        found
        for found in _record(*read, *write)["evidence"]
        if found["kind"] == "rbac" and found["strength"] == "strong"
    ]
    assert "write status of boats.harbour.example" in evidence["reason"]
    assert evidence["object"] == "ClusterRole port-moor, ClusterRole status"


def _record(*objects: Any) -> dict[str, Any]:
    from truth.shapes import records

    return records([crd(BOATS), workload("moor", "port", account="moor"), *objects])["moor"]


def test_a_rule_on_single_objects_manages_no_kind() -> None:
    only = role("one", OWN)
    only["rules"][0]["resourceNames"] = ["the-one"]
    assert harbour(only, bind("one", "moor", "port")) == {}


def test_the_user_facing_roles_were_meant_for_people() -> None:
    assert harbour(role("edit", OWN), bind("edit", "moor", "port")) == {}


def test_another_namespaces_account_of_the_same_name_has_other_rights() -> None:
    assert harbour(role("own", OWN), bind("own", "moor", "elsewhere")) == {}


def test_a_user_name_may_stand_for_a_service_account() -> None:
    binding = bind("own", "moor", "port")
    binding["subjects"] = [{"kind": "User", "name": "system:serviceaccount:port:moor"}]
    assert harbour(role("own", OWN), binding) == {"moor": [BOATS]}


def test_aggregated_roles_are_filled() -> None:
    """As in a manifest: no controller has filled them; aggregates may select aggregates."""
    selects = {"matchLabels": {"harbour.example/to": "moor"}}
    middle = {"matchExpressions": [{"key": "harbour.example/part", "operator": "Exists"}]}
    objects = [
        role("whole", aggregationRule={"clusterRoleSelectors": [selects]}),
        role(
            "middle",
            labels={"harbour.example/to": "moor"},
            aggregationRule={"clusterRoleSelectors": [middle]},
        ),
        role("leaf", OWN, labels={"harbour.example/part": ""}),
    ]
    assert harbour(*objects, bind("whole", "moor", "port")) == {"moor": [BOATS]}
    assert harbour(*objects[:2], bind("whole", "moor", "port")) == {}


def test_a_role_binding_reaches_the_role_of_its_namespace() -> None:
    here, there = role("own", OWN, namespace="port"), role("own", namespace="elsewhere")
    assert harbour(here, there, bind("own", "moor", "port", within="port")) == {"moor": [BOATS]}
    assert harbour(here, there, bind("own", "moor", "port", within="elsewhere")) == {}


def in_port(*objects: Any) -> list[Any]:
    """These objects, each binding as one of the namespace ``port`` to the same role."""
    return [
        {**each, "kind": "RoleBinding", "metadata": {**each["metadata"], "namespace": "port"}}
        if each["kind"] == "ClusterRoleBinding"
        else each
        for each in objects
    ]


@pytest.mark.parametrize(
    "rights",
    [
        allowed("port", "moor", OWN),
        allowed("port", "moor", (["harbour.example"], ["*"], ["*"])),
        allowed("port", "moor", (["*"], ["boats"], ["*"])),
        allowed("port", "moor", (["*"], ["*"], ["*"])),
        [bind("cluster-admin", "moor", "port")],
    ],
)
def test_a_role_binding_reaches_nothing_outside_of_namespaces(rights: list[Any]) -> None:
    """https://kubernetes.io/docs/reference/access-authn-authz/rbac/#rolebinding-and-clusterrolebinding."""
    moor = workload("moor", "port", account="moor", image="reg.example/harbour:v1")
    boats, whole = crd(BOATS, scope="Namespaced"), crd(BOATS, scope="Cluster")
    for kinds, given in ((boats, rights), (boats, in_port(*rights)), (whole, rights)):
        assert managed([kinds, moor, *given]) == {"moor": [BOATS]}
    assert managed([whole, moor, *in_port(*rights)]) == {}
    wrote = {"manager": "moor", "operation": "Update", "subresource": "status"}
    boat = {
        "apiVersion": "harbour.example/v1",
        "kind": "Boat",
        "metadata": {"name": "gull", "managedFields": [wrote]},
    }
    assert managed([whole, moor, *in_port(*rights), boat]) == {}


def test_so_does_a_role() -> None:
    own = [role("own", OWN, namespace="port"), bind("own", "moor", "port", within="port")]
    moor = workload("moor", "port", account="moor")
    assert managed([crd(BOATS, scope="Cluster"), moor, *own]) == {}


def test_a_subject_without_a_namespace_is_in_the_bindings_own() -> None:
    own = role("own", OWN, namespace="port")
    assert harbour(own, bind("own", "moor", within="port")) == {"moor": [BOATS]}


def test_manifests_that_name_no_namespace_fit_together() -> None:
    objects = [
        crd(BOATS),
        workload("moor", account="moor"),
        role("own", OWN, kind="Role"),
        bind("own", "moor", kind="RoleBinding"),
    ]
    assert managed(objects) == {"moor": [BOATS]}


def test_a_workload_without_a_namespace_has_the_only_account_of_that_name() -> None:
    objects = [crd(BOATS), workload("moor", account="moor"), role("own", OWN)]
    assert managed([*objects, bind("own", "moor", "port")]) == {"moor": [BOATS]}
    two = [bind("own", "moor", "port"), bind("own", "moor", "elsewhere")]
    assert managed([*objects, *two]) == {}


def test_without_a_token_an_account_may_nothing() -> None:
    rights = allowed("port", "moor", OWN)
    tokenless = {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": "moor", "namespace": "port"},
        "automountServiceAccountToken": False,
    }
    projected = {"volumes": [{"projected": {"sources": [{"serviceAccountToken": {}}]}}]}
    off = {"automountServiceAccountToken": False}
    assert harbour(*rights, pod=off) == {}
    assert harbour(*rights, tokenless) == {}
    assert harbour(*rights, pod={**off, **projected}) == {"moor": [BOATS]}
    on = {"automountServiceAccountToken": True}
    assert harbour(*rights, tokenless, pod=on) == {"moor": [BOATS]}


def test_rights_on_everything_say_nothing_of_ownership() -> None:
    everything = allowed("port", "moor", (["*"], ["*"], ["*"]))
    assert harbour(*everything) == {}
    assert harbour(bind("cluster-admin", "moor", "port")) == {}


@pytest.mark.parametrize("sloppy", [None, "text", 7, [None], {"rules": None}])
def test_whatever_stands_in_a_role_is_no_reason_to_fail(sloppy: Any) -> None:
    broken = role("broken")
    broken["rules"] = sloppy
    binding = bind("broken", "moor", "port")
    binding["subjects"] = sloppy
    assert harbour(broken, binding, *allowed("port", "moor", OWN)) == {"moor": [BOATS]}

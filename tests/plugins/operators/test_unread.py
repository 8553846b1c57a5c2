"""Unknown is not none: verdicts when RBAC or CRDs could not be read."""

from __future__ import annotations

from typing import Any

from truth.shapes import READ, WRITE, allowed, bind, crd, managed, records, service, workload

NO_RBAC = {
    f"{name}.rbac.authorization.k8s.io": "forbidden"
    for name in ("clusterroles", "roles", "clusterrolebindings", "rolebindings")
}
NO_CRDS = {"customresourcedefinitions.apiextensions.k8s.io": "forbidden"}
BOATS = "boats.harbour.example"


def notes(record: dict[str, Any]) -> list[str]:
    return [found["object"] for found in record["evidence"] if found["kind"] == "note"]


def test_without_rbac_name_and_marks_must_do_and_the_answer_says_so() -> None:
    rights = allowed("port", "moor", (["harbour.example"], ["boats", "boats/status"], WRITE))
    objects = [crd(BOATS), workload("harbour-operator", "port", account="moor"), *rights]
    read, unread = records(objects), records(objects, NO_RBAC)
    assert read["harbour-operator"]["managed_crds"] == [BOATS]
    assert unread["harbour-operator"]["managed_crds"] == [BOATS]
    assert unread["harbour-operator"]["confidence"] < read["harbour-operator"]["confidence"]
    assert notes(unread["harbour-operator"]) == ["RBAC"]
    assert notes(read["harbour-operator"]) == []


def test_without_rbac_what_does_not_say_that_it_reconciles_is_left_out() -> None:
    objects = [
        crd(BOATS),
        workload("harbour-shop", "port"),
        workload("harbour-webhook", "port"),
        workload("grain-operator", "port"),
    ]
    assert managed(objects, NO_RBAC) == {}


def test_without_rbac_the_only_candidate_of_a_product_will_do() -> None:
    """Whoever has an account of its own means to talk to the API."""
    quay = workload("harbour-quay", "port", account="quay")
    others = [
        workload("harbour-shop", "port"),
        workload("harbour-dashboard", "port", account="dashboard"),
        workload("grain-mill", "port", account="mill"),
    ]
    assert managed([crd(BOATS), quay, *others], NO_RBAC) == {"harbour-quay": [BOATS]}
    second = workload("harbour-pier", "port", account="pier")
    assert managed([crd(BOATS), quay, second, *others], NO_RBAC) == {}


def test_without_rbac_a_container_may_say_that_it_reconciles() -> None:
    quay, pier = (workload(f"harbour-{name}", "port", account=name) for name in ("quay", "pier"))
    beside = {"name": "manager", "image": "reg.example/harbour/steward:v1"}
    quay["spec"]["template"]["spec"]["containers"].append(beside)
    assert managed([crd(BOATS), quay, pier], NO_RBAC) == {"harbour-quay": [BOATS]}


def test_without_rbac_answering_a_conversion_webhook_counts() -> None:
    client = {"service": {"name": "hooks", "namespace": "port"}}
    conversion = {"strategy": "Webhook", "webhook": {"clientConfig": client}}
    objects = [
        crd(BOATS, conversion=conversion),
        service("hooks", "port", {"app": "harbour"}),
        workload("harbour-quay", "port", labels={"app": "harbour"}),
        workload("harbour-quay", "elsewhere", kind="StatefulSet", labels={"app": "harbour"}),
        workload("harbour-shop", "port", labels={"app": "shop"}),
    ]
    found = records(objects, NO_RBAC)
    assert list(found) == ["harbour-quay"]
    assert found["harbour-quay"]["namespace"] == "port"
    assert "webhook" in {evidence["kind"] for evidence in found["harbour-quay"]["evidence"]}


def test_a_source_without_any_binding_is_no_source_of_rbac() -> None:
    found = records([crd(BOATS), workload("harbour-operator", "port")])
    assert notes(found["harbour-operator"]) == ["RBAC"]


def test_without_crds_their_names_come_from_roles() -> None:
    rights = allowed(
        "port",
        "moor",
        (["harbour.example"], ["boats", "boats/status", "piers"], WRITE),
        (["apps", "networking.k8s.io"], ["deployments", "ingresses/status"], WRITE),
    )
    objects = [workload("harbour-operator", "port", account="moor"), *rights]
    found = records(objects, NO_CRDS)["harbour-operator"]
    assert found["managed_crds"] == [BOATS, "piers.harbour.example"]
    assert notes(found) == ["CRDs"]


def test_without_crds_a_rule_on_several_groups_does_not_tell_whose_a_kind_is() -> None:
    several = (["harbour.example", "quay.example"], ["boats", "boats/status", "cranes"], WRITE)
    rights = allowed("port", "moor", several, (["harbour.example"], ["boats"], READ))
    objects = [workload("harbour-operator", "port", account="moor"), *rights]
    assert managed(objects, NO_CRDS) == {"harbour-operator": [BOATS]}


def test_all_of_a_group_without_any_crd_is_told_too() -> None:
    rights = allowed("port", "moor", (["harbour.example"], ["*"], ["*"]))
    moor = workload("harbour-operator", "port", account="moor")
    found = records([moor, *rights], NO_CRDS)["harbour-operator"]
    assert "*.harbour.example, whose CRDs are unknown" in found["evidence"][0]["reason"]
    reads = allowed("port", "moor", (["harbour.example"], ["*"], READ))
    assert managed([moor, *reads], NO_CRDS) == {}
    guest = allowed("mill", "miller", (["harbour.example"], ["*"], ["*"]))
    mill = workload("grain-controller", "mill", account="miller")
    some = [crd("piers.harbour.example"), moor, mill, *rights, *guest]
    assert managed(some) == {"harbour-operator": ["piers.harbour.example"]}


def test_kinds_whose_crd_is_not_there_are_not_managed_but_told() -> None:
    """Some operators install their CRDs themselves when they first start."""
    rights = allowed("port", "moor", (["harbour.example"], ["boats", "boats/status"], WRITE))
    kites = crd("kites.sky.example")
    for objects in ([], [kites]):
        moor = workload("harbour-operator", "port", account="moor")
        found = records([*objects, moor, *rights])["harbour-operator"]
        assert found["managed_crds"] == []
        assert 0.5 <= found["confidence"] < 0.6
        assert "whose CRDs are unknown" in found["evidence"][0]["reason"]


def test_a_status_of_a_built_in_kind_is_nobodys_custom_resource() -> None:
    rights = allowed(
        "web",
        "ingress",
        (["networking.k8s.io"], ["ingresses/status"], ["update"]),
        (["networking.k8s.io", "discovery.k8s.io"], ["ingresses", "endpointslices"], READ),
    )
    objects = [workload("ingress-controller", "web", account="ingress"), *rights]
    assert managed(objects) == {}
    assert managed([crd(BOATS), *objects]) == {}


def test_ordinary_workloads_are_left_out_whatever_their_names() -> None:
    objects = [
        crd(BOATS),
        crd("managers.harbour.example"),
        *allowed("port", "other", ([""], ["pods"], WRITE)),
        *(
            workload(name, "port", account=account, kind=kind)
            for name, account, kind in (
                ("harbour-operator-dashboard", "", "Deployment"),
                ("telephone-operator", "other", "Deployment"),
                ("db-manager", "", "StatefulSet"),
                ("controller", "other", "DaemonSet"),
            )
        ),
        bind("view", "other", "port"),
    ]
    assert managed(objects) == {}


def test_an_object_that_is_hardly_one_breaks_nothing() -> None:
    bare = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "bare"}}
    null = {**bare, "metadata": {"name": "null"}, "spec": {"template": {"spec": None}}}
    none = workload("none", "port")
    none["spec"]["template"]["spec"]["containers"] = None
    odd = {**crd(BOATS), "spec": {"group": 7, "names": None, "versions": "v1"}}
    assert managed([bare, null, none, odd]) == {}
    assert managed([bare, null, none, odd], NO_RBAC) == {}

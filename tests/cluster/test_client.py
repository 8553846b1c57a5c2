"""Loading a real server: whatever the order of the objects, the server holds them all."""

from __future__ import annotations

from typing import Any

import pytest

from cluster.client import ApiError, Client, Object, RefusedError
from cluster.portable import olm_crds, open_crd, portable


def _object(api: str, kind: str, name: str, namespace: str = "", **fields: Any) -> Object:
    where = {"namespace": namespace} if namespace else {}
    return {"apiVersion": api, "kind": kind, "metadata": {"name": name, **where}, **fields}


def _deployment(name: str, namespace: str, **metadata: Any) -> Object:
    pod = {
        "metadata": {"labels": {"app": name}},
        "spec": {"containers": [{"name": "main", "image": "example.org/main:v1"}]},
    }
    spec = {"selector": {"matchLabels": {"app": name}}, "template": pod}
    made = _object("apps/v1", "Deployment", name, namespace, spec=spec)
    made["metadata"] |= metadata
    return made


def test_objects_in_the_worst_order_arrive(admin: Client) -> None:
    """Each one here needs one that comes after it; the webhook would block the custom resource."""
    rules = {"apiGroups": ["loading.example.org"], "apiVersions": ["v1"], "resources": ["*"]}
    webhook = {
        "name": "nobody.example.org",
        "clientConfig": {"url": "https://127.0.0.1:9/"},
        "rules": [{**rules, "operations": ["*"]}],
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
    }
    registration, rbac = "admissionregistration.k8s.io/v1", "rbac.authorization.k8s.io/v1"
    aggregation = {"clusterRoleSelectors": [{"matchLabels": {"part": "one"}}]}
    part = _object(rbac, "ClusterRole", "loading-part", rules=[{"verbs": ["get"], **_PODS}])
    part["metadata"]["labels"] = {"part": "one"}
    deployment = _deployment("worker", "loading", uid="old-uid", resourceVersion="77")
    owned = _object("v1", "ConfigMap", "owned", "loading")
    owner = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "worker", "uid": "old-uid"}
    owned["metadata"]["ownerReferences"] = [owner]
    report = admin.apply(
        [
            _object(registration, "ValidatingWebhookConfiguration", "loading", webhooks=[webhook]),
            _object("loading.example.org/v1", "Thing", "one", "loading", spec={"size": 3}),
            owned,
            {**deployment, "status": {"replicas": 2, "readyReplicas": 1}},
            _object(rbac, "ClusterRole", "loading-whole", aggregationRule=aggregation),
            part,
            open_crd("loading.example.org", "v1", "Thing", "things"),
        ]
    )
    assert (report.loaded, report.refused, report.repeated) == (7, [], [])

    worker = admin.get("/apis/apps/v1/namespaces/loading/deployments/worker")
    assert worker["status"]["readyReplicas"] == 1
    config = admin.get("/api/v1/namespaces/loading/configmaps/owned")
    assert config["metadata"]["ownerReferences"][0]["uid"] == worker["metadata"]["uid"] != "old-uid"
    whole = admin.get(admin.path(rbac, "ClusterRole", "loading-whole"))
    assert whole["rules"] == part["rules"]
    assert [t["spec"] for t in admin.list("/apis/loading.example.org/v1/things")] == [{"size": 3}]
    with pytest.raises(ApiError, match="failed calling webhook"):
        admin.create(_object("loading.example.org/v1", "Thing", "two", "loading"))


_PODS = {"apiGroups": [""], "resources": ["pods"]}


def test_a_custom_kind_may_have_a_built_in_name(admin: Client) -> None:
    admin.apply(
        [
            _object("bus.example.org/v1", "Namespace", "no-namespace"),
            open_crd("bus.example.org", "v1", "Namespace", "namespaces"),
        ]
    )
    assert admin.get("/apis/bus.example.org/v1/namespaces/default/namespaces/no-namespace")
    assert admin.request("GET", "/api/v1/namespaces/no-namespace").status == 404


def test_applied_again_objects_change(admin: Client) -> None:
    path = "/api/v1/namespaces/again/configmaps/one"
    for value in ("first", "second"):
        admin.apply([_object("v1", "ConfigMap", "one", "again", data={"key": value})])
        assert admin.get(path)["data"] == {"key": value}


def test_what_is_refused_is_an_error_or_a_line_of_the_report(admin: Client) -> None:
    bad = _object("v1", "ConfigMap", "Not A Name")
    good = _object("v1", "ConfigMap", "good")
    unknown = _object("example.org/v9", "Nothing", "here")
    with pytest.raises(RefusedError, match="ConfigMap Not A Name: 422"):
        admin.apply([bad, good])
    report = admin.apply([bad, unknown, good, good], strict=False)
    assert sorted((r.kind, r.status) for r in report.refused) == [
        ("ConfigMap", 422),
        ("Nothing", 404),
    ]
    assert (report.loaded, report.repeated) == (1, ["ConfigMap default/good"])


def test_a_crd_whose_names_are_taken_is_reported_with_the_reason(admin: Client) -> None:
    taken = open_crd("names.example.org", "v1", "Second", "seconds", shortNames=["frs"])
    taken["spec"]["names"]["listKind"] = "FirstList"
    admin.apply([open_crd("names.example.org", "v1", "First", "firsts")])
    report = admin.apply([taken], strict=False)
    assert [(r.name, r.status) for r in report.refused] == [("seconds.names.example.org", 0)]
    assert "ListKindConflict" in report.refused[0].message
    admin.delete(f"{_CRDS}/seconds.names.example.org")


_CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


def test_many_custom_resources_are_created_at_once(admin: Client) -> None:
    admin.apply([open_crd("many.example.org", "v1", "Grain", "grains", scope="Cluster")])
    grains = (_object("many.example.org/v1", "Grain", f"grain-{n}") for n in range(1200))
    assert admin.create_many(grains) == 1200
    path = admin.path("many.example.org/v1", "Grain")
    assert admin.get(f"{path}?limit=1")["metadata"]["remainingItemCount"] == 1199
    assert len({grain["metadata"]["uid"] for grain in admin.list(path)}) == 1200


def test_patch_and_status_and_delete(admin: Client) -> None:
    admin.apply([_deployment("changing", "default")])
    path = admin.path("apps/v1", "Deployment", "changing", "default")
    assert admin.patch(path, {"spec": {"replicas": 5}})["spec"]["replicas"] == 5
    assert admin.set_status(path, {"replicas": 4})["status"]["replicas"] == 4
    admin.delete(path)
    with pytest.raises(ApiError, match="404 NotFound"):
        admin.get(path)


def test_olm_can_be_played(admin: Client) -> None:
    version = "operators.coreos.com/v1alpha1"
    csv = _object(version, "ClusterServiceVersion", "x.v1", "operators", spec={"version": "1.0.0"})
    admin.apply([{**csv, "status": {"phase": "Failed"}}, *olm_crds()])
    [found] = admin.list(admin.path(version, "ClusterServiceVersion"))
    assert (found["spec"]["version"], found["status"]["phase"]) == ("1.0.0", "Failed")


def test_objects_of_other_servers_are_made_to_fit(admin: Client) -> None:
    port = {"port": 80, "nodePort": 9}
    address = {"clusterIP": "172.30.1.1", "clusterIPs": ["172.30.1.1"], "type": "NodePort"}
    old: Object = {
        "apiVersion": "apiextensions.k8s.io/v1beta1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "relics.old.example.org"},
        "spec": {
            "group": "old.example.org",
            "version": "v1alpha1",
            "names": {"kind": "Relic", "plural": "relics"},
            "additionalPrinterColumns": [{"name": "Age", "type": "date", "JSONPath": ".x"}],
        },
    }
    service = _object("v1", "Service", "moved", spec={**address, "ports": [port]})
    relic = _object("old.example.org/v1alpha1", "Relic", "one", spec={"age": 900})
    admin.apply(portable([relic, service, old]))
    assert admin.list("/apis/old.example.org/v1alpha1/relics")[0]["spec"] == {"age": 900}
    assert old["spec"]["version"] == "v1alpha1"

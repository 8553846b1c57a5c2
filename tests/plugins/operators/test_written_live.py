"""A real server keeps who wrote a status: the answer follows it, or says what it rests on."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import pytest

from cluster import faults
from cluster.client import Client
from cluster.faults import Fault, on
from cluster.fixtures import MakeProxy
from cluster.server import Cluster
from support.forked import Forked
from support.live_source import widget_crd
from truth.shapes import RBAC, WRITE, allowed, workload

pytestmark = pytest.mark.cluster

SPACE = "written-quay"
NEW, OLD = "new.written.example", "old.written.example"
APPLY = "application/apply-patch+yaml"
MERGE = "application/merge-patch+json"
RIGHTS = ("clusterroles", "roles", "clusterrolebindings", "rolebindings")


def definition(group: str) -> dict[str, Any]:
    """The one with a subresource for the status, the other, as of old, without."""
    found = widget_crd(group)
    if group == NEW:
        found["spec"]["versions"][0]["subresources"] = {"status": {}}
    return found


@pytest.fixture(scope="module", autouse=True)
def _objects(admin: Client) -> None:
    """Two programs with one account and equal rights; by their names the first has the kinds."""
    resources = ["widgets", "widgets/status"]
    objects = [definition(NEW), definition(OLD)]
    objects += allowed(SPACE, "quay", ([NEW, OLD], resources, WRITE))
    for name in ("quay-widget-controller", "quay-tally"):
        made = workload(name, SPACE, account="quay", args=[f"/{name}"], labels={"app": name})
        made["spec"]["selector"] = {"matchLabels": {"app": name}}
        objects.append(made)
    admin.apply(objects)


def write_status(admin: Client, group: str, manager: str, content_type: str) -> None:
    """Make a widget anew, with a status that was written under a name."""
    path = f"/apis/{group}/v1/namespaces/{SPACE}/widgets"
    admin.request("DELETE", f"{path}/tug")
    widget = {
        "apiVersion": f"{group}/v1",
        "kind": "Widget",
        "metadata": {"name": "tug", "namespace": SPACE},
    }
    admin.call("POST", f"{path}?fieldManager=kubectl-create", {**widget, "spec": {"of": 1}})
    part = "/status" if group == NEW else ""
    force = "&force=true" if content_type == APPLY else ""
    change = {**widget, "status": {"afloat": True}}
    query = f"?fieldManager={manager}{force}"
    admin.call("PATCH", f"{path}/tug{part}{query}", change, content_type=content_type)


def operators(command: Forked, config: Path) -> dict[str, Any]:
    where = ("--kubeconfig", config, "--namespace", SPACE)
    rows = command.ok("operators", "list", "-o", "json", *where).json
    return {row["name"]: row for row in rows}


def of_group(row: dict[str, Any] | None, group: str) -> bool:
    return bool(row) and f"widgets.{group}" in row["managed_crds"]


@pytest.mark.parametrize("group", [NEW, OLD])
@pytest.mark.parametrize("how", [MERGE, APPLY])
def test_the_answer_follows_who_wrote(
    group: str, how: str, admin: Client, cluster: Cluster, command: Forked
) -> None:
    write_status(admin, group, "quay-tally", how)
    found = operators(command, cluster.kubeconfig)
    assert of_group(found["quay-tally"], group)
    assert not of_group(found.get("quay-widget-controller"), group)
    reasons = [each["reason"] for each in found["quay-tally"]["evidence"]]
    assert 'wrote the status of 1 of 1 sampled widgets as "quay-tally"' in reasons


@pytest.mark.parametrize("group", [NEW, OLD])
@pytest.mark.parametrize("how", [MERGE, APPLY])
def test_a_name_that_any_may_have_leaves_it_to_rights_and_names(
    group: str, how: str, admin: Client, cluster: Cluster, command: Forked
) -> None:
    write_status(admin, group, "manager", how)
    found = operators(command, cluster.kubeconfig)
    assert of_group(found["quay-widget-controller"], group)
    assert not of_group(found.get("quay-tally"), group)


def test_without_rights_the_answer_says_what_it_rests_on(
    admin: Client, cluster: Cluster, command: Forked, proxy: MakeProxy, tmp_path: Path
) -> None:
    write_status(admin, NEW, "quay-tally", MERGE)
    whole = operators(command, cluster.kubeconfig)["quay-tally"]

    no_rbac = proxy(
        cluster, *(Fault(on(f"/apis/{RBAC}/v1/{r}"), faults.status(403)) for r in RIGHTS)
    )
    tally = operators(command, no_rbac.kubeconfig)["quay-tally"]
    assert of_group(tally, NEW)
    kinds = {each["kind"]: each["object"] for each in tally["evidence"]}
    assert (kinds["note"], kinds["written"]) == ("RBAC", f"widgets.{NEW}")

    path = f"/apis/{NEW}/v1/namespaces/{SPACE}/widgets"
    unseen = proxy(cluster, Fault(on(path), faults.status(403)))
    found = operators(command, unseen.kubeconfig)["quay-widget-controller"]
    assert of_group(found, NEW)
    assert found["confidence"] < whole["confidence"]
    notes = [each["reason"] for each in found["evidence"] if each["kind"] == "note"]
    assert notes == [f"who wrote widgets.{NEW} could not be read, so there is less evidence"]
    db = tmp_path / "inventory.db"
    where = ("--kubeconfig", unseen.kubeconfig, "--namespace", SPACE, "--db-path", db)
    command.run("database", "store", "--no-crds", *where)
    shown = command.ok("database", "show", "latest", "--ledger", "-o", "json", "--db-path", db).json
    [entry] = [
        row
        for row in shown["ledger"]
        if row["read"] == "instances (who wrote them)" and row["status"] == "forbidden"
    ]
    assert entry["optional"]
    assert shown["snapshot"]["complete"]


def test_pods_of_accounts_that_cannot_be_are_not_asked_for_and_of_tenants_at_once(
    admin: Client, cluster: Cluster, command: Forked, proxy: MakeProxy
) -> None:
    """The API server checks the names of accounts in bindings, but not their namespaces."""
    group = f"{RBAC}/v1"
    role = {"apiGroup": RBAC, "kind": "ClusterRole", "name": f"{SPACE}-quay"}
    spaces = ("..", "a/../../secrets?x=", "#", "written-nowhere")
    tenants = [f"written-tenant-{n}" for n in range(11)]
    accounts = [*product(spaces, ["ghost"]), *product(tenants, ["tenant"])]
    subjects = [{"kind": "ServiceAccount", "name": name, "namespace": s} for s, name in accounts]
    made = {"name": "written-ghosts"}
    path = f"/apis/{group}/clusterrolebindings"
    binding = {"apiVersion": group, "kind": "ClusterRoleBinding", "metadata": made}
    admin.call("POST", path, {**binding, "roleRef": role, "subjects": subjects})
    try:
        seen = proxy(cluster)
        done = command.ok("operators", "list", "--kubeconfig", seen.kubeconfig)
    finally:
        admin.request("DELETE", f"{path}/written-ghosts")
    pods = [each for each in seen.requests if each.path.endswith("/pods")]
    ghosts = [each.path for each in pods if each.query.endswith("%3Dghost")]
    assert ghosts == ["/api/v1/namespaces/written-nowhere/pods"]
    assert [each.path for each in pods if each.query.endswith("%3Dtenant")] == ["/api/v1/pods"]
    assert "could not read pods" not in done.err


def test_what_crds_say_is_not_said_to_hold_where_they_may_not_be_read(
    cluster: Cluster, command: Forked, proxy: MakeProxy
) -> None:
    crds = on("/apis/apiextensions.k8s.io/v1/customresourcedefinitions")
    unread = proxy(cluster, Fault(crds, faults.status(403)))
    where = ("operators", "check", "--namespace", SPACE, "--kubeconfig")
    assert command.ok(*where, cluster.kubeconfig).out.startswith("All that is said of operators")
    out = command.ok(*where, unread.kubeconfig).out
    assert out == "What was read contradicts nothing that is said of operators.\n"

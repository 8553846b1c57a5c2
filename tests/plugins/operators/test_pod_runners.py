"""Operators that only their pods show: what runs them, and the CRDs that they manage."""

from __future__ import annotations

from typing import Any

import pytest

from truth.shapes import WRITE, Object, allowed, crd, managed, records, workload

BOATS = "boats.harbour.example"
NO_PODS = {"pods": "forbidden"}


def pod(name: str, account: str = "moor", **more: Any) -> Object:
    """``owner`` is kind and name of what controls it."""
    kind, _, owner = more.pop("owner", "").partition(" ")
    references = [{"kind": kind, "name": owner, "controller": True}] if kind else []
    conditions = [{"type": "Ready", "status": str(more.pop("ready", True))}]
    status = {"phase": more.pop("phase", "Running"), "conditions": conditions}
    container = {"name": "main", "image": "reg.example/harbour/moor:v3"}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "port", "ownerReferences": references, **more},
        "spec": {"serviceAccountName": account, "containers": [container]},
        "status": status,
    }


def harbour(*pods: Object) -> list[Object]:
    rights = allowed("port", "moor", (["harbour.example"], ["boats", "boats/status"], WRITE))
    return [crd(BOATS), *rights, *pods]


ROLLOUT = {"labels": {"rollouts-pod-template-hash": "5d4f"}}
CONFIG = {"annotations": {"openshift.io/deployment-config.name": "moor"}}


@pytest.mark.parametrize(
    ("made", "kind", "name"),
    [
        (pod("moor"), "Pod", "moor"),
        (pod("moor-node-1", owner="Node node-1"), "Pod", "moor-node-1"),
        (pod("moor-29000000-x2v9k", owner="Job moor-29000000"), "CronJob", "moor"),
        (pod("moor-29000000-x", owner="Job moor-29000000", phase="Failed"), "CronJob", "moor"),
        (pod("moor-x2v9k", owner="Job moor"), "Job", "moor"),
        (pod("moor-5d4f-x2v9k", owner="ReplicaSet moor-5d4f", **ROLLOUT), "Rollout", "moor"),
        (pod("moor-x2v9k", owner="ReplicaSet moor"), "ReplicaSet", "moor"),
        (
            pod("moor-1-x", owner="ReplicationController moor-1", **CONFIG),
            "DeploymentConfig",
            "moor",
        ),
        (pod("moor-x", owner="ReplicationController moor"), "ReplicationController", "moor"),
        (pod("moor-x", owner="CloneSet moor"), "CloneSet", "moor"),
    ],
)
def test_what_runs_it_is_the_operator(made: Object, kind: str, name: str) -> None:
    [(found, row)] = records(harbour(made)).items()
    assert (found, row["operator_type"], row["managed_crds"]) == (name, kind, [BOATS])
    assert (row["namespace"], row["version"], row["service_account"]) == ("port", "v3", "moor")
    assert records(harbour(made), NO_PODS) == {}


@pytest.mark.parametrize(
    "made",
    [
        pod("moor-x", owner="Job moor", phase="Succeeded"),  # it ended
        pod("moor", phase="Failed"),
        pod("moor-5d4f-x", owner="ReplicaSet moor-5d4f", labels={"pod-template-hash": "5d4f"}),
        pod("moor-0", owner="StatefulSet moor"),  # these are listed
        pod("moor-x", owner="DaemonSet moor"),
        pod("moor", account="other"),
    ],
)
def test_what_ended_or_is_listed_or_has_no_rights_is_none(made: Object) -> None:
    assert managed(harbour(made)) == {}


def test_it_may_say_of_itself_what_workloads_may() -> None:
    says = {"annotations": {"k8s-datamodel.io/operator": "false"}}
    assert managed(harbour(pod("moor", **says), pod("pilot"))) == {"pilot": [BOATS]}


def test_its_pods_are_counted() -> None:
    owner = {"owner": "ReplicaSet moor"}
    pods = [pod("moor-a", **owner), pod("moor-b", ready=False, **owner)]
    [row] = records(harbour(*pods)).values()
    assert (row["replicas"], row["ready_replicas"]) == (2, 1)


def test_accounts_of_one_name_in_many_namespaces_are_told_apart() -> None:
    """Those of more than ten namespaces are read together; one of them runs a Deployment."""
    objects = [crd(BOATS), workload("berth", "quay-0", account="moor")]
    rights = (["harbour.example"], ["boats", "boats/status"], WRITE)
    for n in range(12):
        objects += allowed(f"quay-{n}", "moor", rights)
        runs = pod(f"moor-{n}", owner=f"ReplicaSet moor-{n}")
        runs["metadata"]["namespace"] = f"quay-{n}"
        objects.append(runs)
    found = {row["namespace"]: row["operator_type"] for row in records(objects).values()}
    assert found == {"quay-0": "Deployment"} | {f"quay-{n}": "ReplicaSet" for n in range(1, 12)}


def test_an_account_that_a_listed_workload_runs_as_needs_no_pods() -> None:
    objects = harbour(pod("moor"), workload("moor-controller", "port", account="moor"))
    assert managed(objects) == {"moor-controller": [BOATS]}

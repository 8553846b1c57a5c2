"""Operators that are no Deployment, StatefulSet or DaemonSet: their CRDs are no orphans.

The test server runs no controllers, so only what is a pod itself has pods.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cluster.client import Client
from cluster.fixtures import MakeCluster
from cluster.server import Cluster
from support.forked import Forked
from support.live_source import widget_crd
from truth.shapes import WRITE, allowed

pytestmark = pytest.mark.cluster

NAMESPACE = "default"
POD: dict[str, Any] = {"containers": [{"name": "manager", "image": "reg.example/manager:v1"}]}
TEMPLATE = {"metadata": {"labels": {"app": "manager"}}, "spec": POD}
SELECTED = {"selector": {"matchLabels": {"app": "manager"}}, "template": TEMPLATE}
JOB = {"template": {"spec": {**POD, "restartPolicy": "Never"}}}
KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "Pod": ("v1", POD),
    "ReplicaSet": ("apps/v1", SELECTED),
    "ReplicationController": ("v1", {"selector": {"app": "manager"}, "template": TEMPLATE}),
    "Job": ("batch/v1", JOB),
    "CronJob": ("batch/v1", {"schedule": "* * * * *", "jobTemplate": {"spec": JOB}}),
    "Widget": ("rollouts.example/v1", SELECTED),
}
"""As what an operator runs, by kind; Widgets stand for what a CRD defines, such as Rollouts."""


def group(kind: str) -> str:
    return f"{kind.lower()}.lab.example"


def placed(value: Any, account: str) -> Any:
    """The same, with the service account in each pod's spec."""
    if not isinstance(value, dict):
        return value
    more = {"serviceAccountName": account} if "containers" in value else {}
    return {**{key: placed(each, account) for key, each in value.items()}, **more}


@pytest.fixture(scope="module")
def filled(make_cluster: MakeCluster) -> Cluster:
    """A kind of its own for each of them, with who may write its status; and one for nobody."""
    cluster = make_cluster("out-of-sight")
    rule = ["widgets", "widgets/status"]
    with Client(cluster.kubeconfig) as admin:
        groups = [*map(group, KINDS), "nobody.example", "rollouts.example"]
        admin.apply([widget_crd(each) for each in groups])
        for kind, (version, spec) in KINDS.items():
            account = f"{kind.lower()}-runner"
            metadata = {"name": f"{kind.lower()}-manager", "namespace": NAMESPACE}
            admin.apply(
                [
                    {
                        "apiVersion": "v1",
                        "kind": "ServiceAccount",
                        "metadata": {"name": account, "namespace": NAMESPACE},
                    },
                    *allowed(NAMESPACE, account, ([group(kind)], rule, WRITE)),
                    {
                        "apiVersion": version,
                        "kind": kind,
                        "metadata": metadata,
                        "spec": placed(spec, account),
                    },
                ]
            )
    return cluster


def test_a_bare_pod_is_an_operator(command: Forked, filled: Cluster) -> None:
    where = ("--kubeconfig", filled.kubeconfig)
    [row] = command.ok("operators", "list", "-o", "json", *where).json
    assert (row["name"], row["type"]) == ("pod-manager", "Pod")
    assert row["managed_crds"] == ["widgets.pod.lab.example"]


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - {"Pod"}))
def test_who_runs_out_of_sight_may_manage_it(kind: str, command: Forked, filled: Cluster) -> None:
    where = ("--kubeconfig", filled.kubeconfig)
    name = f"widgets.{group(kind)}"
    done = command.run("crd", "list", "--orphans", "--name", name, "-o", "json", *where)
    assert (done.code, done.json) == (3, [])
    assert f"service account {NAMESPACE}/{kind.lower()}-runner may manage it" in done.err
    shown = command.ok("crd", "get", name, "-o", "json", *where).json
    assert (shown["orphan"], shown["managed_by"]) == (None, None)


def test_what_nobody_may_manage_is_an_orphan(
    command: Forked, filled: Cluster, tmp_path: Path
) -> None:
    where = ("--kubeconfig", filled.kubeconfig, "--db-path", tmp_path / "inventory.db")
    asked = ("crd", "list", "--orphans", "--name", "widgets.nobody.example", "-o", "json")
    [row] = command.ok(*asked, *where).json
    assert (row["orphan"], row["orphan_since"]) == (True, None)
    stored = command.ok("database", "store", "-o", "json", *where).json
    assert (stored["complete"], stored["operator_count"]) == (True, 1)
    [row] = command.ok(*asked, *where).json
    assert row["orphan_since"] == stored["timestamp"]

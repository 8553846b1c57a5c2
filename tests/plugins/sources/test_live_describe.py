"""What a live cluster is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from cluster import faults
from cluster.client import Client
from cluster.faults import Fault, on
from cluster.fixtures import MakeCluster, MakeProxy
from cluster.server import Cluster
from k8s_datamodel.api import ClusterInfo, LedgerEntry
from support.live_source import live, widget_crd


def described(kubeconfig: Any) -> tuple[ClusterInfo, dict[str, LedgerEntry]]:
    entries: list[LedgerEntry] = []
    with live(kubeconfig) as source:
        info = source.describe(entries.append)
    return info, {entry.read: entry for entry in entries}


@pytest.fixture(scope="module")
def nodes(admin: Client) -> Iterator[int]:
    """More nodes than are looked at."""
    number = 13
    paths = []
    for index in range(number):
        metadata = {"name": f"node-{index}", "labels": {"eks.amazonaws.com/nodegroup": "main"}}
        admin.create({"apiVersion": "v1", "kind": "Node", "metadata": metadata})
        paths.append(f"/api/v1/nodes/node-{index}")
    yield number
    for path in paths:
        admin.delete(path)


def test_a_cluster_is_what_its_server_says(cluster: Cluster, admin: Client, nodes: int) -> None:
    info, ledger = described(cluster.kubeconfig)
    assert info == ClusterInfo(
        context="shared",
        uid=admin.get("/api/v1/namespaces/kube-system")["metadata"]["uid"],
        version=admin.get("/version")["gitVersion"],
        platform="eks",
        nodes=nodes,
        source="kubernetes",
    )
    assert ledger.keys() == {
        "/version",
        "/apis",
        "namespaces/kube-system",
        "nodes",
        "apiservices.apiregistration.k8s.io",
    }
    for entry in ledger.values():
        assert (entry.resource_type, entry.optional) == ("", True)
        assert (entry.outcome.status, entry.outcome.requests) == ("complete", 1)


def test_nodes_are_counted_where_the_server_does_not(
    cluster: Cluster, proxy: MakeProxy, nodes: int
) -> None:
    def change(page: dict[str, Any]) -> None:
        page["metadata"].pop("remainingItemCount", None)

    between = proxy(cluster, Fault(on("/api/v1/nodes"), faults.edited(change)))
    assert described(between.kubeconfig)[0].nodes == nodes


def test_what_may_not_be_read_is_unknown(cluster: Cluster) -> None:
    info, ledger = described(cluster.kubeconfig_for("nobody"))
    assert (info.uid, info.nodes, info.platform) == (None, None, "unknown")
    assert info.version is not None
    assert ledger["nodes"].outcome.status == "forbidden"
    assert ledger["namespaces/kube-system"].outcome.status == "forbidden"
    assert not any(entry.incomplete for entry in ledger.values())


def test_an_answer_that_is_none_is_a_failure(cluster: Cluster, proxy: MakeProxy) -> None:
    odd = faults.text(200, '{"metadata": null}', "application/json")
    between = proxy(cluster, Fault(on("/api/v1/namespaces/kube-system"), odd))
    info, ledger = described(between.kubeconfig)
    assert info.uid is None
    assert ledger["namespaces/kube-system"].outcome.status == "failed"


def test_a_server_names_its_distribution(make_cluster: MakeCluster) -> None:
    other = make_cluster("other", version="v1.36.3+k3s1")
    assert described(other.kubeconfig)[0].platform == "k3s"
    with Client(other.kubeconfig) as admin:
        crd = widget_crd("config.openshift.io")
        note = {"api-approved.kubernetes.io": "unapproved"}
        admin.apply([{**crd, "metadata": {**crd["metadata"], "annotations": note}}])
    assert described(other.kubeconfig)[0].platform == "openshift"

"""A next snapshot reads what changed, and holds the same as one that reads everything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cluster import manifests
from cluster.client import Client
from cluster.fixtures import MakeCluster
from command import ok
from seed import sample

pytestmark = pytest.mark.cluster

CRDS = "customresourcedefinitions.apiextensions.k8s.io"
CRD = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/vessels.fleet.skerrywater.example"


def document(db: Path, number: str) -> Any:
    return ok("database", "show", number, "-o", "json", "--ledger", "--db-path", db).json


def reused(found: Any) -> int:
    rows = [row for row in found["ledger"] if row["read"] == CRDS and row["requests"]]
    return int(rows[0]["reused"])


def content(found: Any) -> Any:
    return [found[name] for name in ("crds", "operators", "csvs")]


def test_reuse_gives_what_a_full_read_gives(make_cluster: MakeCluster, tmp_path: Path) -> None:
    cluster = make_cluster("reused", apiserver_args=["--allow-privileged=true"])
    db = tmp_path / "inventory.db"
    store = ("database", "store", "--kubeconfig", cluster.kubeconfig, "--db-path", db)
    with Client(cluster.kubeconfig) as admin:
        admin.apply(manifests.read(sample.write_state("before", tmp_path / "before")))
        ok(*store)
        ok(*store)
        admin.patch(CRD, {"spec": {"names": {"categories": ["all", "ships"]}}})
        admin.patch(
            "/apis/apps/v1/namespaces/quillstore-operators/deployments"
            "/quillstore-controller-manager",
            {"spec": {"replicas": 3}},
        )
        ok(*store)
        ok(*store, "--full")
    first, second, changed, full = (document(db, number) for number in "1234")
    everything = len(first["crds"])
    assert reused(first) == 0
    assert reused(second) == everything
    assert content(second) == content(first)
    assert reused(changed) == everything - 1
    assert reused(full) == 0
    assert content(changed) == content(full) != content(first)

"""``cluster ...`` on a real API server: the role it writes is enough, and what lacks is said."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from cluster import manifests
from cluster.client import Client
from cluster.fixtures import MakeCluster
from cluster.server import Cluster
from support.command import ok, run

SAMPLE = Path(__file__).parents[3] / "docs" / "sample-cluster" / "before"
API = "rbac.authorization.k8s.io"

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="module")
def loaded(make_cluster: MakeCluster) -> Cluster:
    cluster = make_cluster("prod", users=("viewer", "nobody"))
    with Client(cluster.kubeconfig) as admin:
        admin.apply(manifests.read(SAMPLE / "crds"))
    return cluster


def bound(user: str, role: str) -> list[dict[str, Any]]:
    return [
        {
            "apiVersion": f"{API}/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": f"{user}-{role}"},
            "roleRef": {"apiGroup": API, "kind": "ClusterRole", "name": role},
            "subjects": [{"kind": "User", "name": user, "apiGroup": API}],
        }
    ]


def test_the_role_is_enough(loaded: Cluster, tmp_path: Path) -> None:
    role = ok("cluster", "rbac", "-o", "json", "--kubeconfig", loaded.kubeconfig).json
    with Client(loaded.kubeconfig) as admin:
        admin.apply([role, *bound("viewer", role["metadata"]["name"])])
    viewer = loaded.kubeconfig_for("viewer")
    db = tmp_path / "inventory.db"
    ok("database", "store", "--kubeconfig", viewer, "--db-path", db)
    document = ok("database", "show", "1", "-o", "json", "--ledger", "--db-path", db).json
    assert document["snapshot"]["complete"] is True
    assert document["snapshot"]["crd_count"] > 10
    assert {row["status"] for row in document["ledger"]} <= {"complete", "absent"}
    tried = ok("cluster", "test-connection", "-o", "json", "--kubeconfig", viewer).json
    assert {row["status"] for row in tried} <= {"complete", "absent"}
    for command in ("info", "summary"):
        assert ok("cluster", command, "-o", "json", "--kubeconfig", viewer).json["uid"]
    exported = ok("cluster", "export", "--kubeconfig", viewer).json
    assert len(exported["crds"]) == document["snapshot"]["crd_count"]


def test_the_role_is_enough_to_rehearse_an_upgrade(loaded: Cluster, tmp_path: Path) -> None:
    role = ok("cluster", "rbac", "-o", "json", "--kubeconfig", loaded.kubeconfig).json
    with Client(loaded.kubeconfig) as admin:
        admin.apply([role, *bound("viewer", role["metadata"]["name"])])
    release = (SAMPLE / "crds" / "sailings.yaml").read_text().replace(", CancelOnGale]", "]")
    new = tmp_path / "new.yaml"
    new.write_text(release)
    asked = ("check", "upgrade", new, "--against", "live", "-o", "json", "--name", "sailings.*")
    told = ok(*asked, "--kubeconfig", loaded.kubeconfig_for("viewer")).json
    [found] = told["crds"]
    assert (found["objects"]["known"], found["objects"]["checked"]) == (True, 0)
    assert (found["schema_level"], found["level"]) == ("breaking", "risky")


def test_who_may_read_nothing(loaded: Cluster) -> None:
    done = run(
        "cluster", "test-connection", "-o", "json", "--kubeconfig", loaded.kubeconfig_for("nobody")
    )
    assert done.code == 3
    rows = {row["read"]: row for row in json.loads(done.out)}
    assert rows["deployments.apps"]["status"] == "forbidden"
    assert rows["deployments.apps"]["http_code"] == 403
    assert "cluster rbac" in done.err


def test_who_may_read_nothing_is_told_so_in_one_line_and_by_what_fails(loaded: Cluster) -> None:
    nobody = loaded.kubeconfig_for("nobody")
    done = run("cluster", "test-connection", "--kubeconfig", nobody)
    assert done.code == 3
    (line,) = done.out.splitlines()
    assert re.fullmatch(r".+, v1\.\d+\.\S+: \d+ reads? works?, \d+ reads fail\.", line)
    required, enriching, remedy = done.err.splitlines()
    assert "deployments.apps, statefulsets.apps, daemonsets.apps" in required
    assert required.endswith(': forbidden: HTTP 403: User "nobody" lacks the right')
    assert enriching.startswith("could not read ")
    assert enriching.endswith(', which only enriches: HTTP 403: User "nobody" lacks the right')
    assert "cluster rbac" in remedy
    summary = run(
        "cluster", "summary", "-o", "json", "--kubeconfig", loaded.kubeconfig_for("nobody")
    )
    assert summary.code == 3
    assert set(summary.json["counts"].values()) == {None}


def test_one_group_that_may_not_be_counted(loaded: Cluster) -> None:
    role = ok("cluster", "rbac", "-o", "json", "--kubeconfig", loaded.kubeconfig).json
    role["metadata"]["name"] = "partly"
    for rule in role["rules"]:
        if rule.get("resources") == ["*"]:
            rule["apiGroups"].remove("beaconmq.example")
    with Client(loaded.kubeconfig) as admin:
        admin.apply([role, *bound("nobody", "partly")])
    nobody = loaded.kubeconfig_for("nobody")
    done = run("cluster", "test-connection", "-o", "json", "--kubeconfig", nobody)
    with Client(loaded.kubeconfig) as admin:
        admin.call("DELETE", f"/apis/{API}/v1/clusterrolebindings/nobody-partly")
    assert done.code == 3
    lacking = {row["permission"] for row in done.json if row["status"] == "forbidden"}
    assert len(lacking) == 1
    assert lacking.pop().endswith(".beaconmq.example")

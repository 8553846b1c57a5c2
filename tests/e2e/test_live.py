"""The main job against a real API server, as a user runs it."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cluster.client import Client
from cluster.server import Cluster
from cluster.tools import kubectl
from e2e.conftest import INSTANCES
from support.command import Done, ok, run

pytestmark = pytest.mark.cluster


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "inventory.db"


@pytest.fixture(scope="module")
def stored(loaded: Cluster, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Done]:
    path = tmp_path_factory.mktemp("stored") / "inventory.db"
    return path, ok(
        "database", "store", "--notes", "x", "--kubeconfig", loaded.kubeconfig, "--db-path", path
    )


def shown(db: Path, name: str = "latest") -> Any:
    return ok("database", "show", name, "-o", "json", "--db-path", db).json


def test_every_crd_is_there_with_its_right_count(loaded: Cluster, stored: Any) -> None:
    document = shown(stored[0])
    names = kubectl(loaded.kubeconfig, "get", "crd", "-o", "name").split()
    expected = {name.partition("/")[2] for name in names}
    counts = {crd["name"]: crd["instance_count"] for crd in document["crds"]}
    assert set(counts) == expected
    assert {name: counts[name] for name in INSTANCES} == INSTANCES
    for crd in document["crds"]:
        if crd["established"]:
            assert crd["instance_count"] is not None, crd["instance_count_reason"]


def test_counts_agree_with_kubectl(loaded: Cluster, stored: Any) -> None:
    for crd in shown(stored[0])["crds"]:
        if crd["instance_count"]:
            listed = kubectl(loaded.kubeconfig, "get", crd["name"], "-A", "-o", "name").split()
            assert crd["instance_count"] == len(listed), crd["name"]


def test_every_csv_is_there(loaded: Cluster, stored: Any) -> None:
    found = kubectl(loaded.kubeconfig, "get", "clusterserviceversions", "-A", "-o", "json")
    listed = json.loads(found)["items"]
    document = shown(stored[0])
    names = {(c["metadata"]["namespace"], c["metadata"]["name"]) for c in listed}
    assert names
    assert {(c["namespace"], c["name"]) for c in document["csvs"]} == names
    assert document["snapshot"]["csv_count"] == len(names)


def test_the_operators_are_there(stored: Any) -> None:
    operators = {row["name"]: row for row in shown(stored[0])["operators"]}
    assert "longhorn-manager" in operators
    assert "certificates.cert-manager.io" in operators["cert-manager"]["managed_crds"].split(",")
    assert operators["cert-manager"]["spec"]["kind"] == "Deployment"


def test_the_line_says_what_was_stored(stored: Any) -> None:
    path, done = stored
    document = shown(path)
    assert done.out == ""
    assert f"{len(document['crds'])} CRDs" in done.err
    assert "snapshot 1 of prod-cluster" in done.err
    assert document["snapshot"]["complete"] is True
    assert document["snapshot"]["notes"] == "x"


def test_permissions_of_the_files(loaded: Cluster) -> None:
    ok("crd", "list", "--store-db", "--kubeconfig", loaded.kubeconfig)
    db = Path.home() / ".k8s-inventory" / "inventory.db"
    assert oct(db.parent.stat().st_mode & 0o777) == "0o700"
    assert oct(db.stat().st_mode & 0o777) == "0o600"


def test_list_has_as_many_as_kubectl(loaded: Cluster) -> None:
    listed = ok("crd", "list", "-o", "json", KUBECONFIG=str(loaded.kubeconfig)).json
    names = kubectl(loaded.kubeconfig, "get", "crd", "-o", "name").split()
    assert len(listed) == len(names)
    counted = ok("crd", "count", "--kubeconfig", loaded.kubeconfig).out
    assert int(counted) == len(names)


def test_filters_and_what_is_stored_with_them(loaded: Cluster, db: Path) -> None:
    done = ok(
        "--kubeconfig", loaded.kubeconfig, "crd", "list", "--group", "*cert-manager.io",
        "--kind", "Issuer", "--store-db", "--notes", "all", "--db-path", db, "-o", "json",
    )  # fmt: skip
    assert [row["name"] for row in done.json] == ["issuers.cert-manager.io"]
    assert "Stored snapshot 1" in done.err
    document = shown(db)
    assert len(document["crds"]) > 100
    assert document["operators"] == []
    assert document["snapshot"]["operator_count"] is None


def test_sql_answers_plainly(stored: Any) -> None:
    with closing(sqlite3.connect(stored[0])) as connection, connection:
        rows = connection.execute(
            "SELECT s.crd_count, count(*) FROM inventory_snapshots s JOIN crds c"
            " ON c.snapshot_id = s.id"
            " WHERE json_extract(c.spec, '$.kind') = 'CustomResourceDefinition'"
        ).fetchall()
    assert rows[0][0] == rows[0][1] > 100


def test_get_takes_a_name(loaded: Cluster) -> None:
    crd = ok(
        "crd", "get", "issuers.cert-manager.io", "-o", "json", "--kubeconfig", loaded.kubeconfig
    ).json
    assert crd["spec"]["spec"]["names"]["kind"] == "Issuer"
    assert crd["instance_count"] == INSTANCES["issuers.cert-manager.io"]
    missing = run("crd", "get", "isuer.cert-manager.io", "--kubeconfig", loaded.kubeconfig)
    assert missing.code == 1
    assert "issuers.cert-manager.io" in missing.err


def test_what_may_not_be_read_is_said(loaded: Cluster, db: Path) -> None:
    """A service account that may list CRDs, and instances of all groups but one."""
    groups = ["cert-manager.io", "acme.cert-manager.io"]
    with Client(loaded.kubeconfig) as admin:
        crds = ok("crd", "list", "-o", "json", "--kubeconfig", loaded.kubeconfig).json
        allowed = sorted({crd["group"] for crd in crds} - set(groups))
        admin.apply(_rights("viewer", allowed))
    done = run(
        "database", "store", "--kubeconfig", loaded.kubeconfig_for("viewer"), "--db-path", db
    )
    assert done.code == 3
    assert "forbidden" in done.err
    document = ok("database", "show", "1", "-o", "json", "--ledger", "--db-path", db).json
    unknown = {crd["name"] for crd in document["crds"] if crd["instance_count"] is None}
    expected = {crd["name"] for crd in crds if crd["group"] in groups}
    assert unknown == expected
    forbidden = {
        row["read"].removesuffix(" (count)")
        for row in document["ledger"]
        if row["status"] == "forbidden" and not row["optional"]
    }
    assert forbidden == expected
    assert document["snapshot"]["complete"] is False


def test_no_rights_at_all_gives_no_zeros(loaded: Cluster, db: Path) -> None:
    with Client(loaded.kubeconfig) as admin:
        admin.call("DELETE", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/viewer-reads")
    done = run(
        "database", "store", "--kubeconfig", loaded.kubeconfig_for("viewer"), "--db-path", db
    )
    assert done.code == 3
    snapshot = shown(db)["snapshot"]
    assert (snapshot["crd_count"], snapshot["operator_count"], snapshot["csv_count"]) == (None,) * 3
    allowed = run(
        "database", "store", "--allow-incomplete", "--kubeconfig", loaded.kubeconfig_for("viewer"),
        "--db-path", db,
    )  # fmt: skip
    assert allowed.code == 0


def _rights(user: str, groups: list[str]) -> list[dict[str, Any]]:
    rules = [
        {"apiGroups": groups, "resources": ["*"], "verbs": ["get", "list"]},
        {
            "apiGroups": ["apps", "rbac.authorization.k8s.io", "admissionregistration.k8s.io", ""],
            "resources": ["*"],
            "verbs": ["get", "list"],
        },
        {
            "apiGroups": ["apiextensions.k8s.io"],
            "resources": ["customresourcedefinitions"],
            "verbs": ["list"],
        },
    ]
    api = "rbac.authorization.k8s.io"
    return [
        {
            "apiVersion": f"{api}/v1",
            "kind": "ClusterRole",
            "metadata": {"name": f"{user}-reads"},
            "rules": rules,
        },
        {
            "apiVersion": f"{api}/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": f"{user}-reads"},
            "roleRef": {"apiGroup": api, "kind": "ClusterRole", "name": f"{user}-reads"},
            "subjects": [{"kind": "User", "name": user, "apiGroup": api}],
        },
    ]

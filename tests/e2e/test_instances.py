"""Whole custom resources: stored when asked for, read again only where they may have changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cluster.client import Client
from cluster.fixtures import MakeCluster, MakeProxy
from cluster.server import Cluster
from support.command import ok, run
from support.live_source import until, widget_crd, widgets

pytestmark = pytest.mark.cluster

ALPHA, BETA = "alpha.example", "beta.example"
CRD = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.{}"
NAMESPACE = "default"


def path(group: str, name: str = "") -> str:
    return f"/apis/{group}/v1/namespaces/{NAMESPACE}/widgets/{name}".rstrip("/")


def schema(default: str) -> dict[str, Any]:
    size = {"type": "string", **({"default": default} if default else {})}
    spec = {"type": "object", "default": {}, "properties": {"size": size}}
    spec["x-kubernetes-preserve-unknown-fields"] = True
    return {"type": "object", "properties": {"spec": spec}}


def crd(group: str, default: str, **spec: Any) -> dict[str, Any]:
    made = widget_crd(group, versions=("v1", "v1beta1"), **spec)
    for version in made["spec"]["versions"]:
        version["schema"] = {"openAPIV3Schema": schema(default)}
    return made


@pytest.fixture(scope="module")
def filled(make_cluster: MakeCluster) -> Cluster:
    """30 widgets of alpha, 12 of beta with a password in them, and a kind that is not served."""
    cluster = make_cluster("filled", users=("reader",))
    clash = widget_crd(ALPHA)
    clash["metadata"]["name"] = f"gadgets.{ALPHA}"
    clash["spec"]["names"] = {"plural": "gadgets", "singular": "gadget", "kind": "Widget"}
    secret = {"spec": {"password": "correct-horse-7"}}
    with Client(cluster.kubeconfig) as admin:
        admin.apply([crd(ALPHA, "small"), crd(BETA, "")])
        admin.apply(widgets(ALPHA, NAMESPACE, 30))
        admin.apply([{**each, **secret} for each in widgets(BETA, NAMESPACE, 12)])
        admin.apply([clash], strict=False)
    return cluster


@pytest.fixture
def admin(filled: Cluster) -> Iterator[Client]:
    with Client(filled.kubeconfig) as client:
        yield client


def shown(db: Path, number: str) -> Any:
    return ok("database", "show", number, "-o", "json", "--ledger", "--db-path", db).json


def ledger(document: Any) -> dict[str, Any]:
    rows = (row for row in document["ledger"] if row["resource_type"] == "instances")
    return {row["read"]: row for row in rows}


def reused(document: Any) -> int:
    names = (f"widgets.{ALPHA}", f"widgets.{BETA}")
    return sum(ledger(document)[name]["reused"] for name in names)


def content(document: Any) -> list[Any]:
    assert document["instances"]
    return [{k: v for k, v in row.items() if k != "id"} for row in document["instances"]]


def test_they_are_kept_on_request_and_counted_alike(filled: Cluster, tmp_path: Path) -> None:
    db = tmp_path / "inventory.db"
    store = ("database", "store", "--kubeconfig", filled.kubeconfig, "--db-path", db)
    without = ok(*store)
    assert "instances" not in without.err
    ok(*store, "--with-instances", "*.example/widgets")
    plain, document = shown(db, "1"), shown(db, "2")
    assert "instances" not in plain
    assert plain["snapshot"]["instance_count"] is None
    assert ledger(plain) == {}
    found = document["instances"]
    assert len(found) == 42
    counted = {row["name"]: row["instance_count"] for row in document["crds"]}
    assert (counted[f"widgets.{ALPHA}"], counted[f"widgets.{BETA}"]) == (30, 12)
    first = found[0]
    assert (first["group"], first["kind"], first["name"]) == (ALPHA, "Widget", "widget-0000")
    assert (first["namespace"], first["version"]) == (NAMESPACE, "v1")
    assert first["crd"] == f"widgets.{ALPHA}"
    assert first["spec"]["spec"]["size"] == "small"
    assert first["uid"] == first["spec"]["metadata"]["uid"]
    assert b"correct-horse-7" not in db.read_bytes()
    assert "instances" in ok("cluster", "export", "--snapshot", "2", "--db-path", db).json
    counts = ok("cluster", "summary", "--snapshot", "2", "-o", "json", "--db-path", db).json
    assert counts["counts"]["instances"] == 42
    with closing(sqlite3.connect(db)) as connection, connection:
        rows = connection.execute(
            "SELECT group_name, count(*) FROM instances WHERE snapshot_id = 2 GROUP BY 1 ORDER BY 1"
        ).fetchall()
    assert rows == [(ALPHA, 30), (BETA, 12)]


def test_what_is_not_served_makes_the_number_unknown(filled: Cluster, tmp_path: Path) -> None:
    db = tmp_path / "inventory.db"
    store = ("database", "store", "--kubeconfig", filled.kubeconfig, "--db-path", db)
    done = ok(*store, "--with-instances", "--no-operators", "--no-olm")
    assert "instances unknown" in done.err.lower()
    document = shown(db, "1")
    assert document["snapshot"]["instance_count"] is None
    assert document["snapshot"]["complete"] is True
    assert len(document["instances"]) == 42
    assert ledger(document)[f"gadgets.{ALPHA}"]["status"] == "skipped"
    assert "NamesAccepted is False" in ledger(document)[f"gadgets.{ALPHA}"]["reason"]


@pytest.mark.parametrize(
    ("patterns", "number"),
    [
        (["b*/WIDGETS", f"widgets.{ALPHA}", "nowhere.example/Thing"], 42),
        ([BETA], 12),
    ],
)
def test_patterns(filled: Cluster, tmp_path: Path, patterns: list[str], number: int) -> None:
    db = tmp_path / "inventory.db"
    options = [option for each in patterns for option in ("--with-instances", each)]
    only = ("--no-crds", "--no-operators", "--no-olm", "--kubeconfig", filled.kubeconfig)
    ok("database", "store", *options, *only, "--db-path", db)
    document = shown(db, "1")
    assert document["snapshot"]["instance_count"] == len(document["instances"]) == number
    for pattern in patterns:
        if "hing" in pattern:
            assert ledger(document)[pattern]["status"] == "absent"


def test_the_next_snapshot_reads_what_changed(
    filled: Cluster, admin: Client, tmp_path: Path
) -> None:
    db = tmp_path / "inventory.db"
    only = ("--no-operators", "--no-olm", "--with-instances", "Widget")
    store = ("database", "store", "--kubeconfig", filled.kubeconfig, "--db-path", db, *only)
    ok(*store)
    ok(*store)
    first, second = shown(db, "1"), shown(db, "2")
    assert (reused(first), reused(second)) == (0, 42)
    assert content(first) == content(second)

    made = widgets(ALPHA, NAMESPACE, 32)
    admin.apply(made[31:])  # created
    admin.delete(path(ALPHA, "widget-0001"))
    admin.delete(path(ALPHA, "widget-0002"))
    admin.apply([{**made[2], "spec": {"again": True}}])  # deleted, created with the same name
    admin.patch(path(ALPHA, "widget-0003"), {"spec": {"size": "large"}})
    ok(*store)
    ok(*store, "--full")
    changed, full = shown(db, "3"), shown(db, "4")
    assert (reused(changed), reused(full)) == (39, 0)
    assert content(changed) == content(full) != content(second)
    names = [row["name"] for row in changed["instances"] if row["group"] == ALPHA]
    assert "widget-0001" not in names
    assert "widget-0031" in names


def test_what_reads_otherwise_is_read_again(filled: Cluster, admin: Client, tmp_path: Path) -> None:
    db = tmp_path / "inventory.db"
    only = ("--no-operators", "--no-olm", "--with-instances", "Widget")
    store = ("database", "store", "--kubeconfig", filled.kubeconfig, "--db-path", db, *only)
    ok(*store)
    before = shown(db, "1")
    version = admin.get(path(BETA, "widget-0000"))["metadata"]["resourceVersion"]
    with_default = crd(BETA, "huge")["spec"]["versions"]
    admin.patch(CRD.format(BETA), {"spec": {"versions": with_default}})
    until(lambda: admin.get(path(BETA, "widget-0000"))["spec"].get("size") == "huge")
    assert admin.get(path(BETA, "widget-0000"))["metadata"]["resourceVersion"] == version
    ok(*store)
    ok(*store, "--full")
    defaulted, full = shown(db, "2"), shown(db, "3")
    assert content(defaulted) == content(full) != content(before)
    alpha = ledger(defaulted)[f"widgets.{ALPHA}"]
    assert alpha["reused"] == alpha["objects"] > 0
    assert ledger(defaulted)[f"widgets.{BETA}"]["reused"] == 0
    sizes = {r["spec"]["spec"]["size"] for r in defaulted["instances"] if r["group"] == BETA}
    assert sizes == {"huge"}

    webhook = {"clientConfig": {"url": "https://127.0.0.1:9/"}, "conversionReviewVersions": ["v1"]}
    conversion = {"strategy": "Webhook", "webhook": webhook}
    admin.patch(CRD.format(ALPHA), {"spec": {"conversion": conversion}})
    ok(*store)  # at the storage version: no webhook is asked
    ok(*store, "--no-redact")
    converted, raw = shown(db, "4"), shown(db, "5")
    assert ledger(converted)[f"widgets.{ALPHA}"]["reused"] == 0
    assert ledger(converted)[f"widgets.{BETA}"]["reused"] == 12
    assert content(converted) == content(full)

    assert reused(raw) == 0
    assert b"correct-horse-7" in db.read_bytes()
    ok(*store)
    redacted = shown(db, "6")
    assert reused(redacted) == 0
    assert content(redacted) == content(full) != content(raw)
    ok("database", "verify", "--db-path", db)


def test_forbidden_kinds_are_told_one_by_one(
    filled: Cluster, admin: Client, tmp_path: Path
) -> None:
    api = "rbac.authorization.k8s.io"
    lists = [("apiextensions.k8s.io", "customresourcedefinitions"), (BETA, "widgets")]
    rules = [{"apiGroups": [g], "resources": [r], "verbs": ["list"]} for g, r in lists]
    role = {"apiVersion": f"{api}/v1", "kind": "ClusterRole", "metadata": {"name": "beta"}}
    binding = {
        "apiVersion": f"{api}/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": "beta"},
        "roleRef": {"apiGroup": api, "kind": "ClusterRole", "name": "beta"},
        "subjects": [{"kind": "User", "name": "reader", "apiGroup": api}],
    }
    admin.apply([{**role, "rules": rules}, binding])
    db = tmp_path / "inventory.db"
    reader = filled.kubeconfig_for("reader")
    only = ("--no-crds", "--no-operators", "--no-olm", "--with-instances", "Widget")
    done = run("database", "store", *only, "--kubeconfig", reader, "--db-path", db)
    assert done.code == 3
    assert f"could not read widgets.{ALPHA}" in done.err
    assert f'cannot list resource "widgets" in API group "{ALPHA}"' in done.err
    document = shown(db, "1")
    assert document["snapshot"]["instance_count"] is None
    assert {row["group"] for row in document["instances"]} == {BETA}
    assert ledger(document)[f"widgets.{BETA}"]["status"] == "complete"


def test_a_role_that_may_only_list_reads_what_changed(
    filled: Cluster, admin: Client, tmp_path: Path
) -> None:
    api = "rbac.authorization.k8s.io"
    admin.apply(
        [
            {
                "apiVersion": f"{api}/v1",
                "kind": "ClusterRole",
                "metadata": {"name": "all"},
                "rules": [
                    {"apiGroups": ["*"], "resources": ["*"], "verbs": ["list"]},
                    {
                        "apiGroups": [""],
                        "resources": ["namespaces"],
                        "resourceNames": ["kube-system"],
                        "verbs": ["get"],
                    },
                ],
            },
            {
                "apiVersion": f"{api}/v1",
                "kind": "ClusterRoleBinding",
                "metadata": {"name": "all"},
                "roleRef": {"apiGroup": api, "kind": "ClusterRole", "name": "all"},
                "subjects": [{"kind": "User", "name": "reader", "apiGroup": api}],
            },
        ]
    )
    db = tmp_path / "inventory.db"
    only = ("--no-crds", "--no-operators", "--no-olm", "--with-instances", f"{ALPHA}/Widget*")
    reader = filled.kubeconfig_for("reader")
    store = ("database", "store", *only, "--kubeconfig", reader, "--db-path", db)
    ok(*store)
    admin.patch(path(ALPHA, "widget-0005"), {"spec": {"touched": "yes"}})
    ok(*store)
    document = shown(db, "2")
    entry = ledger(document)[f"widgets.{ALPHA}"]
    assert entry["reused"] == entry["objects"] - 1 > 0
    touched = [row for row in document["instances"] if row["name"] == "widget-0005"]
    assert touched[0]["spec"]["spec"]["touched"] == "yes"


def test_live_listings_read_only_what_passes_the_filters(filled: Cluster, proxy: MakeProxy) -> None:
    through = proxy(filled)
    live = ("--kubeconfig", through.kubeconfig)
    rows = ok("instances", "list", "--group", BETA, "-o", "json", *live).json
    assert [row["name"] for row in rows] == [f"widget-{n:04}" for n in range(12)]
    assert ok("instances", "count", "--crd", f"widgets.{BETA}", *live).out == "12\n"
    whole = f"{BETA}/Widget/{NAMESPACE}/widget-0003"
    found = ok("instances", "get", whole, "-o", "json", *live).json
    assert found["spec"]["metadata"]["name"] == "widget-0003"
    assert f"/apis/{ALPHA}/v1/widgets" not in through.counts()
    double = run("instances", "get", "widget-0003", *live)
    assert double.code == 1
    assert whole in double.err


def test_summary_does_not_read_them_unasked(filled: Cluster, proxy: MakeProxy) -> None:
    through = proxy(filled)
    summary = ok("cluster", "summary", "-o", "json", "--kubeconfig", through.kubeconfig).json
    assert "instances" not in summary["counts"]
    queries = [each for each in through.requests if each.path == f"/apis/{ALPHA}/v1/widgets"]
    assert [each.param("limit") for each in queries] == ["1"]


def test_export_of_a_cluster_has_them_on_request(filled: Cluster) -> None:
    command = ("cluster", "export", "--kubeconfig", filled.kubeconfig, "--no-specs")
    assert "instances" not in ok(*command).json
    found = ok(*command, "--with-instances", BETA).json["instances"]
    assert len(found) == 12

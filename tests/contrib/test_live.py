"""The distributions of contrib against a real API server, from their wheels."""

from __future__ import annotations

import importlib.util
import json
import sqlite3
import subprocess
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from cluster.client import Client
from cluster.fixtures import MakeCluster
from cluster.kubeconfig import access
from cluster.server import Cluster
from contrib.conftest import ROOT, Run


def _samples(name: str) -> ModuleType:
    path = ROOT / "contrib" / f"k8s-datamodel-{name}" / "tests" / "samples.py"
    spec = importlib.util.spec_from_file_location(f"samples_of_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


helm, rbac = _samples("helm"), _samples("rbac")
WIDGETS = rbac.crd("widgets")
SHIPS = rbac.crd("ships", "coast.example", "Cluster")


@pytest.fixture(scope="module")
def world(make_cluster: MakeCluster) -> Cluster:
    """A cluster with releases, rights and applications."""
    cluster = make_cluster("contrib")
    objects = [
        helm.secret(helm.release("web", 1), status="superseded"),
        helm.secret(helm.release("web", 2)),
        helm.configmap(helm.release("old", 7)),
        _opaque(),
        WIDGETS,
        SHIPS,
        *_rights(),
    ]
    for item in objects:
        item["metadata"].pop("uid", None)
    with Client(cluster.kubeconfig) as admin:
        admin.apply(objects)
    return cluster


def _opaque() -> dict[str, Any]:
    metadata = {"name": "other", "namespace": "shop", "labels": {"owner": "helm"}}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": {"a": "b2s="}}


def _rights() -> Iterator[dict[str, Any]]:
    edit = rbac.role("edit-widgets", rbac.rule("acme.example", "widgets", "get update"))
    status = rbac.role("status", rbac.rule("acme.example", "widgets/status", "patch"))
    every = rbac.role("every", rbac.rule("*", "*", "list watch"))
    ships = rbac.role("ships", rbac.rule("coast.example", "*", "*"))
    own = rbac.role("own", rbac.rule("acme.example", "widgets", "delete", "a b"), namespace="shop")
    yield from (edit, status, every, ships, own)
    yield rbac.binding("edit-widgets", edit, ("User", "jane"), ("Group", "editors"))
    yield rbac.binding("status", status, ("User", "jane"))
    yield rbac.binding("every", every, ("ServiceAccount", "shop/bot"))
    yield rbac.binding("ships", ships, ("User", "joe"), namespace="shop")
    yield rbac.binding("ships-everywhere", ships, ("User", "mary"))
    yield rbac.binding("own", own, ("User", "joe"), namespace="shop")


def test_releases_are_listed_and_stored_without_reading_other_secrets(
    ok: Run, world: Cluster, tmp_path: Path
) -> None:
    where = ("--kubeconfig", world.kubeconfig)
    rows = ok(*where, "helm", "list", "-o", "json").json
    assert [(r["name"], r["revision"], r["revisions"], r["storage"]) for r in rows] == [
        ("old", 7, 1, "ConfigMap"),
        ("web", 2, 2, "Secret"),
    ]
    database = tmp_path / "inventory.db"
    for _ in range(2):  # the second time with what the first one knows
        ok(*where, "database", "store", "--db-path", database)
    with closing(sqlite3.connect(database)) as connection, connection:
        stored = connection.execute(
            "SELECT snapshot_id, name, chart, chart_version FROM helm_releases ORDER BY 1, 2"
        ).fetchall()
    assert stored == [(n, name, "nginx", "15.1.0") for n in (1, 2) for name in ("old", "web")]
    shown = ok("database", "show", "latest", "--ledger", "-o", "json", "--db-path", database).json
    (secrets,) = [e for e in shown["ledger"] if e["read"].startswith("secrets")]
    assert secrets["read"] == "secrets (owner=helm,type=helm.sh/release.v1)"
    assert (secrets["status"], secrets["objects"]) == ("complete", 2)
    assert b"hunter2" not in database.read_bytes()


def test_a_broken_release_makes_the_run_incomplete_and_nothing_else(
    run: Run, make_cluster: MakeCluster
) -> None:
    cluster = make_cluster("broken")
    broken = helm.secret(helm.release("api", 3), status="failed")
    broken["data"] = {"release": "bm8="}
    with Client(cluster.kubeconfig) as admin:
        admin.apply([broken, helm.secret(helm.release("web", 1))])
    done = run("--kubeconfig", cluster.kubeconfig, "helm", "list", "-o", "json")
    assert done.code == 3
    assert [(r["name"], r["status"], r["chart"]) for r in done.json] == [
        ("api", "failed", None),
        ("web", "deployed", "nginx"),
    ]
    assert "could not read secrets shop/sh.helm.release.v1.api.v3: failed: its release" in done.err
    assert "Traceback" not in done.err


VERBS = ("get", "list", "update", "patch", "delete")


@pytest.mark.parametrize(
    ("kind", "subject"),
    [("User", "jane"), ("User", "joe"), ("User", "mary"), ("ServiceAccount", "bot")],
)
def test_rights_are_what_the_server_answers(
    ok: Run, world: Cluster, kind: str, subject: str
) -> None:
    rows = ok(
        *("--kubeconfig", world.kubeconfig, "rights", "list"),
        *("--kind", kind, "--subject", subject, "-o", "json"),
    ).json
    user = f"system:serviceaccount:shop:{subject}" if kind == "ServiceAccount" else subject
    with Client(world.kubeconfig) as admin:
        for group, resource in (
            ("acme.example", "widgets"),
            ("acme.example", "widgets/status"),
            ("coast.example", "ships"),
        ):
            for namespace in ("shop", "other"):
                for verb in VERBS:
                    asked = {"group": group, "namespace": namespace, "verb": verb}
                    asked |= {"resource": resource, "name": "a"}
                    if resource == "ships":
                        asked["namespace"] = ""
                    allowed = _may(admin, user, asked)
                    assert _says(rows, asked) == allowed, asked


def _may(admin: Client, user: str, asked: dict[str, str]) -> bool:
    attributes = dict(asked)
    attributes["resource"], _, attributes["subresource"] = asked["resource"].partition("/")
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SubjectAccessReview",
        "spec": {"user": user, "resourceAttributes": attributes},
    }
    path = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
    return bool(admin.call("POST", path, review)["status"]["allowed"])


def _says(rows: list[dict[str, Any]], asked: dict[str, str]) -> bool:
    plural = asked["resource"].partition("/")[0]
    return any(
        row["group"] == asked["group"]
        and row["namespace"] in (None, asked["namespace"])
        and (
            row["resource"] == asked["resource"]
            or (row["resource"], row["subresources"]) == (plural, True)
        )
        and {"*", asked["verb"]} & set(row["verbs"])
        and (not row["object_names"] or asked["name"] in row["object_names"].split(","))
        for row in rows
    )


class _Broker(BaseHTTPRequestHandler):
    """Gives out the administrator's token of one cluster."""

    access: dict[str, str]

    def do_GET(self) -> None:
        self._answer({"clusters": ["prod-eu"]})

    def do_POST(self) -> None:
        self._answer(self.access)

    def _answer(self, content: object) -> None:
        self.send_response(200 if self.headers["Authorization"] == "Bearer jane" else 403)
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def broker(world: Cluster, tmp_path: Path) -> Iterator[dict[str, str]]:
    """An environment in which Acme's plugin is set up and somebody has signed on."""
    found = access(world.kubeconfig)
    _Broker.access = {
        "server": found.server,
        "certificate-authority-data": b64encode(found.certificate_authority.encode()).decode(),
        "token": str(found.token),
    }
    settings = tmp_path / "config" / "settings" / "acme.yaml"
    settings.parent.mkdir(parents=True)
    with HTTPServer(("127.0.0.1", 0), _Broker) as server:
        settings.write_text(f"broker: http://127.0.0.1:{server.server_port}\n")
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield {"K8S_DATAMODEL_CONFIG_DIR": str(tmp_path / "config"), "ACME_SSO_TOKEN": "jane"}
        server.shutdown()
        thread.join()


def test_an_organisations_own_authentication_reads_a_cluster(
    ok: Run, run: Run, broker: dict[str, str], tmp_path: Path
) -> None:
    listed = ok("acme", "clusters", "-o", "json", **broker).json
    assert listed == [{"cluster": "prod-eu", "source": "acme://prod-eu"}]
    database = ("--db-path", tmp_path / "inventory.db")
    ok("--source", "acme://prod-eu", "database", "store", *database, **broker)
    shown = ok("database", "show", "latest", "-o", "json", *database, **broker).json
    assert shown["snapshot"]["cluster_context"] == "prod-eu"
    assert shown["snapshot"]["source"] == "acme"
    assert {"widgets.acme.example", "ships.coast.example"} <= {r["name"] for r in shown["crds"]}
    denied = run("--source", "acme://prod-eu", "crd", "list", **{**broker, "ACME_SSO_TOKEN": "x"})
    assert (denied.code, denied.out) == (1, "")
    assert "Acme's broker does not know you (HTTP 403" in denied.err


def test_parquet_of_a_stored_snapshot_is_read_by_duckdb(
    ok: Run, world: Cluster, tmp_path: Path, installed: Path
) -> None:
    database = ("--db-path", tmp_path / "inventory.db")
    ok("--kubeconfig", world.kubeconfig, "database", "store", *database)
    ok("database", "parquet", tmp_path / "lake", *database)
    one = tmp_path / "one.parquet"
    ok("database", "export", "latest", "--file", one, *database)
    script = f"""
import duckdb
print(duckdb.sql("SELECT name, spec->>'$.kind' FROM '{tmp_path}/lake/crds/*.parquet' "
                 "WHERE name LIKE '%.example' ORDER BY 1").fetchall())
print(duckdb.sql("SELECT DISTINCT resource_type FROM '{one}' ORDER BY 1").fetchall())
print(duckdb.sql("SELECT bool_and(complete) FROM '{tmp_path}/lake/snapshots/*.parquet'").fetchall())
"""
    done = subprocess.run(
        [installed / "python", "-c", script], capture_output=True, text=True, check=False
    )
    kind = "CustomResourceDefinition"
    assert done.stdout.splitlines() == [
        str([("ships.coast.example", kind), ("widgets.acme.example", kind)]),
        str([("crds",), ("helm_releases",), ("rights",)]),
        str([(True,)]),
    ], done.stderr

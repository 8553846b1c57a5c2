"""Snapshots of a live server: what is reused and what is read anew is stored alike."""

from __future__ import annotations

import base64
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cluster.client import Client
from cluster.fixtures import MakeCluster
from support.forked import Forked
from support.spellings import spellings

pytestmark = pytest.mark.cluster

DATA = Path(__file__).parents[1] / "data" / "run_redactor"
SECRET = "Krab-7!qual/Zwelle"
FORMS = [each.encode() for each in spellings(SECRET)]
NAMESPACE = "door"
SECRETS = [
    {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "data": {"password": base64.b64encode(SECRET.encode()).decode()},
    }
    for name in ("one", "two")
]
CONFIGMAP = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "settings", "namespace": NAMESPACE},
    "data": {"settings": json.dumps({"password": SECRET}), "url": f"https://u:{SECRET}@x.example/"},
}
TYPE: dict[str, Any] = {
    "apiVersion": "k8s-datamodel/v1",
    "kind": "ResourceType",
    "spec": {
        "version": "v1",
        "kind": "ConfigMap",
        "plural": "configmaps",
        "columns": [{"name": "text", "jsonPath": ".data"}, {"name": "one", "jsonPath": ".data.*"}],
    },
}
KINDS = ("configmaps", "packed", "unpacked")


def test_what_is_reused_is_what_would_be_read(
    make_cluster: MakeCluster, command: Forked, tmp_path: Path
) -> None:
    cluster = make_cluster("door")
    with Client(cluster.kubeconfig) as admin:
        namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
        admin.apply([namespace, CONFIGMAP, *SECRETS])
    config = tmp_path / "config"
    shutil.copytree(DATA, config / "plugins", ignore=shutil.ignore_patterns("__*", "told*"))
    (config / "types").mkdir()
    (config / "types" / "configmaps.yaml").write_text(json.dumps(TYPE))
    db = tmp_path / "inventory.db"
    env = {"K8S_DATAMODEL_CONFIG_DIR": str(config), "K8S_DATAMODEL_NO_EXTERNAL_PLUGINS": ""}
    where = ("--kubeconfig", cluster.kubeconfig, "--db-path", db, "--namespace", NAMESPACE)
    for options in ((), (), ("--full",)):
        command.ok(*where, "database", "store", *options, **env)
    first, second, full = (
        command.ok("--db-path", db, "database", "show", n, "--ledger", "-o", "json", **env).json
        for n in (1, 2, 3)
    )
    assert sum(row["reused"] for row in second["ledger"] if row["read"] == "configmaps") > 0
    assert {row["reused"] for row in second["ledger"] if row["read"] == "secrets"} == {0}
    for kind in KINDS:
        assert first[kind]
        told = json.dumps(first[kind])
        assert "[redacted:" in told
        assert told == json.dumps(second[kind]) == json.dumps(full[kind])
    with closing(sqlite3.connect(db)) as connection:
        data = "\n".join(connection.iterdump()).encode() + db.read_bytes()
    assert [form for form in FORMS if form in data] == []

"""Secrets of a real cluster reach no file, no log and no export; what looks like one stays."""

from __future__ import annotations

import itertools
import json
import signal
import sqlite3
import subprocess
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest

from cluster.client import Client
from cluster.fixtures import MakeCluster
from cluster.server import Cluster
from e2e import planted, planted_resources
from e2e.conftest import _csvs
from support.command import PROGRAM, Done, ok
from support.servers.postgres import Postgres
from support.spellings import spellings

pytestmark = pytest.mark.cluster

SECRETS = planted.SECRETS | planted_resources.SECRETS
FORMS = {form.encode(): where for where, s in SECRETS.items() for form in spellings(s)}
NEVER_KEPT = {"applied", "cr applied"}


def found(data: Iterable[bytes]) -> set[str]:
    """Where the secrets stood that are in some bytes."""
    return {where for each in data for form, where in FORMS.items() if form in each}


def files(folder: Path) -> list[bytes]:
    """All files of a folder; of databases also the text, which pages cut into pieces."""
    data = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    for path in folder.glob("*.db"):
        with closing(sqlite3.connect(path)) as connection:
            data.append("\n".join(connection.iterdump()).encode("utf-8", "surrogatepass"))
    return data


def said(done: Done) -> list[bytes]:
    return [done.out.encode(), done.err.encode()]


@pytest.fixture(scope="module")
def port(make_cluster: MakeCluster, corpora: Path) -> Cluster:
    cluster = make_cluster("port")
    with Client(cluster.kubeconfig) as admin:
        admin.apply([_csvs(corpora / "must-gather")[0], *planted.OBJECTS, planted_resources.CRD])
        admin.apply(planted_resources.RESOURCES)
    return cluster


@pytest.fixture
def store(port: Cluster, tmp_path: Path) -> list[object]:
    db = tmp_path / "inventory.db"
    options = ["--kubeconfig", port.kubeconfig, "--db-path", db, "--debug"]
    return [*options, "database", "store", "--with-instances"]


def test_the_search_finds_what_is_kept_on_request(store: list[object], tmp_path: Path) -> None:
    done = ok(*store, "--no-redact")
    assert found(files(tmp_path)) == set(SECRETS) - NEVER_KEPT
    db = ("--db-path", tmp_path / "inventory.db")
    shown = ok(*db, "database", "show", "1", "-o", "json").json
    assert shown["snapshot"]["redaction"] == "none"
    assert "Stored with --no-redact: 1." in ok(*db, "database", "list").err
    assert found(said(done)) == set()


def test_nothing_of_them_is_stored_logged_or_exported(
    store: list[object], tmp_path: Path, port: Cluster
) -> None:
    done = ok(*store)
    assert "1 CSV" in done.err
    assert "1 operator" in done.err
    assert "4 instances" in done.err
    again = ok(*store)
    db = ("--db-path", tmp_path / "inventory.db", "--debug")
    ok(*db, "database", "export", "1", "--ledger", "--file", tmp_path / "export.json")
    ok(*db, "database", "export-all", "--file", tmp_path / "export.yaml")
    ok(*db, "database", "backup", tmp_path / "backup.db")
    ok("--debug", "database", "copy", tmp_path / "inventory.db", tmp_path / "copy.db")
    shown = ok(*db, "database", "show", "1", "-o", "json")
    got = ok(*db, "instances", "get", "full", "--snapshot", "latest", "-o", "yaml")
    export = ("cluster", "export", "--with-instances")
    live = ok("--kubeconfig", port.kubeconfig, *export, TMPDIR=str(tmp_path))
    logs = [said(each) for each in (done, again, shown, live, got)]
    assert found([*files(tmp_path), *itertools.chain(*logs)]) == set()


def test_what_only_looks_like_one_is_what_it_was(store: list[object], tmp_path: Path) -> None:
    ok(*store)
    ok(*store)
    db = ("--db-path", tmp_path / "inventory.db")
    document = ok(*db, "database", "show", "1", "-o", "json").json
    crd = next(e["spec"] for e in document["crds"] if e["name"] == "boats.harbour.example")
    (operator,) = (each["spec"] for each in document["operators"])
    (csv,) = (each["spec"] for each in document["csvs"])
    assert crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"] == planted.SCHEMA
    pod = operator["spec"]["template"]["spec"]
    kept = [each for each in pod["containers"][0]["env"] if each in planted.REFERENCES]
    assert json.dumps(kept, sort_keys=True) == json.dumps(planted.REFERENCES, sort_keys=True)
    assert pod["volumes"] == planted.VOLUMES
    assert csv["spec"]["install"]["spec"]["clusterPermissions"][0]["rules"] == planted.RULES
    again = ok(*db, "database", "show", "2", "-o", "json", "--ledger").json
    reused = {row["read"]: row["reused"] for row in again["ledger"] if row["reused"]}
    assert reused["berths.harbour.example"] == 2
    for each in (document, again):
        empty = next(row["spec"] for row in each["instances"] if row["name"] == "empty")
        parts = (empty["spec"], empty["status"], empty["metadata"]["annotations"])
        berth = planted_resources.EMPTY
        assert parts == (berth["spec"], berth["status"], berth["metadata"]["annotations"])


def test_nothing_of_them_is_in_what_a_killed_store_leaves(
    store: list[object], tmp_path: Path
) -> None:
    journal = tmp_path / "inventory.db-journal"
    left: list[bytes] = []
    for number in (1, 2, 3):
        process = subprocess.Popen(
            [PROGRAM, *map(str, store)], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        seen, before = 0, False
        while process.poll() is None and seen < number:
            now = journal.exists()
            seen, before = seen + (now and not before), now
        process.send_signal(signal.SIGKILL)
        process.wait()
        left += [path.read_bytes() for path in tmp_path.iterdir()]
    assert found([*left, *files(tmp_path)]) == set()


@pytest.mark.postgresql
def test_nothing_of_them_is_on_a_server(port: Cluster, postgres: Postgres) -> None:
    url = postgres.new_database()
    done = ok(
        "--kubeconfig",
        port.kubeconfig,
        "--debug",
        "database",
        "store",
        "--with-instances",
        K8S_DATAMODEL_DB=url,
    )
    dump = subprocess.run(["pg_dump", url], capture_output=True, check=True).stdout
    assert b"harbour.example/moor" in dump
    assert b"moor-credentials" in dump
    assert found([dump, postgres.log(), *said(done)]) == set()

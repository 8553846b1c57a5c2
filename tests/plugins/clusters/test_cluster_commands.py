"""``cluster ...`` on the sample cluster, read from files and from a stored snapshot."""

from __future__ import annotations

import csv
import io
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.forked import ok, run

SAMPLE = Path(__file__).parents[3] / "docs" / "sample-cluster" / "before"
COUNTS = {"crds": 18, "operators": 10, "csvs": 2}
GROUPS = [
    "beaconmq.example",
    "certs.certwright.example",
    "db.quillstore.example",
    "fleet.skerrywater.example",
    "gates.skerrywater.example",
    "legacy.harbourmaster.example",
    "operators.coreos.com",
    "sensors.tidewatch.example",
    "storage.keelvol.example",
]


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("stored") / "inventory.db"
    ok("database", "store", "--source", SAMPLE, "--db-path", path)
    return path


@pytest.fixture(params=["source", "snapshot"])
def where(request: pytest.FixtureRequest, db: Path) -> tuple[Any, ...]:
    if request.param == "source":
        return ("--source", SAMPLE)
    return ("--snapshot", "latest", "--db-path", db)


def rules_of(role: Any) -> list[tuple[list[str], list[str], list[str]]]:
    return [
        (rule["apiGroups"], rule["resources"], rule["verbs"])
        for rule in role["rules"]
        if "apiGroups" in rule
    ]


def test_info(where: tuple[Any, ...]) -> None:
    info = ok("cluster", "info", "-o", "json", *where).json
    assert (info["context"], info["platform"], info["nodes"]) == ("before", "rke2", 3)
    assert info["uid"] == "aa1182cb-a722-4185-9461-b7185edabe06"
    assert info["source"] == "file"
    assert info["snapshot"] == (1 if "--snapshot" in where else None)
    assert yaml.safe_load(ok("cluster", "info", "-o", "yaml", *where).out)["nodes"] == 3
    assert "rke2" in ok("cluster", "info", *where).out


def test_summary(where: tuple[Any, ...]) -> None:
    summary = ok("cluster", "summary", "-o", "json", *where).json
    assert summary["counts"] == COUNTS
    assert summary["complete"] is True
    assert summary["unread"] == []
    assert yaml.safe_load(ok("cluster", "summary", "-o", "yaml", *where).out)["counts"] == COUNTS


def test_summary_says_what_could_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_bytes((SAMPLE / "crds" / "sailings.yaml").read_bytes())
    (tmp_path / "bad.yaml").write_text("kind: [")
    done = run("cluster", "summary", "-o", "json", "--source", tmp_path)
    assert done.code == 3
    assert done.json["complete"] is False
    unread = {row["read"]: row["status"] for row in done.json["unread"]}
    assert {read: status for read, status in unread.items() if status != "skipped"} == {
        "bad.yaml": "failed",
        "customresourcedefinitions.apiextensions.k8s.io": "partial",  # there may be more in it
    }
    assert run("cluster", "summary", "--allow-incomplete", "--source", tmp_path).code == 0


@pytest.mark.parametrize("stored", [False, True])
def test_summary_is_not_complete_beside_numbers_that_nobody_knows(
    stored: bool, tmp_path: Path
) -> None:
    (tmp_path / "good.yaml").write_bytes((SAMPLE / "crds" / "sailings.yaml").read_bytes())
    where: tuple[Any, ...] = ("--source", tmp_path)
    if stored:
        db = ("--db-path", tmp_path / "inventory.db")
        ok("database", "store", *where, *db)
        where = ("--snapshot", "1", *db)
        page = ok("database", "summary", "1", *db).out
        assert "complete   yes, but for operators and CSVs, of which nothing tells\n" in page
    done = run("cluster", "summary", "-o", "json", *where)
    assert done.code == 3
    assert done.json["counts"]["crds"] == 1
    assert done.json["counts"]["operators"] is None
    assert done.json["complete"] is False
    unread = {(row["resource_type"], row["status"]) for row in done.json["unread"]}
    assert {("operators", "skipped"), ("csvs", "skipped")} <= unread
    assert "the number of operators, csvs is not known" in done.err
    ok("cluster", "summary", "--allow-incomplete", *where)


def test_export_is_what_database_export_gives(db: Path) -> None:
    live = ok("cluster", "export", "--source", SAMPLE).json
    stored = ok("cluster", "export", "--snapshot", "1", "--db-path", db).json
    assert stored == ok("database", "export", "1", "--db-path", db).json
    assert live["snapshot"]["id"] is None
    assert list(live) == list(stored)
    assert list(live["snapshot"]) == list(stored["snapshot"])
    for name, number in COUNTS.items():
        assert len(live[name]) == number
        assert [row["name"] for row in live[name]] == [row["name"] for row in stored[name]]
    assert live["crds"] == stored["crds"]


def test_export_leaves_out_and_writes_files(where: tuple[Any, ...], tmp_path: Path) -> None:
    path = tmp_path / "cluster.yaml"
    done = ok("cluster", "export", "--no-crds", "--no-olm", "--no-specs", "--file", path, *where)
    assert done.out == ""
    document = yaml.safe_load(path.read_text())
    assert list(document) == ["snapshot", "operators"]
    assert len(document["operators"]) == COUNTS["operators"]
    assert all("spec" not in row for row in document["operators"])


def test_export_hides_credentials_unless_told() -> None:
    only_operators = ("cluster", "export", "--source", SAMPLE, "--no-crds", "--no-olm")
    assert '"[redacted:' in ok(*only_operators).out
    shown = ok(*only_operators, "--no-redact")
    assert "[redacted:" not in shown.out
    assert shown.json["snapshot"]["redaction"] == "none"


def test_export_of_nothing_is_wrong_usage() -> None:
    done = run("cluster", "export", "--no-crds", "--no-operators", "--no-olm", "--source", SAMPLE)
    assert done.code == 2
    both = run("cluster", "export", "--snapshot", "1", "--no-redact")
    assert both.code == 2


def test_rbac(where: tuple[Any, ...]) -> None:
    role = yaml.safe_load(ok("cluster", "rbac", *where).out)
    assert role == ok("cluster", "rbac", "-o", "json", *where).json
    assert (role["kind"], role["metadata"]["name"]) == ("ClusterRole", "k8s-datamodel")
    rules = rules_of(role)
    assert (GROUPS, ["*"], ["list"]) in rules
    assert (["apps"], ["daemonsets", "deployments", "statefulsets"], ["get", "list"]) in rules
    assert {"nonResourceURLs": ["/version", "/apis", "/apis/*"], "verbs": ["get"]} in role["rules"]


def test_rbac_of_what_is_required_only() -> None:
    role = yaml.safe_load(ok("cluster", "rbac", "--required-only", "--source", SAMPLE).out)
    groups = {group for rule in rules_of(role) for group in rule[0]}
    assert groups == {"apiextensions.k8s.io", "apps", *GROUPS}


def test_rbac_for_every_group_reads_nothing() -> None:
    role = yaml.safe_load(ok("cluster", "rbac", "--all-groups", "--name", "all").out)
    assert (["*"], ["*"], ["list"]) in rules_of(role)
    assert role["metadata"]["name"] == "all"


def test_connection_to_a_dump(where: tuple[Any, ...]) -> None:
    done = ok("cluster", "test-connection", "-o", "json", *where)
    reads = {row["read"]: row for row in done.json}
    assert reads["deployments.apps"]["status"] == "complete"
    assert reads["deployments.apps"]["objects"] == 18
    assert reads["deployments.apps"]["permission"] == "list deployments.apps"
    assert reads["services"]["optional"] is True
    assert "reads work" in done.err
    table = csv.DictReader(io.StringIO(ok("cluster", "test-connection", "-o", "csv", *where).out))
    assert "deployments.apps" in {row["read"] for row in table}


def test_connection_in_one_line_and_what_fails(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("kind: [\n")
    shutil.copy(SAMPLE / "operators" / "turnstile.yaml", tmp_path)
    done = run("cluster", "test-connection", "--source", tmp_path)
    assert done.code == 3
    (line,) = done.out.splitlines()
    assert re.fullmatch(
        rf"{tmp_path.name}, version unknown: \d+ reads? works?, \d+ reads? fails?\.", line
    )
    assert "could not read bad.yaml: failed" in done.err


def test_no_connection(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text(
        yaml.safe_dump(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "current-context": "dead",
                "contexts": [{"name": "dead", "context": {"cluster": "dead", "user": "me"}}],
                "clusters": [{"name": "dead", "cluster": {"server": "http://127.0.0.1:9"}}],
                "users": [{"name": "me", "user": {"token": "x"}}],
            }
        )
    )
    done = run("cluster", "test-connection", "--kubeconfig", config)
    assert done.code == 1
    assert "127.0.0.1:9" in done.err
    assert done.out == ""


def test_a_manifest_binds_the_role_to_an_account() -> None:
    where = ("--source", SAMPLE)
    role = yaml.safe_load(ok("cluster", "rbac", "--name", "all", *where).out)
    given = ("--manifest", "--service-account", "ops:reader")
    manifest = yaml.safe_load(ok("cluster", "rbac", "--name", "all", *given, *where).out)
    account, bound, binding = manifest["items"]
    assert account["metadata"] == {"name": "reader", "namespace": "ops"}
    assert bound == role
    assert binding["roleRef"]["name"] == "all"
    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": "reader", "namespace": "ops"}]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--service-account", "a:b"), "--service-account is for --manifest"),
        (("--manifest", "--service-account", "reader"), "write NAMESPACE:NAME"),
        (("--manifest", "--service-account", "a:b:c"), "write NAMESPACE:NAME"),
        (("--manifest", "--service-account", ":b"), "write NAMESPACE:NAME"),
    ],
)
def test_an_account_has_a_namespace_and_a_name(given: tuple[str, ...], said: str) -> None:
    done = run("cluster", "rbac", *given, "--source", SAMPLE)
    assert done.code == 2
    assert said in done.err

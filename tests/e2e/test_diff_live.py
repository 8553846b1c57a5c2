"""Changes that are made through a real API server are told as they were made, and no others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from cluster import manifests
from cluster.client import Client
from cluster.fixtures import MakeCluster
from cluster.server import Cluster
from cluster.serving import CRDS
from seed import sample
from support.forked import Forked
from support.servers.postgres import Postgres

pytestmark = pytest.mark.cluster

SCHEMA = json.loads((sample.FOLDER.parent / "schemas" / "diff.json").read_text())
APPS = "/apis/apps/v1/namespaces"
FLEET = f"{APPS}/fleet-system/deployments/fleet-operator"
SAILINGS = "sailings.fleet.skerrywater.example"
VESSELS = "vessels.fleet.skerrywater.example"
VESSEL_LIST = "/apis/fleet.skerrywater.example/v1/namespaces/fleet-system/vessels"


class World:
    """A cluster, a database of its snapshots, and what `diff` says of them."""

    def __init__(self, command: Forked, cluster: Cluster, admin: Client, database: str) -> None:
        self._command, self.cluster, self.admin, self.database = command, cluster, admin, database
        self.turn = "a" if database.endswith(".db") else "b"

    def run(self, *arguments: object) -> Any:
        place = {"KUBECONFIG": str(self.cluster.kubeconfig), "K8S_DATAMODEL_DB": self.database}
        return self._command.run(*arguments, **place)

    def store(self, *options: object) -> None:
        done = self.run("database", "store", "-q", "--allow-incomplete", *options)
        assert done.code == 0, done.err

    def diff(self, *arguments: object) -> Any:
        done = self.run("diff", *arguments, "-o", "json")
        assert done.code in (0, 3), done.err
        found = json.loads(done.out)
        Draft202012Validator(SCHEMA).validate(found)
        assert found["complete"] is (done.code == 0)
        return found


@pytest.fixture(scope="module")
def cluster(make_cluster: MakeCluster) -> Cluster:
    return make_cluster("changing", users=("viewer",), apiserver_args=["--allow-privileged=true"])


@pytest.fixture(scope="module")
def admin(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with Client(cluster.kubeconfig) as client:
        folder = tmp_path_factory.mktemp("before")
        client.apply(manifests.read(sample.write_state("before", folder)))
        yield client


BOTH = pytest.mark.parametrize(
    "database",
    ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)],
    indirect=True,
)


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A new one: SQLite's unless the test says otherwise."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return str(tmp_path / "inventory.db")
    server: Postgres = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture
def world(command: Forked, cluster: Cluster, admin: Client, database: str) -> World:
    return World(command, cluster, admin, database)


def crd(plural: str, kind: str) -> dict[str, Any]:
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.chart.example.org"},
        "spec": {
            "group": "chart.example.org",
            "scope": "Cluster",
            "names": {"plural": plural, "kind": kind},
            "versions": [
                {
                    "name": "v1",
                    "served": True,
                    "storage": True,
                    "schema": {"openAPIV3Schema": {"type": "object"}},
                }
            ],
        },
    }


def gone(admin: Client, path: str) -> None:
    admin.delete(path)
    while admin.request("GET", path).status != 404:
        pass


@BOTH
def test_each_change_is_told_and_no_other(world: World) -> None:
    admin, turn = world.admin, world.turn
    buoys, wrecks, piers = (f"{name}{turn}" for name in ("buoys", "wrecks", "piers"))
    admin.apply([crd(buoys, f"Buoy{turn}"), crd(wrecks, f"Wreck{turn}")])
    world.store("--with-instances", "fleet.skerrywater.example/*")
    admin.apply([crd(piers, f"Pier{turn}")])
    gone(admin, f"{CRDS}/{buoys}.chart.example.org")
    gone(admin, f"{CRDS}/{wrecks}.chart.example.org")
    admin.apply([crd(wrecks, f"Wreck{turn}")])
    admin.patch(f"{CRDS}/{SAILINGS}", {"spec": {"names": {"shortNames": [f"z{turn}"]}}})
    old = admin.get(FLEET)["spec"]["replicas"]
    admin.patch(FLEET, {"spec": {"replicas": old + 1}})
    [vessel, *_] = admin.list(VESSEL_LIST)
    name = vessel["metadata"]["name"]
    admin.patch(f"{VESSEL_LIST}/{name}", {"metadata": {"annotations": {f"of.turn/{turn}": "y"}}})
    world.store("--with-instances", "fleet.skerrywater.example/*")
    found = world.diff("1", "2")
    assert found["incomparable"] == found["unknown"] == []
    told = {
        (each["change"], each["key"]["name"]): {
            one["path"]: (one.get("from"), one.get("to"))
            for one in each["fields"]
            if one["in"] == "object"
        }
        for each in found["changes"]
    }
    short = told.pop(("changed", SAILINGS))
    assert f"spec.names.shortNames[=z{turn}]" in short
    assert all("ames.shortNames[=" in path for path in short), short
    [annotated] = told.pop(("changed", name)).values()
    assert "y" in str(annotated)
    assert told == {
        ("added", f"{piers}.chart.example.org"): {},
        ("removed", f"{buoys}.chart.example.org"): {},
        ("recreated", f"{wrecks}.chart.example.org"): {},
        ("changed", "fleet-operator"): {"spec.replicas": (old, old + 1)},
    }
    assert world.run("diff", "1", "2", "--exit-code").code == 1
    live = world.diff("latest", "live", "--only", "crds,operators,csvs")
    assert (live["changes"], live["complete"], live["to"]["id"]) == ([], True, None)


def test_bookkeeping_order_and_times_are_no_change(world: World) -> None:
    admin = world.admin
    ready = {"type": "Available", "status": "True", "reason": "r", "message": "m"}
    other = {"type": "Progressing", "status": "True", "reason": "r", "message": "m"}

    def conditions(time: str, *order: dict[str, str]) -> None:
        found = [{**each, "lastTransitionTime": time, "lastUpdateTime": time} for each in order]
        admin.set_status(FLEET, {"conditions": found})

    conditions("2026-01-01T00:00:00Z", ready, other)
    world.store()
    conditions("2026-02-02T00:00:00Z", other, ready)
    stamp = {"kubectl.kubernetes.io/restartedAt": f"now in {world.database}"}
    admin.patch(FLEET, {"spec": {"template": {"metadata": {"annotations": stamp}}}})
    [container] = admin.get(FLEET)["spec"]["template"]["spec"]["containers"]
    turned = [{**container, "env": list(reversed(container.get("env", [])))}]
    admin.patch(FLEET, {"spec": {"template": {"spec": {"containers": turned}}}})
    world.store()
    found = world.diff("1", "2")
    assert (found["changes"], found["complete"]) == ([], True)
    every = world.diff("1", "2", "--all")["changes"]
    assert [each["key"]["name"] for each in every] == ["fleet-operator"]


def test_what_was_not_read_is_incomparable(world: World, tmp_path: Path) -> None:
    world.store()
    world.store("--no-operators")
    skipped = world.diff("1", "2")
    assert {(each["type"], each["side"], each["status"]) for each in skipped["incomparable"]} == {
        ("operators", "to", "skipped")
    }
    assert skipped["changes"] == []
    assert set(skipped["summary"]["operators"].values()) == {None}
    viewer = ("--kubeconfig", world.cluster.kubeconfig_for("viewer"))
    world.store(*viewer)
    forbidden = world.diff("3", "1")
    assert {each["status"] for each in forbidden["incomparable"]} == {"forbidden"}
    assert {each["side"] for each in forbidden["incomparable"]} == {"from"}
    assert forbidden["changes"] == []
    world.store("--namespace", "fleet-system")
    limited = world.diff("1", "4")
    assert {each["namespace"] for each in limited["incomparable"]} == {"fleet-system"}
    assert limited["changes"] == []
    same = world.diff("1", "4", "--namespace", "fleet-system")
    assert (same["changes"], same["incomparable"]) == ([], [])


def test_a_manifest_says_only_what_it_names_and_a_dump_is_a_full_side(
    world: World, tmp_path: Path
) -> None:
    manifest, dump = tmp_path / "manifest.json", tmp_path / "dump.json"
    world.admin.apply([crd("cairns", "Cairn")])
    world.store()
    named = crd("cairns", "Cairn")
    named["spec"]["names"]["shortNames"] = ["ca"]
    manifest.write_text(json.dumps(named))
    there = world.admin.get(f"{CRDS}/cairns.chart.example.org")
    dump.write_text(
        json.dumps({**there, "kind": named["kind"], "apiVersion": "apiextensions.k8s.io/v1"})
    )
    for words, op in (((1, manifest), "add"), ((manifest, 1), "remove")):
        found = world.diff(*words)
        [change] = found["changes"]
        assert change["key"] == {"name": "cairns.chart.example.org"}
        assert [(each["path"], each["op"]) for each in change["fields"]] == [
            ("spec.names.shortNames", op)
        ]
        assert (found["incomparable"], found["unknown"]) == ([], [])
    for words in ((1, dump), (dump, 1)):
        found = world.diff(*words, "--only", "crds")
        assert found["changes"] == []
        assert [each["status"] for each in found["incomparable"]] == ["uncovered"]


@BOTH
def test_another_database_beside_this_one(world: World, command: Forked, tmp_path: Path) -> None:
    world.store()
    file = tmp_path / "file.db"
    beside = World(command, world.cluster, world.admin, str(file))
    beside.store()
    found = world.diff(f"{file}:latest", "latest")
    assert found["changes"] == []
    reasons = {each["reason"] for each in found["unknown"]}
    assert reasons <= {
        "the sides are redacted with two salts",
        "its name is redacted otherwise on the sides",
    }
    assert reasons

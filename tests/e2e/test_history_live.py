"""Histories made through a real API server are told as they were made, with their gaps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from cluster import manifests
from cluster.client import Client
from cluster.fixtures import MakeCluster
from cluster.server import Cluster
from cluster.serving import CRDS
from e2e.test_diff_live import BOTH, FLEET, VESSEL_LIST, World, crd, database, gone
from seed import sample
from support.forked import Forked

pytestmark = pytest.mark.cluster

__all__ = ["database"]

VESSELS = ("--with-instances", "fleet.skerrywater.example/*")


@pytest.fixture(scope="module")
def cluster(make_cluster: MakeCluster) -> Cluster:
    return make_cluster(
        "remembering", users=("viewer",), apiserver_args=["--allow-privileged=true"]
    )


@pytest.fixture(scope="module")
def admin(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with Client(cluster.kubeconfig) as client:
        folder = tmp_path_factory.mktemp("before")
        client.apply(manifests.read(sample.write_state("before", folder)))
        yield client


@pytest.fixture
def world(command: Forked, cluster: Cluster, admin: Client, database: str) -> World:
    return World(command, cluster, admin, database)


def told(world: World, *arguments: object) -> list[dict[str, Any]]:
    done = world.run(*arguments, "-o", "json")
    assert done.code in (0, 3), done.err
    found: list[dict[str, Any]] = json.loads(done.out)
    return found


def brief(steps: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [
        (each["change"], each["from"] and each["from"]["id"], each["to"]["id"]) for each in steps
    ]


def paths(step: dict[str, Any]) -> set[str]:
    return {each["path"] for each in step["fields"] if each["in"] == "object"}


@BOTH
def test_what_was_made_is_told(world: World) -> None:
    admin, turn = world.admin, world.turn
    buoys, piers = f"buoys{turn}.chart.example.org", f"piers{turn}.chart.example.org"
    made = crd(f"buoys{turn}", f"Buoy{turn}")
    replicas = admin.get(FLEET)["spec"]["replicas"]
    [vessel, *_] = admin.list(VESSEL_LIST)
    name = vessel["metadata"]["name"]
    admin.apply([made])
    world.store(*VESSELS)  # 1
    admin.patch(f"{CRDS}/{buoys}", {"spec": {"names": {"shortNames": [f"y{turn}"]}}})
    admin.apply([crd(f"piers{turn}", f"Pier{turn}")])
    world.store()  # 2: without instances
    admin.patch(FLEET, {"spec": {"replicas": replicas + 1}})
    admin.patch(f"{VESSEL_LIST}/{name}", {"metadata": {"annotations": {f"of.turn/{turn}": "y"}}})
    world.store("--no-operators", "--no-crds")  # 3
    gone(admin, f"{CRDS}/{piers}")
    admin.apply([crd(f"piers{turn}", f"Pier{turn}")])
    world.store(*VESSELS)  # 4
    gone(admin, f"{CRDS}/{buoys}")
    world.store("--namespace", "fleet-system", *VESSELS)  # 5
    admin.apply([made])
    admin.patch(FLEET, {"spec": {"replicas": replicas}})
    world.store(*VESSELS)  # 6

    of_buoys = told(world, "crd", "history", buoys)
    assert brief(of_buoys) == [
        ("added", 5, 6),
        ("removed", 4, 5),
        ("gap", 3, 3),
        ("changed", 1, 2),
        ("first-seen", None, 1),
    ]
    assert "spec.names.shortNames" in paths(of_buoys[3])
    assert of_buoys[2]["status"] == "skipped"
    of_piers = told(world, "crd", "history", f"Pier{turn}")
    assert brief(of_piers) == [("recreated", 2, 4), ("gap", 3, 3), ("first-seen", None, 2)]
    assert of_piers[-1]["absent"]["id"] == 1
    of_fleet = told(world, "operators", "history", "fleet-operator", "--path", "spec.replicas")
    assert brief(of_fleet) == [
        ("changed", 5, 6),
        ("changed", 2, 4),
        ("gap", 3, 3),
        ("first-seen", None, 1),
    ]
    [last] = [each for each in of_fleet[0]["fields"] if each["path"] == "spec.replicas"]
    assert (last["from"], last["to"]) == (replicas + 1, replicas)
    of_vessel = told(world, "instances", "history", name, "--path", "metadata.annotations")
    assert brief(of_vessel) == [
        ("changed", 1, 4),
        ("gap", 3, 3),
        ("gap", 2, 2),
        ("first-seen", None, 1),
    ] or (brief(of_vessel) == [("changed", 1, 4), ("gap", 2, 3), ("first-seen", None, 1)])

    done = world.run("log", "-o", "json", "--allow-incomplete")
    assert done.code == 0, done.err
    lines = [json.loads(line) for line in done.out.splitlines()]
    seen = {
        (each["change"], each["key"]["name"], each["from"]["id"], each["to"]["id"])
        for each in lines
        if each["key"]["name"] in (buoys, piers, "fleet-operator", name)
    }
    assert seen == {
        ("added", buoys, 5, 6),
        ("removed", buoys, 4, 5),
        ("changed", buoys, 1, 2),
        ("recreated", piers, 2, 4),
        ("added", piers, 1, 2),
        ("changed", "fleet-operator", 5, 6),
        ("changed", "fleet-operator", 2, 4),
        ("changed", name, 1, 4),
    }
    assert [each["to"]["id"] for each in lines] == sorted(
        (each["to"]["id"] for each in lines), reverse=True
    )
    gone(admin, f"{CRDS}/{buoys}")


def test_what_may_not_be_read_for_a_while_is_a_gap(world: World) -> None:
    admin, name = world.admin, "shoals.chart.example.org"
    admin.apply([crd("shoals", "Shoal")])
    world.store()
    world.store("--kubeconfig", world.cluster.kubeconfig_for("viewer"))
    admin.patch(f"{CRDS}/{name}", {"spec": {"names": {"shortNames": ["sho"]}}})
    world.store()
    found = told(world, "crd", "history", "shoal")
    assert brief(found) == [("changed", 1, 3), ("gap", 2, 2), ("first-seen", None, 1)]
    assert found[1]["status"] == "forbidden"
    done = world.run("log", "--name", "shoals*", "-o", "json", "--allow-incomplete")
    assert [brief([json.loads(line)])[0] for line in done.out.splitlines()] == [("changed", 1, 3)]

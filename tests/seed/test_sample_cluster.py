"""The sample cluster is what its truth file says, and a real API server takes all of it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from cluster import manifests
from cluster.client import Client
from cluster.fixtures import MakeCluster
from seed import sample

WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet")
CRD = "CustomResourceDefinition"


@pytest.fixture(params=sample.STATES)
def state(request: pytest.FixtureRequest) -> sample.State:
    chosen: sample.State = request.param
    return chosen


@pytest.fixture
def objects(state: sample.State, tmp_path: Path) -> list[dict[str, Any]]:
    return manifests.read(sample.write_state(state, tmp_path / state))


def crd_names(objects: list[dict[str, Any]]) -> dict[tuple[str, str], str]:
    """The CRDs' names by group and kind."""
    specs = [(obj["spec"], obj["metadata"]["name"]) for obj in objects if obj["kind"] == CRD]
    return {(spec["group"], spec["names"]["kind"]): name for spec, name in specs}


def identity(obj: dict[str, Any]) -> tuple[str, str, str]:
    return obj["kind"], obj["metadata"].get("namespace", ""), obj["metadata"]["name"]


def test_truth_names_every_workload_and_no_other(objects: list[dict[str, Any]]) -> None:
    rows = sample.truth()["workloads"]
    named = [(row["type"], row["namespace"], row["name"]) for row in rows]
    found = [identity(obj) for obj in objects if obj["kind"] in WORKLOADS]
    assert sorted(named) == sorted(found)


def test_truth_counts_every_custom_resource(
    objects: list[dict[str, Any]], state: sample.State
) -> None:
    names = crd_names(objects)
    kinds = [(obj["apiVersion"].partition("/")[0], obj["kind"]) for obj in objects]
    counted = Counter(names[kind] for kind in kinds if kind in names)
    found = {name: counted[name] for name in names.values()}
    assert found == sample.instance_counts(state)


def test_truth_knows_every_managed_crd(objects: list[dict[str, Any]], state: sample.State) -> None:
    managed = [row["managed_crds"] for row in sample.operators(state).values()]
    orphans = {name for name, crd in sample.truth()["crds"].items() if crd.get("orphan")}
    claimed = {name for crds in managed for name in crds}
    assert claimed | orphans == set(crd_names(objects).values())
    assert not claimed & orphans


def test_truth_tells_ready_replicas(objects: list[dict[str, Any]], state: sample.State) -> None:
    statuses = {identity(obj): obj["status"] for obj in objects if obj["kind"] in WORKLOADS}
    for workload, row in sample.operators(state).items():
        status = statuses[workload]
        ready = status.get("readyReplicas", status.get("numberReady", 0))
        wanted = status.get("replicas", status.get("desiredNumberScheduled"))
        assert f"{ready}/{wanted}" == row["ready"], workload


def test_truth_lists_each_package_once(objects: list[dict[str, Any]], state: sample.State) -> None:
    packages = [
        (obj["metadata"]["name"], obj["metadata"]["namespace"], obj["status"]["phase"])
        for obj in objects
        if obj["kind"] == "ClusterServiceVersion"
        and "olm.copiedFrom" not in obj["metadata"]["labels"]
    ]
    rows = sample.truth()["csvs"][state]
    assert packages == [(row["name"], row["namespace"], row["phase"]) for row in rows]


def test_each_object_occurs_once(objects: list[dict[str, Any]]) -> None:
    keys = Counter((obj["apiVersion"].partition("/")[0], *identity(obj)) for obj in objects)
    assert [key for key, times in keys.items() if times > 1] == []


def test_the_change_replaces_or_adds_nothing_in_vain() -> None:
    change = [file for file in (sample.FOLDER / "change").rglob("*") if file.is_file()]
    before = {
        file: sample.FOLDER / "before" / file.relative_to(sample.FOLDER / "change")
        for file in change
    }
    same = [
        file
        for file, old in before.items()
        if old.exists() and manifests.read(old) == manifests.read(file)
    ]
    assert change
    assert same == []


def test_the_credentials_are_there_to_be_redacted(
    objects: list[dict[str, Any]],
) -> None:
    literals = {
        (obj["metadata"]["name"], variable["name"]): variable["value"]
        for obj in objects
        if obj["kind"] in WORKLOADS
        for container in obj["spec"]["template"]["spec"]["containers"]
        for variable in container.get("env", [])
        if "value" in variable
    }
    for row in sample.truth()["redacted"]:
        assert literals[row["workload"], row["env"]] == row["value"]


def test_a_real_server_takes_all_of_it(
    objects: list[dict[str, Any]], state: sample.State, make_cluster: MakeCluster
) -> None:
    custom = crd_names(objects)
    cluster = make_cluster("sample", apiserver_args=["--allow-privileged=true"])
    with Client(cluster.kubeconfig) as client:
        client.apply(objects)  # raises when the server refuses one
        counts: Counter[str] = Counter()
        for obj in objects:
            name = custom.get((obj["apiVersion"].partition("/")[0], obj["kind"]))
            if name:
                _, namespace, own_name = identity(obj)
                served = client.path(obj["apiVersion"], obj["kind"], own_name, namespace)
                assert kept(obj["spec"], client.get(served)["spec"]), identity(obj)
                counts[name] = len(client.list(client.path(obj["apiVersion"], obj["kind"])))
    assert {name: counts[name] for name in custom.values()} == sample.instance_counts(state)


def kept(given: Any, served: Any) -> bool:
    """Whether the server pruned nothing; it may have added defaults."""
    if isinstance(given, dict):
        return all(key in served and kept(value, served[key]) for key, value in given.items())
    if isinstance(given, list):
        return len(given) == len(served) and all(map(kept, given, served))
    return bool(given == served)

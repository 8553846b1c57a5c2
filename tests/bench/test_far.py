"""What a snapshot costs when the API server is 50 ms away, or one of many, some of them ill."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from bench.conftest import ROUNDS, SMALL, WHOLE
from bench.filling import Size
from bench.measure import Bench, Cost, Costs, in_turn
from bench.report import Report, Target
from bench.scale import Scale, settle, started
from bench.storing import Storing
from cluster.distance import Distance
from cluster.kubeconfig import read, write

pytestmark = pytest.mark.bench

EACH_WAY = 0.025
"""Seconds; so a round trip takes 50 ms."""

SOME = WHOLE if SMALL else Size(400, 100, 800, 2)
NEXT_RATIO = 1.6
FIRST_MORE, NEXT_MORE = 5, 3

CLUSTERS = 6 if SMALL else 50
ILL = ("dead",) if SMALL else ("dead", "silent")
ILL_MORE = 12
"""Seconds: the silent one is given up after the time in which a connection must stand, twice."""


@pytest.fixture(scope="session")
def some(request: pytest.FixtureRequest, testserver_binary: Path, archive: Path) -> Iterator[Scale]:
    """The cluster of which a next snapshot is compared, near and far."""
    if SOME == WHOLE:  # a folder has one server
        yield request.getfixturevalue("scale")
        return
    with started(testserver_binary, archive, SOME) as cluster:
        yield cluster


@contextmanager
def far_from(cluster: Scale, folder: Path) -> Iterator[Distance]:
    """The same cluster, 50 ms away."""
    with Distance(cluster.kubeconfig, EACH_WAY, folder / "far.kubeconfig") as far:
        yield far


def test_a_next_snapshot(bench: Bench, some: Scale, report: Report, tmp_path: Path) -> None:
    with far_from(some, tmp_path) as distance:
        near, far = next_of(bench, some, distance, tmp_path)
    report.ran(f"`database store` of {some.size.crds} CRDs, next snapshot", near)
    report.ran("the same, 50 ms away", far)
    name = f"next snapshot of {some.size.crds} CRDs, 50 ms away, against the same near"
    report.target(Target(name, far.median() / near.median(), NEXT_RATIO))


def test_snapshots_of_all(bench: Bench, scale: Scale, report: Report, tmp_path: Path) -> None:
    with far_from(scale, tmp_path) as distance:
        near, far = first_of(bench, scale, distance)
        tell_more(report, "first snapshot", near, far, FIRST_MORE)
        if SMALL:  # it is the same cluster as above
            return
        near, far = next_of(bench, scale, distance, tmp_path)
        tell_more(report, "next snapshot, nothing changed", near, far, NEXT_MORE)


def first_of(bench: Bench, cluster: Scale, distance: Distance) -> tuple[Costs, Costs]:
    near, far = Storing(bench, cluster), Storing(bench, distance)
    near.first()
    programs = {"near": near.first, "far": far.first}
    found = in_turn(ROUNDS, programs, partial(settle, cluster.cluster))
    return found["near"], found["far"]


def next_of(bench: Bench, cluster: Scale, distance: Distance, folder: Path) -> tuple[Costs, Costs]:
    near, far = Storing(bench, cluster), Storing(bench, distance)
    db = folder / "next.db"
    near.store(db)
    programs = {"near": lambda: near.store(db), "far": lambda: far.store(db)}
    found = in_turn(ROUNDS, programs, partial(settle, cluster.cluster))
    return found["near"], found["far"]


def tell_more(report: Report, what: str, near: Costs, far: Costs, most: int) -> None:
    report.ran(f"`database store`, {what}, 50 ms away", far)
    more = far.median() - near.median()
    name = f"{what}, 50 ms away: seconds above the same near"
    report.target(Target(name, more, most, "{:.1f} s"))


def test_many_clusters(bench: Bench, sixty: Scale, report: Report, tmp_path: Path) -> None:
    document = read(sixty.kubeconfig)
    (own,) = document["contexts"]
    good = [f"good-{number:02}" for number in range(CLUSTERS - len(ILL))]
    document["contexts"] = [{**own, "name": name} for name in good]
    with socket.create_server(("127.0.0.1", 0)) as silent:
        ports = {"dead": 9, "silent": silent.getsockname()[1]}
        for name in ILL:
            server = {"name": name, "cluster": {"server": f"https://127.0.0.1:{ports[name]}"}}
            document["clusters"].append(server)
            there = {**own["context"], "cluster": name}
            document["contexts"].append({"name": name, "context": there})
        config = write(document, tmp_path / "kubeconfig")

        def store(*names: str, code: int = 0) -> Cost:
            db = tmp_path / "inventory.db"
            db.unlink(missing_ok=True)
            where = ("--kubeconfig", config, "--db-path", db, "--contexts", ",".join(names))
            cost = bench.ours("database", "store", "-q", "-o", "json", *where, code=code)
            rows = json.loads(bench.out.read_text())
            failed = [row["cluster_context"] for row in rows if row.get("error")]
            assert failed == [name for name in names if name in ILL]
            return cost

        store(good[0])
        programs = {
            "good": lambda: store(*good),
            "all": lambda: store(*reversed(ILL), *good, code=1),
        }
        found = in_turn(max(1, ROUNDS // 2), programs)
    told = " and ".join(f"one is {name}" for name in ILL)
    report.ran(f"`database store` of {CLUSTERS} clusters, of which {told}", found["all"])
    more = found["all"].median() - found["good"].median()
    name = f"{CLUSTERS} clusters, of which {told}: seconds above the others alone"
    report.target(Target(name, more, ILL_MORE, "{:.1f} s"))

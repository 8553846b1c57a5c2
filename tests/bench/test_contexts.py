"""What several clusters in one command cost, against one of them alone."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from bench.conftest import ROUNDS, SMALL
from bench.measure import Bench, Cost, Costs, in_turn
from bench.report import Report, Target
from cluster import manifests
from cluster.client import Client
from cluster.fixtures import MakeCluster
from cluster.kubeconfig import merge_kubeconfigs

pytestmark = pytest.mark.bench

SAMPLE = Path(__file__).parents[2] / "docs" / "sample-cluster" / "before" / "crds"
CLUSTERS = 3 if SMALL else 10
MOST = 1.8


def test_several_clusters(
    bench: Bench, make_cluster: MakeCluster, report: Report, tmp_path: Path
) -> None:
    clusters = [make_cluster(f"cluster-{number}") for number in range(CLUSTERS)]
    for cluster in clusters:
        with Client(cluster.kubeconfig) as admin:
            admin.apply(manifests.read(SAMPLE))
    config = merge_kubeconfigs([each.kubeconfig for each in clusters], tmp_path / "kubeconfig")

    def store(*which: str) -> Cost:
        db = tmp_path / "inventory.db"
        db.unlink(missing_ok=True)
        return bench.ours(
            "database", "store", "-q", "--kubeconfig", config, "--db-path", db, *which
        )

    every = partial(store, "--all-contexts")
    alone = {f"{n}": partial(store, "--context", f"cluster-{n}") for n in range(CLUSTERS)}
    every()  # a server's first count is its own affair
    found = in_turn(max(2, ROUNDS // 2), {**alone, "every": every})
    slowest = max((found[name] for name in alone), key=Costs.median)
    report.ran("`database store` of the slowest of these clusters alone", slowest)
    report.ran(f"`database store --all-contexts`, {CLUSTERS} clusters", found["every"])
    ratio = found["every"].median() / slowest.median()
    report.target(Target(f"{CLUSTERS} clusters, against the slowest of them alone", ratio, MOST))

"""The distance is real, and nothing is lost on the way."""

from __future__ import annotations

import time
from pathlib import Path

from cluster.client import Client
from cluster.distance import Distance
from cluster.server import Cluster

EACH_WAY = 0.05
LARGE = "/openapi/v2"


def test_each_round_trip_takes_its_time(cluster: Cluster, tmp_path: Path) -> None:
    with (
        Distance(cluster.kubeconfig, EACH_WAY, tmp_path / "kubeconfig") as far,
        Client(far.kubeconfig) as client,
    ):
        begun = time.monotonic()
        client.get("/version")
        connected = time.monotonic()
        client.get("/version")
        # TCP, TLS and the request; then the request alone.
        assert connected - begun >= 3 * 2 * EACH_WAY
        assert time.monotonic() - connected >= 2 * EACH_WAY


def test_a_large_answer_comes_whole(cluster: Cluster, admin: Client, tmp_path: Path) -> None:
    with (
        Distance(cluster.kubeconfig, 0, tmp_path / "kubeconfig") as far,
        Client(far.kubeconfig) as client,
    ):
        answer = client.request("GET", LARGE)
    assert len(answer.body) > 1_000_000
    assert answer.body == admin.request("GET", LARGE).body

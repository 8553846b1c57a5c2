"""The proxy's 410 beside the real one, which only a compaction of etcd brings about."""

from __future__ import annotations

import time

from cluster import faults
from cluster.client import Answer, Client
from cluster.faults import Fault, later_chunk
from cluster.fixtures import MakeCluster, MakeProxy

PATH = "/api/v1/namespaces/default/configmaps"
PATIENCE_SECONDS = 120


def _answer_once_expired(client: Client, target: str) -> Answer:
    """Writes, so that there is something to compact, until the list's version is gone."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        client.patch(f"{PATH}/config-0", {"data": {"at": str(time.monotonic())}})
        answer = client.request("GET", target)
        if answer.status != 200:
            return answer
        time.sleep(0.2)
    raise AssertionError("the list did not expire")


def test_the_injected_410_is_the_real_one(make_cluster: MakeCluster, proxy: MakeProxy) -> None:
    compacting = make_cluster(apiserver_args=["--etcd-compaction-interval=3s"])
    with Client(compacting.kubeconfig) as client:
        client.apply(
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": f"config-{n}"}}
            for n in range(4)
        )
        token = client.get(f"{PATH}?limit=2")["metadata"]["continue"]
        target = f"{PATH}?limit=2&continue={token}"
        real = _answer_once_expired(client, target)
        fresh = real.json()["metadata"]["continue"]
        rest = client.get(f"{PATH}?limit=2&continue={fresh}")["items"]
    through = proxy(compacting, Fault(later_chunk(PATH), faults.expired(fresh=True)))
    with Client(through.kubeconfig) as client:
        injected = client.request("GET", target)
    assert [item["metadata"]["name"] for item in rest] == ["config-2", "config-3"]
    assert injected.status == real.status == 410
    for part in ("metadata", "status", "reason", "code"):
        assert injected.json()[part] == real.json()[part]

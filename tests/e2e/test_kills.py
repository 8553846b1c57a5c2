"""``kill -9`` at many moments of ``database store``: a whole snapshot, or none, and all others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import cycle
from typing import Any

import pytest

from cluster.client import Client
from cluster.fixtures import MakeCluster
from cluster.server import Cluster
from e2e.kills import (
    Kill,
    Moment,
    PostgresVictim,
    SqliteVictim,
    Victim,
    after,
    command,
    committed,
    in_transaction,
    kill,
    seconds_of_a_store,
)
from support.command import ok
from support.servers.postgres import Postgres

pytestmark = [pytest.mark.cluster, pytest.mark.postgresql]

CRDS = 40
TRANSACTIONS = 4
"""That a store makes at least: its lease, content, more content, the snapshot."""


def crd(number: int, words: str) -> dict[str, Any]:
    """A large one: some of them make a store write its content in several transactions."""
    description = f"{words} {number} " * 8000
    schema = {"openAPIV3Schema": {"type": "object", "description": description}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"big{number:03}s.kills.example"},
        "spec": {
            "group": "kills.example",
            "scope": "Namespaced",
            "names": {"kind": f"Big{number:03}", "plural": f"big{number:03}s"},
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": schema}],
        },
    }


@pytest.fixture(scope="module")
def server(make_cluster: MakeCluster) -> Cluster:
    """A cluster with so much that storing it takes a while."""
    cluster = make_cluster("kills")
    with Client(cluster.kubeconfig) as admin:
        admin.apply(crd(number, "the first") for number in range(CRDS))
    return cluster


@pytest.fixture(scope="module")
def changed(server: Cluster, victims: dict[str, Victim]) -> Cluster:
    """The same after a first snapshot of it was stored, with other content."""
    for victim in victims.values():
        ok(*command(victim, server.kubeconfig))
    with Client(server.kubeconfig) as admin:
        for number in range(CRDS):
            new = crd(number, "another")
            path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/"
            admin.patch(path + new["metadata"]["name"], {"spec": new["spec"]})
    return server


@pytest.fixture(scope="module")
def victims(
    tmp_path_factory: pytest.TempPathFactory, postgres: Postgres
) -> Iterator[dict[str, Victim]]:
    server = PostgresVictim(postgres)
    yield {"sqlite": SqliteVictim(tmp_path_factory.mktemp("kills")), "postgresql": server}
    server.close()


def moments(seconds: float, steps: int) -> Iterator[Moment]:
    """Without end: spread over the whole run, within its transactions, and after the commit."""
    within = cycle([committed, *(in_transaction(each + 1) for each in range(TRANSACTIONS))])
    for step in cycle(range(steps)):
        yield after(seconds * (step + 0.5) / steps)
        yield next(within)
        yield next(within)


def look_at(kills: list[Kill], kind: str, report: pytest.CaptureFixture[str]) -> None:
    torn = Counter(name for each in kills for name in each.torn_copies)
    with report.disabled():
        print(
            f"\n{kind}: {len(kills)} kills, {sum(each.writing for each in kills)} while writing; "
            f"{sum(each.stored for each in kills)} with and "
            f"{sum(not each.stored for each in kills)} without the snapshot; copies taken before "
            f"anybody opened it that were not whole: {dict(torn) or 'none'}"
        )
    assert sum(each.writing for each in kills) >= len(kills) / 4
    assert {each.stored for each in kills} == {True, False}
    assert "file and journal" not in torn


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_six_kills_leave_whole_snapshots_only(
    changed: Cluster, victims: dict[str, Victim], kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run(changed, victims[kind], 6, capsys)


@pytest.mark.soak
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_two_hundred_kills_leave_whole_snapshots_only(
    changed: Cluster, victims: dict[str, Victim], kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run(changed, victims[kind], 100, capsys)


def run(server: Cluster, victim: Victim, number: int, report: pytest.CaptureFixture[str]) -> None:
    seconds = seconds_of_a_store(victim, server.kubeconfig)
    kills: list[Kill] = []
    for tried, moment in enumerate(moments(seconds, max(1, number // 3))):
        assert tried < 3 * number, "most stores ended before their moment came"
        done = kill(victim, server.kubeconfig, moment)
        kills += [done] if done.killed else []
        if len(kills) == number:
            break
    look_at(kills, victim.kind, report)

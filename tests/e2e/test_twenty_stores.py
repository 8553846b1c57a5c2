"""Twenty `database store` at once on one database, one of a slow cluster; a reader stands still.

The backend is a fixture, so what holds for one kind of database is asked of the others too.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from cluster.client import Client
from cluster.faults import Fault, on, trickle
from cluster.fixtures import MakeCluster, MakeProxy
from cluster.kubeconfig import access, vary
from cluster.server import Cluster
from cluster.wire import Exchange
from support.command import PROGRAM, ok
from support.limits import environment
from support.made_crds import made_crd
from support.servers.postgres import Postgres
from support.sql_stores import Backend

STORES, CRDS = 20, 500
WAIT = 600
"""Seconds that twenty stores on one core do not take."""
SAMPLE = Path(__file__).parents[2] / "docs" / "sample-cluster" / "before"
LIST = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"

# A credential plugin: every store calls it when it turns to its cluster, and none goes on before
# the test has seen all of them there. Each takes one byte.
WAITS = """\
#!/bin/sh
echo here > "$1/arrived/$$"
read -r _ < "$1/barrier"
cat "$1/credential.json"
"""


def crd(number: int) -> dict[str, Any]:
    """A small CRD without objects, of its own content."""
    plural, kind = f"parts{number:03}", f"Part{number:03}"
    properties = {f"size{each}": {"type": "integer", "maximum": number + 1} for each in range(5)}
    return made_crd(plural, "stores.example", kind, properties)


@pytest.fixture(scope="module")
def five_hundred(make_cluster: MakeCluster) -> Cluster:
    """A cluster with 500 CRDs."""
    cluster = make_cluster("many")
    with Client(cluster.kubeconfig) as client:
        client.apply(crd(number) for number in range(CRDS))
    return cluster


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Backend]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        backend = Backend("sqlite", str(tmp_path / "inventory.db"))
    else:
        server: Postgres = request.getfixturevalue("postgres")
        backend = Backend("postgresql", server.new_database())
    yield backend
    backend.close()


class Barrier:
    """Where stores wait for each other; a folder with what the credential plugin needs."""

    def __init__(self, folder: Path, token: str | None) -> None:
        self.folder = folder
        self._arrived = folder / "arrived"
        self._arrived.mkdir(parents=True)
        os.mkfifo(folder / "barrier")
        self.plugin = folder / "wait"
        self.plugin.write_text(WAITS)
        self.plugin.chmod(0o755)
        credential = {
            "apiVersion": "client.authentication.k8s.io/v1",
            "kind": "ExecCredential",
            "status": {"token": token},
        }
        (folder / "credential.json").write_text(json.dumps(credential))

    def kubeconfig(self, kubeconfig: Path, out: Path) -> Path:
        """The same with a credential plugin that waits here."""
        plugin = {
            "apiVersion": "client.authentication.k8s.io/v1",
            "command": str(self.plugin),
            "args": [str(self.folder)],
            "interactiveMode": "Never",
        }
        return vary(kubeconfig, out, user={"exec": plugin})

    def open(self, stores: list[subprocess.Popen[str]]) -> None:
        """Lets all go on, once all are there."""
        turn = Event()
        while len(list(self._arrived.iterdir())) < len(stores):
            ended = [store for store in stores if store.poll() is not None]
            assert not ended, ended[0].communicate()
            turn.wait(0.02)
        with (self.folder / "barrier").open("wb", buffering=0) as gate:
            gate.write(b"\n" * len(stores))
            # Whoever opens it late finds a writer still.
            for store in stores[1:]:
                assert store.wait(WAIT) == 0, store.communicate()


class StandsStill:
    """A `database export` whose reader has stopped reading; the pipe to it is full."""

    def __init__(self, url: str) -> None:
        self._read, write = os.pipe()
        command = [str(PROGRAM), "--db-path", url, "database", "export", "1"]
        self._process = subprocess.Popen(command, stdout=write, stderr=subprocess.PIPE, text=True)
        while select.select([], [write], [], 0.02)[1]:
            assert self._process.poll() is None, "the export fits into the pipe"
        os.close(write)

    def stands(self) -> bool:
        return self._process.poll() is None

    def read(self) -> Any:
        """Reads it at last: the document."""
        with os.fdopen(self._read, encoding="utf-8") as pipe:
            document = json.load(pipe)
        assert (self._process.wait(WAIT), self._process.communicate()[1]) == (0, "")
        return document


class Reader(Thread):
    """Looks again and again for a snapshot of which a part is missing, in plain SQL."""

    HALF = """
        SELECT s.id FROM inventory_snapshots s
        WHERE s.crd_count <> (SELECT count(*) FROM crds c WHERE c.snapshot_id = s.id)
           OR NOT EXISTS (SELECT 1 FROM inventory_ledger l WHERE l.snapshot_id = s.id)
    """

    def __init__(self, backend: Backend) -> None:
        super().__init__()
        self._backend, self._end = backend, Event()
        self.looked, self.faults = 0, list[object]()

    def run(self) -> None:
        try:
            while not self._end.wait(0.1) and not self.faults:
                self.faults += self._backend.select(self.HALF)
                self.looked += 1
        except Exception as fault:
            self.faults.append(fault)

    def __enter__(self) -> Reader:
        self.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._end.set()
        self.join(WAIT)


def slow_until(released: Event) -> Fault:
    """Answers come in drops, and the last page of the CRDs not before the event."""
    drops = trickle(size=16_384, seconds=0.02)

    def act(exchange: Exchange) -> None:
        page = exchange.request.param("continue")
        if page and json.loads(exchange.fetch().body)["metadata"].get("continue", "") == "":
            released.wait(WAIT)
        drops(exchange)

    return Fault(on(LIST), act)


def start(url: str, kubeconfig: Path, **env: str) -> subprocess.Popen[str]:
    command = [str(PROGRAM), "--db-path", url, "--kubeconfig", str(kubeconfig)]
    return subprocess.Popen(
        [*command, "database", "store"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **env},
    )


def test_twenty_stores_at_once_while_an_export_stands_still(
    five_hundred: Cluster, backend: Backend, proxy: MakeProxy, tmp_path: Path
) -> None:
    ok("--db-path", backend.url, "--source", SAMPLE, "database", "store")
    others_ended = Event()
    slow = proxy(five_hundred, slow_until(others_ended), context="slow")
    barrier = Barrier(tmp_path / "waiting", access(five_hundred.kubeconfig).token)
    here = barrier.kubeconfig(five_hundred.kubeconfig, tmp_path / "many.kubeconfig")
    there = barrier.kubeconfig(slow.kubeconfig, tmp_path / "slow.kubeconfig")
    export = StandsStill(backend.url)
    with ExitStack() as stack:
        readers = [stack.enter_context(Reader(backend)) for _ in range(2)]
        stack.callback(others_ended.set)
        stores = [start(backend.url, there, **environment(chunk_objects=100))]
        stores += [start(backend.url, here) for _ in range(STORES - 1)]
        for store in stores:
            stack.callback(store.kill)
        barrier.open(stores)
        assert stores[0].poll() is None
        others_ended.set()
        said = [store.communicate(timeout=WAIT) for store in stores]
    assert [store.returncode for store in stores] == [0] * STORES, said
    assert all(err.count("\n") == 1 and err.startswith("Stored snapshot") for _, err in said), said
    assert [reader.faults for reader in readers] == [[], []]
    assert all(reader.looked > 1 for reader in readers)
    assert export.stands()
    document = export.read()
    assert len(document["crds"]) == document["snapshot"]["crd_count"] > 0

    listed = ok("--db-path", backend.url, "database", "list", "-o", "json").json
    assert sorted(each["id"] for each in listed) == list(range(1, STORES + 2))
    assert sorted(each["cluster_context"] for each in listed[1:]) == ["many"] * 19 + ["slow"]
    rows = backend.select("SELECT snapshot_id, count(DISTINCT name) FROM crds GROUP BY snapshot_id")
    assert sorted(count for number, count in rows if number != 1) == [CRDS] * STORES
    ok("--db-path", backend.url, "database", "verify")

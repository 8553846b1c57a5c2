"""Who ends the command need not wait for a server that is silent, and finds nothing half done."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from cluster.client import Client
from cluster.faults import Fault, Match, later_chunk, on, stall
from cluster.fixtures import MakeCluster, MakeProxy
from cluster.kubeconfig import read, write
from cluster.server import Cluster
from cluster.wire import Exchange, Request
from support.command import PROGRAM, ok
from support.live_source import widget_crd, widgets

pytestmark = pytest.mark.cluster

GROUP = "silent.example"
CRDS = on("/apis/apiextensions.k8s.io/v1/customresourcedefinitions")
WIDGETS = f"/apis/{GROUP}/v1/widgets"
DEPLOYMENTS = on("/apis/apps/v1/deployments")
# Far more than the second that is promised, and less than the minute that a request may take.
PATIENCE_SECONDS = 30


class Stalled:
    """An answer that never comes, and that the request for it has arrived."""

    def __init__(self) -> None:
        self.arrived = threading.Event()

    def __call__(self, exchange: Exchange) -> None:
        self.arrived.set()
        stall()(exchange)


def counting(request: Request) -> bool:
    return on(WIDGETS)(request) and request.param("limit") == "1"


@pytest.fixture(scope="module")
def quiet(make_cluster: MakeCluster) -> Cluster:
    cluster = make_cluster("quiet")
    with Client(cluster.kubeconfig) as admin:
        admin.apply([widget_crd(GROUP)])
        admin.apply(widgets(GROUP, "default", 120))
    return cluster


Interrupt = Callable[..., tuple[int, str]]
"""Runs the command with one kind of answer missing, ends it when it waits: exit code, stderr."""


@pytest.fixture
def interrupt(quiet: Cluster, proxy: MakeProxy, tmp_path: Path) -> Interrupt:
    """Its contexts: ``quiet`` is the current one, by way of the proxy; ``direct`` answers."""

    def run(number: signal.Signals, match: Match, *arguments: object) -> tuple[int, str]:
        stalled = Stalled()
        document = read(proxy(quiet, Fault(match, stalled)).kubeconfig)
        (context,), (cluster,) = document["contexts"], document["clusters"]
        direct = {
            **cluster,
            "name": "direct",
            "cluster": {**cluster["cluster"], "server": quiet.url},
        }
        document["clusters"].append(direct)
        user = {**context["context"], "cluster": "direct"}
        document["contexts"].append({"name": "direct", "context": user})
        kubeconfig = write(document, tmp_path / "kubeconfig")
        command = [str(PROGRAM), *map(str, arguments), "--kubeconfig", str(kubeconfig)]
        temporary = tmp_path / "temporary"
        temporary.mkdir()
        env = {**os.environ, "TMPDIR": str(temporary)}
        with subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=env,
        ) as process:
            try:
                assert stalled.arrived.wait(60)
                process.send_signal(number)
                out, err = process.communicate(timeout=PATIENCE_SECONDS)
            finally:
                process.kill()
        assert out == ""
        assert list(temporary.iterdir()) == []
        return process.returncode, err

    return run


@pytest.mark.parametrize(
    ("match", "options"),
    [
        pytest.param(CRDS, (), id="a list"),
        pytest.param(DEPLOYMENTS, (), id="facts"),
        pytest.param(counting, (), id="a count"),
        pytest.param(later_chunk(WIDGETS), ("--with-instances",), id="many lists"),
    ],
)
def test_a_store_ends_and_leaves_a_sound_database(
    interrupt: Interrupt, quiet: Cluster, tmp_path: Path, match: Match, options: tuple[str, ...]
) -> None:
    db = tmp_path / "inventory.db"
    store = ("database", "store", "--db-path", db, *options)
    code, err = interrupt(signal.SIGINT, match, *store)
    assert (code, err.strip()) == (130, "k8s-datamodel: interrupted")
    assert ok("database", "list", "-o", "json", "--db-path", db).json == []
    with closing(sqlite3.connect(db)) as connection:
        assert connection.execute("SELECT count(*) FROM kdm_leases").fetchone() == (0,)
    ok(*store, "--kubeconfig", quiet.kubeconfig)
    ok("database", "verify", "--db-path", db)


@pytest.mark.parametrize("stalled", [CRDS, counting], ids=["a list", "a count"])
def test_a_listing_ends(interrupt: Interrupt, stalled: Match) -> None:
    code, err = interrupt(signal.SIGINT, stalled, "crd", "list")
    assert (code, err.strip()) == (130, "k8s-datamodel: interrupted")


def test_a_silent_context_holds_up_nobody(interrupt: Interrupt, tmp_path: Path) -> None:
    db = tmp_path / "inventory.db"
    contexts = ("--contexts", "direct,quiet", "--parallel", "1")
    store = ("database", "store", "--db-path", db, *contexts)
    code, err = interrupt(signal.SIGINT, CRDS, *store)
    assert code == 130
    told, last = filter(None, err.splitlines())
    assert told.startswith("Stored snapshot 1 of direct: ")
    assert last == "k8s-datamodel: interrupted; snapshot 1 was stored"
    (kept,) = ok("database", "list", "-o", "json", "--db-path", db).json
    assert kept["cluster_context"] == "direct"
    ok("database", "verify", "--db-path", db)


def test_a_listing_of_several_contexts_ends(interrupt: Interrupt) -> None:
    contexts = ("--contexts", "direct,quiet")
    code, err = interrupt(signal.SIGINT, counting, "crd", "list", *contexts)
    assert (code, err.strip()) == (130, "k8s-datamodel: interrupted")


@pytest.mark.parametrize("contexts", [(), ("--contexts", "direct,quiet")])
def test_a_request_to_terminate_leaves_no_temporary_files(
    interrupt: Interrupt, contexts: tuple[str, ...]
) -> None:
    command = ("crd", "list", *contexts) if contexts else ("cluster", "export")
    code, err = interrupt(signal.SIGTERM, counting, *command)
    assert (code, err.strip()) == (143, "k8s-datamodel: terminated")

"""Every fault on the wire, at every kind of read, through the command: what becomes of it.

``pytest tests/faults --write-faults`` (or ``make faults``) writes the table of docs/faults.md.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cluster.client import Client
from cluster.fixtures import MakeCluster
from cluster.proxy import Proxy
from cluster.server import Cluster
from faults.matrix import (
    BEGIN,
    CRD_NUMBER,
    END,
    INSTANCES,
    KINDS,
    PAGE,
    PAGE_OBJECTS,
    SPOTS,
    Seen,
    Spot,
    happen,
    kind,
    table,
)
from k8s_datamodel.api import INCOMPLETE
from support.forked import Forked
from support.live_source import widget_crd, widgets
from truth.shapes import WRITE, allowed, workload

pytestmark = pytest.mark.cluster

CELLS = [(name, spot) for name in KINDS for spot in SPOTS]
AT_ONCE = 4
BOUND_SECONDS = 60


@pytest.fixture(scope="module")
def loaded(make_cluster: MakeCluster) -> Cluster:
    cluster = make_cluster("faulty")
    groups = [f"g{number}.example.com" for number in range(1, CRD_NUMBER + 1)]
    rule = (["g1.example.com"], ["widgets", "widgets/status"], WRITE)
    operator = workload("widget-operator", "ops", account="widget", labels={"app": "widget"})
    operator["spec"]["selector"] = {"matchLabels": {"app": "widget"}}
    with Client(cluster.kubeconfig) as admin:
        admin.apply([*(widget_crd(group) for group in groups), operator])
        admin.apply(allowed("ops", "widget", rule))
        admin.apply([each for g in groups for each in widgets(g, "default", INSTANCES)])
    return cluster


@pytest.fixture(scope="module")
def matrix(
    loaded: Cluster, command: Forked, tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[str, str], tuple[Seen, float]]:
    folder = tmp_path_factory.mktemp("databases")

    def cell(number: int, name: str, spot: Spot) -> tuple[Seen, float]:
        started = time.monotonic()
        with Proxy(loaded) as proxy:
            seen = happen(command, proxy, name, spot, folder / f"{number}.db")
        return seen, time.monotonic() - started

    with ThreadPoolExecutor(AT_ONCE) as pool:
        jobs = [pool.submit(cell, n, *pair) for n, pair in enumerate(CELLS)]
        return {
            (name, spot.words): job.result() for (name, spot), job in zip(CELLS, jobs, strict=True)
        }


Matrix = dict[tuple[str, str], tuple[Seen, float]]


def test_nothing_hangs_and_nothing_falls_over(matrix: Matrix) -> None:
    for seen, seconds in matrix.values():
        assert seconds < BOUND_SECONDS, seen
        assert "Traceback" not in seen.err, seen.err
        assert seen.code in (0, 3), seen


def test_there_is_no_false_number(matrix: Matrix) -> None:
    for seen, _ in matrix.values():
        assert seen.crds in (None, CRD_NUMBER), seen
        assert set(seen.counts.values()) <= {None, INSTANCES}, seen
        assert seen.operators in (None, 1), seen
        if seen.spot == "count of a kind" and seen.status != "complete":
            assert seen.counts[kind(1)] is None, seen


def test_the_exit_code_and_the_snapshot_say_whether_something_is_missing(matrix: Matrix) -> None:
    for seen, _ in matrix.values():
        bad = seen.status in INCOMPLETE
        missing = bad and "optional" not in seen.spot
        assert seen.code == (3 if missing else 0), seen
        assert seen.complete is not missing, seen
        assert ("k8s-datamodel: could not read" in seen.err) is missing, seen
        assert bool(seen.reason) is (seen.status != "complete"), seen


def test_what_could_be_read_is_stored(matrix: Matrix) -> None:
    for (_, spot), (seen, _) in matrix.items():
        if spot == "CRDs, later chunk" and seen.crds is None:
            assert seen.rows >= PAGE_OBJECTS, seen
        if spot in ("count of a kind", "RBAC (optional)"):
            assert seen.rows == CRD_NUMBER, seen
            assert sum(count is not None for count in seen.counts.values()) >= CRD_NUMBER - 1


def test_what_passes_is_not_seen(matrix: Matrix) -> None:
    for (name, _), (seen, _) in matrix.items():
        if name in ("429, Retry-After 1, once", "503, once", "reset, once"):
            assert (seen.status, seen.code, seen.crds) == ("complete", 0, CRD_NUMBER), seen


def test_the_page_shows_what_happened(matrix: Matrix, request: pytest.FixtureRequest) -> None:
    rows = table([seen for seen, _ in matrix.values()])
    text = PAGE.read_text()
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    wanted = f"{before}{BEGIN}\n\n{rows}\n{END}{after}"
    if request.config.getoption("--write-faults"):
        Path(PAGE).write_text(wanted)
    assert PAGE.read_text() == wanted, "the table is of old: make faults"

"""The servers that the benches read, and the page that they write."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.filling import Size
from bench.measure import Bench, Floor, Listing
from bench.report import Report
from bench.scale import Scale, started
from cluster.build import cache_folder
from cluster.serving import CRDS

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"

SMALL = os.environ.get("BENCH_SIZE", "full") == "small"
"""The size for every day: it reports, and changes no page."""

ROUNDS = 1 if SMALL else 5
SIXTY = Size(60, 10, 100, 2)
LESS = SIXTY if SMALL else Size(200, 100, 2_000, 10)
WHOLE = Size(200, 100, 2_000, 10) if SMALL else Size(2_065, 1_030, 99_000, 40)


@pytest.fixture(scope="session")
def report() -> Iterator[Report]:
    """The figures; printed at the end, and written into the page, also when a bench failed."""
    gathered = Report(full=not SMALL)
    if not SMALL:
        gathered.resume(_kept())
    yield gathered
    if not SMALL:
        gathered.write(PAGE)
    print(f"\n\n{gathered.text()}")


@pytest.fixture(autouse=True)
def section(report: Report, request: pytest.FixtureRequest) -> Iterator[None]:
    """The figures of a file belong together; each of its benches adds some."""
    report.begin(request.path.name)
    yield
    if not SMALL:
        report.keep(_kept())


def _kept() -> Path:
    """Where figures wait for a later run, also of one that is killed."""
    return cache_folder() / "bench-figures.json"


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("bench"))


@pytest.fixture(scope="session")
def archive(shared: Path) -> Path:
    return shared / "corpora" / "crds-scale.tar.xz"


@pytest.fixture(scope="session")
def sixty(testserver_binary: Path, archive: Path) -> Iterator[Scale]:
    with started(testserver_binary, archive, SIXTY) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def less(request: pytest.FixtureRequest, testserver_binary: Path, archive: Path) -> Iterator[Scale]:
    """The cluster of which the memory is compared."""
    if LESS == SIXTY:  # a folder has one server
        yield request.getfixturevalue("sixty")
        return
    with started(testserver_binary, archive, LESS) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def scale(testserver_binary: Path, archive: Path, report: Report) -> Iterator[Scale]:
    """The cluster that most is measured on, warm: the first count is apart."""
    with started(testserver_binary, archive, WHOLE) as cluster:
        first = Floor(cluster.kubeconfig, [], cluster.counts).run()
        report.begin(Path(__file__).name)  # as its facts are of no single file
        report.fact(
            "cluster",
            f"{WHOLE.crds:,} CRDs, {WHOLE.objects:,} custom resources in {WHOLE.kinds:,} kinds; "
            f"{WHOLE.applied} of the CRDs loaded by `kubectl apply`",
        )
        if cluster.loading is not None:
            report.fact("loading it", f"{cluster.loading:.0f} s")
        report.fact("first count after the server's start", f"{first.wall:.1f} s")
        yield cluster


@pytest.fixture(scope="session")
def floor_first(scale: Scale) -> Floor:
    """All CRDs and all counts."""
    return Floor(scale.kubeconfig, [Listing(CRDS, 100)], scale.counts)


@pytest.fixture(scope="session")
def floor_next(scale: Scale) -> Floor:
    """The metadata of all CRDs and all counts."""
    return Floor(scale.kubeconfig, [Listing(CRDS, 500, metadata=True)], scale.counts)

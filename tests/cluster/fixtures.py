"""The pytest plugin of the real clusters; the root conftest names it in `pytest_plugins`.

Fixtures: `testserver_binary`, `cluster`, `admin`, `make_cluster`, `proxy`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

import pytest

from cluster.build import BuildError, build
from cluster.client import Client
from cluster.faults import Fault
from cluster.proxy import Proxy
from cluster.server import Cluster
from cluster.tools import missing


class MakeCluster(Protocol):
    """Starts a cluster that the fixture stops; the arguments are those of `Cluster.start`."""

    def __call__(self, *contexts: str, **options: Any) -> Cluster: ...


class MakeProxy(Protocol):
    """Starts a proxy that the fixture stops; the arguments are those of `Proxy`."""

    def __call__(self, cluster: Cluster, *faults: Fault, **options: Any) -> Proxy: ...


@pytest.fixture(scope="session")
def testserver_binary() -> Path:
    """The server's program, built if need be."""
    try:
        return build()
    except BuildError as error:
        missing(str(error))


@pytest.fixture(scope="session")
def cluster(testserver_binary: Path) -> Iterator[Cluster]:
    """One cluster for all tests that leave it as they found it (or use names of their own).

    Its users `viewer` and `nobody` have no rights.
    """
    with Cluster.start(testserver_binary, "shared", users=("viewer", "nobody")) as started:
        yield started


@pytest.fixture(scope="session")
def admin(cluster: Cluster) -> Iterator[Client]:
    """The administrator of the shared cluster."""
    with Client(cluster.kubeconfig) as client:
        yield client


@pytest.fixture(scope="module")
def make_cluster(testserver_binary: Path) -> Iterator[MakeCluster]:
    """Starts clusters for a module's tests, 3 s and 290 MB each, stopped after the last test."""
    with ExitStack() as stack:

        def start(*contexts: str, **options: Any) -> Cluster:
            return stack.enter_context(Cluster.start(testserver_binary, *contexts, **options))

        yield start


@pytest.fixture
def proxy() -> Iterator[MakeProxy]:
    """Starts proxies in front of clusters, stopped after the test."""
    with ExitStack() as stack:

        def start(cluster: Cluster, *faults: Fault, **options: Any) -> Proxy:
            return stack.enter_context(Proxy(cluster, *faults, **options))

        yield start

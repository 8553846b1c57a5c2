"""What an API server gets at once, as a proxy before it sees it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import pytest

from cluster import faults
from cluster.faults import Action, Fault, on
from cluster.fixtures import MakeProxy
from cluster.server import Cluster
from cluster.wire import Exchange
from k8s_datamodel.api import Source
from k8s_datamodel_plugins.sources.server.wire.connections import Answer, Connections, Headers
from support.limits import limit
from support.live_source import CONFIGMAPS, live

PATH = "/api/v1/namespaces/default/configmaps"
THREADS = 24


def count(source: Source) -> int | None:
    return source.count(CONFIGMAPS, "default").value


class Flights:
    """The requests that are in flight, exactly: a proxy hears of an answer's end too late."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.now = 0
        self.each: list[int] = []

    @contextmanager
    def one(self) -> Iterator[None]:
        with self.lock:
            self.now += 1
            self.each.append(self.now)
        try:
            yield
        finally:
            with self.lock:
                self.now -= 1


@pytest.fixture
def flights(monkeypatch: pytest.MonkeyPatch) -> Flights:
    flights = Flights()
    get = Connections.get

    def counted(self: Connections, target: str, headers: Headers, silence: float) -> Answer:
        with flights.one():
            return get(self, target, headers, silence)

    monkeypatch.setattr(Connections, "get", counted)
    return flights


def timed(action: Action) -> tuple[Action, list[float]]:
    """The same action, and when it happened."""
    times: list[float] = []

    def act(exchange: Exchange) -> None:
        times.append(time.monotonic())
        action(exchange)

    return act, times


@pytest.mark.parametrize("most", [1, 4, 9])
def test_contexts_of_one_server_keep_one_bound(
    cluster: Cluster, proxy: MakeProxy, flights: Flights, most: int
) -> None:
    between = proxy(cluster, latency=0.005)
    with ExitStack() as stack:
        sources = [
            stack.enter_context(live(between.kubeconfig, max_in_flight=most)) for _ in range(3)
        ]
        pool = stack.enter_context(ThreadPoolExecutor(THREADS))
        counts = list(pool.map(count, sources * 40))
    assert None not in counts
    assert max(flights.each) <= most


def test_a_server_that_refuses_gets_one_request_at_once(
    cluster: Cluster, proxy: MakeProxy, flights: Flights
) -> None:
    between = proxy(cluster, Fault(on(PATH), faults.status(429, retry_after=0)))
    with live(between.kubeconfig) as source, ThreadPoolExecutor(THREADS) as pool:
        assert set(pool.map(count, [source] * THREADS)) == {None}
    assert len(flights.each) == 1 + THREADS * 4
    assert set(flights.each[-THREADS:]) == {1}


def test_a_server_that_names_a_time_gets_nothing_before_it(
    cluster: Cluster, proxy: MakeProxy
) -> None:
    refuse, refused = timed(faults.status(429, retry_after=1))
    answer, answered = timed(Exchange.forward)
    between = proxy(cluster, Fault(on(PATH), refuse, times=4), Fault(on(PATH), answer, nth=5))
    with live(between.kubeconfig, max_in_flight=4) as source, ThreadPoolExecutor(8) as pool:
        assert None not in pool.map(count, [source] * 8)
    assert len(refused) == 4
    assert min(answered) - min(refused) >= 1


def test_a_rate_holds_for_all_threads(cluster: Cluster, proxy: MakeProxy) -> None:
    answer, answered = timed(Exchange.forward)
    between = proxy(cluster, Fault(on(PATH), answer))
    with live(between.kubeconfig, max_per_second=50) as source, ThreadPoolExecutor(8) as pool:
        assert None not in pool.map(count, [source] * 20)
    assert max(answered) - min(answered) >= 19 / 50 - 0.1


def test_a_variable_sets_the_bound(
    cluster: Cluster, flights: Flights, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit(monkeypatch, max_in_flight=2)
    with live(cluster.kubeconfig) as source, ThreadPoolExecutor(8) as pool:
        assert None not in pool.map(count, [source] * 40)
    assert max(flights.each) <= 2

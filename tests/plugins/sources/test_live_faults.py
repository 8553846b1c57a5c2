"""What goes wrong on the wire: each fault, at the first chunk and at a later one."""

from __future__ import annotations

import time

import pytest

from cluster import faults
from cluster.client import Client
from cluster.faults import Action, Fault, first_chunk, later_chunk, on
from cluster.fixtures import MakeProxy
from cluster.server import Cluster
from k8s_datamodel.api import Outcome
from support.limits import limit
from support.live_source import CONFIGMAPS, configmaps, live, names, read

NAMESPACE = "faulty"
PATH = f"/api/v1/namespaces/{NAMESPACE}/configmaps"
NAMES = [f"config-{number:02}" for number in range(9)]
PAGE = 3

# Action, status, HTTP code, what the reason says.
FAULTS: dict[str, tuple[Action, str, int | None, str]] = {
    "401": (faults.status(401), "forbidden", 401, "401"),
    "403": (faults.status(403), "forbidden", 403, "403"),
    "404": (faults.status(404), "failed", 404, "every API server has the core group"),
    "404-text": (faults.text(404, "404 page not found"), "failed", 404, "page not found"),
    "404-html": (faults.html(404), "failed", 404, "HTML"),
    "429": (faults.status(429, retry_after=0), "failed", 429, "429"),
    "429-long": (faults.status(429, retry_after=3600), "failed", 429, "3600 s"),
    "500": (faults.status(500), "failed", 500, "injected"),
    "503": (faults.status(503), "failed", 503, "503"),
    "503-text": (faults.text(503, "service unavailable"), "failed", 503, "service unavailable"),
    "redirect": (faults.text(302, ""), "failed", 302, "302"),
    "reset": (faults.reset(), "failed", None, "connection"),
    "reset-under-way": (faults.reset(after=100), "failed", None, "connection"),
    "stall": (faults.stall(), "failed", None, "in time"),
    "stall-under-way": (faults.stall(after=100), "failed", None, "in time"),
    "trickle": (faults.trickle(size=8, seconds=0.05), "failed", None, "took more than 1 s"),
    "truncated": (faults.truncated(keep=100), "failed", None, "connection"),
    "cut-json": (faults.cut_json(keep=100), "failed", 200, "cut off"),
    "html": (faults.html(), "failed", 200, "text/html"),
    "no-list": (faults.text(200, "{}", "application/json"), "failed", 200, "not a list"),
    "no-object": (faults.text(200, "[]", "application/json"), "failed", 200, "not an API object"),
    "repeated-token": (faults.repeated_token(), "failed", 200, "does not end"),
    "endless": (faults.endless(), "failed", 200, "does not end"),
}
CIRCULAR = ("repeated-token", "endless")


@pytest.fixture(scope="module", autouse=True)
def _objects(admin: Client) -> None:
    admin.apply(configmaps(NAMESPACE, len(NAMES)))


@pytest.fixture(autouse=True)
def _impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    limit(
        monkeypatch,
        read_timeout=0.5,
        request_timeout=1,
        retry_pause=0.01,
        retry_window=0.3,
        chunk_objects=PAGE,
        chunks=20,
    )


def check(outcome: Outcome, name: str) -> None:
    _, status, code, words = FAULTS[name]
    assert (outcome.status, outcome.http_code) == (status, code)
    assert words in outcome.reason
    assert "\n" not in outcome.reason


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_at_the_first_chunk(cluster: Cluster, proxy: MakeProxy, name: str) -> None:
    action = FAULTS[name][0]
    match = on(PATH) if name in CIRCULAR else first_chunk(PATH)
    with live(proxy(cluster, Fault(match, action)).kubeconfig) as source:
        objects, outcome = read(source, CONFIGMAPS, NAMESPACE)
    check(outcome, name)
    assert outcome.objects == len(objects)
    if name not in CIRCULAR:
        assert objects == []


@pytest.mark.parametrize("name", [name for name in FAULTS if name not in CIRCULAR])
def test_a_fault_at_a_later_chunk(cluster: Cluster, proxy: MakeProxy, name: str) -> None:
    action = FAULTS[name][0]
    between = proxy(cluster, Fault(later_chunk(PATH), action, nth=2))
    with live(between.kubeconfig) as source:
        objects, outcome = read(source, CONFIGMAPS, NAMESPACE)
    assert names(objects) == NAMES[: 2 * PAGE]
    assert outcome.objects == 2 * PAGE
    if name.startswith("404"):  # the API was just there: it is not absent
        assert (outcome.status, outcome.http_code) == ("failed", 404)
    else:
        check(outcome, name)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_while_counting(cluster: Cluster, proxy: MakeProxy, name: str) -> None:
    with live(proxy(cluster, Fault(on(PATH), FAULTS[name][0])).kubeconfig) as source:
        count = source.count(CONFIGMAPS, NAMESPACE)
    if name in CIRCULAR:  # the server itself said how many there are
        assert (count.value, count.method) == (len(NAMES), "exact")
    else:
        assert (count.value, count.method) == (None, None)
        check(count.outcome, name)


@pytest.mark.parametrize(
    "name", ["429", "500", "503", "503-text", "reset", "reset-under-way", "truncated", "cut-json"]
)
def test_a_fault_that_passes_is_not_seen(
    cluster: Cluster, proxy: MakeProxy, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    # A busy machine may take long for one attempt.
    limit(monkeypatch, read_timeout=60, request_timeout=60, retry_window=60)
    between = proxy(cluster, Fault(on(PATH), FAULTS[name][0], times=2))
    with live(between.kubeconfig) as source:
        objects, outcome = read(source, CONFIGMAPS, NAMESPACE)
    assert names(objects) == NAMES
    assert (outcome.status, outcome.reason, outcome.requests) == ("complete", "", 3 + 2)


@pytest.mark.parametrize("name", ["401", "403", "404", "404-html", "429-long", "html", "no-list"])
def test_a_fault_that_does_not_pass_is_met_once(
    cluster: Cluster, proxy: MakeProxy, name: str
) -> None:
    between = proxy(cluster, Fault(on(PATH), FAULTS[name][0]))
    with live(between.kubeconfig) as source:
        read(source, CONFIGMAPS, NAMESPACE)
    assert between.counts()[PATH] == 1


def test_retry_after_is_obeyed(cluster: Cluster, proxy: MakeProxy) -> None:
    between = proxy(cluster, Fault(on(PATH), faults.status(429, retry_after=1), times=1))
    with live(between.kubeconfig) as source:
        started = time.monotonic()
        _, outcome = read(source, CONFIGMAPS, NAMESPACE)
    assert outcome.status == "complete"
    assert time.monotonic() - started >= 1


def test_waiting_for_retry_after_is_bounded_over_all_requests(
    cluster: Cluster, proxy: MakeProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit(monkeypatch, retry_budget=1.5)
    between = proxy(cluster, Fault(on(PATH), faults.status(429, retry_after=1)))
    with live(between.kubeconfig) as source:
        counts = [source.count(CONFIGMAPS, NAMESPACE) for _ in range(5)]
    assert {count.outcome.http_code for count in counts} == {429}
    assert between.counts()[PATH] == 5 + 1


def test_a_server_that_died_is_not_asked_again(cluster: Cluster, proxy: MakeProxy) -> None:
    between = proxy(cluster)
    with live(between.kubeconfig) as source:
        between.stop()
        counts = [source.count(CONFIGMAPS, NAMESPACE) for _ in range(30)]
    assert {count.value for count in counts} == {None}
    assert {count.outcome.status for count in counts} == {"failed"}
    assert "refused" in counts[0].outcome.reason
    assert "no longer answers" in counts[-1].outcome.reason
    assert counts[-1].outcome.requests == 0


def test_an_api_that_is_dead_alone_does_not_stop_the_others(
    cluster: Cluster, proxy: MakeProxy
) -> None:
    between = proxy(cluster, Fault(on(PATH), faults.reset()))
    with live(between.kubeconfig) as source:
        for _ in range(10):
            assert source.count(CONFIGMAPS, NAMESPACE).outcome.status == "failed"
        assert source.count(CONFIGMAPS, "kube-system").outcome.status == "complete"


def test_an_endless_list_of_no_announced_length_ends(
    cluster: Cluster, proxy: MakeProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit(monkeypatch, chunk_objects=100)
    between = proxy(cluster, Fault(on(PATH), faults.endless()))
    with live(between.kubeconfig) as source:
        objects, outcome = read(source, CONFIGMAPS, NAMESPACE)
    assert (outcome.status, len(objects)) == ("failed", 20 * len(NAMES))
    assert "20 chunks" in outcome.reason

"""Counts agree with the server, or say why there is none."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread
from typing import Any

import pytest

from cluster import faults
from cluster.client import Client
from cluster.faults import Fault, later_chunk, on
from cluster.fixtures import MakeProxy
from cluster.server import Cluster
from k8s_datamodel.api import Resource, Source
from support.live_source import CONFIGMAPS, configmaps, live, until, widget_crd, widgets

GROUP = "counted.example.com"
WIDGETS = Resource(GROUP, "v1", "widgets", "Widget")
PATH = f"/apis/{GROUP}/v1/widgets"
NUMBER = 640


@pytest.fixture(scope="module", autouse=True)
def _objects(admin: Client) -> None:
    admin.apply([widget_crd(GROUP), *widgets(GROUP, "counted", 1), *configmaps("counted", 7)])
    admin.create_many(widgets(GROUP, "counted", NUMBER)[1:])


@pytest.fixture
def source(cluster: Cluster) -> Iterator[Source]:
    with live(cluster.kubeconfig) as opened:
        yield opened


def without_remaining(page: dict[str, Any]) -> None:
    page["metadata"].pop("remainingItemCount", None)


def test_many_objects_are_counted_exactly_in_one_request(source: Source) -> None:
    count = source.count(WIDGETS)
    assert (count.value, count.method) == (NUMBER, "exact")
    assert (count.outcome.status, count.outcome.objects) == ("complete", NUMBER)
    assert count.outcome.requests == 1


@pytest.mark.parametrize(
    ("namespace", "resource", "value"),
    [
        ("counted", CONFIGMAPS, 7),
        ("counted", WIDGETS, NUMBER),
        ("nowhere", CONFIGMAPS, 0),
        (None, Resource("", "v1", "nodes", "Node", namespaced=False), 0),
    ],
)
def test_a_namespace_limits_a_count(
    source: Source, namespace: str | None, resource: Resource, value: int
) -> None:
    count = source.count(resource, namespace)
    assert (count.value, count.method) == (value, "exact")


def test_without_a_number_from_the_server_metadata_is_paged(
    cluster: Cluster, proxy: MakeProxy
) -> None:
    between = proxy(cluster, Fault(on(PATH), faults.edited(without_remaining)))
    with live(between.kubeconfig) as source:
        count = source.count(WIDGETS)
    assert (count.value, count.method) == (NUMBER, "exact")
    assert count.outcome.requests == 3


def test_a_paged_count_that_breaks_off_is_none(cluster: Cluster, proxy: MakeProxy) -> None:
    between = proxy(
        cluster,
        Fault(later_chunk(PATH), faults.status(403)),
        Fault(on(PATH), faults.edited(without_remaining)),
    )
    with live(between.kubeconfig) as source:
        count = source.count(WIDGETS)
    assert (count.value, count.method) == (None, None)
    assert (count.outcome.status, count.outcome.http_code) == ("forbidden", 403)


def test_a_paged_count_that_expired_once_is_exact(cluster: Cluster, proxy: MakeProxy) -> None:
    between = proxy(
        cluster,
        Fault(later_chunk(PATH), faults.expired(fresh=True), times=1),
        Fault(on(PATH), faults.edited(without_remaining)),
    )
    with live(between.kubeconfig) as source:
        count = source.count(WIDGETS)
    assert (count.value, count.method, count.outcome.status) == (NUMBER, "exact", "complete")


def test_a_kind_of_another_server_is_estimated(cluster: Cluster, proxy: MakeProxy) -> None:
    def aggregate(services: dict[str, Any]) -> None:
        spec = {"group": GROUP, "version": "v1", "service": {"name": "other"}}
        services["items"].append({"spec": spec})

    services = "/apis/apiregistration.k8s.io/v1/apiservices"
    between = proxy(cluster, Fault(on(services), faults.edited(aggregate)))
    with live(between.kubeconfig) as source:
        count = source.count(WIDGETS)
        assert (count.value, count.method) == (NUMBER, "estimate")
        assert source.count(CONFIGMAPS, "counted").method == "exact"


def test_a_number_is_an_estimate_where_it_is_not_known_whose_it_is(
    cluster: Cluster, proxy: MakeProxy
) -> None:
    services = "/apis/apiregistration.k8s.io/v1/apiservices"
    between = proxy(cluster, Fault(on(services), faults.status(403)))
    with live(between.kubeconfig) as source:
        counts = [source.count(WIDGETS) for _ in range(3)]
    assert [(count.value, count.method) for count in counts] == [(NUMBER, "estimate")] * 3
    assert between.counts()[services] == 1


def test_what_is_forbidden_or_not_served_has_no_count(cluster: Cluster, source: Source) -> None:
    absent = source.count(Resource("no.example.com", "v1", "things", "Thing"))
    assert (absent.value, absent.method, absent.outcome.status) == (None, None, "absent")
    with live(cluster.kubeconfig_for("nobody")) as outsider:
        forbidden = outsider.count(WIDGETS)
    assert (forbidden.value, forbidden.outcome.status) == (None, "forbidden")


def test_a_failing_conversion_webhook_fails_one_version_only(source: Source, admin: Client) -> None:
    group = "converted.example.com"
    webhook = {
        "strategy": "Webhook",
        "webhook": {
            "conversionReviewVersions": ["v1"],
            "clientConfig": {"url": "https://127.0.0.1:9/"},
        },
    }
    crd = widget_crd(group, versions=("v1", "v2"), conversion=webhook)
    admin.apply([crd, *widgets(group, "counted", 3)])
    assert source.count(Resource(group, "v1", "widgets", "Widget")).value == 3
    other = source.count(Resource(group, "v2", "widgets", "Widget"))
    assert (other.value, other.outcome.status, other.outcome.http_code) == (None, "failed", 500)
    assert "conversion" in other.outcome.reason


def test_a_broken_aggregated_api_has_no_count(source: Source, admin: Client) -> None:
    spec = {
        "group": "broken.example.com",
        "version": "v1",
        "service": {"name": "nobody", "namespace": "default"},
        "groupPriorityMinimum": 100,
        "versionPriority": 100,
        "insecureSkipTLSVerify": True,
    }
    name = "v1.broken.example.com"
    kind = {"apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService"}
    admin.create({**kind, "metadata": {"name": name}, "spec": spec})
    try:
        until(lambda: admin.request("GET", "/apis/broken.example.com/v1").status != 404)
        count = source.count(Resource("broken.example.com", "v1", "things", "Thing"))
    finally:
        admin.delete(f"/apis/apiregistration.k8s.io/v1/apiservices/{name}")
    assert (count.value, count.outcome.status) == (None, "failed")
    assert count.outcome.http_code == 503


def test_counts_in_many_threads(cluster: Cluster, proxy: MakeProxy) -> None:
    between = proxy(cluster, latency=0.01)
    with live(between.kubeconfig) as source, ThreadPoolExecutor(12) as pool:
        counts = list(pool.map(source.count, [WIDGETS] * 60))
    assert {count.value for count in counts} == {NUMBER}


def test_a_count_under_changes_is_one_that_was_true(source: Source, admin: Client) -> None:
    """Objects come and go in pairs: of the changing one there is never more than one."""
    stop = Event()
    path = f"/apis/{GROUP}/v1/namespaces/counted/widgets"

    def change() -> None:
        (extra,) = widgets(GROUP, "counted", 1)
        extra["metadata"]["name"] = "extra"
        while not stop.is_set():
            admin.create(extra)
            admin.delete(f"{path}/extra")

    writer = Thread(target=change)
    writer.start()
    try:
        values = {source.count(WIDGETS).value for _ in range(100)}
    finally:
        stop.set()
        writer.join()
    assert values <= {NUMBER, NUMBER + 1}

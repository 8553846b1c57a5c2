"""The second read of a list: what did not change is not read again, and nothing differs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cluster import faults
from cluster.client import Client
from cluster.faults import Action, Fault, later_chunk, on
from cluster.fixtures import MakeProxy
from cluster.proxy import Proxy
from cluster.server import Cluster
from k8s_datamodel.api import ListRequest, Resource
from support.limits import limit
from support.live_source import CONFIGMAPS, Known, configmaps, live, names, read, rest

COUNT = 24


@pytest.fixture
def namespace(admin: Client, request: pytest.FixtureRequest) -> str:
    """One of its own for each test, with its objects."""
    name = request.node.name.replace("_", "-").partition("[")[0][:60].strip("-")
    admin.apply(configmaps(name, COUNT))
    return str(name)


@pytest.fixture
def between(cluster: Cluster, proxy: MakeProxy) -> Proxy:
    return proxy(cluster)


@pytest.fixture
def known(cluster: Cluster, namespace: str) -> Known:
    with live(cluster.kubeconfig) as source:
        return Known(read(source, CONFIGMAPS, namespace)[0])


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    limit(monkeypatch, chunk_objects=10)
    limit(monkeypatch, retry_pause=0.01)


def by_name(objects: list[Any]) -> list[Any]:
    return sorted(objects, key=lambda each: each["metadata"]["name"])


def same_as_full(kubeconfig: Path, namespace: str, known: Known) -> tuple[int, int]:
    """How many objects were reused and how many requests that took, the result being the same."""
    with live(kubeconfig) as source:
        objects, outcome = read(source, CONFIGMAPS, namespace, known)
        full, _ = read(source, CONFIGMAPS, namespace)
    assert by_name(objects) == by_name(full)
    assert (outcome.status, outcome.objects) == ("complete", len(full))
    return outcome.reused, outcome.requests


def test_what_did_not_change_is_not_read(between: Proxy, namespace: str, known: Known) -> None:
    assert same_as_full(between.kubeconfig, namespace, known) == (COUNT, 3)


def test_few_changes_are_read_one_by_one(
    between: Proxy, namespace: str, known: Known, admin: Client
) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    admin.patch(f"{path}/config-03", {"data": {"changed": "yes"}})
    admin.delete(f"{path}/config-04")
    admin.apply(configmaps(namespace, 5)[4:])
    assert same_as_full(between.kubeconfig, namespace, known) == (COUNT - 2, 3 + 2)


@pytest.mark.parametrize(
    ("who", "action", "status"),
    [
        ("server", faults.status(404), "complete"),  # deleted since the list was read
        ("gateway", faults.text(404, '{"message": "no"}', "application/json"), "failed"),
        ("backend", faults.text(404, "default backend - 404"), "failed"),
        ("page", faults.html(404), "failed"),
    ],
)
def test_only_the_server_says_that_an_object_was_deleted(
    cluster: Cluster,
    proxy: MakeProxy,
    namespace: str,
    known: Known,
    admin: Client,
    who: str,
    action: Action,
    status: str,
) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps/config-03"
    admin.patch(path, {"data": {"changed": who}})
    with live(proxy(cluster, Fault(on(path), action)).kubeconfig) as source:
        objects, outcome = read(source, CONFIGMAPS, namespace, known)
    assert len(objects) == COUNT - 1
    assert outcome.status == status


def test_many_changes_are_read_by_pages(
    between: Proxy, namespace: str, known: Known, admin: Client
) -> None:
    changed = configmaps(namespace, COUNT)[-10:]
    admin.apply([{**each, "data": {"changed": "yes"}} for each in changed])
    assert same_as_full(between.kubeconfig, namespace, known) == (COUNT - 10, 3 + 3)


def test_what_was_deleted_is_left_out(
    between: Proxy, namespace: str, known: Known, admin: Client
) -> None:
    admin.delete(f"/api/v1/namespaces/{namespace}/configmaps/config-23")
    assert same_as_full(between.kubeconfig, namespace, known) == (COUNT - 1, 3)


def test_a_list_of_which_little_is_known_is_read_whole(between: Proxy, namespace: str) -> None:
    assert same_as_full(between.kubeconfig, namespace, Known([]))[0] == 0


def test_an_empty_list_is_empty(cluster: Cluster) -> None:
    with live(cluster.kubeconfig) as source:
        objects, outcome = read(source, CONFIGMAPS, "nothing-here", Known([]))
    assert objects == []
    assert (outcome.status, outcome.objects, outcome.requests) == ("complete", 0, 1)


def test_all_namespaces_are_told_apart(cluster: Cluster, namespace: str, admin: Client) -> None:
    admin.apply(configmaps(f"{namespace[:50]}-2", COUNT))
    with live(cluster.kubeconfig) as source:
        full, _ = read(source, CONFIGMAPS)
        known = Known(each for each in full if each["metadata"]["name"] != "config-07")
        objects, outcome = read(source, CONFIGMAPS, None, known)
    uids = [each["metadata"]["uid"] for each in objects]
    assert sorted(uids) == sorted(each["metadata"]["uid"] for each in full)
    assert outcome.reused < len(full)


def test_an_object_that_goes_while_it_is_read_is_left_out(
    cluster: Cluster, proxy: MakeProxy, namespace: str, known: Known, admin: Client
) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    admin.patch(f"{path}/config-03", {"data": {"changed": "yes"}})
    between = proxy(cluster, Fault(on(f"{path}/config-03"), faults.status(404)))
    with live(between.kubeconfig) as source:
        objects, outcome = read(source, CONFIGMAPS, namespace, known)
    assert "config-03" not in names(objects)
    assert (outcome.status, outcome.objects) == ("complete", COUNT - 1)


def test_an_object_that_cannot_be_read_is_said(
    cluster: Cluster, proxy: MakeProxy, namespace: str, known: Known, admin: Client
) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    admin.patch(f"{path}/config-03", {"data": {"changed": "yes"}})
    between = proxy(cluster, Fault(on(f"{path}/config-03"), faults.status(500)))
    with live(between.kubeconfig) as source:
        objects, outcome = read(source, CONFIGMAPS, namespace, known)
    assert len(objects) == COUNT - 1
    assert (outcome.status, outcome.http_code) == ("failed", 500)


def test_a_metadata_list_that_breaks_off_is_said(
    cluster: Cluster, proxy: MakeProxy, namespace: str, known: Known
) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    between = proxy(cluster, Fault(later_chunk(path), faults.status(500)))
    with live(between.kubeconfig) as source:
        objects, outcome = read(source, CONFIGMAPS, namespace, known)
    assert names(objects) == [f"config-{number:02}" for number in range(10)]
    assert (outcome.status, outcome.http_code) == ("failed", 500)
    assert (outcome.objects, outcome.reused) == (10, 10)


def test_an_object_made_anew_under_its_name_stands_once(
    between: Proxy, namespace: str, known: Known, admin: Client
) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    with live(between.kubeconfig) as source:
        pages = source.list(ListRequest(CONFIGMAPS, namespace, known))
        first = list(next(pages))
        admin.delete(f"{path}/config-00")
        admin.apply(configmaps(namespace, 1))
        objects, _ = rest(pages)
    assert names(first + objects) == [f"config-{number:02}" for number in range(COUNT)]


def test_what_is_not_served_is_absent(cluster: Cluster) -> None:
    with live(cluster.kubeconfig) as source:
        nothing = Resource("nothing.example.com", "v1", "things", "Thing")
        assert read(source, nothing, None, Known([]))[1].status == "absent"

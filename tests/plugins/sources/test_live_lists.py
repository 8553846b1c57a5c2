"""Lists of a live server: chunks, namespaces, versions, what expires under way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cluster import faults
from cluster.client import Client
from cluster.faults import Fault, first_chunk, later_chunk, on
from cluster.fixtures import MakeCluster, MakeProxy
from cluster.server import Cluster
from k8s_datamodel.api import ListRequest, Resource, Source
from support.limits import limit
from support.live_source import (
    CONFIGMAPS,
    CRDS,
    Known,
    configmaps,
    live,
    names,
    read,
    rest,
    until,
    widget_crd,
    widgets,
)

NAMESPACE = "listed"
PATH = f"/api/v1/namespaces/{NAMESPACE}/configmaps"
NAMES = [f"config-{number:02}" for number in range(12)]


@pytest.fixture(scope="module", autouse=True)
def _objects(admin: Client) -> None:
    admin.apply(configmaps(NAMESPACE, len(NAMES)))


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    limit(monkeypatch, chunk_objects=3)
    limit(monkeypatch, retry_pause=0.01)


@pytest.fixture
def source(cluster: Cluster) -> Iterator[Source]:
    with live(cluster.kubeconfig) as opened:
        yield opened


def test_a_list_is_read_page_by_page(cluster: Cluster, proxy: MakeProxy) -> None:
    between = proxy(cluster)
    told: list[str] = []
    with live(between.kubeconfig, progress=told.append) as source:
        listing = source.list(ListRequest(CONFIGMAPS, NAMESPACE))
        sizes = [len(chunk) for chunk in listing]
    outcome = listing.outcome
    assert sizes == [3, 3, 3, 3]
    assert (outcome.status, outcome.objects, outcome.requests) == ("complete", 12, 4)
    assert outcome.reason == ""
    assert outcome.bytes > 1000
    assert told == [f"configmaps {number} of 12" for number in (3, 6, 9, 12)]
    limits = [request.param("limit") for request in between.requests if request.path == PATH]
    assert limits == ["3", "3", "3", "3"]


def test_only_the_next_page_is_read_ahead(cluster: Cluster, proxy: MakeProxy) -> None:
    between = proxy(cluster)
    with live(between.kubeconfig) as source:
        chunks = source.list(ListRequest(CONFIGMAPS, NAMESPACE))
        next(chunks)
        next(chunks)
        assert between.counts()[PATH] <= 3
        assert len(rest(chunks)[0]) == 6


def test_pages_follow_the_size_of_the_objects(
    cluster: Cluster, proxy: MakeProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit(monkeypatch, chunk_bytes=1)
    between = proxy(cluster)
    with live(between.kubeconfig) as source:
        assert names(read(source, CONFIGMAPS, NAMESPACE)[0]) == NAMES
    limits = [request.param("limit") for request in between.requests if request.path == PATH]
    assert limits == ["3"] + ["1"] * 9


def test_objects_are_complete_as_if_each_were_asked_for(source: Source, admin: Client) -> None:
    objects, _ = read(source, CONFIGMAPS, NAMESPACE)
    assert objects[0] == admin.get(f"{PATH}/config-00")


def test_without_a_namespace_all_are_read(source: Source, admin: Client) -> None:
    objects, outcome = read(source, CONFIGMAPS)
    there = admin.list("/api/v1/configmaps")
    assert outcome.objects == len(there)
    assert {each["metadata"]["uid"] for each in objects} == {e["metadata"]["uid"] for e in there}


def test_a_namespace_does_not_limit_what_has_none(source: Source, admin: Client) -> None:
    namespaces = Resource("", "v1", "namespaces", "Namespace", namespaced=False)
    objects, _ = read(source, namespaces, NAMESPACE)
    assert names(objects) == names(admin.list("/api/v1/namespaces"))


def test_a_namespace_that_is_not_there_is_empty(source: Source) -> None:
    objects, outcome = read(source, CONFIGMAPS, "no-such-namespace")
    assert objects == []
    assert (outcome.status, outcome.objects) == ("complete", 0)


@pytest.mark.parametrize(
    ("resource", "namespace"),
    [
        (CONFIGMAPS, f"no/../{NAMESPACE}"),
        (CONFIGMAPS, f"{NAMESPACE}/configmaps?limit=1#"),
        (CONFIGMAPS, f"{NAMESPACE}%2fsecrets"),
        (Resource("", "v1", "pods/../configmaps", "ConfigMap"), NAMESPACE),
        (Resource("", "v1", "configmaps?limit=1&", "ConfigMap"), NAMESPACE),
        (Resource("", "../api/v1", "configmaps", "ConfigMap"), None),
        (Resource("apps/v1/x/../..", "v1", "deployments", "Deployment"), None),
    ],
)
def test_each_part_of_a_path_is_one_part(
    source: Source, resource: Resource, namespace: str | None
) -> None:
    objects, outcome = read(source, resource, namespace)
    assert objects == []
    assert outcome.status != "complete" or outcome.objects == 0
    assert source.count(resource, namespace).value in (None, 0)


def test_a_kind_is_found_at_another_version(source: Source, admin: Client) -> None:
    group = "moved.example.com"
    admin.apply([widget_crd(group, versions=("v2", "v3")), *widgets(group, NAMESPACE, 4, "v2")])
    objects, outcome = read(source, Resource(group, "v1", "widgets", "Widget"), NAMESPACE)
    assert outcome.status == "complete"
    assert len(objects) == 4
    preferred = admin.get(f"/apis/{group}")["preferredVersion"]["groupVersion"]
    assert {each["apiVersion"] for each in objects} == {preferred}


def test_a_version_that_cannot_be_looked_up_is_forbidden(
    cluster: Cluster, proxy: MakeProxy
) -> None:
    between = proxy(cluster, Fault(on("/apis"), faults.status(403)))
    with live(between.kubeconfig) as source:
        _, outcome = read(source, Resource("apps", "v0", "deployments", "Deployment"))
    assert (outcome.status, outcome.http_code) == ("forbidden", 403)


def test_what_may_not_be_read_is_forbidden(cluster: Cluster) -> None:
    with live(cluster.kubeconfig_for("nobody")) as source:
        objects, outcome = read(source, CRDS)
    assert objects == []
    assert (outcome.status, outcome.http_code) == ("forbidden", 403)
    assert "customresourcedefinitions" in outcome.reason


def test_a_list_that_is_left_half_way_does_no_harm(source: Source) -> None:
    chunks = source.list(ListRequest(CONFIGMAPS, NAMESPACE))
    next(chunks)
    chunks.close()
    assert names(read(source, CONFIGMAPS, NAMESPACE)[0]) == NAMES


@pytest.mark.parametrize("fresh", [True, False])
def test_an_expired_list_is_restarted(cluster: Cluster, proxy: MakeProxy, fresh: bool) -> None:
    gone = Fault(later_chunk(PATH), faults.expired(fresh=fresh), nth=2, times=1)
    between = proxy(cluster, gone)
    with live(between.kubeconfig) as source:
        objects, outcome = read(source, CONFIGMAPS, NAMESPACE)
    assert names(objects) == NAMES
    assert (outcome.status, outcome.objects, outcome.reason) == ("complete", 12, "")
    assert outcome.requests == 3 + 4


@pytest.mark.parametrize(
    "change",
    [
        lambda admin: admin.delete(f"{PATH}/config-00"),
        lambda admin: admin.patch(f"{PATH}/config-01", {"data": {"changed": "yes"}}),
    ],
    ids=["deleted", "changed"],
)
def test_an_expired_list_that_changed_is_inconsistent(
    cluster: Cluster, proxy: MakeProxy, admin: Client, change: Callable[[Client], object]
) -> None:
    gone = Fault(later_chunk(PATH), faults.expired(fresh=True), nth=3, times=1)
    with live(proxy(cluster, gone).kubeconfig) as source:
        chunks = source.list(ListRequest(CONFIGMAPS, NAMESPACE))
        first = list(next(chunks))
        change(admin)
        objects, outcome = rest(chunks)
    admin.apply(configmaps(NAMESPACE, len(NAMES)))
    assert names(first + objects) == NAMES
    assert (outcome.status, outcome.http_code) == ("inconsistent", 410)
    assert "1 objects" in outcome.reason


def test_an_object_made_while_a_list_expired_belongs_to_it(
    cluster: Cluster, proxy: MakeProxy, admin: Client
) -> None:
    gone = Fault(later_chunk(PATH), faults.expired(fresh=True), nth=3, times=1)
    with live(proxy(cluster, gone).kubeconfig) as source:
        chunks = source.list(ListRequest(CONFIGMAPS, NAMESPACE))
        first = list(next(chunks))
        (new,) = configmaps(NAMESPACE, 1)
        new["metadata"]["name"] = "a-new-one"
        admin.create(new)
        objects, outcome = rest(chunks)
    admin.delete(f"{PATH}/a-new-one")
    assert names(first + objects) == ["a-new-one", *NAMES]
    assert outcome.status == "complete"


def test_a_list_that_expires_again_is_read_to_its_end(cluster: Cluster, proxy: MakeProxy) -> None:
    gone = Fault(later_chunk(PATH), faults.expired(fresh=True), times=2)
    with live(proxy(cluster, gone).kubeconfig) as source:
        objects, outcome = read(source, CONFIGMAPS, NAMESPACE)
    assert names(objects) == NAMES
    assert (outcome.status, outcome.objects) == ("inconsistent", 12)


@pytest.mark.parametrize("fresh", [True, False])
def test_a_list_that_expires_for_ever_ends(cluster: Cluster, proxy: MakeProxy, fresh: bool) -> None:
    gone = Fault(later_chunk(PATH), faults.expired(fresh=fresh))
    with live(proxy(cluster, gone).kubeconfig) as source:
        objects, outcome = read(source, CONFIGMAPS, NAMESPACE)
    assert names(objects) == NAMES[:3]
    assert (outcome.status, outcome.objects) == ("inconsistent", 3)
    assert outcome.requests < 12


def test_a_real_compaction_under_way(make_cluster: MakeCluster) -> None:
    small = make_cluster("small", apiserver_args=["--etcd-compaction-interval=2s"])
    with Client(small.kubeconfig) as admin, live(small.kubeconfig) as source:
        admin.apply(configmaps(NAMESPACE, len(NAMES)))
        untouched = source.list(ListRequest(CONFIGMAPS, NAMESPACE))
        changed = source.list(ListRequest(CONFIGMAPS, NAMESPACE))
        begun = [next(untouched), next(changed)]
        compacted(admin)
        objects, outcome = rest(untouched)
        assert (names([*begun[0], *objects]), outcome.status) == (NAMES, "complete")
        admin.delete(f"{PATH}/config-00")
        objects, outcome = rest(changed)
        assert (names([*begun[1], *objects]), outcome.status) == (NAMES, "inconsistent")


def compacted(admin: Client) -> None:
    """Returns when the server has forgotten what is read now."""
    token = admin.get(f"{PATH}?limit=1")["metadata"]["continue"]

    def forgotten() -> bool:
        metadata = {"generateName": "other-"}  # only what is not the newest is forgotten
        admin.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata})
        return admin.request("GET", f"{PATH}?limit=1&continue={token}").status == 410

    until(forgotten)


def test_a_first_chunk_that_is_gone_is_asked_for_again(cluster: Cluster, proxy: MakeProxy) -> None:
    gone = Fault(first_chunk(PATH), faults.status(410), times=1)
    with live(proxy(cluster, gone).kubeconfig) as source:
        objects, outcome = read(source, CONFIGMAPS, NAMESPACE)
    assert names(objects) == NAMES
    assert outcome.status == "complete"


def test_json_that_is_not_quite_unicode_is_read_all_the_same(
    cluster: Cluster, proxy: MakeProxy
) -> None:
    def change(chunk: dict[str, Any]) -> None:
        chunk["items"][0]["data"] = {"lone": "\ud800"}

    between = proxy(cluster, Fault(first_chunk(PATH), faults.edited(change)))
    with live(between.kubeconfig) as source:
        objects, outcome = read(source, CONFIGMAPS, NAMESPACE)
    assert outcome.status == "complete"
    assert names(objects) == NAMES
    assert objects[0]["data"] == {"lone": "\ud800"}


def uids(*values: str | None) -> Callable[[dict[str, Any]], None]:
    """Gives the objects of a chunk these uids, one after the other, again and again."""

    def change(chunk: dict[str, Any]) -> None:
        for number, item in enumerate(chunk["items"] or ()):
            item["metadata"]["uid"] = values[number % len(values)]

    return change


SHARED_UIDS = {
    "all have one": uids("same"),
    "two of each chunk": uids("same", "same", "another"),
    "none has one": uids(None),
    "empty ones": uids(""),
    "some have none": uids("same", None),
}


@pytest.mark.parametrize("case", SHARED_UIDS)
def test_objects_that_share_a_uid_are_all_there(
    cluster: Cluster, proxy: MakeProxy, case: str
) -> None:
    """What a server makes up as it is asked may have any uid: its name tells it apart."""
    action = faults.edited(SHARED_UIDS[case])
    between = proxy(cluster, Fault(first_chunk(PATH), action), Fault(later_chunk(PATH), action))
    with live(between.kubeconfig) as source:
        objects, outcome = read(source, CONFIGMAPS, NAMESPACE)
        again, _ = read(source, CONFIGMAPS, NAMESPACE, Known(objects))
    assert names(objects) == sorted(names(again)) == NAMES
    assert (outcome.status, outcome.objects) == ("complete", 12)


def other(kind: str, version: str = "v1", **more: Any) -> Callable[[dict[str, Any]], None]:
    """Makes a chunk another kind's list."""

    def change(chunk: dict[str, Any]) -> None:
        chunk |= {"kind": kind, "apiVersion": version, **more}

    return change


CONFIGMAP = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
OTHER_LISTS = {
    "a PodList": (other("PodList"), "the answer is a PodList, no list of configmaps"),
    "an empty PodList": (other("PodList", items=[]), "the answer is a PodList"),
    "a list of another group": (other("WidgetList", "example.com/v1"), "is a WidgetList"),
    "a List of who knows what": (other("List"), "is a List"),
    "a List of Secrets": (other("List", items=[{**CONFIGMAP, "kind": "Secret"}]), "is a List"),
    "a kind without end": (other("x" * 5000 + "List"), "no list of configmaps"),
}


@pytest.mark.parametrize("case", OTHER_LISTS)
def test_a_list_of_another_kind_is_no_answer(cluster: Cluster, proxy: MakeProxy, case: str) -> None:
    change, words = OTHER_LISTS[case]
    between = proxy(cluster, Fault(first_chunk(PATH), faults.edited(change)))
    with live(between.kubeconfig) as source:
        objects, outcome = read(source, CONFIGMAPS, NAMESPACE)
    assert (objects, outcome.status) == ([], "failed")
    assert words in outcome.reason
    assert len(outcome.reason) < 200


OWN_LISTS = {
    "a List whose items say their kind": other("List", items=[CONFIGMAP]),
    "a list with a name of its own": other("MappedConfigList", items=[CONFIGMAP]),
}


@pytest.mark.parametrize("case", OWN_LISTS)
def test_a_list_may_have_another_name_if_its_items_say_what_they_are(
    cluster: Cluster, proxy: MakeProxy, case: str
) -> None:
    def last(chunk: dict[str, Any]) -> None:
        OWN_LISTS[case](chunk)
        chunk["metadata"].pop("continue")

    with live(proxy(cluster, Fault(first_chunk(PATH), faults.edited(last))).kubeconfig) as source:
        objects, outcome = read(source, CONFIGMAPS, NAMESPACE)
    assert (names(objects), outcome.status) == (["a"], "complete")

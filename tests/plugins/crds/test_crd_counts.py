"""Counts through the command against the real server's truth: many, moving, and impossible ones."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from cluster import faults
from cluster.client import Client
from cluster.faults import Fault, on
from cluster.fixtures import MakeCluster, MakeProxy
from cluster.server import Cluster
from support.command import ok, run
from support.live_source import until, widget_crd, widgets

MANY, SOME = "many.example.com", "some.example.com"
MOVING, BROKEN = "moving.example.com", "broken.example.com"
UNSERVED, CLASHING = "unserved.example.com", "clashing.example.com"
MOST, MORE = 10_500, 620
CONNECTIONS = 8

WEBHOOK = {
    "strategy": "Webhook",
    "webhook": {
        "conversionReviewVersions": ["v1"],
        "clientConfig": {"url": "https://127.0.0.1:9/"},
    },
}

pytestmark = pytest.mark.cluster


def create(kubeconfig: Path, group: str, numbers: Iterable[int]) -> None:
    """Make instances on several connections: as many clients, as each has one for each thread."""
    kind = {"apiVersion": f"{group}/v1", "kind": "Widget"}
    path = f"/apis/{group}/v1/namespaces/default/widgets"
    with Client(kubeconfig) as client, ThreadPoolExecutor(CONNECTIONS) as pool:
        bodies = ({**kind, "metadata": {"name": f"widget-{number}"}} for number in numbers)
        for _ in pool.map(lambda body: client.call("POST", path, body), bodies):
            pass


@pytest.fixture(scope="module")
def counted(make_cluster: MakeCluster) -> Cluster:
    cluster = make_cluster("counted", users=("viewer",))
    with Client(cluster.kubeconfig) as admin:
        groups = (MANY, SOME, MOVING)
        old = widget_crd(BROKEN, versions=("v1", "v2"))
        admin.apply([old, *(widget_crd(group) for group in groups)])
        admin.apply(widgets(BROKEN, "default", 4))
    create(cluster.kubeconfig, MANY, range(MOST))
    create(cluster.kubeconfig, SOME, range(MORE))
    create(cluster.kubeconfig, MOVING, range(200))
    return cluster


def counts(cluster: Cluster, *arguments: object, **more: Any) -> dict[str, dict[str, Any]]:
    kubeconfig = more.get("kubeconfig", cluster.kubeconfig)
    done = run("crd", "list", "-o", "json", "--kubeconfig", kubeconfig, *arguments)
    assert done.code == more.get("code", 0), done.err
    return {row["group"]: row for row in done.json}


def test_many_are_counted_exactly(counted: Cluster) -> None:
    found = counts(counted)
    with Client(counted.kubeconfig) as admin:
        for group, number in ((MANY, MOST), (SOME, MORE)):
            truth = len(admin.list(f"/apis/{group}/v1/widgets"))
            row = found[group]
            assert (row["instance_count"], row["instance_count_method"]) == (truth, "exact")
            assert truth == number
            assert row["instance_count_reason"] is None


def test_a_count_while_objects_come_and_go_was_true_at_some_moment(counted: Cluster) -> None:
    """The writer knows how many there were at least and at most while the command ran."""
    path = f"/apis/{MOVING}/v1/namespaces/default/widgets"
    stop = threading.Event()
    sizes = [200]

    def write() -> None:
        with Client(counted.kubeconfig) as client:
            number = 200
            while not stop.is_set():
                grow = (number // 40) % 2 == 0
                if grow or sizes[-1] < 100:
                    body = {"apiVersion": f"{MOVING}/v1", "kind": "Widget"}
                    client.call("POST", path, {**body, "metadata": {"name": f"new-{number}"}})
                    sizes.append(sizes[-1] + 1)
                else:
                    newest = client.get(f"{path}?limit=1")["items"][0]["metadata"]["name"]
                    client.delete(f"{path}/{newest}")
                    sizes.append(sizes[-1] - 1)
                number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(3):
            first = len(sizes) - 1
            row = counts(counted)[MOVING]
            seen = sizes[first : len(sizes)]
            # One change may be made on the server that the writer has not heard of yet.
            assert min(seen) - 1 <= row["instance_count"] <= max(seen) + 1
            assert row["instance_count_method"] == "exact"
    finally:
        stop.set()
        writer.join()
    assert len(sizes) > 10, "nothing came and went"
    with Client(counted.kubeconfig) as admin:
        truth = len(admin.list(f"/apis/{MOVING}/v1/widgets"))
    assert counts(counted)[MOVING]["instance_count"] == truth == sizes[-1]


def test_a_failing_conversion_webhook_hides_only_what_it_converts(counted: Cluster) -> None:
    """At the storage version nothing is converted; when that is no longer served, all is."""
    crd = widget_crd(BROKEN, versions=("v1", "v2"), conversion=WEBHOOK)
    with Client(counted.kubeconfig) as admin:
        admin.apply([crd])
        row = counts(counted)[BROKEN]
        assert (row["instance_count"], row["instance_count_method"]) == (4, "exact")
        crd["spec"]["versions"][0]["served"] = False
        admin.apply([crd])
        until(lambda: admin.request("GET", f"/apis/{BROKEN}/v1/widgets").status == 404)
        row = counts(counted, code=3)[BROKEN]
        assert (row["instance_count"], row["instance_count_method"]) == (None, None)
        assert "conversion webhook" in row["instance_count_reason"]
        shown = run("crd", "get", row["name"], "--kubeconfig", counted.kubeconfig)
        assert "conversion webhook" in shown.out
        admin.delete(f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.{BROKEN}")


def test_what_is_forbidden_or_gone_is_unknown(counted: Cluster, proxy: MakeProxy) -> None:
    between = proxy(
        counted,
        Fault(on(f"/apis/{MANY}/v1/widgets"), faults.status(403, message="not for you")),
        Fault(on(f"/apis/{SOME}/v1/widgets"), faults.text(404, "404 page not found")),
    )
    found = counts(counted, code=3, kubeconfig=between.kubeconfig)
    for group, why in ((MANY, "not for you"), (SOME, "404")):
        row = found[group]
        assert (row["instance_count"], row["instance_count_method"]) == (None, None)
        assert why in row["instance_count_reason"]
    assert found[MOVING]["instance_count"] is not None


@pytest.fixture
def unestablished(counted: Cluster) -> Iterator[None]:
    """A CRD none of whose versions is served, and one that wants a plural that is taken."""
    unserved = widget_crd(UNSERVED)
    unserved["spec"]["versions"][0]["served"] = False
    clashing = widget_crd(CLASHING)
    clashing["spec"]["group"] = SOME
    clashing["spec"]["names"] = {"plural": "gadgets", "singular": "gadget", "kind": "Widget"}
    clashing["metadata"]["name"] = f"gadgets.{SOME}"
    path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    with Client(counted.kubeconfig) as admin:
        for crd in (unserved, clashing):
            admin.create(crd)
        until(lambda: bool(admin.get(f"{path}/gadgets.{SOME}").get("status", {}).get("conditions")))
        yield
        for crd in (unserved, clashing):
            admin.delete(f"{path}/{crd['metadata']['name']}")


def test_a_crd_that_is_not_served_has_no_count(counted: Cluster, unestablished: None) -> None:
    rows = ok("crd", "list", "-o", "json", "--kubeconfig", counted.kubeconfig).json
    found = {row["name"]: row for row in rows}
    for name, why in ((f"gadgets.{SOME}", "NamesAccepted"), (f"widgets.{UNSERVED}", "served")):
        assert found[name]["instance_count"] is None
        assert why in found[name]["instance_count_reason"]
        assert found[name]["instance_count_method"] is None


def test_wide_and_every_format_tell_how_it_was_counted(counted: Cluster) -> None:
    where = ("--kubeconfig", counted.kubeconfig, "--group", SOME)
    wide = ok("crd", "list", "--wide", *where).out
    assert "COUNTED" in wide
    assert "exact" in wide
    assert ",620,exact," in ok("crd", "list", "-o", "csv", *where).out

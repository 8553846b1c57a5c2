"""Absent is what an API server itself says of a group that may be missing; any other 404 failed."""

from __future__ import annotations

import json
from typing import NamedTuple

import pytest

from cluster import faults
from cluster.client import Client
from cluster.faults import Action, Fault, on
from cluster.fixtures import MakeProxy
from cluster.server import Cluster
from k8s_datamodel.api import Resource
from support.live_source import CONFIGMAPS, CRDS, live, read, widget_crd

GROUP = "listed.example.com"
WIDGETS = Resource(GROUP, "v1", "widgets", "Widget")
DEPLOYMENTS = Resource("apps", "v1", "deployments", "Deployment")
UNKNOWN_GROUP = Resource("no-such-group.example.com", "v1", "things", "Thing")
UNKNOWN_VERSION = Resource(GROUP, "v9", "things", "Thing")
UNKNOWN_KIND = Resource(GROUP, "v1", "things", "Thing")
BUILT_IN = Resource("batch", "v1", "things", "Thing")

STATUS = faults.status(404)
GO = faults.text(404, "404 page not found\n", "text/plain; charset=utf-8")
HTML = faults.html(404)


def answer(**document: object) -> Action:
    """A 404 in JSON."""
    return faults.text(404, json.dumps(document), "application/json")


class Case(NamedTuple):
    """What is asked for, what answers 404 to it, and what that means."""

    resource: Resource
    action: Action | None
    status: str
    words: str
    everywhere: bool = False


CASES = {
    # As the real server says it.
    "unknown group": Case(UNKNOWN_GROUP, None, "absent", "404 page not found"),
    "unknown version": Case(UNKNOWN_VERSION, None, "absent", "404 page not found"),
    "unknown kind": Case(UNKNOWN_KIND, None, "absent", "404 page not found"),
    "unknown kind of a built-in group": Case(BUILT_IN, None, "absent", "could not find"),
    "status": Case(UNKNOWN_GROUP, STATUS, "absent", "injected"),
    "text of Go": Case(UNKNOWN_GROUP, GO, "absent", "page not found"),
    # What every cluster has is not absent, whoever says so.
    "core": Case(CONFIGMAPS, STATUS, "failed", "every API server has the core group"),
    "core, text of Go": Case(CONFIGMAPS, GO, "failed", "every API server has the core group"),
    "apps": Case(DEPLOYMENTS, STATUS, "failed", "the server lists it"),
    "apps, unknown": Case(
        Resource("apps", "v1", "things", "Thing"), None, "failed", "every API server has apps"
    ),
    "definitions": Case(CRDS, GO, "failed", "the server lists it"),
    # Nor what the server lists in the same breath.
    "listed": Case(WIDGETS, STATUS, "failed", "the server lists it"),
    "listed, text of Go": Case(WIDGETS, GO, "failed", "the server lists it"),
    # What no API server writes.
    "HTML": Case(UNKNOWN_GROUP, HTML, "failed", "an HTML page"),
    "nginx": Case(UNKNOWN_GROUP, faults.text(404, "default backend - 404"), "failed", "backend"),
    "other text": Case(UNKNOWN_GROUP, faults.text(404, "page not found"), "failed", "not found"),
    "the text in JSON": Case(
        UNKNOWN_GROUP, faults.text(404, '"404 page not found"', "application/json"), "failed", "404"
    ),
    "nothing": Case(UNKNOWN_GROUP, faults.text(404, "", "application/json"), "failed", "404"),
    "gateway": Case(UNKNOWN_GROUP, answer(message="no Route matched"), "failed", "no Route"),
    "gateway's code": Case(
        UNKNOWN_GROUP, answer(type="error", code="NotFound", status="404"), "failed", "404"
    ),
    "no reason": Case(UNKNOWN_GROUP, answer(kind="Status", code=404), "failed", "404"),
    "another reason": Case(
        UNKNOWN_GROUP, answer(kind="Status", reason="Gone", message="moved"), "failed", "moved"
    ),
    "another kind": Case(UNKNOWN_GROUP, answer(kind="Error", reason="NotFound"), "failed", "404"),
    "a list": Case(UNKNOWN_GROUP, faults.text(404, "[]", "application/json"), "failed", "404"),
    # Go's words come from gateways in Go too: the list of groups must bear them out.
    "all paths": Case(UNKNOWN_GROUP, GO, "failed", "page not found", everywhere=True),
    "all paths, listed": Case(WIDGETS, STATUS, "failed", "injected", everywhere=True),
}


@pytest.fixture(scope="module", autouse=True)
def _definition(admin: Client) -> None:
    admin.apply([widget_crd(GROUP)])


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_a_404_means(cluster: Cluster, proxy: MakeProxy, case: Case) -> None:
    found = [] if case.action is None else [Fault(on(case.resource.path), case.action)]
    if case.everywhere and case.action:
        found.append(Fault(on("/apis"), case.action))
    with live(proxy(cluster, *found).kubeconfig) as source:
        objects, outcome = read(source, case.resource)
        count = source.count(case.resource)
    assert objects == []
    for each in (outcome, count.outcome):
        assert (each.status, each.http_code) == (case.status, 404)
        assert case.words in each.reason
    assert (count.value, count.method) == (None, None)

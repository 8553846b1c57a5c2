"""A kind that a CRD defines is there: a 404 of its own list is a failure, and no count of 0."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cluster import faults
from cluster.client import Client
from cluster.faults import Fault, on
from cluster.fixtures import MakeProxy
from cluster.server import Cluster
from support.forked import Forked
from support.live_source import widget_crd, widgets

pytestmark = pytest.mark.cluster

GROUP = "mislaid.example.com"
NAME = f"widgets.{GROUP}"
PATH = f"/apis/{GROUP}/v1/widgets"


def _forget(answer: dict[str, Any]) -> None:
    """The list of groups of a server that has not yet heard of the CRD."""
    answer["groups"] = [each for each in answer["groups"] if each["name"] != GROUP]


NOT_FOUND = Fault(on(PATH), faults.status(404))
NO_PATH = Fault(on(PATH), faults.text(404, "404 page not found\n"))
LAGGING = Fault(on("/apis"), faults.edited(_forget))
CASES: dict[str, tuple[Fault, ...]] = {
    "the list alone": (NOT_FOUND,),
    "the list alone, as text": (NO_PATH,),
    "a server that does not know the CRD yet": (NO_PATH, LAGGING),
    "the same, as a Status": (NOT_FOUND, LAGGING),
    "a gateway": (Fault(on(PATH), faults.text(404, "no healthy upstream")),),
    "the whole group": (
        NO_PATH,
        Fault(on(f"/apis/{GROUP}/v1"), faults.text(404, "404 page not found")),
    ),
}


@pytest.fixture(scope="module", autouse=True)
def _objects(admin: Client) -> None:
    admin.apply([widget_crd(GROUP), *widgets(GROUP, "mislaid", 3)])


@pytest.fixture(params=CASES.values(), ids=CASES)
def config(request: pytest.FixtureRequest, cluster: Cluster, proxy: MakeProxy) -> Path:
    return proxy(cluster, *request.param).kubeconfig


def test_it_is_unknown_and_incomplete(command: Forked, config: Path, tmp_path: Path) -> None:
    where = ("--kubeconfig", config)
    listed = command.run("crd", "list", "--group", GROUP, "-o", "json", *where)
    (row,) = listed.json
    assert (row["instance_count"], row["instance_count_method"]) == (None, None)
    assert "404" in row["instance_count_reason"]
    assert listed.code == 3
    assert f"could not read {NAME} (count): failed" in listed.err

    groups = command.run("crd", "groups", "-o", "json", *where)
    (group,) = [each for each in groups.json if each["group"] == GROUP]
    assert (groups.code, group["instances"], group["uncounted"]) == (3, None, 1)

    counted = command.run("instances", "count", "--crd", NAME, *where)
    assert (counted.code, counted.out) == (3, "unknown\n")
    assert f"could not read {NAME}: failed" in counted.err

    db = ("--db-path", tmp_path / "inventory.db")
    only = ("--with-instances", NAME, "--no-operators", "--no-olm")
    assert command.run("database", "store", *only, *where, *db).code == 3
    document = command.ok("database", "export", "latest", "--ledger", *db).json
    assert (document["snapshot"]["complete"], document["snapshot"]["instance_count"]) == (
        False,
        None,
    )
    statuses = {each["status"] for each in document["ledger"] if NAME in each["read"]}
    assert statuses == {"failed"}

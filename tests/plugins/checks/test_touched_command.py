"""``check upgrade`` tells who else is touched; ``check compat`` tells names that clash."""

from __future__ import annotations

import copy
import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from k8s_datamodel.cli import run
from support.made_checks import Checking, Told, crd
from truth import shapes

WIDGETS = "widgets.example.com"
HOOK = {"namespace": "ops", "name": "hook"}


class Cluster:
    """A dump of a cluster with an operator and a CSV, which is stored, and a release."""

    def __init__(self, checking: Checking) -> None:
        self.checking = checking

    def store(self, *things: Any, only: tuple[str, ...] = ()) -> None:
        self.checking.put("cluster/all.yaml", *things)
        dump = ["--source", "cluster", "database", "store", "--allow-incomplete", *only]
        assert run(dump) == 0
        self.checking.run("rules", "list", "-o", "name")

    def upgrade(self, *arguments: str) -> Told:
        return self.checking.run("upgrade", "new", *arguments)

    def found(self, *arguments: str) -> set[tuple[str, str | None, str]]:
        told = self.upgrade("-o", "json", *arguments).json
        [crd] = [each for each in told["crds"] if each["name"] == WIDGETS]
        return {(each["rule"], each["version"], each["level"]) for each in crd["findings"]}


@pytest.fixture
def cluster(checking: Checking, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    monkeypatch.setenv("K8S_DATAMODEL_DB", str(checking.folder / "stored.db"))
    return Cluster(checking)


def two_versions(**spec: Any) -> dict[str, Any]:
    found = crd()
    old = {**copy.deepcopy(found["spec"]["versions"][0]), "name": "v1beta1", "storage": False}
    found["spec"]["versions"].append(old)
    found["spec"].update(spec)
    return found


def operator() -> list[Any]:
    """Fleet in ops: may write widgets, checks them at v1beta1; a CSV that requires v1beta1."""
    rule = (("example.com",), ("widgets",), ("*",))
    hooks = {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": "fleet"},
        "webhooks": [
            {
                "name": "fleet.example.com",
                "clientConfig": {"service": {"namespace": "ops", "name": "fleet"}},
                "rules": [
                    {
                        "apiGroups": ["example.com"],
                        "apiVersions": ["v1beta1"],
                        "resources": ["widgets"],
                        "operations": ["CREATE"],
                    }
                ],
            }
        ],
    }
    needing = shapes.csv("needing.v1.0.0", "ops", [], [])
    needing["spec"]["customresourcedefinitions"] = {
        "required": [{"name": WIDGETS, "version": "v1beta1", "kind": "Widget"}]
    }
    return [
        shapes.workload("fleet", "ops", account="fleet", labels={"app": "fleet"}),
        *shapes.allowed("ops", "fleet", rule),
        shapes.service("fleet", "ops", {"app": "fleet"}),
        hooks,
        needing,
    ]


VERSION = ("operator-names-removed-version", "v1beta1", "risky")
REQUIRED = ("csv-requires-removed", "v1beta1", "breaking")


def test_a_version_that_leaves_is_named(cluster: Cluster) -> None:
    cluster.store(two_versions(), *operator())
    cluster.checking.put("new/a.yaml", crd())
    found = cluster.found()
    assert {VERSION, REQUIRED} <= found
    told = cluster.upgrade()
    assert "Webhooks of ops/fleet name v1beta1 and no version that stays" in told.out
    assert "ops/needing.v1.0.0 requires v1beta1 of widgets.example.com" in told.out
    assert "Whether others name" not in told.out
    cluster.checking.put("new/a.yaml", two_versions())
    assert not {VERSION, REQUIRED} & cluster.found()


def test_a_kind_that_is_pruned_is_named(cluster: Cluster) -> None:
    cluster.store(two_versions(), crd("Gadget"), *operator())
    cluster.checking.put("new/a.yaml", crd("Gadget"))
    rules = {("operator-names-removed-kind", None, "risky"), (REQUIRED[0], None, "breaking")}
    assert rules <= cluster.found("--prune")
    assert not rules & cluster.found(), "it stays"


def test_an_earlier_snapshot_does_not_tell(cluster: Cluster) -> None:
    cluster.store(two_versions(), *operator())
    cluster.checking.put("new/a.yaml", crd(), crd("Gadget"))
    import sqlite3

    with closing(sqlite3.connect(cluster.checking.folder / "stored.db")) as database:
        database.execute("UPDATE kdm_operators_refs SET beside_id = NULL")
        database.commit()
    assert VERSION not in cluster.found()
    assert REQUIRED in cluster.found()
    told = cluster.upgrade().out
    assert told.count("Whether others name what goes is not known") == 1
    assert "the snapshot is from before it was kept what operators name" in told


def test_a_snapshot_of_crds_alone_does_not_tell(cluster: Cluster) -> None:
    away = crd("Boat", "example.org")
    cluster.store(two_versions(), away, *operator(), only=("--no-operators", "--no-olm"))
    cluster.checking.put("new/a.yaml", crd())
    told = cluster.upgrade().out
    assert "operators were not read; ClusterServiceVersions were not read." in told
    assert "Which CRDs share an operator with those of NEW is not known" in told
    documented = cluster.upgrade("-o", "json")
    assert "Which CRDs share an operator with those of NEW is not known" in documented.err


CONVERTED = {
    "strategy": "Webhook",
    "webhook": {"clientConfig": {"service": HOOK}, "conversionReviewVersions": ["v1"]},
}
MISSING = ("conversion-service-missing", None, "breaking")


@pytest.mark.parametrize(
    ("installed", "released", "missing"),
    [
        (True, False, False),
        (False, True, False),
        (False, False, True),
    ],
)
def test_a_conversion_service_in_either_side(
    cluster: Cluster, installed: bool, released: bool, missing: bool
) -> None:
    service = [shapes.service("hook", "ops", {"app": "hook"})]
    cluster.store(two_versions(conversion=CONVERTED), *service * installed, listed())
    changed = two_versions(conversion=CONVERTED)
    changed["metadata"]["labels"] = {"release": "next"}
    cluster.checking.put("new/a.yaml", changed, *service * released)
    assert (MISSING in cluster.found()) == missing
    assert "Not known whether" not in cluster.upgrade().out


def listed() -> dict[str, Any]:
    """All services of a cluster, as a server lists them."""
    others = [shapes.service("web", each, {"app": "web"}) for each in ("shop", "depot")]
    head = {"apiVersion": "v1", "kind": "ServiceList", "metadata": {"resourceVersion": "9"}}
    return {**head, "items": others}


@pytest.mark.parametrize(
    ("conversion", "reason"),
    [
        ({}, "no CRD there names it, so it was not looked for"),
        ({"conversion": CONVERTED}, "there may be a service ops/hook that was not read"),
    ],
)
def test_a_conversion_service_of_which_nobody_knows(
    cluster: Cluster, conversion: dict[str, Any], reason: str
) -> None:
    cluster.store(two_versions(**conversion))
    changed = two_versions(conversion=CONVERTED)
    changed["metadata"]["labels"] = {"release": "next"}
    cluster.checking.put("new/a.yaml", changed)
    assert MISSING not in cluster.found()
    told = cluster.upgrade().out
    said = "Not known whether there is a service ops/hook, which converts objects (latest: "
    assert f"{said}{reason})." in told


def test_a_conversion_service_that_a_crd_names_that_stays_as_it_is(cluster: Cluster) -> None:
    other = crd("Gadget")
    other["spec"]["conversion"] = CONVERTED
    service = shapes.service("hook", "ops", {"app": "hook"})
    cluster.store(two_versions(), other, service)
    cluster.checking.put("new/a.yaml", two_versions(conversion=CONVERTED), other)
    assert MISSING not in cluster.found()
    assert "Not known whether" not in cluster.upgrade().out


@pytest.mark.parametrize(
    "broken",
    [
        {"versions": 3, "conversion": CONVERTED},
        {"versions": [3, {"name": []}], "conversion": CONVERTED},
        {"names": [], "group": {}},
        {"names": {"plural": {}, "kind": [], "shortNames": [{}, 3], "categories": {}}},
    ],
)
def test_a_crd_may_hold_anything(cluster: Cluster, broken: dict[str, Any]) -> None:
    cluster.store(two_versions(), crd("Gadget"))
    cluster.checking.put("new/a.yaml", two_versions(**broken), crd("Gadget", size={}))
    told = cluster.upgrade()
    assert told.code in (1, 3), told.err
    assert "Traceback" not in told.err
    code = cluster.checking.compat("-o", "json", old="cluster").code
    assert code in (1, 3)


def named(kind: str, **names: Any) -> dict[str, Any]:
    found = crd(kind)
    found["spec"]["names"].update(names)
    return found


def test_names_that_clash_with_installed_crds(cluster: Cluster) -> None:
    cluster.store(named("Widget", shortNames=["wd"]))
    cluster.checking.put("new/a.yaml", named("Gadget", shortNames=["wd"]))
    told = cluster.upgrade("-o", "json").json
    found = {each["name"]: [one["rule"] for one in each["findings"]] for each in told["crds"]}
    assert found["gadgets.example.com"] == ["crd-added", "names-clash"]


def test_names_that_clash_in_a_release(checking: Checking) -> None:
    checking.put("old/a.yaml", named("Widget", shortNames=["wd"]))
    both = [named("Widget", shortNames=["wd"]), named("Gadget", shortNames=["wd"])]
    checking.put("new/a.yaml", *both)
    told = checking.compat("-o", "json").json
    found = {each["name"]: [one["rule"] for one in each["findings"]] for each in told["crds"]}
    assert found == {"gadgets.example.com": ["crd-added", "names-clash"], WIDGETS: []}
    checking.put("old/a.yaml", *both)
    assert checking.compat("-o", "json").json["level"] == "none", "it is no change"
    ignoring = {"ignore": [{"rule": "names-clash", "reason": "known"}]}
    checking.put("old/a.yaml", both[0])
    path = checking.put("settings.yaml", json.dumps({"check": ignoring}))
    told = checking.compat("-o", "json", "--config", str(Path(path))).json
    assert [one["rule"] for one in told["crds"][0]["findings"]] == ["crd-added"]

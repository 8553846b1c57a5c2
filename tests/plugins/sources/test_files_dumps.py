"""Dumps: what their layout says, how many there are and when that is known, of which cluster."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from k8s_datamodel.api import Resource
from support.opened import CRDS, DEPLOYMENTS, GADGETS, WIDGETS, Opened, configmap, live, write

NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system", "shop")
GATHERED = "must-gather.local.1/registry-sha256-0/"
BUNDLE = "support-bundle/cluster-resources/"
UNKNOWN = "the source need not hold all of them"


def listed(*items: dict[str, Any], kind: str = "List", **metadata: Any) -> str:
    """As ``kubectl get`` writes it; with another kind, as a server does."""
    version = "v1" if kind == "List" else "example.com/v1"
    metadata = {"resourceVersion": "" if kind == "List" else "7", **metadata}
    return json.dumps({"apiVersion": version, "kind": kind, "metadata": metadata, "items": items})


def namespaces(*names: str) -> str:
    items = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "uid": f"uid-{name}"}}
        for name in names
    ]
    return json.dumps({"kind": "NamespaceList", "apiVersion": "v1", "metadata": {}, "items": items})


def both(tmp_path: Path, files: dict[str, str]) -> Opened:
    return Opened(write(tmp_path, {**files}), WIDGETS, GADGETS, CRDS, DEPLOYMENTS)


def counted(
    opened: Opened, resource: Any = WIDGETS, namespace: str | None = None
) -> tuple[Any, ...]:
    count = opened.count(resource, namespace)
    assert (count.value is None) == (count.method is None)
    assert count.value is not None or count.outcome.reason
    return count.value, count.method


def test_a_list_of_several_namespaces_counts_exactly(tmp_path: Path) -> None:
    widgets = listed(live("Widget", "a", "x"), live("Widget", "b", "y"), kind="WidgetList")
    gadgets = listed(live("Gadget", "g"), kind="GadgetList")
    opened = both(tmp_path, {"x.json": widgets, "y.json": gadgets})
    assert counted(opened) == (2, "exact")
    assert counted(opened, namespace="x") == (1, "exact")
    assert counted(opened, namespace="elsewhere") == (0, "exact")
    assert counted(opened, GADGETS) == (1, "exact")
    assert counted(opened, DEPLOYMENTS) == (None, None)


def test_a_list_of_one_namespace_may_not_be_all(tmp_path: Path) -> None:
    items = [live("Widget", "a", "x"), live("Widget", "b", "x")]
    opened = both(tmp_path, {"x.json": listed(*items, kind="WidgetList")})
    assert counted(opened) == (2, "estimate")
    assert counted(opened, namespace="x") == (2, "exact")
    assert counted(opened, namespace="y") == (None, None)


A, B, C = live("Widget", "a", "x"), live("Widget", "b", "y"), live("Gadget", "g")
KUBECTL = {
    "names of a kind": (listed(A, B), WIDGETS, 2),
    "a label, in all namespaces": (listed(A), WIDGETS, 1),
    "kinds together": (listed(A, B, C), GADGETS, 1),
    "cluster-wide kind": (listed(C), GADGETS, 1),
    "older, with a selfLink": (listed(A, B, selfLink=""), WIDGETS, 2),
    "piped through a tool that drops metadata": (
        json.dumps({"apiVersion": "v1", "kind": "List", "items": [A, B]}),
        WIDGETS,
        2,
    ),
    "renamed, without a resourceVersion": (
        listed(A, B, kind="WidgetList", resourceVersion=""),
        WIDGETS,
        2,
    ),
    "a version on a List, which no server writes": (
        listed(A, B, resourceVersion="7"),
        WIDGETS,
        2,
    ),
    "two of them": (listed(A) + "\n" + listed(B), WIDGETS, 2),
}
"""What kubectl puts together: text, which kind is counted, how many are in it."""


@pytest.mark.parametrize("case", KUBECTL)
def test_what_kubectl_puts_together_is_an_estimate(tmp_path: Path, case: str) -> None:
    text, resource, number = KUBECTL[case]
    opened = both(tmp_path, {"x.json": text})
    assert counted(opened, resource) == (number, "estimate")
    assert "does not say what it leaves out" in opened.count(resource).outcome.reason


def test_single_manifests_say_nothing_of_the_number(tmp_path: Path) -> None:
    opened = both(tmp_path, {"x.json": json.dumps(live("Widget", "a", "x"))})
    assert counted(opened) == (None, None)
    count = opened.count(WIDGETS)
    assert (count.outcome.status, count.outcome.reason) == ("skipped", UNKNOWN)


def test_a_list_written_by_hand_says_nothing_of_the_number(tmp_path: Path) -> None:
    item = {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "a"}}
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": [item]})
    opened = both(tmp_path, {"x.json": text})
    assert opened.names(WIDGETS) == ["a"]
    assert counted(opened) == (None, None)


@pytest.mark.parametrize("page", [{"continue": "abc"}, {"remainingItemCount": 3}])
def test_one_chunk_of_several_is_no_number(tmp_path: Path, page: dict[str, Any]) -> None:
    items = [live("Widget", "a", "x"), live("Widget", "b", "y")]
    opened = both(tmp_path, {"x.json": listed(*items, kind="WidgetList", **page)})
    assert counted(opened) == (None, None)
    assert "one chunk of several" in opened.count(WIDGETS).outcome.reason


def test_an_empty_list_is_none_only_where_it_is_of_the_whole_cluster(tmp_path: Path) -> None:
    files = {"x.json": listed(kind="WidgetList"), "y.json": listed(kind="GadgetList")}
    opened = both(tmp_path, files)
    assert counted(opened, GADGETS) == (0, "exact")
    assert counted(opened, WIDGETS) == (None, None)
    assert opened.outcome(WIDGETS).status == opened.outcome(GADGETS).status == "complete"


def test_a_must_gather_is_read_by_its_layout(tmp_path: Path) -> None:
    namespaced = f"{GATHERED}namespaces/shop/"
    opened = both(
        tmp_path,
        {
            f"{GATHERED}cluster-scoped-resources/example.com/gadgets/a.yaml": json.dumps(
                live("Gadget", "a")
            ),
            f"{namespaced}example.com/widgets/a.yaml": json.dumps(live("Widget", "a", "shop")),
            f"{namespaced}apps/deployments.yaml": json.dumps(
                {"kind": "DeploymentList", "apiVersion": "apps/v1", "metadata": {}, "items": []}
            ),
            "must-gather.local.1/timestamp": (
                "2025-01-02 03:04:05.678901234 +0100 CET m=+0.2\n2025-01-02 04:04:05 +0100 CET\n"
            ),
            f"{GATHERED}version": "openshift/must-gather\n4.18.3\n",
            f"{namespaced}pods/p/p/logs/current.log": "words",
        },
    )
    assert opened.names(WIDGETS) == opened.names(GADGETS) == ["a"]
    assert counted(opened, GADGETS) == (1, "estimate")
    assert counted(opened, WIDGETS) == (None, None)
    assert opened.outcome(DEPLOYMENTS).status == "partial"
    assert opened.outcome(DEPLOYMENTS, "shop").status == "complete"
    assert counted(opened, DEPLOYMENTS, "shop") == (0, "exact")
    assert counted(opened, DEPLOYMENTS) == (None, None)
    info = opened.info
    assert (info.version, info.source_timestamp) == ("4.18.3", "2025-01-02 02:04:05")
    assert list(opened.entries("unrecognised")) == [f"{namespaced}pods/p/p/logs/current.log"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (f"{GATHERED}namespaces/shop/apps/deployments.yaml", '{"metadata": {}, "items": ["a"]}'),
        (f"{BUNDLE}deployments/shop.json", '["a"]'),
    ],
)
def test_a_list_of_a_dump_that_holds_no_objects_does_not_say_none(
    tmp_path: Path, path: str, text: str
) -> None:
    opened = both(tmp_path, {path: text, "x.json": namespaces(*NAMESPACES)})
    assert opened.outcome(DEPLOYMENTS, "shop").status == "failed"
    assert counted(opened, DEPLOYMENTS, "shop") == (None, None)
    assert "items[0] is not a mapping" in opened.entries("failed")[path]


def untyped(item: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in item.items() if key not in ("apiVersion", "kind")}


def definition(plural: str, group: str) -> dict[str, Any]:
    kind = plural[:-1].capitalize()
    return {
        "metadata": {"name": f"{plural}.{group}", "uid": f"uid-{plural}"},
        "spec": {
            "group": group,
            "names": {"plural": plural, "kind": kind},
            "versions": [{"name": "v1", "served": True, "storage": True}],
        },
    }


CLUSTER = f"{GATHERED}cluster-scoped-resources/"
DEFINITIONS = f"{CLUSTER}apiextensions.k8s.io/customresourcedefinitions"
AARDVARKS = Resource("a.example", "v1", "aardvarks", "Aardvark", False)
UNTYPED: dict[str, tuple[dict[str, Any], Any, list[str]]] = {
    "CRDs, a file each": (
        {f"{DEFINITIONS}/aardvarks.a.example.yaml": definition("aardvarks", "a.example")},
        CRDS,
        ["aardvarks.a.example"],
    ),
    "CRDs, a list": (
        {
            f"{DEFINITIONS}.yaml": {
                "metadata": {"resourceVersion": "9"},
                "items": [definition("aardvarks", "a.example"), definition("bees", "b.example")],
            }
        },
        CRDS,
        ["aardvarks.a.example", "bees.b.example"],
    ),
    "workloads of a namespace": (
        {
            f"{GATHERED}namespaces/shop/apps/deployments.yaml": {
                "metadata": {"resourceVersion": "9"},
                "items": [{"metadata": {"name": "web", "namespace": "shop", "uid": "u"}}],
            }
        },
        DEPLOYMENTS,
        ["web"],
    ),
    "one workload": (
        {
            f"{GATHERED}namespaces/shop/apps/deployments/web.yaml": {
                "metadata": {"name": "web", "namespace": "shop", "uid": "u"}
            }
        },
        DEPLOYMENTS,
        ["web"],
    ),
    "a kind of the run without its CRD": (
        {f"{CLUSTER}example.com/gadgets/a.yaml": untyped(live("Gadget", "a"))},
        GADGETS,
        ["a"],
    ),
    "some with, some without": (
        {
            f"{CLUSTER}example.com/gadgets/a.yaml": untyped(live("Gadget", "a")),
            f"{CLUSTER}example.com/gadgets/b.yaml": live("Gadget", "b"),
        },
        GADGETS,
        ["a", "b"],
    ),
}
"""Files of a must-gather, a kind, and the names that are there."""


@pytest.mark.parametrize("case", UNTYPED)
def test_the_place_of_a_file_tells_what_an_object_does_not_say(tmp_path: Path, case: str) -> None:
    files, resource, names = UNTYPED[case]
    opened = both(tmp_path, {path: json.dumps(content) for path, content in files.items()})
    assert opened.names(resource) == names
    assert opened.entries("unrecognised") == {}
    first = opened.objects(resource)[0]
    assert (first["apiVersion"], first["kind"]) == (
        f"{resource.group}/{resource.version}",
        resource.kind,
    )


def test_crds_tell_the_kind_of_what_stands_before_them(tmp_path: Path) -> None:
    files = {
        f"{CLUSTER}a.example/aardvarks/one.yaml": {"metadata": {"name": "one", "uid": "1"}},
        f"{CLUSTER}a.example/aardvarks/two.yaml": {"metadata": {"name": "two", "uid": "2"}},
        f"{CLUSTER}core/namespaces/kube-system.yaml": {
            "metadata": {"name": "kube-system", "uid": "uid-of-cluster"}
        },
        f"{CLUSTER}z.example/zebras/one.yaml": {"metadata": {"name": "one", "uid": "3"}},
        f"{DEFINITIONS}/aardvarks.a.example.yaml": definition("aardvarks", "a.example"),
    }
    opened = both(tmp_path, {path: json.dumps(content) for path, content in files.items()})
    assert counted(opened, AARDVARKS) == (2, "estimate")
    assert opened.info.uid == "uid-of-cluster"
    [(path, reason)] = opened.entries("unrecognised").items()
    assert path.endswith("zebras/one.yaml")
    assert "no CRD of the dump tells" in reason


def bundle(**files: str) -> dict[str, str]:
    return {
        f"{BUNDLE}namespaces.json": namespaces(*NAMESPACES),
        **{f"{BUNDLE}{name}": text for name, text in files.items()},
    }


def test_a_support_bundle_of_all_namespaces_counts_exactly(tmp_path: Path) -> None:
    items = [live("Widget", "a", "shop"), live("Widget", "b", "shop")]
    custom = "custom-resources/widgets.example.com/shop"
    files = {f"{custom}.json": json.dumps(items), f"{custom}.yaml": json.dumps(items)}
    files["custom-resources/gadgets.example.com.json"] = json.dumps([live("Gadget", "g")])
    opened = both(tmp_path, bundle(**files))
    assert opened.names(WIDGETS) == ["a", "b"]
    assert counted(opened) == (2, "exact")
    assert counted(opened, GADGETS) == (1, "exact")


def test_a_support_bundle_of_some_namespaces_does_not_know_the_others(tmp_path: Path) -> None:
    files = bundle(
        **{
            "custom-resources/widgets.example.com/shop.json": json.dumps(
                [live("Widget", "a", "shop")]
            )
        }
    )
    files[f"{BUNDLE}namespaces.json"] = namespaces("shop")
    opened = both(tmp_path, files)
    assert counted(opened) == (None, None)
    assert counted(opened, namespace="shop") == (1, "exact")


def test_a_support_bundle_without_the_list_of_a_namespace_does_not_know_them_all(
    tmp_path: Path,
) -> None:
    item = {"metadata": {"name": "d", "namespace": "shop"}}
    opened = both(tmp_path, bundle(**{"deployments/shop.json": json.dumps([item])}))
    assert counted(opened, DEPLOYMENTS) == (None, None)
    assert counted(opened, DEPLOYMENTS, "shop") == (1, "exact")


def test_objects_of_a_support_bundle_take_their_kind_from_its_layout(tmp_path: Path) -> None:
    item = {"metadata": {"name": "d", "namespace": "shop"}, "spec": {}}
    crd = {"metadata": {"name": "widgets.example.com"}}
    files = {f"deployments/{name}.json": "null" for name in NAMESPACES}
    files |= {
        "deployments/shop.json": json.dumps([item]),
        "custom-resource-definitions.json": json.dumps([crd]),
        "statefulsets-errors.json/shop.json": json.dumps([]),
    }
    opened = both(tmp_path, bundle(**files))
    assert opened.objects(DEPLOYMENTS) == [{"apiVersion": "apps/v1", "kind": "Deployment", **item}]
    assert opened.objects(CRDS)[0]["kind"] == "CustomResourceDefinition"
    assert counted(opened, DEPLOYMENTS) == (1, "exact")
    assert counted(opened, CRDS) == (1, "exact")


def test_what_a_support_bundle_could_not_read_is_in_the_ledger(tmp_path: Path) -> None:
    forbidden = 'deployments.apps is forbidden: User "x" cannot list resource "deployments"'
    opened = both(
        tmp_path,
        bundle(
            **{
                "deployments/default.json": json.dumps(
                    [{"metadata": {"name": "d", "namespace": "default"}}]
                ),
                "deployments-errors.json": json.dumps({"shop": forbidden}),
                "custom-resources/custom-resources-errors.json": json.dumps(
                    {"widgets.example.com": "widgets.example.com is forbidden: no"}
                ),
                "custom-resource-definitions-errors.json": json.dumps(["timed out"]),
                "pods-errors.json": json.dumps({"shop": "pods is forbidden"}),
                "nodes-errors.json": "[]",
                "services-errors.json": "null",
            }
        ),
    )
    outcome = opened.outcome(DEPLOYMENTS)
    assert (outcome.status, outcome.objects) == ("forbidden", 1)
    assert "shop: deployments.apps is forbidden" in outcome.reason
    assert opened.outcome(DEPLOYMENTS, "default").status == "complete"
    assert opened.outcome(CRDS).status == "failed"
    count = opened.count(WIDGETS)
    assert (count.value, count.outcome.status) == (None, "forbidden")
    pods = [entry for entry in opened.ledger if entry.read == "pods"]
    assert [(e.outcome.status, e.optional) for e in pods] == [("forbidden", True)]
    assert not {"nodes", "services"} & {entry.read for entry in opened.ledger}


def test_a_broken_file_of_a_dump_spoils_the_number_of_its_kind(tmp_path: Path) -> None:
    custom = "custom-resources/widgets.example.com/"
    files = {f"{custom}shop.json": json.dumps([live("Widget", "a", "shop")])}
    files |= {f"{custom}default.json": '[{"apiVersion": "exam', "deployments/shop.json": "{"}
    opened = both(tmp_path, bundle(**files))
    assert counted(opened) == (None, None)
    assert counted(opened, namespace="shop") == (1, "exact")
    outcome = opened.outcome(WIDGETS)
    assert (outcome.status, outcome.objects) == ("failed", 1)
    assert opened.outcome(DEPLOYMENTS).status == "failed"
    assert len(opened.entries("failed")) == 2


@pytest.mark.parametrize(
    "text",
    [
        '{"clientVersion": {"gitVersion": "v1"}, "serverVersion": {"gitVersion": "v1.30.2"}}',
        '{"major": "1", "minor": "30", "gitVersion": "v1.30.2"}',
        '{"info": {"gitVersion": "v1.30.2"}, "string": "v1.30.2"}',
        "clientVersion:\n  gitVersion: v1\nserverVersion:\n  gitVersion: v1.30.2\n",
    ],
)
def test_the_version_of_the_server_is_found(tmp_path: Path, text: str) -> None:
    opened = both(tmp_path, {"version.yaml": text, "x.yaml": configmap("one")})
    assert opened.info.version == "v1.30.2"
    assert not opened.entries("unrecognised")


def test_the_cluster_is_described(tmp_path: Path) -> None:
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n", "uid": "1"}}
    node["spec"] = {"providerID": "kind://docker/kind/kind-control-plane"}
    lease = {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {"name": "n", "namespace": "kube-node-lease", "uid": "2"},
        "spec": {"renewTime": "2025-09-11T20:55:09.123456Z"},
    }
    files = {"a.json": namespaces(*NAMESPACES), "b.json": listed(node), "c.json": listed(lease)}
    info = both(tmp_path, files).info
    assert (info.uid, info.nodes, info.platform) == ("uid-kube-system", 1, "kind")
    assert (info.source, info.source_timestamp) == ("file", "2025-09-11 20:55:09")
    assert info.context == tmp_path.name


def test_plain_manifests_say_nothing_of_a_cluster(tmp_path: Path) -> None:
    node = "apiVersion: v1\nkind: Node\nmetadata: {name: n}\n"
    info = both(tmp_path, {"x.yaml": configmap("one"), "node.yaml": node}).info
    assert (info.uid, info.version, info.nodes, info.source_timestamp) == (None,) * 4


def test_dumps_of_two_clusters_are_told_apart(tmp_path: Path) -> None:
    files = {"a/n.json": namespaces("kube-system")}
    files["b/n.json"] = files["a/n.json"].replace("uid-", "other-")
    opened = both(tmp_path, files)
    assert opened.info.uid is None
    assert "mixes 2 clusters" in opened.entries("inconsistent")["namespaces/kube-system"]
    assert opened.incomplete

"""A dump of a part of a cluster does not tell how many operators there are, nor that none is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support.forked import Forked
from truth.shapes import WRITE, allowed, bind, crd, meta, role, workload

Object = dict[str, Any]

JARS = "jars.lab.example"
RULE = (["lab.example"], ["jars", "jars/status"], WRITE)
RIGHTS = allowed("prod", "jar-operator", RULE)
ALWAYS = ("default", "kube-node-lease", "kube-public", "kube-system")
GATHERED = "must-gather/quay-io-img/"
BUNDLE = "bundle/cluster-resources/"


def live(item: Object) -> Object:
    """The same as a server has it."""
    name = f"{item['kind']}-{item['metadata'].get('namespace')}-{item['metadata']['name']}"
    return {**item, "metadata": {**item["metadata"], "uid": name, "resourceVersion": "5"}}


WEB = live(workload("web", "shop"))
CACHE = live(workload("cache", "kube-system"))
OPERATOR = live(workload("jar-operator", "prod", account="jar-operator"))


def served(*items: Object, kind: str = "Deployment") -> Object:
    """A list as a server gives it."""
    head = {"kind": f"{kind}List", "apiVersion": "apps/v1"}
    return {**head, "metadata": {"resourceVersion": "9"}, "items": list(items)}


def kubectl(*items: Object) -> Object:
    """A list as ``kubectl get`` writes it."""
    head = {"kind": "List", "apiVersion": "v1"}
    return {**head, "metadata": {"resourceVersion": ""}, "items": list(items)}


def bare(*items: Object) -> list[Object]:
    """A list as a support bundle has it."""
    return list(items)


def namespaces(*names: str) -> list[Object]:
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "uid": f"n-{name}"}}
        for name in names
    ]


PARTIAL: dict[str, dict[str, Any]] = {
    "must-gather of one namespace": {
        f"{GATHERED}namespaces/shop/apps/deployments.yaml": served(WEB),
        f"{GATHERED}namespaces/shop/apps/statefulsets.yaml": served(kind="StatefulSet"),
        f"{GATHERED}namespaces/shop/apps/daemonsets.yaml": served(kind="DaemonSet"),
    },
    "must-gather, a file for each workload": {
        f"{GATHERED}namespaces/shop/apps/deployments/web.yaml": WEB,
        f"{GATHERED}namespaces/shop/apps/deployments.yaml": served(WEB),
    },
    "cluster-info dump": {
        "dump/default/deployments.json": served(),
        "dump/kube-system/deployments.json": served(CACHE),
    },
    "cluster-info dump of namespaces without workloads": {
        "dump/default/deployments.json": served(),
        "dump/kube-system/deployments.json": served(),
    },
    "a server's list of one namespace": {"d.json": served(WEB)},
    "kubectl's list of one namespace": {"d.json": kubectl(WEB)},
    "kubectl's list of another kind beside": {"d.json": kubectl(WEB, CACHE)},
    "one page of a list": {"d.json": {**served(WEB, CACHE), "metadata": {"continue": "abc"}}},
    "support bundle of some namespaces": {
        f"{BUNDLE}namespaces.json": namespaces(*ALWAYS, "shop", "prod"),
        f"{BUNDLE}deployments/shop.json": bare(WEB),
        f"{BUNDLE}deployments/kube-system.json": bare(CACHE),
    },
    "manifests with unrelated workloads": {"web.json": workload("web", "shop")},
}
"""Files by path. The operator of the CRD runs in namespace prod, which none of them holds."""

WHOLE: dict[str, dict[str, Any]] = {
    "a server's list of the cluster": {"d.json": served(WEB, CACHE, OPERATOR)},
    "kubectl's list in which nobody is missing": {"d.json": kubectl(WEB, CACHE, OPERATOR)},
    "a server's list of one namespace among manifests of others": {
        "d.json": served(OPERATOR),
        "web.json": workload("web", "shop"),
    },
    "support bundle of all namespaces": {
        f"{BUNDLE}namespaces.json": namespaces(*ALWAYS, "prod"),
        **{f"{BUNDLE}deployments/{name}.json": bare() for name in ALWAYS},
        f"{BUNDLE}deployments/prod.json": bare(OPERATOR),
    },
    "manifests that are closed in themselves": {
        "web.json": workload("web", "shop"),
        "operator.json": workload("jar-operator", "prod", account="jar-operator"),
    },
    "manifests that name no namespace": {
        "operator.json": workload("jar-operator", account="jar-operator"),
    },
}


def dump(folder: Path, files: dict[str, Any]) -> Path:
    everywhere = {"crd.json": live(crd(JARS)), "rbac.json": kubectl(*map(live, RIGHTS))}
    for name, content in {**everywhere, **files}.items():
        path = folder / "source" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content))
    return folder / "source"


@pytest.mark.parametrize("case", PARTIAL)
def test_a_part_gives_no_number_and_no_orphan(
    case: str, command: Forked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("K8S_DATAMODEL_DB", str(tmp_path / "inventory.db"))
    source = ("--source", dump(tmp_path, PARTIAL[case]))
    counted = command.run("operators", "count", *source)
    assert (counted.code, counted.out) == (3, "unknown\n")
    assert "partial: " in counted.err
    listed = command.run("crd", "list", "--orphans", "-o", "json", *source)
    assert (listed.code, listed.json) == (3, [])
    shown = command.run("crd", "get", JARS, "-o", "json", *source).json
    assert (shown["orphan"], shown["managed_by"]) == (None, None)
    assert shown["managed_by_reason"]
    assert command.ok("operators", "count", "--allow-incomplete", *source).out == "unknown\n"
    stored = command.run("database", "store", "-o", "json", *source)
    head = stored.json
    assert (stored.code, head["operator_count"], head["complete"]) == (3, None, False)
    ledger = command.ok("database", "show", "1", "--ledger", "-o", "json").json
    assert "partial" in {entry["status"] for entry in ledger["ledger"]}
    assert command.run("cluster", "summary", "-o", "json", *source).json["complete"] is False
    assert command.ok("database", "verify")


@pytest.mark.parametrize("case", WHOLE)
def test_where_nobody_is_missing_it_is_a_number(case: str, command: Forked, tmp_path: Path) -> None:
    source = ("--source", dump(tmp_path, WHOLE[case]))
    assert command.ok("operators", "count", *source).out == "1\n"
    assert command.ok("crd", "list", "--orphans", "-o", "json", *source).json == []


@pytest.mark.parametrize(
    ("namespace", "code", "number"), [("shop", 0, "0"), ("prod", 3, "unknown")]
)
def test_one_namespace_of_a_part_is_known_if_it_is_in_it(
    namespace: str, code: int, number: str, command: Forked, tmp_path: Path
) -> None:
    source = dump(tmp_path, PARTIAL["must-gather of one namespace"])
    done = command.run("operators", "count", "--namespace", namespace, "--source", source)
    assert (done.code, done.out) == (code, f"{number}\n")


def test_a_part_shows_the_operators_that_it_holds(command: Forked, tmp_path: Path) -> None:
    kites = [crd("kites.sky.example"), *allowed("shop", "web", (["sky.example"], ["*"], WRITE))]
    files = {
        f"{GATHERED}namespaces/shop/apps/deployments.yaml": served(
            live(workload("web", "shop", account="web"))
        ),
        "kites.json": kubectl(*map(live, kites)),
    }
    source = ("--source", dump(tmp_path, files))
    done = command.run("operators", "list", "-o", "json", *source)
    assert (done.code, [row["name"] for row in done.json]) == (3, ["web"])
    shown = command.run("crd", "get", "kites.sky.example", "-o", "json", *source).json
    assert (shown["orphan"], shown["managed_by"]) == (False, ["shop/web"])


IDLE = {
    "status": [(["lab.example"], ["jars/status"], ["patch"])],
    "finalizers": [(["lab.example"], ["jars/finalizers"], ["update"])],
    "everything of the kind": [(["lab.example"], ["*"], ["*"])],
    "watch and change": [(["lab.example"], ["jars"], ["watch", "update"])],
    "all groups, by a kind's name": [(["*"], ["jars", "jars/status"], ["*"])],
    "everything there is, and named after the group": [(["*"], ["*"], ["*"])],
}
"""Rights of an account that is bound, and runs nothing that is read."""

OTHERS = {
    "read": [(["lab.example"], ["jars"], ["get", "list", "watch"])],
    "create alone": [(["lab.example"], ["jars"], ["create"])],
    "status, read": [(["lab.example"], ["jars/status"], ["get"])],
    "scale": [(["lab.example"], ["jars/scale"], ["update"])],
    "another group": [(["other.example"], ["jars", "jars/status"], ["*"])],
    "single objects": [],
}
"""Rights with which nobody manages a kind."""


def everywhere(*deployments: Object) -> dict[str, Object]:
    """Lists of all workloads of a cluster, by which none can be missing."""
    sets = {
        kind: [live(workload(name, name, kind=kind)) for name in ("one", "two")]
        for kind in ("StatefulSet", "DaemonSet")
    }
    others = {f"{kind}.json": served(*items, kind=kind) for kind, items in sets.items()}
    return {"d.json": served(WEB, CACHE, *deployments), **others}


def orphans(command: Forked, folder: Path, *items: Object) -> Any:
    files = {**everywhere(), "rbac.json": kubectl(*map(live, items))}
    return command.run("crd", "list", "--orphans", "-o", "json", "--source", dump(folder, files))


@pytest.mark.parametrize("case", IDLE)
def test_who_has_rights_and_runs_nothing_may_run_out_of_sight(
    case: str, command: Forked, tmp_path: Path
) -> None:
    done = orphans(command, tmp_path, *allowed("prod", "lab-runner", *IDLE[case]))
    assert (done.code, done.json) == (3, [])
    assert "service account prod/lab-runner may manage it" in done.err
    source = tmp_path / "source"
    assert command.ok("operators", "count", "--source", source).out == "0\n"


@pytest.mark.parametrize("case", OTHERS)
def test_other_rights_leave_it_an_orphan(case: str, command: Forked, tmp_path: Path) -> None:
    done = orphans(command, tmp_path, *allowed("prod", "reader", *OTHERS[case]))
    assert (done.code, [row["name"] for row in done.json]) == (0, [JARS])


def test_a_role_that_nobody_holds_says_nothing(command: Forked, tmp_path: Path) -> None:
    held = (role("jars", RULE), *allowed("prod", "reader", ([""], ["pods"], WRITE)))
    done = orphans(command, tmp_path, *held)
    assert (done.code, [row["name"] for row in done.json]) == (0, [JARS])


@pytest.mark.parametrize("kind", ["DaemonSet", "StatefulSet", "Deployment"])
def test_who_runs_is_in_sight(kind: str, command: Forked, tmp_path: Path) -> None:
    """What runs with such rights is judged: it may be no operator, but it is not out of sight."""
    account = live(workload("jar-ui", "prod", kind=kind, account="jar-operator"))
    files = {
        "d.json": served(WEB, CACHE, *([account] if kind == "Deployment" else [])),
        "s.json": served(account, kind=kind) if kind != "Deployment" else kubectl(),
        "more.json": kubectl(live(bind("prod-jar-operator", "spare", "prod"))),
    }
    source = dump(tmp_path, files)
    shown = command.run("crd", "get", JARS, "-o", "json", "--source", source).json
    assert "spare" in (shown["managed_by_reason"] or "spare")
    assert "jar-operator" not in (shown["managed_by_reason"] or "")


def test_a_stored_snapshot_tells_the_same(command: Forked, tmp_path: Path) -> None:
    source = dump(tmp_path, everywhere())
    where = ("--db-path", tmp_path / "inventory.db")
    command.ok("database", "store", "--source", source, *where)
    done = command.run("crd", "list", "--orphans", "-o", "json", "--snapshot", "1", *where)
    assert (done.code, done.json) == (3, [])
    assert "service account prod/jar-operator may manage it" in done.err


UNSEEN = {
    "a ClusterRole": [bind("jar-operator", "jar-operator", "prod")],
    "a Role": [bind("jar-operator", "jar-operator", "prod", within="prod")],
    "one of two": [role("idle"), bind("idle", "web", "shop"), bind("more", "web", "shop")],
    "in another namespace": [
        role("jars", RULE, namespace="shop"),
        bind("jars", "jar-operator", "prod", within="prod"),
    ],
}
"""Bindings to roles that the dump lacks."""

SEEN = {
    "what Kubernetes makes": [bind("system:auth-delegator", "web", "shop")],
    "what Kubernetes makes for people": [bind("view", "web", "shop")],
    "a role without rules": [role("idle"), bind("idle", "web", "shop")],
}


@pytest.mark.parametrize("case", UNSEEN)
def test_a_role_that_a_dump_lacks_may_allow_anything(
    case: str, command: Forked, tmp_path: Path
) -> None:
    files = {"web.json": workload("web", "prod"), "rbac.json": kubectl(*UNSEEN[case])}
    done = command.run("crd", "list", "--orphans", "-o", "json", "--source", dump(tmp_path, files))
    assert (done.code, done.json) == (3, [])
    assert "which is not there" in done.err


@pytest.mark.parametrize("case", SEEN)
def test_a_role_that_no_dump_holds_is_none_that_it_lacks(
    case: str, command: Forked, tmp_path: Path
) -> None:
    files = {"web.json": workload("web", "prod"), "rbac.json": kubectl(*SEEN[case])}
    done = command.run("crd", "list", "--orphans", "-o", "json", "--source", dump(tmp_path, files))
    assert (done.code, [row["name"] for row in done.json]) == (0, [JARS])


UNHELD = (
    ("operators", "list"),
    ("operators", "count"),
    ("operators", "get", "jar-operator"),
    ("operators", "managed-crds"),
    ("olm", "list"),
    ("olm", "count"),
    ("olm", "status"),
    ("crd", "list"),
    ("crd", "count"),
    ("crd", "groups"),
    ("crd", "count", "--orphans"),
    ("cluster", "summary"),
)


@pytest.fixture(scope="module")
def one_pod(command: Forked, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a dump of one pod, and a database that has it."""
    folder = tmp_path_factory.mktemp("one-pod")
    pod = live({"apiVersion": "v1", "kind": "Pod", "metadata": meta("jar-operator", "prod")})
    (folder / "pod.json").write_text(json.dumps(pod))
    where = ("--source", folder / "pod.json", "--db-path", folder / "inventory.db")
    command.ok("database", "store", *where)
    return folder


@pytest.mark.parametrize("arguments", UNHELD, ids=" ".join)
def test_nothing_of_a_type_is_not_none_of_it(
    arguments: tuple[str, ...], command: Forked, one_pod: Path
) -> None:
    path, where = one_pod / "pod.json", ("--db-path", one_pod / "inventory.db")
    done = command.run(*arguments, "--source", path)
    assert done.code == 3
    assert "which does not mean that the cluster has none" in done.err
    assert command.ok(*arguments, "--allow-incomplete", "--source", path)
    stored = command.run(*arguments, "--snapshot", "1", *where)
    assert stored.code == 3
    assert "which does not mean that the cluster has none" in stored.err

"""The role that ``cluster rbac`` writes: enough, also for a plugin's type, and nothing too much."""

from __future__ import annotations

import copy
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cluster.client import Client
from cluster.fixtures import MakeCluster
from cluster.server import Cluster
from support.forked import Forked
from support.live_source import until, widget_crd, widgets
from truth.shapes import WRITE, allowed, workload

API = "rbac.authorization.k8s.io"
GROUP = "counted.example.com"
EVERYBODYS = ("system:discovery", "system:public-info-viewer", "system:basic-user")
"""What each user may read by default; a cluster may take that away, and the role does without."""

TYPE = """\
apiVersion: k8s-datamodel/v1
kind: ResourceType
spec:
  version: v1
  kind: ConfigMap
  plural: configmaps
  columns:
  - name: data_keys
    jsonPath: .data
    type: json
    show: table
"""

pytestmark = pytest.mark.cluster


class Result(NamedTuple):
    """How collecting ended: the exit code, and every read that did not work."""

    code: int
    unread: dict[str, str]


class Viewer:
    """A user without rights but those of a role that changes, who stores snapshots."""

    def __init__(self, cluster: Cluster, command: Forked, folder: Path) -> None:
        self._kubeconfig = cluster.kubeconfig_for("viewer")
        self._admin = Client(cluster.kubeconfig)
        self._command = command
        self._folder = folder
        self._number = 0
        self._given = 0

    def close(self) -> None:
        self._admin.close()

    def may(self, role: dict[str, Any]) -> None:
        """Give the user this role and nothing else, and wait until the server knows it."""
        self._given += 1
        mark = f"/given-{self._given}"
        rules = [*role["rules"], {"nonResourceURLs": [mark], "verbs": ["get"]}]
        bound = {
            "apiVersion": f"{API}/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": "viewer"},
            "roleRef": {"apiGroup": API, "kind": "ClusterRole", "name": role["metadata"]["name"]},
            "subjects": [{"kind": "User", "name": "viewer", "apiGroup": API}],
        }
        self._admin.apply([{**role, "rules": rules}, bound])
        until(lambda: self._may_get(mark))

    def _may_get(self, path: str) -> bool:
        asked = {"user": "viewer", "nonResourceAttributes": {"path": path, "verb": "get"}}
        kind = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview"}
        reviews = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
        answer = self._admin.call("POST", reviews, {**kind, "spec": asked})
        return bool(answer["status"]["allowed"])

    def store(self, again: bool = False) -> Result:
        """Store a snapshot, in a new database unless it is to know an earlier one."""
        self._number += not again
        db = self._folder / f"{self._number}.db"
        where = ("--kubeconfig", self._kubeconfig, "--db-path", db)
        done = self._command.run("database", "store", *where)
        assert done.code in (0, 3), done.err
        with closing(sqlite3.connect(db)) as connection:
            rows = connection.execute(
                "select read, status from inventory_ledger where snapshot_id = "
                "(select max(id) from inventory_snapshots) and status not in ('complete', 'absent')"
            ).fetchall()
        return Result(done.code, dict(rows))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rights")


@pytest.fixture(scope="module")
def guarded(make_cluster: MakeCluster) -> Cluster:
    """A cluster in which nobody may do anything by default."""
    cluster = make_cluster("guarded", users=("viewer",))
    with Client(cluster.kubeconfig) as admin:
        admin.apply([widget_crd(GROUP), *widgets(GROUP, "default", 3)])
        # Part of a group that types read: what it serves must be looked up.
        admin.apply([widget_crd("operators.coreos.com")])
        # Nothing that is listed runs as this account, so its pods are asked for.
        pod = {"serviceAccountName": "bare", "containers": [{"name": "bare", "image": "bare:v1"}]}
        metadata = {"name": "bare", "namespace": "ops"}
        account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata}
        admin.apply(allowed("ops", "bare", ([GROUP], ["widgets", "widgets/status"], WRITE)))
        admin.apply(
            [account, {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": pod}]
        )
        for name in EVERYBODYS:
            admin.delete(f"/apis/{API}/v1/clusterrolebindings/{name}")
    return cluster


@pytest.fixture
def viewer(
    guarded: Cluster, command: Forked, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Viewer]:
    types = Path(os.environ["K8S_DATAMODEL_CONFIG_DIR"]) / "types"
    types.mkdir(parents=True)
    (types / "configmaps.yaml").write_text(TYPE)
    monkeypatch.delenv("K8S_DATAMODEL_NO_EXTERNAL_PLUGINS")
    made = Viewer(guarded, command, folder)
    yield made
    made.close()


def role_of(command: Forked, guarded: Cluster, *arguments: str) -> dict[str, Any]:
    done = command.run(
        "cluster", "rbac", "-o", "json", "--kubeconfig", guarded.kubeconfig, *arguments
    )
    assert done.code == 0, done.err
    role: dict[str, Any] = done.json
    return role


def narrower(role: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The role without one of its rules, and without one resource or path of a rule."""
    for number, rule in enumerate(role["rules"]):
        if _covered(rule, role["rules"]):
            continue
        less = copy.deepcopy(role)
        del less["rules"][number]
        yield str(rule), less
        for field in ("resources", "nonResourceURLs"):
            for name in rule.get(field, ()) if len(rule.get(field, ())) > 1 else ():
                less = copy.deepcopy(role)
                less["rules"][number][field].remove(name)
                yield f"{field} {name}", less


def _covered(rule: dict[str, Any], rules: list[dict[str, Any]]) -> bool:
    """Whether another rule allows to list all of the rule's groups."""
    groups = set(rule.get("apiGroups", ()))
    others = [set(each["apiGroups"]) for each in rules if each.get("resources") == ["*"]]
    return bool(groups) and rule["resources"] != ["*"] and any(groups <= each for each in others)


def test_it_is_enough_with_a_plugins_type(
    viewer: Viewer, command: Forked, guarded: Cluster
) -> None:
    role = role_of(command, guarded)
    assert "configmaps" in str(role)
    viewer.may(role)
    assert viewer.store() == Result(0, {})
    assert viewer.store(again=True) == Result(0, {})


def test_without_the_plugin_its_list_is_not_in_it(guarded: Cluster, command: Forked) -> None:
    assert "configmaps" not in str(role_of(command, guarded))


def test_without_any_one_part_of_it_something_is_unread(
    viewer: Viewer, command: Forked, guarded: Cluster
) -> None:
    """Also what only enriches is said to be unread, though the snapshot is complete without."""
    for words, less in narrower(role_of(command, guarded)):
        viewer.may(less)
        assert viewer.store().unread, words


def test_without_any_one_part_of_what_is_required_it_is_incomplete(
    viewer: Viewer, command: Forked, guarded: Cluster
) -> None:
    role = role_of(command, guarded, "--required-only")
    viewer.may(role)
    assert viewer.store().code == 0
    for words, less in narrower(role):
        viewer.may(less)
        assert viewer.store().code == 3, words


def test_who_may_nothing(viewer: Viewer, command: Forked, guarded: Cluster) -> None:
    role = role_of(command, guarded)
    role["rules"] = []
    viewer.may(role)
    result = viewer.store()
    assert result.code == 3
    assert set(result.unread.values()) == {"forbidden"}


def test_who_may_not_read_rbac_is_told_that_the_answer_rests_on_less(
    viewer: Viewer, command: Forked, guarded: Cluster
) -> None:
    with Client(guarded.kubeconfig) as admin:
        rule = ([GROUP], ["widgets", "widgets/status"], WRITE)
        pods = {"app": "widget"}
        operator = workload("widget-operator", "ops", account="widget", labels=pods)
        operator["spec"]["selector"] = {"matchLabels": pods}
        admin.apply([operator, *allowed("ops", "widget", rule)])
    role = role_of(command, guarded)
    viewer.may(role)
    where = ("--kubeconfig", guarded.kubeconfig_for("viewer"))
    sure = command.run("operators", "get", "widget-operator", "-o", "json", *where)
    assert (sure.code, sure.err) == (0, "")
    role["rules"] = [rule for rule in role["rules"] if API not in rule.get("apiGroups", ())]
    viewer.may(role)
    listed = command.run("operators", "list", "-o", "json", *where)
    assert (listed.code, [row["name"] for row in listed.json]) == (0, ["widget-operator"])
    assert "operators: could not read " in listed.err
    assert f"clusterroles.{API} (forbidden)" in listed.err
    [row] = listed.json
    assert row["confidence"] < sure.json["confidence"]
    shown = command.run("operators", "get", "widget-operator", *where)
    assert "could not be read, so there is less evidence" in shown.out
    assert "(low)" in shown.out
    assert set(viewer.store().unread.values()) == {"forbidden"}
    assert "less evidence" not in command.run("crd", "list", *where).err

"""``--namespace``: what is no name is refused; a namespace that is not there is no empty one."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from cluster.client import Client
from cluster.faults import Fault, on, status, text
from cluster.fixtures import MakeProxy
from cluster.server import Cluster
from support.forked import Forked
from support.limits import environment

SAMPLE = Path(__file__).parents[2] / "docs" / "sample-cluster" / "before"
TYPO = "certwrigth"

NO_NAMES = (
    "a/../../b",
    "UPPER_case",
    "..",
    "",
    "two words",
    "a%2fb",
    "a.b",
    "-a",
    "a-",
    "kube-system\n",
    "naïve",
    "?limit=1",
    "a" * 64,
)
READING = (
    ("operators", "count"),
    ("operators", "list"),
    ("operators", "get", "certwright"),
    ("crd", "list"),
    ("cluster", "summary"),
    ("cluster", "export"),
)


@pytest.mark.parametrize("name", NO_NAMES)
def test_what_can_be_no_namespace_is_refused(command: Forked, name: str) -> None:
    typed = command.run("operators", "count", "--source", SAMPLE, "--namespace", name)
    assert (typed.code, typed.out) == (2, "")
    assert "is not a namespace's name" in typed.err.splitlines()[-1]
    if name:
        env = {"K8S_DATAMODEL_NAMESPACE": name}
        assert command.run("operators", "count", "--source", SAMPLE, **env).code == 2


@pytest.fixture(scope="module")
def dumps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Operators of the sample cluster: alone, with a list as a server or as kubectl gives it."""
    folder = tmp_path_factory.mktemp("dumps")
    items = [{"metadata": {"name": name, "uid": name}} for name in ("certwright", "kube-system")]
    typed = {"apiVersion": "v1", "metadata": {"resourceVersion": "7"}}
    kinds = {
        "server": {**typed, "kind": "NamespaceList", "items": items},
        "kubectl": {
            **typed,
            "kind": "List",
            "metadata": {"resourceVersion": ""},
            "items": [{"apiVersion": "v1", "kind": "Namespace", **item} for item in items],
        },
    }
    for name in ("alone", *kinds):
        shutil.copytree(SAMPLE / "operators", folder / name)
    for name, listed in kinds.items():
        (folder / name / "namespaces.json").write_text(json.dumps(listed))
    return folder


@pytest.mark.parametrize("words", READING)
@pytest.mark.parametrize("dump", ["server", "kubectl"])
def test_one_that_a_dump_surely_lacks(
    command: Forked, dumps: Path, dump: str, words: tuple[str, ...]
) -> None:
    done = command.run(*words, "--source", dumps / dump, "-n", TYPO)
    assert (done.code, done.out) == (1, "")
    assert f"there is no namespace {TYPO}" in done.err


@pytest.mark.parametrize("words", READING)
def test_one_that_a_dump_need_not_have(
    command: Forked, dumps: Path, words: tuple[str, ...]
) -> None:
    done = command.run(*words, "--source", dumps / "alone", "-n", TYPO)
    assert done.code == 3
    assert "there is no " not in done.err
    assert f"namespaces/{TYPO}: partial" in done.err


@pytest.mark.parametrize(
    ("dump", "namespace"),
    [("server", "certwright"), ("kubectl", "certwright"), ("alone", "certwright")],
)
def test_one_that_a_dump_has(command: Forked, dumps: Path, dump: str, namespace: str) -> None:
    done = command.run("operators", "list", "--source", dumps / dump, "-n", namespace)
    assert f"namespaces/{namespace}" not in done.err
    assert "certwright" in done.out


@pytest.mark.cluster
@pytest.mark.parametrize("words", READING)
def test_one_that_a_server_lacks(command: Forked, cluster: Cluster, words: tuple[str, ...]) -> None:
    done = command.run(*words, "--kubeconfig", cluster.kubeconfig, "-n", TYPO)
    assert (done.code, done.out) == (1, "")
    assert f"there is no namespace {TYPO}" in done.err


@pytest.mark.cluster
def test_of_several_clusters_each_one_that_lacks_it_is_named(
    command: Forked, cluster: Cluster
) -> None:
    where = ("--kubeconfig", cluster.kubeconfig, "--all-contexts", "-n", TYPO)
    done = command.run("operators", "count", *where)
    assert (done.code, done.out) == (1, "shared\tunknown\n")
    assert f"shared: there is no namespace {TYPO}" in done.err


@pytest.mark.cluster
def test_one_that_is_there_may_be_empty(command: Forked, cluster: Cluster, admin: Client) -> None:
    admin.apply([{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "nothing-in-it"}}])
    where = ("--kubeconfig", cluster.kubeconfig, "-n", "nothing-in-it")
    assert command.ok("operators", "count", *where).out == "0\n"


@pytest.mark.cluster
@pytest.mark.parametrize("words", [("database", "store"), ("operators", "list", "--store-db")])
def test_a_snapshot_of_one_that_is_not_there_is_incomplete(
    command: Forked, cluster: Cluster, tmp_path: Path, words: tuple[str, ...]
) -> None:
    where = ("--db-path", tmp_path / "inventory.db")
    done = command.run(*words, *where, "--kubeconfig", cluster.kubeconfig, "-n", TYPO)
    assert done.code == 3
    assert f"could not read namespaces/{TYPO}: failed" in done.err or "--ledger" in done.err
    document = command.ok("database", "export", "latest", "--ledger", *where).json
    assert document["snapshot"]["complete"] is False
    ledger = {row["read"]: row for row in document["ledger"]}
    assert ledger[f"namespaces/{TYPO}"]["status"] == "failed"


@pytest.mark.cluster
@pytest.mark.parametrize(
    "answer",
    [status(403), status(500), text(404, "default backend - 404"), text(200, "{}", "text/html")],
    ids=["forbidden", "error", "gateway", "page"],
)
def test_where_it_may_not_be_read_the_run_goes_on(
    command: Forked, cluster: Cluster, proxy: MakeProxy, answer: object
) -> None:
    between = proxy(cluster, Fault(on(f"/api/v1/namespaces/{TYPO}"), answer))  # type: ignore[arg-type]
    env = environment(retry_pause=0.01, retry_window=0.1)
    where = ("--kubeconfig", between.kubeconfig, "-n", TYPO)
    assert command.ok("operators", "count", *where, **env).out == "0\n"

"""Several clusters in one command: each is stored, or told why not, and none disturbs another."""

from __future__ import annotations

import os
import pty
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from cluster import manifests
from cluster.client import Client
from cluster.faults import Fault, on
from cluster.fixtures import MakeCluster, MakeProxy
from cluster.kubeconfig import merge_kubeconfigs, read, vary, write
from cluster.server import Cluster
from cluster.wire import Exchange
from support.command import PROGRAM, Done, ok, run
from support.limits import environment

pytestmark = pytest.mark.cluster

SAMPLE = Path(__file__).parents[2] / "docs" / "sample-cluster" / "before" / "crds"
CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


@dataclass(frozen=True)
class World:
    """A kubeconfig: two clusters, one of them also as somebody without rights, and a dead one."""

    kubeconfig: Path
    prod: Cluster
    lab: Cluster

    def run(self, *arguments: object, **options: Any) -> Done:
        return run(*arguments, "--kubeconfig", self.kubeconfig, **options)


@pytest.fixture(scope="module")
def world(make_cluster: MakeCluster, tmp_path_factory: pytest.TempPathFactory) -> World:
    prod = make_cluster("prod-eu", users=("nobody",))
    lab = make_cluster("lab")
    for each in (prod, lab):
        with Client(each.kubeconfig) as admin:
            admin.apply(manifests.read(SAMPLE))
    out = tmp_path_factory.mktemp("contexts") / "kubeconfig"
    document = read(merge_kubeconfigs([prod.kubeconfig, lab.kubeconfig], out))
    other = read(prod.kubeconfig_for("nobody"))
    own = document["contexts"][0]["context"]
    cluster = own["cluster"]
    document["users"].append({**other["users"][0], "name": "somebody"})
    document["clusters"].append({"name": "gone", "cluster": {"server": "https://127.0.0.1:9"}})
    document["contexts"] += [
        {"name": "prod-other", "context": {"cluster": cluster, "user": "somebody"}},
        {"name": "dead", "context": {"cluster": "gone", "user": "somebody"}},
        {"name": "twin", "context": {**own, "namespace": "other"}},
    ]
    return World(write(document, out), prod, lab)


def test_one_that_fails_keeps_no_other_from_being_stored(world: World, tmp_path: Path) -> None:
    db = tmp_path / "inventory.db"
    done = world.run("database", "store", "--all-contexts", "-o", "json", "--db-path", db)
    assert done.code == 1
    rows = {row["cluster_context"]: row for row in done.json}
    assert list(rows) == ["dead", "lab", "prod-eu", "prod-other", "twin"]
    assert rows["dead"]["id"] is None
    assert "127.0.0.1:9" in rows["dead"]["error"]
    assert rows["lab"]["crd_count"] == rows["prod-eu"]["crd_count"] > 10
    assert rows["prod-other"]["crd_count"] is None
    assert [rows[name]["complete"] for name in rows] == [False, True, True, False, True]
    assert "k8s-datamodel: dead: " in done.err
    assert "k8s-datamodel: prod-other: could not read customresourcedef" in done.err
    assert "prod-eu, twin are contexts of the same cluster" in done.err
    assert "4 of 5 contexts stored. Not stored: dead. Incomplete: prod-other." in done.err
    listed = ok("database", "list", "-o", "json", "--db-path", db).json
    assert sorted(row["cluster_context"] for row in listed) == [
        "lab",
        "prod-eu",
        "prod-other",
        "twin",
    ]
    assert ok("database", "verify", "--db-path", db)


def test_each_context_is_told_where_its_time_went(world: World, tmp_path: Path) -> None:
    db = tmp_path / "inventory.db"
    some = ("--contexts", "prod-eu,lab,dead", "--db-path", db)
    done = world.run("database", "store", "--timings", *some, "-o", "json")
    rows = {row["cluster_context"]: row for row in done.json}
    assert rows["dead"]["timings"] is None
    for name in ("prod-eu", "lab"):
        assert rows[name]["timings"]["requests"] > rows[name]["crd_count"]
        assert f"\nSnapshot {rows[name]['id']} took " in done.err
    assert done.err.count("s for the server and ") == 2


@pytest.mark.parametrize(
    ("options", "code", "contexts"),
    [
        (["--contexts", "prod-eu", "--contexts", "l*,lab"], 0, ["prod-eu", "lab"]),
        (["--contexts", "prod-*"], 3, ["prod-eu", "prod-other"]),
        (["--contexts", "prod-?????", "--allow-incomplete"], 0, ["prod-other"]),
    ],
)
def test_exit_code_and_choice(
    world: World, tmp_path: Path, options: list[str], code: int, contexts: list[str]
) -> None:
    arguments = (*options, "-o", "json", "--db-path", tmp_path / "inventory.db")
    done = world.run("database", "store", *arguments)
    assert done.code == code, done.err
    assert [row["cluster_context"] for row in done.json] == contexts


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            ["--contexts", "lab,nowhere"],
            "there is no context 'nowhere'; there are dead, lab, prod-eu, prod-other, twin",
        ),
        (["--contexts", "x-*"], "there is no context 'x-*'; there are dead, lab"),
        (["--contexts", ","], "--contexts names no context"),
        (["--contexts", "lab", "--context", "lab"], "--contexts cannot be used with --context"),
        (["--contexts", "lab", "--source", "."], "--contexts cannot be used with --source"),
        (["--all-contexts", "--source", "."], "--all-contexts cannot be used with --source"),
        (["--contexts", "lab", "--all-contexts"], "not both"),
        (["--parallel", "2"], "--parallel goes with --contexts or --all-contexts"),
        (["--contexts", "lab", "--parallel", "0"], "0 is not in the range"),
    ],
)
def test_wrong_usage_is_one_line_before_anything_is_read(
    world: World, tmp_path: Path, options: list[str], words: str
) -> None:
    db = tmp_path / "inventory.db"
    done = world.run("database", "store", *options, "--db-path", db)
    assert done.code == 2
    assert words in done.err
    assert not db.exists()
    if "range" not in words:
        assert len(done.err.splitlines()) == 1


def test_the_command_line_wins_over_the_environment(world: World, tmp_path: Path) -> None:
    arguments = ("database", "store", "--contexts", "lab", "--db-path", tmp_path / "inventory.db")
    done = world.run(*arguments, "-o", "json", K8S_DATAMODEL_CONTEXT="dead")
    assert [row["cluster_context"] for row in done.json] == ["lab"]


def test_listings_have_a_column_of_contexts(world: World) -> None:
    several = ("--contexts", "prod-eu,lab")
    rows = world.run("crd", "list", "--name", "*.fleet.*", *several, "-o", "json").json
    alone = world.run("crd", "list", "--name", "*.fleet.*", "--context", "lab", "-o", "json").json
    half = len(alone)
    assert next(iter(rows[0])) == "cluster_context"
    assert [row.pop("cluster_context") for row in rows] == ["prod-eu"] * half + ["lab"] * half
    assert rows[half:] == alone
    counted = world.run("crd", "count", "--name", "*.fleet.*", *several)
    assert counted.out == f"prod-eu\t{half}\nlab\t{half}\n"
    name = rows[0]["name"]
    found = world.run("crd", "get", name, *several, "-o", "json").json
    assert [(each["cluster_context"], each["name"]) for each in found] == [
        ("prod-eu", name),
        ("lab", name),
    ]
    assert all(each["spec"]["kind"] == "CustomResourceDefinition" for each in found)


def test_a_matrix_of_clusters_that_are_read_now(world: World) -> None:
    done = world.run("crd", "matrix", "--all-contexts", "--name", "berths.*", "-o", "json")
    assert done.code == 1
    columns = {each["cluster_context"]: each for each in done.json["clusters"]}
    assert list(columns) == ["dead", "lab", "prod-eu", "prod-other"]
    assert "127.0.0.1:9" in columns["dead"]["unknown"]
    assert columns["lab"]["cluster_uid"] != columns["prod-eu"]["cluster_uid"]
    [row] = done.json["rows"]
    dead, lab, prod, other = (row["cells"][each["key"]] for each in columns.values())
    assert dead == {"unknown": columns["dead"]["unknown"]}
    assert lab == prod == {"version": "v1", "count": 0}
    assert "forbidden" in other["unknown"], "its UID may not be read either"
    assert "twin is the same cluster as prod-eu." in done.err


def test_a_listing_tells_what_failed_and_what_is_unknown(world: World) -> None:
    done = world.run("crd", "count", "--contexts", "dead,prod-other,lab", "--no-color")
    assert done.code == 1
    unknown = dict(text.split("\t") for text in done.out.splitlines())
    assert unknown["dead"] == unknown["prod-other"] == "unknown"
    assert int(unknown["lab"]) > 10
    assert "k8s-datamodel: dead: " in done.err
    lacking = world.run("crd", "get", "berht", "--contexts", "lab", "-o", "json")
    assert (lacking.code, lacking.json) == (1, [])
    assert "lab: there is no CRD 'berht'" in lacking.err


@pytest.mark.parametrize("command", ["info", "summary", "test-connection"])
def test_cluster_commands_of_several(world: World, command: str) -> None:
    done = world.run("cluster", command, "--contexts", "prod-eu,lab", "-o", "json")
    assert done.code == 0, done.err
    key = "cluster_context" if command == "test-connection" else "context"
    assert list(dict.fromkeys(row[key] for row in done.json)) == ["prod-eu", "lab"]
    if command == "summary":
        assert all(row["counts"]["crds"] > 10 for row in done.json)


def test_snapshot_and_contexts_exclude_each_other(world: World) -> None:
    done = world.run("crd", "list", "--contexts", "lab", "--snapshot", "1")
    assert done.code == 2
    assert "cannot be used with --snapshot" in done.err


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("lab,p", ["lab,prod-eu", "lab,prod-other"]),
        ("prod-eu,p", ["prod-eu,prod-other"]),
    ],
)
def test_contexts_complete_themselves(world: World, typed: str, answer: list[str]) -> None:
    done = run(
        *("--kubeconfig", world.kubeconfig, "database", "store", "--contexts", typed),
        _K8S_DATAMODEL_COMPLETE="words",
        K8S_DATAMODEL_COMPLETION_SECONDS="60",
    )
    assert [item.split("\t")[1] for item in done.out.splitlines()] == answer


EXEC = """
import json, pathlib, sys
pathlib.Path({out!r}).write_text(repr(sys.stdin.read()))
print(json.dumps({credential}))
"""


def test_credential_plugins_do_not_share_stdin(world: World, tmp_path: Path) -> None:
    token = yaml.safe_load(world.lab.kubeconfig.read_text())["users"][0]["user"]["token"]
    credential = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "kind": "ExecCredential",
        "status": {"token": token},
    }
    program = EXEC.format(out=str(tmp_path / "read"), credential=credential)
    user = {
        "exec": {
            "apiVersion": credential["apiVersion"],
            "command": sys.executable,
            "args": ["-c", program],
            "interactiveMode": "IfAvailable",
        }
    }
    path = vary(world.lab.kubeconfig, tmp_path / "kubeconfig", user=user)
    ok("crd", "count", "--contexts", "lab", "--kubeconfig", path, stdin=b"not yours\n")
    assert (tmp_path / "read").read_text() == "''"


def forked(world: World, proxies: list[Any], out: Path) -> Path:
    """A kubeconfig whose contexts `lab` and `prod-eu` lead through proxies."""
    document = read(world.kubeconfig)
    for proxy, name in zip(proxies, ("prod-eu", "lab"), strict=True):
        context = next(each for each in document["contexts"] if each["name"] == name)
        for entry in document["clusters"]:
            if entry["name"] == context["context"]["cluster"]:
                entry["cluster"]["server"] = proxy.url
    return write(document, out)


class Meeting:
    """Holds requests up until those of two clusters are under way at the same time."""

    def __init__(self) -> None:
        self.barrier = threading.Barrier(2)
        self.met = False

    def __call__(self, exchange: Exchange) -> None:
        try:
            self.barrier.wait(15)
            self.met = True
        except threading.BrokenBarrierError:
            pass
        exchange.forward()


def test_many_clusters_do_not_wait_for_a_dead_and_a_silent_one(
    world: World, tmp_path: Path
) -> None:
    """Twelve contexts of one server, at most six requests at once in all of them."""
    document = read(world.kubeconfig)
    own = next(each for each in document["contexts"] if each["name"] == "prod-eu")["context"]
    names = [f"good-{number:02}" for number in range(12)]
    document["contexts"] += [{"name": name, "context": own} for name in names]
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server = {"server": f"https://127.0.0.1:{silent.getsockname()[1]}"}
        document["clusters"].append({"name": "silent", "cluster": server})
        there = {"cluster": "silent", "user": "somebody"}
        document["contexts"].append({"name": "a-silent-one", "context": there})
        path = write(document, tmp_path / "kubeconfig")
        command = ("database", "store", "--contexts", "a-silent-one,dead,good-*", "-o", "json")
        done = run(
            *(*command, "--max-in-flight", "6", "--parallel", "3"),
            *("--kubeconfig", path, "--db-path", tmp_path / "inventory.db"),
            **environment(connect_timeout=2, retry_window=1),
        )
    assert done.code == 1
    errors = {row["cluster_context"]: row.get("error") for row in done.json}
    assert list(errors) == ["a-silent-one", "dead", *names]
    assert [name for name, error in errors.items() if error] == ["a-silent-one", "dead"]
    assert "12 of 14 contexts stored. Not stored: a-silent-one, dead." in done.err


@pytest.mark.parametrize(("parallel", "meet"), [("2", True), ("1", False)])
def test_parallel_is_a_bound(
    world: World, proxy: MakeProxy, tmp_path: Path, parallel: str, meet: bool
) -> None:
    meeting = Meeting()
    if not meet:
        meeting.barrier.abort()  # nobody waits for whom cannot come
    fault = Fault(on(CRDS), meeting, times=1)
    proxies = [proxy(world.prod, fault), proxy(world.lab, fault)]
    order: list[int] = []
    for number, each in enumerate(proxies):
        each.inject(Fault(on("/version"), _noting(order, number), times=1))
        each.inject(Fault(on("*"), _noting(order, number)))
    path = forked(world, proxies, tmp_path / "kubeconfig")
    arguments = ("--contexts", "prod-eu,lab", "--parallel", parallel, "--kubeconfig", path)
    ok("crd", "list", *arguments)
    assert meeting.met is meet
    if not meet:
        assert order == sorted(order)


def _noting(order: list[int], number: int) -> Callable[[Exchange], None]:
    def act(exchange: Exchange) -> None:
        order.append(number)
        exchange.forward()

    return act


@pytest.fixture
def held(world: World, proxy: MakeProxy, tmp_path: Path) -> Iterator[Held]:
    held = Held(threading.Event(), threading.Event())
    fault = Fault(on(CRDS), held)
    proxies = [proxy(each, fault) for each in (world.prod, world.lab)]
    held.kubeconfig = forked(world, proxies, tmp_path / "kubeconfig")
    yield held
    held.released.set()


@dataclass
class Held:
    """A request that a proxy does not answer before it is told to."""

    arrived: threading.Event
    released: threading.Event
    kubeconfig: Path = Path()

    def __call__(self, exchange: Exchange) -> None:
        self.arrived.set()
        self.released.wait(60)
        exchange.forward()


def test_an_interrupt_stops_all_and_leaves_a_sound_database(held: Held, tmp_path: Path) -> None:
    db = tmp_path / "inventory.db"
    store = ["database", "store", "--db-path", str(db), "--kubeconfig", str(held.kubeconfig)]
    command = [str(PROGRAM), *store, "--contexts", "prod-eu,lab", "--parallel", "1"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert held.arrived.wait(60)
        process.send_signal(signal.SIGINT)
        held.released.set()
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.strip() == "k8s-datamodel: interrupted"
    assert ok("database", "list", "-o", "json", "--db-path", db).json == []
    ok(*store, "--contexts", "lab")
    ok("database", "verify", "--db-path", db)


def test_a_terminal_shows_each(held: Held, tmp_path: Path) -> None:
    command = [str(PROGRAM), "crd", "count", "--contexts", "prod-eu,lab"]
    ours, theirs = pty.openpty()
    shown = b""
    with subprocess.Popen(
        [*command, "--kubeconfig", str(held.kubeconfig)],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm"},
    ) as process:
        os.close(theirs)
        while b"prod-eu: " not in shown or b"lab: " not in shown:
            shown += os.read(ours, 4096)
        held.released.set()
        reader = threading.Thread(target=_drain, args=(ours,))
        reader.start()
        out, _ = process.communicate(timeout=60)
        reader.join()
    os.close(ours)
    assert process.returncode == 0
    assert [text.split("\t")[0] for text in out.decode().splitlines()] == ["prod-eu", "lab"]


def _drain(descriptor: int) -> None:
    try:
        while os.read(descriptor, 4096):
            pass
    except OSError:
        pass  # Linux says so when the other side has gone

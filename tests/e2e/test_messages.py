"""What others say reaches people without the credentials in it, whoever says it and where."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import string
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cluster.client import Client
from cluster.faults import Action, Fault, on, status, text
from cluster.fixtures import MakeCluster
from cluster.kubeconfig import vary
from cluster.proxy import Proxy
from cluster.serving import CRDS
from support.forked import Forked
from support.live_source import widget_crd, widgets

DATA = Path(__file__).parents[1] / "data"
_RANDOM = random.Random("what others say")
SECRET = "".join(_RANDOM.choices(string.ascii_letters + string.digits, k=24)) + "9zQ"
PIECES = [SECRET[start : start + 10] for start in range(len(SECRET) - 9)]

SHAPES = {
    "user of a URL": f"cannot reach https://shop:{SECRET}@proxy.example:3128/x: timeout",
    "header": f"invalid header: Authorization: Bearer {SECRET}",
    "bearer": f"bearer {SECRET} is not known",
    "assignment": f"exit status 1: API_TOKEN={SECRET} helper --login",
    "JSON": json.dumps({"kind": "ExecCredential", "status": {"token": SECRET}}),
    "flag": f"helper --token {SECRET} failed",
    "JWT": f"cannot verify eyJ{SECRET}.eyJ{SECRET}.{SECRET}",
    "known prefix": f"bad credential ghp_{SECRET}{SECRET}",
    "where it is cut": f"{'it is long ' * 25} https://shop:{SECRET}{SECRET * 3}@proxy.example/",
}
"""How a credential stands in a text. The next one is a line."""

GROUP = "told.example.com"
WIDGETS = f"/apis/{GROUP}/v1/widgets"


class Told:
    """Everything that people get to see of a run, and what it kept."""

    def __init__(self, command: Forked, folder: Path) -> None:
        self._command = command
        self.folder = folder
        self._db = folder / "inventory.db"

    def run(self, *arguments: object, **env: str) -> str:
        """Run the command in some ways; all of what it says."""
        done = self._command.run(*arguments, **env)
        return done.out + done.err

    def store(self, *options: object, **env: str) -> str:
        """Store; what is said and all that is stored."""
        said = self.run("database", "store", "--db-path", self._db, "--debug", *options, **env)
        if not self._db.exists():
            return said
        said += self.run("database", "show", "latest", "--ledger", "--db-path", self._db)
        with closing(sqlite3.connect(self._db)) as connection:
            said += "\n".join(connection.iterdump())
        self._db.unlink()
        return said


@pytest.fixture
def told(command: Forked, tmp_path: Path) -> Told:
    return Told(command, tmp_path)


def check(said: str, marks: str) -> None:
    """Nothing of the credential, and still what it was about."""
    assert [piece for piece in PIECES if piece in said] == []
    assert marks in said


@pytest.fixture(scope="module")
def proxy(make_cluster: MakeCluster) -> Iterator[Proxy]:
    cluster = make_cluster("telling")
    with Client(cluster.kubeconfig) as admin:
        admin.apply([widget_crd(GROUP), *widgets(GROUP, "default", 2)])
    with Proxy(cluster) as proxy:
        yield proxy


ANSWERS: dict[str, tuple[str, Callable[[str], Action]]] = {
    "a list": (CRDS, lambda said: status(422, message=said)),
    "a list, as text": (CRDS, lambda said: text(422, said)),
    "a refusal": (CRDS, lambda said: status(403, message=said)),
    "a count": (WIDGETS, lambda said: status(422, message=f"conversion webhook failed: {said}")),
    "a count, as text": (WIDGETS, lambda said: text(422, said)),
    "what only enriches": ("/api/v1/nodes", lambda said: status(403, message=said)),
    "the version": ("/version", lambda said: status(422, message=said)),
    "the groups": ("/apis", lambda said: status(422, message=said)),
}
"""Who answers, and how. 422 is not tried again."""


@pytest.mark.cluster
@pytest.mark.parametrize("what", ANSWERS)
def test_what_a_server_answers(proxy: Proxy, told: Told, what: str) -> None:
    path, answer = ANSWERS[what]
    where = ("--kubeconfig", proxy.kubeconfig)
    for shape in SHAPES.values():
        proxy.heal()
        proxy.inject(Fault(on(path), answer(shape)))
        said = told.store("--with-instances", *where)
        said += told.run("crd", "list", "-o", "json", "--debug", *where)
        said += told.run("cluster", "test-connection", *where)
        check(said, "it is long" if "long" in shape else "[redacted]")
    proxy.heal()


@pytest.mark.cluster
def test_what_a_credential_plugin_says(proxy: Proxy, told: Told) -> None:
    helper = told.folder / "helper"
    for shape in SHAPES.values():
        (told.folder / "said").write_text(shape)
        helper.write_text(f"#!/bin/sh\ncat '{told.folder / 'said'}' >&2\nexit 1\n")
        helper.chmod(0o755)
        run = {
            "apiVersion": "client.authentication.k8s.io/v1",
            "command": str(helper),
            "interactiveMode": "Never",
        }
        kubeconfig = vary(proxy.kubeconfig, told.folder / "exec.kubeconfig", user={"exec": run})
        said = told.store("--kubeconfig", kubeconfig)
        said += told.run("crd", "list", "--kubeconfig", kubeconfig, "--debug")
        assert [piece for piece in PIECES if piece in said] == []


PLUGIN = {
    "hook": ("plugins", "list"),
    "collector": None,
    "error for the user": None,
    "fact": None,
    "fault": None,
    "description": None,
    "source": ("crd", "list", "--debug"),
    "source, unforeseen": ("crd", "list", "--debug"),
}
"""Where a plugin says it, and the command that tells, besides storing."""


@pytest.mark.parametrize("where", PLUGIN)
def test_what_a_plugin_says(told: Told, where: str) -> None:
    plugins = told.folder / "config" / "plugins"
    plugins.mkdir(parents=True)
    for path in (DATA / "rude" / "_common.py", DATA / "telling" / "tells_credentials.py"):
        shutil.copy(path, plugins)
    dump = told.folder / "dump"
    dump.mkdir()
    for number, item in enumerate((widget_crd(GROUP), *widgets(GROUP, "default", 1))):
        (dump / f"{number}.json").write_text(json.dumps(item))
    env = {
        "K8S_DATAMODEL_CONFIG_DIR": str(told.folder / "config"),
        "K8S_DATAMODEL_NO_EXTERNAL_PLUGINS": "",
        "TOLD_WHERE": where,
    }
    for name, shape in SHAPES.items():
        spelled = {**env, "TOLD_MESSAGE": shape}
        said = told.store("--source", f"tells://{dump}", **spelled)
        if command := PLUGIN[where]:
            more = () if command[0] == "plugins" else ("--source", f"tells://{dump}")
            said += told.run(*command, *more, **spelled)
        check(said, "it is long" if "cut" in name else "[redacted]")

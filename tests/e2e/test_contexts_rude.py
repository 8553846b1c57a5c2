"""Plugins that misbehave in the threads of several contexts: the data and the others stay whole."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from cluster.client import Client
from cluster.fixtures import MakeCluster
from cluster.kubeconfig import read, write
from support.command import PROGRAM, ok
from support.live_source import widget_crd, widgets

pytestmark = pytest.mark.cluster

RUDE = Path(__file__).parents[1] / "data" / "rude"
NAMES = ("prints_while_collecting", "moves_away")
CONTEXTS = ("--contexts", "first,second", "--parallel", "1")


@pytest.fixture(scope="module")
def folder(make_cluster: MakeCluster, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working directory with a kubeconfig of two contexts, and the plugins."""
    folder = tmp_path_factory.mktemp("rude")
    cluster = make_cluster("first")
    with Client(cluster.kubeconfig) as admin:
        admin.apply([widget_crd("acme.example")])
        admin.apply(widgets("acme.example", "default", 2))
    document = read(cluster.kubeconfig)
    document["contexts"].append({**document["contexts"][0], "name": "second"})
    write(document, folder / "kubeconfig")
    plugins = folder / "config" / "plugins"
    plugins.mkdir(parents=True)
    for name in ("_common", *NAMES):
        shutil.copy(RUDE / f"{name}.py", plugins)
    return folder


def test_what_they_do_to_the_process_hits_no_other(folder: Path) -> None:
    command = [PROGRAM, "database", "store", *CONTEXTS, "-o", "json"]
    done = subprocess.run(
        [*command, "--db-path", "inventory.db", "--kubeconfig", "kubeconfig"],
        cwd=folder,
        env={
            **os.environ,
            "K8S_DATAMODEL_CONFIG_DIR": str(folder / "config"),
            "K8S_DATAMODEL_NO_EXTERNAL_PLUGINS": "",
            "HOME": str(folder),
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)
    assert [row["cluster_context"] for row in rows] == ["first", "second"]
    for row in rows:
        assert [row[f"{name}_count"] for name in NAMES] == [2] * len(NAMES)
    assert done.stderr.splitlines().count("collecting") == 4
    kept = ok("database", "list", "-o", "json", "--db-path", folder / "inventory.db").json
    assert len(kept) == 2

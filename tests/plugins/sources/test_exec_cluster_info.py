"""What a credential plugin is told of the cluster: the same as by kubectl."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cluster.kubeconfig import read as read_kubeconfig
from cluster.kubeconfig import vary, write
from cluster.server import Cluster
from cluster.tools import kubectl
from support import command
from support.servers.connect_proxy import ConnectProxy

GIVEN = {
    "apiVersion": "client.authentication.k8s.io/v1",
    "kind": "ExecCredential",
    "status": {"token": "admin-token"},
}
EXTENSION = "client.authentication.k8s.io/exec"


def plugin(folder: Path) -> dict[str, Any]:
    """A user whose plugin keeps what it was told in ``told`` of the folder."""
    program = folder / "plugin.sh"
    out = folder / "told"
    program.write_text(
        f"#!/bin/sh\nprintf '%s' \"$KUBERNETES_EXEC_INFO\" > {out}\necho '{json.dumps(GIVEN)}'\n"
    )
    program.chmod(0o700)
    return {
        "exec": {
            "apiVersion": GIVEN["apiVersion"],
            "command": str(program),
            "interactiveMode": "Never",
            "provideClusterInfo": True,
        }
    }


def nothing(cluster: dict[str, Any]) -> None:
    """The authority is a file."""


def data(cluster: dict[str, Any]) -> None:
    authority = Path(cluster.pop("certificate-authority")).read_bytes()
    cluster["certificate-authority-data"] = base64.b64encode(authority).decode()


def insecure(cluster: dict[str, Any]) -> None:
    del cluster["certificate-authority"]
    cluster["insecure-skip-tls-verify"] = True


def name(cluster: dict[str, Any]) -> None:
    cluster["tls-server-name"] = "localhost"


def extensions(cluster: dict[str, Any]) -> None:
    cluster["extensions"] = [
        {"name": "another", "extension": {"audience": "y"}},
        {"name": EXTENSION, "extension": {"audience": "x", "list": [1, 2.5, {"a": None}]}},
    ]


def text_extension(cluster: dict[str, Any]) -> None:
    cluster["extensions"] = [{"name": EXTENSION, "extension": "just words"}]


def no_compression(cluster: dict[str, Any]) -> None:
    cluster["disable-compression"] = True


CLUSTERS = [nothing, data, insecure, name, extensions, text_extension, no_compression]


def told(folder: Path) -> dict[str, Any]:
    """What the plugin was told last."""
    spec: dict[str, Any] = json.loads((folder / "told").read_text())
    (folder / "told").unlink()
    return spec


@pytest.mark.parametrize("change", CLUSTERS)
def test_a_plugin_is_told_the_same(
    cluster: Cluster, tmp_path: Path, change: Callable[[dict[str, Any]], None]
) -> None:
    document = read_kubeconfig(vary(cluster.kubeconfig, tmp_path / "exec", user=plugin(tmp_path)))
    change(document["clusters"][0]["cluster"])
    path = write(document, tmp_path / "changed")
    kubectl(path, "get", "namespaces")
    theirs = told(tmp_path)
    command.ok("--kubeconfig", path, "crd", "count")
    assert told(tmp_path) == theirs
    assert theirs["spec"]["cluster"]["server"]


def test_a_plugin_is_told_the_proxy(cluster: Cluster, tmp_path: Path) -> None:
    with ConnectProxy() as proxy:
        path = vary(
            cluster.kubeconfig,
            tmp_path / "exec",
            user=plugin(tmp_path),
            cluster={"proxy-url": proxy.url},
        )
        kubectl(path, "get", "namespaces")
        theirs = told(tmp_path)
        command.ok("--kubeconfig", path, "crd", "count")
    assert told(tmp_path) == theirs
    assert theirs["spec"]["cluster"]["proxy-url"] == proxy.url

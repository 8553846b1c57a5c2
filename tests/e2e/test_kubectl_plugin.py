"""The command as a plugin of the real kubectl, and what kubectl's completion is told."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from cluster.server import Cluster
from cluster.tools import missing
from support.command import PROGRAM

SAMPLE = Path(__file__).parents[2] / "docs" / "sample-cluster" / "before"


@pytest.fixture(autouse=True)
def _as_a_user(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    if not shutil.which("kubectl"):
        missing("kubectl is needed (https://kubernetes.io/docs/tasks/tools/)")
    monkeypatch.setenv("PATH", f"{PROGRAM.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("KUBECONFIG", str(cluster.kubeconfig))
    monkeypatch.setenv("K8S_DATAMODEL_COMPLETION_SECONDS", "60")


def kubectl(*arguments: str) -> str:
    """What it prints; a plugin's name must be its first argument."""
    done = subprocess.run(["kubectl", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_kubectl_finds_it_and_calls_it_by_its_name() -> None:
    listed = kubectl("plugin", "list")
    assert str(PROGRAM.parent / "kubectl-datamodel") in listed
    usage = kubectl("datamodel", "crd", "list", "--help")
    assert usage.startswith("Usage: kubectl datamodel crd list [OPTIONS]")
    assert "Example: kubectl datamodel crd list --output wide" in usage
    assert "k8s-datamodel crd" not in usage


def test_it_lists_as_ever() -> None:
    info = json.loads(kubectl("datamodel", "cluster", "info", "-o", "json"))
    assert info["context"] == "shared"
    names = kubectl("datamodel", "--source", str(SAMPLE), "crd", "list", "-o", "name")
    assert len(names.splitlines()) == 18


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        (["crd", "list", "-o", "ya"], ["yaml", ":4"]),
        (["database", "export", "1", "--file", "some"], [":0"]),
        (["crd", "list", "-n", "kube-s"], ["kube-system", ":4"]),
        (["--context", "sh"], ["shared", ":4"]),
        (["crd", "diag"], ["diagram\tDraw the schemas with Mermaid.", ":4"]),
    ],
)
def test_kubectl_completes_it(typed: list[str], answer: list[str]) -> None:
    said = kubectl("__complete", "datamodel", *typed)
    assert said.splitlines() == answer

"""Kubeconfigs that work with kubectl work with us, and only those; and none shows a secret."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from cluster.server import Cluster
from support.forked import Forked
from support.kubeconfigs.kubeconfig_cases import CASES, Case
from support.kubeconfigs.kubeconfig_runs import kubectl, lay_out, placeholders, program

# What every secret of the table looks like; PEM in base64 begins like that.
SECRETS = re.compile(r"SECRET|admin-token|31415926|LS0tLS1|PRIVATE KEY")


@pytest.fixture(scope="module")
def known(cluster: Cluster) -> Iterator[Mapping[str, str]]:
    """What stands for what in a case."""
    command = [program(), "--kubeconfig", str(cluster.kubeconfig), "proxy", "--port=0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as proxy:
        assert proxy.stdout is not None
        address = proxy.stdout.readline().split()[-1]
        yield placeholders(cluster, f"http://{address}")
        proxy.terminate()


@pytest.mark.parametrize("name", CASES)
def test_it_works_where_kubectl_works(
    name: str, known: Mapping[str, str], tmp_path: Path, command: Forked
) -> None:
    case: Case = CASES[name]
    env = lay_out(case, tmp_path, known)
    with kubectl(env) as theirs:
        ours = command.run("--debug", "crd", "count", **env)
        works, said = theirs()
    assert works is case.works, said
    assert (ours.code == 0) is case.works, ours.err
    assert not SECRETS.search(ours.out + ours.err), ours.err
    assert "a fault of k8s-datamodel" not in ours.err
    assert case.works or ours.err.splitlines()[-1].startswith(("k8s-datamodel: ", "Error: "))

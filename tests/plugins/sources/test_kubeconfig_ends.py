"""Files without end, pipes without writer, plugins that never stop: each is one clear line."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cluster.kubeconfig import merge_kubeconfigs, vary
from cluster.server import Cluster
from support.forked import Forked
from support.kubeconfigs.kubeconfig_cases import CLUSTER, TOKEN, Case, answer, cluster, plugin, user
from support.kubeconfigs.kubeconfig_runs import lay_out, placeholders

GOOD = answer('{"token": "admin-token"}')
SOON = {"K8S_DATAMODEL_PLUGIN_TIMEOUT": "0.5"}


@dataclass(frozen=True)
class Ends:
    """What a case says.

    Attributes:
        words: of the message; none if it works.
        case: the kubeconfig. ``<DIR>/pipe`` is a pipe into which nobody writes, ``<DIR>/large`` a
            file of 17 MiB.
        env: variables for the run.
    """

    words: str
    case: Case
    env: Mapping[str, str] = field(default_factory=dict)


def kubeconfig(path: str) -> Case:
    return Case(False, env={"KUBECONFIG": path})


CASES = {
    "a kubeconfig without end": Ends("more than 16 MiB", kubeconfig("/dev/zero")),
    "a large kubeconfig": Ends("more than 16 MiB", kubeconfig("<DIR>/large")),
    "a kubeconfig behind one without end": Ends(
        "more than 16 MiB", kubeconfig("<DIR>/config:/dev/zero")
    ),
    "a kubeconfig that is a pipe": Ends("has no contexts", kubeconfig("<DIR>/pipe")),
    "a token file without end": Ends("more than 1 MiB", user(False, "tokenFile: /dev/zero")),
    "a token file of noise": Ends("more than 1 MiB", user(False, "tokenFile: /dev/urandom")),
    "a large token file": Ends("more than 1 MiB", user(False, "tokenFile: large")),
    "a token file that is a pipe": Ends("is empty", user(False, "tokenFile: pipe")),
    "a token for a pipe": Ends("", user(True, f"tokenFile: pipe, {TOKEN}")),
    "an authority without end": Ends(
        "/dev/zero is not a file of certificates",
        cluster(False, "server: '<URL>', certificate-authority: /dev/zero"),
    ),
    "an authority that is a pipe": Ends(
        "pipe is not a file of certificates",
        cluster(False, "server: '<URL>', certificate-authority: pipe"),
    ),
    "a large certificate": Ends(
        "large is not a file of certificates",
        user(False, "client-certificate: large, client-key: '<KEY>'"),
    ),
    "a key without end": Ends(
        "/dev/zero is not a file of certificates",
        user(False, "client-certificate: '<CERT>', client-key: /dev/zero"),
    ),
    "a plugin without end": Ends("printed more than 1 MiB", plugin(False, "yes")),
    "a plugin that never ends": Ends("did not end in time", plugin(False, "sleep 1000"), SOON),
    "a plugin that leaves another": Ends(
        "did not end in time", plugin(False, f"sleep 1000 &\n{GOOD}"), SOON
    ),
    "a plugin that says all and stays": Ends(
        "did not end in time", plugin(False, f"{GOOD}\nexec >&- 2>&-\nsleep 1000"), SOON
    ),
    "a plugin that complains without end": Ends(
        "did not end in time", plugin(False, "yes >&2"), SOON
    ),
    "a plugin that complains much": Ends("", plugin(True, f"yes | head -c 300000 >&2\n{GOOD}")),
    "a plugin that reads": Ends("", plugin(True, f"cat >&2\n{GOOD}")),
}


@pytest.mark.parametrize("name", CASES)
def test_it_ends_with_a_clear_line(
    name: str, cluster: Cluster, tmp_path: Path, command: Forked
) -> None:
    ends = CASES[name]
    env = lay_out(ends.case, tmp_path, placeholders(cluster, ""))
    os.mkfifo(tmp_path / "pipe")
    with (tmp_path / "large").open("wb") as large:
        large.truncate(17 << 20)
    done = command.run("crd", "count", timeout=60, **env, **dict(ends.env))
    assert (done.code == 0) is (not ends.words), done.err
    assert ends.words in done.err
    assert len(done.err.splitlines()) == (1 if ends.words else 0)


def test_what_a_plugin_started_ends_with_it(
    cluster: Cluster, tmp_path: Path, command: Forked
) -> None:
    says = "sleep 1000 &\necho $! > <DIR>/pid\nwait"
    env = lay_out(plugin(False, says), tmp_path, placeholders(cluster, ""))
    command.run("crd", "count", **env, **SOON)
    pid = int((tmp_path / "pid").read_text())
    assert not _runs(pid)


def _runs(pid: int) -> bool:
    """Whether a process still does something; nobody may have collected a dead one."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_a_kubeconfig_is_read_once_however_many_contexts(
    cluster: Cluster, tmp_path: Path, command: Forked
) -> None:
    """A pipe gives its content once, as ``--kubeconfig <(...)`` of a shell."""
    parts = []
    for name in ("one", "two", "three"):
        part = vary(cluster.kubeconfig, tmp_path / name, context=name)
        text = part.read_text().replace("shared-admin", f"{name}-admin")
        part.write_text(
            text.replace("name: shared", f"name: {name}-cluster").replace(
                "cluster: shared", f"cluster: {name}-cluster"
            )
        )
        parts.append(part)
    content = merge_kubeconfigs(parts, tmp_path / "merged").read_bytes()
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(content,), daemon=True)
    writer.start()
    done = command.ok("--kubeconfig", tmp_path / "pipe", "crd", "count", "--all-contexts")
    assert all(name in done.out for name in ("one", "two", "three"))


INFO = (
    """\
printf '%s' "$KUBERNETES_EXEC_INFO" > <DIR>/info
"""
    + GOOD
)


def test_a_plugin_is_told_of_its_cluster(cluster: Cluster, tmp_path: Path, command: Forked) -> None:
    known = placeholders(cluster, "")
    case = plugin(True, INFO, ", provideClusterInfo: true")
    name = "client.authentication.k8s.io/exec"
    config = "{a: [1.5, 010, -2, 1_0, 0x1f, 5e2, on], b: x}"
    extensions = f"extensions: [{{name: {name}, extension: {config}}}]"
    case = Case(True, case.user, f"{CLUSTER}, {extensions}", files=case.files)
    command.ok("crd", "count", **lay_out(case, tmp_path, known))
    told = json.loads((tmp_path / "info").read_text())
    assert told == {
        "kind": "ExecCredential",
        "apiVersion": "client.authentication.k8s.io/v1",
        "spec": {
            "interactive": False,
            "cluster": {
                "server": cluster.url,
                "certificate-authority-data": known["CA64"],
                "config": {"a": [1.5, 8, -2, 10, 31, 500.0, True], "b": "x"},
            },
        },
    }


def test_a_plugin_is_told_of_no_cluster_unless_it_asks(
    cluster: Cluster, tmp_path: Path, command: Forked
) -> None:
    env = lay_out(plugin(True, INFO), tmp_path, placeholders(cluster, ""))
    command.ok("crd", "count", **env)
    assert "cluster" not in json.loads((tmp_path / "info").read_text())["spec"]

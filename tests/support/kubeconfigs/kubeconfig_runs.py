"""Lays a case of ``kubeconfig_cases`` out in a folder, and runs kubectl with it."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from cluster.server import Cluster
from cluster.tools import missing
from support.kubeconfigs.kubeconfig_cases import Case

CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions?limit=1"


def placeholders(cluster: Cluster, http: str) -> dict[str, str]:
    """What stands for what in a case; see ``kubeconfig_cases``."""
    names = {"CA": "ca.crt", "CERT": "client.crt", "KEY": "client.key", "OTHER": "server.key"}
    files = {name: cluster.folder / file for name, file in names.items()}
    return {
        "URL": cluster.url,
        "HOSTPORT": cluster.url.removeprefix("https://"),
        "HTTP": http,
        "HTTPHOST": http.removeprefix("http://"),
        **{name: str(path) for name, path in files.items()},
        **{f"{k}64": base64.b64encode(path.read_bytes()).decode() for k, path in files.items()},
        **{f"{k}PEM": path.read_text() for k, path in files.items()},
    }


def lay_out(case: Case, folder: Path, known: Mapping[str, str]) -> dict[str, str]:
    """Write the case's files into the folder; returns the environment to run with."""
    known = {**known, "DIR": str(folder)}
    (folder / "home").mkdir()
    for name, content in case.files.items():
        _write(folder / name, _text(content, known).encode())
    _write(folder / "config", _filled(case, known))
    env = {"KUBECONFIG": "<DIR>/config", **case.env}
    return {"HOME": str(folder / "home")} | {k: _text(v, known) for k, v in env.items()}


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(0o700 if path.suffix == ".sh" else 0o600)


def _filled(case: Case, known: Mapping[str, str]) -> bytes:
    if isinstance(case.content, bytes):
        return case.content
    return _text(case.content, known).encode(case.encoding)


def _text(content: str, known: Mapping[str, str]) -> str:
    for name, value in known.items():
        content = content.replace(f"<{name}>", value)
    return content


def program() -> str:
    """kubectl; without it the test is skipped."""
    found = shutil.which("kubectl")
    if found is None:
        missing("kubectl is needed (https://kubernetes.io/docs/tasks/tools/)")
    return found


@contextmanager
def kubectl(env: Mapping[str, str]) -> Iterator[Callable[[], tuple[bool, str]]]:
    """Let kubectl list CRDs; what is given tells whether it could, and what it said."""
    with subprocess.Popen(
        [program(), "get", "--raw", CRDS],
        env={**os.environ, **env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:

        def ended() -> tuple[bool, str]:
            said = process.communicate(timeout=60)[1].decode(errors="replace")
            return process.returncode == 0, said

        yield ended

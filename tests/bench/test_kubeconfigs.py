"""What a kubeconfig of many contexts costs, against one that holds nothing but the chosen one."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Any

import pytest

from bench.conftest import ROUNDS
from bench.measure import Bench, in_turn
from bench.report import Report, Target
from bench.scale import Scale
from cluster import kubeconfig

pytestmark = pytest.mark.bench

CONTEXTS = 300
MOST = 1.1
CERTIFICATE, KEY = 1100, 1700
"""Bytes of PEM that clusters and users have inline: kubeadm's of RSA 2048."""


def test_a_kubeconfig_of_many_contexts(
    bench: Bench, sixty: Scale, report: Report, tmp_path: Path
) -> None:
    one, many = tmp_path / "one", tmp_path / "many"
    document = kubeconfig.read(sixty.kubeconfig)
    kubeconfig.write(_named(document), one)
    kubeconfig.write(_grown(_named(document)), many)
    count = ("crd", "count", "--context", f"one-of-{CONTEXTS}", "--kubeconfig")
    found = in_turn(
        2 * ROUNDS,
        {"one": lambda: bench.ours(*count, one), "many": lambda: bench.ours(*count, many)},
    )
    assert int(bench.out.read_text()) == sixty.size.crds
    report.ran("`crd count` with a kubeconfig of one context", found["one"])
    report.ran(f"the same with {many.stat().st_size / 1e6:.1f} MB of {CONTEXTS}", found["many"])
    ratio = found["many"].median() / found["one"].median()
    name = f"`crd count` with a kubeconfig of {CONTEXTS} contexts, against one of one"
    report.target(Target(name, ratio, MOST))


def _named(document: dict[str, Any]) -> dict[str, Any]:
    """The same, with its only context called as the last of many."""
    [context] = document["contexts"]
    name = f"one-of-{CONTEXTS}"
    contexts = [{**context, "name": name}]
    return {**document, "contexts": contexts, "current-context": name}


def _grown(document: dict[str, Any]) -> dict[str, Any]:
    """The same after others, as tools of clouds write them: all data inline."""
    sections: dict[str, list[Any]] = {"clusters": [], "users": [], "contexts": []}
    for number in range(1, CONTEXTS):
        name = f"one-of-{number}"
        place = {
            "server": f"https://{name}.clusters.example:6443",
            "certificate-authority-data": _data(CERTIFICATE),
        }
        user = {"client-certificate-data": _data(CERTIFICATE), "client-key-data": _data(KEY)}
        context = {"cluster": name, "user": name, "namespace": "default"}
        for section, inner, content in (
            ("clusters", "cluster", place),
            ("users", "user", user),
            ("contexts", "context", context),
        ):
            sections[section].append({inner: content, "name": name})
    return {**document, **{name: [*some, *document[name]] for name, some in sections.items()}}


def _data(size: int) -> str:
    return base64.b64encode(os.urandom(size)).decode()

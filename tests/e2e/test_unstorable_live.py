"""An object that no database can hold is left out and told; the rest of the snapshot is stored."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cluster.client import Client
from cluster.faults import Action, Fault, on
from cluster.fixtures import MakeCluster
from cluster.proxy import Proxy
from cluster.serving import CRDS
from cluster.wire import Exchange
from support.forked import Forked
from support.live_source import widget_crd, widgets

pytestmark = pytest.mark.cluster

GROUP, OTHER = "numbers.example.com", "others.example.com"
WIDGETS = f"/apis/{GROUP}/v1/widgets"

NUMBERS = {
    "too large": "1e999",
    "too small": "-1e999",
    "of many digits": "1" + "0" * 400 + ".5",
}
"""How a server may write a number that is none to us. The next one is a line."""


@pytest.fixture(scope="module")
def proxy(make_cluster: MakeCluster) -> Iterator[Proxy]:
    cluster = make_cluster("numbers")
    with Client(cluster.kubeconfig) as admin:
        admin.apply([widget_crd(GROUP), widget_crd(OTHER), *widgets(GROUP, "default", 2)])
    with Proxy(cluster) as proxy:
        yield proxy


def spliced(after: str, number: str) -> Action:
    """The real answer with a field of that number behind the first such text."""

    def act(exchange: Exchange) -> None:
        reply = exchange.fetch()
        text = json.dumps(reply.json(), separators=(",", ":"))
        body = text.replace(after, f'{after}"measured":{number},', 1).encode()
        exchange.answer(reply.status, reply.headers, body)

    return act


def strict(text: str) -> Any:
    """JSON as RFC 8259 has it, without infinity."""

    def refuse(constant: str) -> float:
        raise AssertionError(f"{constant} is no JSON")

    return json.loads(text, parse_constant=refuse)


@pytest.mark.parametrize("what", NUMBERS)
@pytest.mark.parametrize("path", [CRDS, WIDGETS])
def test_a_number_that_is_none(
    proxy: Proxy, command: Forked, tmp_path: Path, path: str, what: str
) -> None:
    assert math.isinf(float(NUMBERS[what]))
    proxy.heal()
    where = '"spec":{' if path == CRDS else '"items":[{'
    proxy.inject(Fault(on(path), spliced(where, NUMBERS[what])))
    db = tmp_path / "inventory.db"
    options = ("--kubeconfig", proxy.kubeconfig, "--db-path", db)
    done = command.run(*options, "database", "store", "--with-instances")
    assert done.code == 3, done.err
    shown = strict(command.ok("--db-path", db, "database", "show", "1", "-o", "json").out)
    kind, left = ("crds", 1) if path == CRDS else ("instances", 1)
    assert len(shown[kind]) == left
    assert shown["snapshot"]["crd_count" if path == CRDS else "instance_count"] is None
    assert len(shown["crds"]) >= 1
    assert command.run("--db-path", db, "database", "verify").code == 0
    listed = command.run(*options[:2], "crd", "list", "--include-specs", "-o", "json")
    assert listed.code in (0, 3)
    strict(listed.out)

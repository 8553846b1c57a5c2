"""What one count costs with our HTTP client, and with others where they are installed."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.conftest import ROUNDS, SMALL
from bench.report import Report
from bench.scale import Scale, settle
from cluster.kubeconfig import access

pytestmark = pytest.mark.bench

CLIENTS = Path(__file__).parent / "clients.py"
OTHERS = ("urllib3", "http.client", "httptools", "pycurl", "h11", "aiohttp", "httpcore")
CONNECTIONS = (1, 4)
REQUESTS = 400 if SMALL else 2000


def test_clients(scale: Scale, tmp_path: Path, report: Report) -> None:
    """The least of the rounds counts: what else runs only adds to a processor's time."""
    found = access(scale.kubeconfig)
    job = {
        "server": found.server,
        "authority": found.certificate_authority,
        "authority_file": str(tmp_path / "authority.crt"),
        "token": found.token,
        "counts": list(scale.counts),
        "requests": REQUESTS,
    }
    names = [name for name in OTHERS if importlib.util.find_spec(name)]
    settle(scale.cluster)
    costs: dict[tuple[str, int], float] = {}
    for _ in range(ROUNDS):
        for name in ("ours", *names):
            for connections in CONNECTIONS:
                cost = _run(name, {**job, "connections": connections})
                key = name, connections
                costs[key] = min(cost, costs.get(key, cost))
    for name in ("ours", *names):
        few, many = (f"{costs[name, number]:.0f}" for number in CONNECTIONS)
        words = f"{few} and {many} microseconds on 1 and 4 connections"
        report.fact(f"processor time of one count by {name}", words)


def _run(name: str, job: dict[str, object]) -> float:
    done = subprocess.run(
        [sys.executable, str(CLIENTS), name],
        input=json.dumps(job).encode(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return float(done.stdout)

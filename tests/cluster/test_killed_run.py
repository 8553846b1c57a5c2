"""A test run that is killed leaves no server behind."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cluster.build import START
from support.servers.postgres import NEED_POSTGRESQL, programs

TESTS = Path(__file__).parents[1]
SECONDS = 60

API_SERVER = """
from cluster.build import build
from cluster.server import Cluster
with Cluster.start(build()) as cluster:
    print(cluster.pid, flush=True)
    input()
"""
POSTGRESQL = """
from support.servers.postgres import Postgres, programs
with Postgres(programs()) as server:
    print(server.pid, flush=True)
    input()
"""


@contextmanager
def started_by(program: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A process that started a server, and a file descriptor that tells the server's end."""
    run = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=TESTS,
        env={**os.environ, **START, "PYTHONPATH": str(TESTS)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with run:
        assert run.stdout is not None
        server = os.pidfd_open(int(run.stdout.readline()))
        try:
            yield run, server
        finally:
            os.close(server)
            run.kill()


def ended(server: int) -> bool:
    return bool(select.select([server], [], [], SECONDS)[0])


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="pidfd_open is Linux's")
@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize(
    "program",
    [
        pytest.param(API_SERVER, marks=pytest.mark.cluster, id="API server"),
        pytest.param(POSTGRESQL, marks=pytest.mark.postgresql, id="PostgreSQL"),
    ],
)
def test_no_server_outlives_the_run(program: str, sent: signal.Signals) -> None:
    if program is POSTGRESQL and programs() is None:
        pytest.skip(NEED_POSTGRESQL)
    with started_by(program) as (run, server):
        run.send_signal(sent)
        assert ended(server)

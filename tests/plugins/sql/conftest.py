"""Both backends behind one fixture."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.servers.postgres import Postgres
from support.sql_stores import Backend, in_child


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Backend]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        backend = Backend("sqlite", str(tmp_path / "inventory.db"))
    else:
        server: Postgres = request.getfixturevalue("postgres")
        backend = Backend("postgresql", server.new_database())
    yield backend
    backend.close()


@pytest.fixture
def sqlite_backend(tmp_path: Path) -> Iterator[Backend]:
    """An empty SQLite database."""
    backend = Backend("sqlite", str(tmp_path / "inventory.db"))
    yield backend
    backend.close()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user reaches: each start of pytest closes those below its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o755)


@pytest.fixture
def unprivileged() -> Callable[[Callable[[], None]], None]:
    """Runs a check as somebody whom file permissions hold, which they do not for root."""
    if os.geteuid() == 0:
        return lambda check: in_child(check, user=65534)
    return lambda check: check()

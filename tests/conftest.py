"""What every test gets: an empty home, no plugin but the built-ins, and no silent skip in CI."""

from __future__ import annotations

import compileall
import itertools
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from support import forked
from support.forked import Forked
from support.servers.postgres import NEED_POSTGRESQL, RUNNING, Postgres, programs

pytest_plugins = ["cluster.fixtures"]

ROOT = Path(__file__).parents[1]
NEEDS = {
    "chromium": "browser",
    "site": "browser",
    "testserver_binary": "cluster",
    "postgres": "postgresql",
    "installed": "network",
    "mermaid": "network",
    "shared": "corpora",
    "manual": "corpora",
}
"""By the fixture that gives it, the marker of tests that need it."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """What a test run may write."""
    text = "write the table of docs/faults.md from what happens"
    parser.addoption("--write-faults", action="store_true", help=text)


def pytest_configure(config: pytest.Config) -> None:
    """Compile what the tests import and run, once for all their processes; let Ctrl-C end them."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in the background of a script
        signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.dont_write_bytecode = False
    if not hasattr(config, "workerinput"):
        for folder in ("core", "plugins"):
            compileall.compile_dir(ROOT / folder, quiet=2)


def pytest_collection_finish() -> None:
    """Tests keep no bytecode, which is believed by its time in seconds and its size only.

    A test may write a plugin anew within a second.
    """
    sys.dont_write_bytecode = True
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test by what it needs beside Python."""
    for item in items:
        for fixture, marker in NEEDS.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(marker)


def in_ci() -> bool:
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")


# How fast the machine is decides no test, and in CI chance does not either.
settings.register_profile(
    "house",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=in_ci(),
    database=None if in_ci() else settings.default.database,
)
settings.load_profile("house")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """In CI a skipped test is a failed one: what matters must run there."""
    report = yield
    if in_ci() and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"skipped, but nothing may skip in CI: {reason}"
    return report


@pytest.fixture(scope="session")
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Folders to be made: ``mktemp`` would look through those of all tests before."""
    folder = tmp_path_factory.mktemp("homes")
    return (folder / str(number) for number in itertools.count())


@pytest.fixture(scope="session")
def _plugin_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What plugins registered, for all tests but those of the cache."""
    return tmp_path_factory.mktemp("plugin-cache")


@pytest.fixture(autouse=True)
def _own_world(
    _homes: Iterator[Path], _plugin_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No test sees the user's home, kubeconfig, database or plugins."""
    home = next(_homes)
    home.mkdir()
    for name in list(os.environ):
        if name in ("KUBECONFIG", "NO_COLOR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME") or (
            name.startswith("K8S_DATAMODEL_")
        ):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("K8S_DATAMODEL_CACHE_DIR", str(_plugin_cache))
    monkeypatch.setenv("K8S_DATAMODEL_CONFIG_DIR", str(home / "config"))
    monkeypatch.setenv("K8S_DATAMODEL_NO_EXTERNAL_PLUGINS", "1")
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One PostgreSQL server for all tests, each with a database of its own."""
    folder = programs()
    if folder is None:
        pytest.skip(NEED_POSTGRESQL)
    with Postgres(folder) as server:
        yield server


@pytest.fixture(autouse=True)
def _databases_go() -> Iterator[None]:
    """The databases that a test makes go with it: hundreds of them would fill a disk."""
    made = {id(server): server.made for server in RUNNING}
    yield
    for server in RUNNING:
        server.drop_since(made.get(id(server), 0))


@pytest.fixture(scope="session")
def command() -> Forked:
    """The command, for tests that run it dozens of times; ``command.run`` starts it anew."""
    return forked.shared()


def pytest_unconfigure() -> None:
    """Leave no process behind."""
    forked.stop()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the corpora, the manual and the labels."""
    folder = Path(os.environ.get("SHARED", ROOT.parent / "shared"))
    if not (folder / "corpora").is_dir():
        pytest.skip(f"the shared folder is not at {folder}: set SHARED to where it is")
    return folder

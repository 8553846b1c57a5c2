"""The manual's blocks, the clusters behind its contexts, and the report of what ran."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from cluster.server import Cluster
from cluster.tools import missing
from manual import report
from manual.blocks import Block, read
from manual.world import DEVELOPMENT, PRODUCTION, Place, load, merged

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def manual() -> dict[str, Block]:
    """The blocks of the user's manual."""
    file = Path(os.environ.get("SHARED", ROOT.parent / "shared")) / "database-manual.md"
    if not file.is_file():
        missing(f"the manual is not at {file}: set SHARED to the folder where it is")
    return read(file)


@pytest.fixture(scope="session")
def programs() -> None:
    """The programs that the manual's recipes call."""
    for name in ("bash", "jq", "sqlite3", "diff", "ps", "du"):
        if shutil.which(name) is None:
            missing(f"the manual's recipes need {name}: install it")


@pytest.fixture(scope="package")
def kubeconfig(
    testserver_binary: Path, programs: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """Two loaded servers behind the five contexts that the manual names."""
    folder = tmp_path_factory.mktemp("clusters")
    arguments = ("--allow-privileged=true",)
    with (
        Cluster.start(testserver_binary, *PRODUCTION, apiserver_args=arguments) as production,
        Cluster.start(testserver_binary, *DEVELOPMENT, apiserver_args=arguments) as development,
    ):
        load(production, "after", folder / "after")
        load(development, "before", folder / "before")
        yield merged([production, development], folder / "kubeconfig")


@pytest.fixture(scope="package")
def pages_kubeconfig(kubeconfig: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The contexts that our own pages name, two of each server."""
    document = yaml.safe_load(kubeconfig.read_text())
    names = ("prod", "prod-eu", "staging", "prod-us")
    document["contexts"] = [each for each in document["contexts"] if each["name"] in names]
    document["current-context"] = "prod"
    file = tmp_path_factory.mktemp("pages-clusters") / "kubeconfig"
    file.write_text(yaml.safe_dump(document))
    return file


@pytest.fixture(scope="package")
def stock(kubeconfig: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with snapshots of both clusters, as the manual's examples have it."""
    place = Place.make(tmp_path_factory.mktemp("stock"), kubeconfig)
    for context, notes in (
        ("prod-cluster", "Production cluster before upgrade"),
        ("dev-cluster", "Development cluster inventory"),
        ("prod-cluster", "Production cluster after upgrade"),
    ):
        place.ok("--context", context, "database", "store", "--notes", notes)
    return place.database


@pytest.fixture
def place(kubeconfig: Path, tmp_path: Path) -> Place:
    """A new user: no database yet."""
    return Place.make(tmp_path, kubeconfig)


@pytest.fixture
def stocked(place: Place, stock: Path) -> Place:
    """A user with the three snapshots of `stock`."""
    place.database.parent.mkdir(mode=0o700)
    shutil.copy(stock, place.database)
    return place


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints which blocks ran, and which needed help to mean something."""
    lines = report.lines(terminalreporter.stats)
    if lines:
        terminalreporter.section("the manual, block by block")
        for line in lines:
            terminalreporter.write_line(line)

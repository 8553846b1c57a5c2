"""A storing run judges objects without credentials, and finds what a showing run finds."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT
from support.forked import Forked

SAMPLES = ("before", "change")
ARCHIVES = ("operators", "must-gather", "dumps", "live-objects")
TEXTS = ("annotations", "labels", "image", "created_at", "id", "snapshot_id")
"""Columns that hold text of the objects; what is found may not rest on credentials in it."""

Rows = Sequence[dict[str, Any]]


@pytest.fixture(scope="module")
def corpora(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("corpora")
    for name in ARCHIVES:
        with tarfile.open(shared / "corpora" / f"{name}.tar.xz") as tar:
            tar.extractall(target / name, filter="data")
    return target


def sources(corpora: Path) -> Iterator[Path]:
    """Each install by itself, and each dump."""
    for name in ("operators", "dumps"):
        yield from sorted(path for path in (corpora / name).iterdir() if path.is_dir())
    yield from (corpora / "must-gather", corpora / "live-objects")


def judged(rows: Rows) -> Rows:
    return [{key: value for key, value in row.items() if key not in TEXTS} for row in rows]


def compared(command: Forked, source: Path, db: Path) -> int:
    """How many operators a source has, after a look at whether every way tells the same of them."""

    def rows(*arguments: object) -> Rows:
        done = command.run(
            *("operators", "list", "-o", "json"), *arguments, K8S_DATAMODEL_DB=str(db)
        )
        assert done.code in (0, 3), done.err
        return judged(done.json)

    shown = rows("--source", source)
    ways = {
        "shown as it is stored": rows("--source", source, "--store-db"),
        "stored by that": rows("--snapshot", "latest"),
    }
    assert command.run("--source", source, "--db-path", db, "database", "store").code in (0, 3)
    ways["stored with everything"] = rows("--snapshot", "latest")
    assert ways == dict.fromkeys(ways, shown), source
    return len(shown)


@pytest.mark.parametrize("name", SAMPLES)
def test_the_sample_cluster(command: Forked, tmp_path: Path, name: str) -> None:
    assert compared(command, ROOT / "docs" / "sample-cluster" / name, tmp_path / "inventory.db")


def test_the_corpora(command: Forked, corpora: Path, tmp_path: Path) -> None:
    found = {
        source.name: compared(command, source, tmp_path / f"{source.name}.db")
        for source in sources(corpora)
    }
    assert sum(found.values()) > 50, found
    assert found["must-gather"] > 20, found

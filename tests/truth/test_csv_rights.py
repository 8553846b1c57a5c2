"""Rights alone find the operators of real packages, without any mark of OLM."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from truth import csv_rights


@pytest.fixture(scope="module")
def every(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> list[csv_rights.Bundle]:
    folder = tmp_path_factory.mktemp("csvs")
    with tarfile.open(shared / "corpora" / "csvs.tar.xz") as tar:
        tar.extractall(folder, filter="data")
    return list(csv_rights.bundles(folder))


@pytest.mark.parametrize("together", [False, True])
def test_packages_without_their_marks(every: list[csv_rights.Bundle], together: bool) -> None:
    """What CSVs own and their operators have no right on is missed, and rightly so."""
    chosen = csv_rights.newest(every) if together else every
    csv_rights.fill(chosen, together)
    got = csv_rights.figures(chosen)
    assert got.csvs > 200
    assert got.found / got.csvs >= 0.99, got
    assert got.precision >= 0.99, got
    assert got.recall >= 0.93, got

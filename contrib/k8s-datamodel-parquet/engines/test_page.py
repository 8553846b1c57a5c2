"""The arithmetic of lake.md follows from what was measured, and the measuring still works."""

from __future__ import annotations

import re
from pathlib import Path

import measure
import pytest
from arithmetic import Kept, short
from click.testing import CliRunner
from programs import run

PROJECT = Path(__file__).parents[1]
SAMPLE = PROJECT.parents[1] / "docs" / "sample-cluster"
PAGE = " ".join((PROJECT / "lake.md").read_text(encoding="utf-8").split())
CLUSTERS, DAYS = 1000, 3 * 365
RELATIONS = 5
BYTES = ("", "KB", "MB", "GB", "TB")
FILES = ("", "thousand", "million")


def measured(row: str) -> tuple[float, float]:
    """A row of the page's table: as written, and compacted."""
    (found,) = re.findall(rf"\| {re.escape(row)} \| ([\d,.]+)(?: s)? \| ([\d,.]+)(?: s)? \|", PAGE)
    first, second = (float(each.replace(",", "")) for each in found)
    return first, second


DAILY = measured("a day of 1,000 clusters, `--partition day`: bytes of a snapshot")
HOURLY = measured(
    "24 snapshots of a cluster in a day, nothing changed, `--partition day,cluster`: bytes of each"
)
WHOLE = measured("the first of these with `--include-specs` (50 clusters)")
QUESTION = measured("instances per CRD of all clusters on the last of two days, in DuckDB")


def kept(size: float, files_for: int, a_day: int = 1) -> Kept:
    return Kept(size, RELATIONS, CLUSTERS, DAYS, files_for, a_day)


@pytest.mark.parametrize(
    ("row", "lake"),
    [
        ("never compacted", kept(DAILY[0], CLUSTERS)),
        (
            "`--partition day,cluster`: one snapshot a day leaves nothing to compact",
            kept(DAILY[0], CLUSTERS),
        ),
        (
            "`--partition day,cluster`, 24 snapshots a day, compacted",
            kept(HOURLY[1], CLUSTERS, a_day=24),
        ),
        ("`--partition day`, compacted", kept(DAILY[1], 1)),
        ("`--partition day`, compacted, with complete objects", kept(WHOLE[1], 1)),
    ],
)
def test_a_lake_of_a_thousand_clusters_and_three_years(row: str, lake: Kept) -> None:
    files = f"{lake.files:,}" if lake.files < 100_000 else short(lake.files, *FILES)
    assert f"| {row} | {short(lake.bytes, *BYTES)} | {files} |" in PAGE


def test_what_follows_from_it() -> None:
    one = kept(DAILY[1], 1)
    said = rf"A snapshot a day for three years is {one.snapshots:,} snapshots of about (\d+) rows"
    (rows,) = re.findall(said, PAGE)
    assert f"which are {short(int(rows) * one.snapshots, *FILES)}:" in PAGE
    assert f"times {one.snapshots:,}" in PAGE
    written, compacted = measured("files of a day")
    assert (written, compacted) == (RELATIONS * CLUSTERS, RELATIONS)
    opening = QUESTION[0] / (2 * CLUSTERS)  # a file of each cluster on each of two days
    assert f"about {opening * 1000:.1f} ms each" in PAGE
    seconds = f"{DAYS * opening:.1f} s"
    assert f"{DAYS:,} files, so about {seconds};" in PAGE
    assert "they are a million files, and more than ten minutes" in PAGE
    assert (round(DAYS * CLUSTERS / 1e6), DAYS * CLUSTERS * opening > 600) == (1, True)
    assert f"Compaction brings that to {short(DAILY[1], *BYTES).replace('.0', '')}." in PAGE


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake with one snapshot, of the sample cluster."""
    folder = tmp_path_factory.mktemp("model")
    database = ("--db-path", folder / "model.db")
    run(*database, "--source", SAMPLE / "before", "database", "store")
    run(*database, "lake", "write", folder / "model")
    return folder / "model"


@pytest.mark.parametrize(
    ("partition", "a_day", "files", "left"), [("day", 1, 30, 10), ("day,cluster", 2, 60, 30)]
)
def test_the_script_measures(
    model: Path, tmp_path: Path, partition: str, a_day: int, files: int, left: int
) -> None:
    """Three clusters and two days: as many files as the arithmetic says, and fewer bytes later."""
    options = ["--clusters", 3, "--days", 2, "--a-day", a_day, "--partition", partition]
    arguments = [str(each) for each in (model, tmp_path / "fleet", *options)]
    said = CliRunner().invoke(measure.main, arguments, catch_exceptions=False).output
    found = re.findall(
        r"^(as written|compacted): (\d+) snapshots, (\d+) files, [\d,]+ bytes, ([\d,]+) bytes",
        said,
        re.M,
    )
    snapshots = 6 * a_day
    assert [each[:3] for each in found] == [
        ("as written", str(snapshots), str(files)),
        ("compacted", str(snapshots), str(left)),
    ]
    lakes = [Kept(1, RELATIONS, 3, 2, each) for each in (3 * a_day, left // (2 * RELATIONS))]
    assert [each.files for each in lakes] == [files, left]
    before, after = (int(size.replace(",", "")) for *_, size in found)
    assert after < before
    for question in measure.QUESTIONS:
        assert len(re.findall(rf"^(?:as written|compacted), {question}: [\d.]+ s", said, re.M)) == 2

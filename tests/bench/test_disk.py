"""How much a database grows with time, and whether cleaning up gives that back."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.conftest import SMALL
from bench.measure import Bench
from bench.report import Report, Target
from bench.scale import Scale, touch
from bench.storing import Storing

pytestmark = pytest.mark.bench

DAYS = 4 if SMALL else 30
UNCHANGED = 3 if SMALL else 10
CHANGED_SHARE = 0.01
CHANGING, STILL, CLEANED, SIXTY_KIB = 1.35, 1.03, 1.05, 3
_KIB = 1024


def test_a_snapshot_of_sixty_crds(bench: Bench, sixty: Scale, report: Report) -> None:
    _, each = _unchanged(Storing(bench, sixty), bench.folder / "sixty.db")
    name = f"disk: an unchanged snapshot of {sixty.size.crds} CRDs"
    report.target(Target(name, each / _KIB, SIXTY_KIB, "{:.1f} KiB", hard=True))


def test_unchanged(bench: Bench, scale: Scale, report: Report) -> None:
    first, each = _unchanged(Storing(bench, scale), bench.folder / "unchanged.db")
    report.fact("bytes of the first snapshot", f"{first / 1e6:.1f} MB")
    report.fact("bytes of each unchanged one after it", f"{each / _KIB:.0f} KiB")
    ratio = (first + each * 29) / first
    name = f"disk: 30 unchanged snapshots, from {UNCHANGED}, against the first"
    report.target(Target(name, ratio, STILL, hard=True))


def test_changing(bench: Bench, scale: Scale, report: Report) -> None:
    db = bench.folder / "changing.db"
    ours = Storing(bench, scale)
    ours.store(db)
    first = db.stat().st_size
    number = round(scale.size.crds * CHANGED_SHARE)
    for day in range(1, DAYS):
        touch(scale.cluster, number, f"day {day}", start=day)
        ours.store(db)
    ratio = db.stat().st_size / first
    name = f"disk: {DAYS} snapshots, {number} CRDs changed before each, against the first"
    report.target(Target(name, ratio, CHANGING, hard=True))
    bench.ours("database", "cleanup", "--keep", "1", "--db-path", db)
    name = "disk: after a cleanup that keeps one, against the first"
    report.target(Target(name, db.stat().st_size / first, CLEANED, hard=True))


def _unchanged(ours: Storing, db: Path) -> tuple[int, float]:
    """Bytes of the first snapshot, and of each one after it."""
    ours.store(db)
    first = db.stat().st_size
    for _ in range(UNCHANGED):
        ours.store(db)
    return first, (db.stat().st_size - first) / UNCHANGED

"""What it costs to plan which of many snapshots go."""

from __future__ import annotations

import json

import pytest

from bench.conftest import ROUNDS, SMALL
from bench.history import lengthen
from bench.measure import Bench, in_turn
from bench.report import Report, Target
from bench.scale import Scale
from bench.storing import Storing

pytestmark = pytest.mark.bench

SNAPSHOTS = 100 if SMALL else 1000
SECONDS = 1.0
PLAN = ("--keep-daily", 30, "--keep-weekly", 52, "--keep-monthly", 12)


def test_cleanup(bench: Bench, scale: Scale, report: Report) -> None:
    db = bench.folder / "long.db"
    Storing(bench, scale).store(db)
    lengthen(db, SNAPSHOTS)
    cleanup = ("database", "cleanup", "-q", "--db-path", db, "--dry-run", "-o", "json")
    found = in_turn(
        ROUNDS,
        {
            "rules": lambda: bench.ours(*cleanup, *PLAN),
            "size": lambda: bench.ours(*cleanup, "--max-size", "100MB"),
        },
    )
    bench.ours(*cleanup, *PLAN)
    verdicts = json.loads(bench.out.read_text())
    assert len(verdicts) == SNAPSHOTS
    assert sum(each["stays"] for each in verdicts) in range(40, 95)
    name = f"`database cleanup --dry-run` of {SNAPSHOTS:,} snapshots of {scale.size.crds:,} CRDs"
    report.ran(name, found["rules"])
    report.ran(f"the same with `--max-size`, of {db.stat().st_size / 1e6:.0f} MB", found["size"])
    report.target(Target(name, found["rules"].median(), SECONDS, "{:.2f} s"))

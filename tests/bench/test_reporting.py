"""What a report costs: of a cluster, with the last snapshots behind it."""

from __future__ import annotations

import pytest

from bench.conftest import ROUNDS
from bench.history import lengthen
from bench.measure import Bench, in_turn
from bench.report import Report, Target
from bench.scale import Scale, touch
from bench.storing import Storing

pytestmark = pytest.mark.bench

SNAPSHOTS = 30
CHANGED = 20
ABOVE = 3.0
MOST_BYTES = 5_000_000


def test_reporting(bench: Bench, scale: Scale, report: Report) -> None:
    db, page = bench.folder / "reported.db", bench.folder / "report.html"
    ours = Storing(bench, scale)
    ours.store(db)
    lengthen(db, SNAPSHOTS - 1)
    touch(scale.cluster, CHANGED, f"reported {db.stat().st_mtime_ns}")
    ours.store(db)
    place = ("-q", "--db-path", db)
    found = in_turn(
        ROUNDS,
        {
            "list": lambda: bench.ours("database", "list", *place, "--limit", 1),
            "report": lambda: bench.ours(
                "report", "latest", *place, "--allow-incomplete", "--file", page
            ),
        },
    )
    of = f"{scale.size.crds:,} CRDs with {SNAPSHOTS} snapshots"
    report.ran(f"`report` of {of}", found["report"])
    above = min(found["report"].of("cpu")) - min(found["list"].of("cpu"))
    name = "`report`, processor time above `database list --limit 1`"
    report.target(Target(name, above, ABOVE, "{:.2f} s"))
    size = page.stat().st_size
    report.target(Target("bytes of the report", size, MOST_BYTES, "{:,.0f} bytes", hard=True))

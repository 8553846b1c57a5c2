"""What it costs to be told what changed in a large cluster."""

from __future__ import annotations

import json

import pytest

from bench.conftest import ROUNDS
from bench.measure import Bench, in_turn
from bench.report import Report, Target
from bench.scale import Scale, touch
from bench.storing import Storing

pytestmark = pytest.mark.bench

CHANGED = 20
SECONDS, ABOVE = 1.0, 0.2
CHECK_SECONDS = 2.0
UPGRADE_SECONDS = 3.0
MEMORY_RATIO = 1.3


def test_what_changed(bench: Bench, scale: Scale, less: Scale, report: Report) -> None:
    databases = {}
    for name, cluster in (("whole", scale), ("less", less)):
        databases[name] = bench.folder / f"changed-{name}.db"
        ours = Storing(bench, cluster)
        ours.store(databases[name])
        touch(cluster.cluster, CHANGED, "comparing")
        ours.store(databases[name])
    whole = ("--db-path", databases["whole"])
    bench.ours("diff", *whole, "-o", "json")
    crds = json.loads(bench.out.read_text())["summary"]["crds"]
    assert (crds["changed"], crds["unchanged"]) == (CHANGED, scale.size.crds - CHANGED)
    found = in_turn(
        ROUNDS,
        {
            "list": lambda: bench.ours("database", "list", *whole),
            "diff": lambda: bench.ours("diff", *whole),
            "check": lambda: bench.ours("check", "compat", "1", "2", *whole),
            "upgrade": lambda: bench.ours("check", "upgrade", "2", "--against", "1", *whole),
            "less": lambda: bench.ours("diff", "--db-path", databases["less"]),
        },
    )
    report.ran("`database list`", found["list"])
    report.ran(f"`diff` of two snapshots, {CHANGED} CRDs changed", found["diff"])
    seconds = found["diff"].median()
    report.target(Target("`diff`, in all", seconds, SECONDS, "{:.2f} s"))
    report.ran(f"`check compat` of two snapshots, {CHANGED} CRDs changed", found["check"])
    checked = found["check"].median()
    report.target(Target("`check compat`, in all", checked, CHECK_SECONDS, "{:.2f} s"))
    report.ran(f"`check upgrade`, {CHANGED} CRDs of the release changed", found["upgrade"])
    seconds = found["upgrade"].median()
    report.target(Target("`check upgrade`, in all", seconds, UPGRADE_SECONDS, "{:.2f} s"))
    above = found["diff"].median("cpu") - found["list"].median("cpu")
    report.target(Target("`diff`, processor time above `database list`", above, ABOVE, "{:.2f} s"))
    ratio = max(found["diff"].of("memory")) / max(found["less"].of("memory"))
    name = f"its memory, against that of a cluster of {less.size.crds} CRDs"
    report.target(Target(name, ratio, MEMORY_RATIO, hard=True))

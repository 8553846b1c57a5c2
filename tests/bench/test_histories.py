"""What it costs to be told since when something is so, and what happened."""

from __future__ import annotations

import json

import pytest

from bench.conftest import ROUNDS, SMALL
from bench.history import lengthen
from bench.measure import Bench, in_turn
from bench.report import Report, Target
from bench.scale import Scale, touch
from bench.storing import Storing

pytestmark = pytest.mark.bench

SNAPSHOTS = 100 if SMALL else 1000
CHANGED = 20
ABOVE, SECONDS = 0.1, 1.0
SINCE = "2020-03-01" if SMALL else "2022-08-01"
"""Of the last two months or so: the snapshots are a day apart, from 2020-01-01 on."""


def test_histories(bench: Bench, scale: Scale, report: Report) -> None:
    db = bench.folder / "remembered.db"
    ours = Storing(bench, scale)
    ours.store(db)
    lengthen(db, SNAPSHOTS - 1)
    touch(scale.cluster, CHANGED, f"remembered {db.stat().st_mtime_ns}")
    ours.store(db)
    place = ("-q", "--db-path", db, "--allow-incomplete")
    bench.ours("log", *place, "--only", "crds", "-o", "json")
    lines = [json.loads(line) for line in bench.out.read_text().splitlines()]
    assert {each["change"] for each in lines} == {"changed"}
    assert len(lines) == CHANGED
    name = lines[0]["key"]["name"]
    bench.ours("crd", "history", name, *place, "-o", "json")
    steps = [each["change"] for each in json.loads(bench.out.read_text())]
    assert steps == ["changed", "first-seen"]
    found = in_turn(
        ROUNDS,
        {
            "list": lambda: bench.ours("database", "list", "-q", "--db-path", db, "--limit", 1),
            "history": lambda: bench.ours("crd", "history", name, *place),
            "since": lambda: bench.ours("log", *place, "--since", SINCE),
            "log": lambda: bench.ours("log", *place),
        },
    )
    of = f"{SNAPSHOTS:,} snapshots of {scale.size.crds:,} CRDs"
    report.ran("`database list --limit 1`", found["list"])
    report.ran(f"`crd history` over {of}", found["history"])
    report.ran(f"`log --since`, of the last two months of {of}", found["since"])
    report.ran(f"`log`, of all {of}", found["log"])
    above = found["history"].median("cpu") - found["list"].median("cpu")
    what = "`crd history`, processor time above `database list --limit 1`"
    report.target(Target(what, above, ABOVE, "{:.2f} s"))
    report.target(Target("`log --since`, in all", found["since"].median(), SECONDS, "{:.2f} s"))

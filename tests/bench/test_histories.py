"""What it costs to be told since when something is so, and what happened."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench import corpus
from bench.conftest import ROUNDS, SMALL
from bench.history import lengthen
from bench.measure import Bench, in_turn
from bench.report import Report, Target
from bench.scale import Scale, touch
from bench.storing import Storing

pytestmark = pytest.mark.bench

SNAPSHOTS = 100 if SMALL else 1000
CHANGED = 20
ABOVE, LOG_ABOVE, SECONDS = 0.1, 0.3, 1.0
ALL_RATIO = 1.5
"""Snapshots in which nothing changed cost next to nothing: both tell of the same changes."""

DUMPED_RATIO = 2.5
"""A dump need not hold everything, so the ledger of each is read, too."""

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
    start = min(found["list"].of("cpu"))
    for name, what, limit in (("history", "crd history", ABOVE), ("log", "log", LOG_ABOVE)):
        above = min(found[name].of("cpu")) - start
        what_of = f"`{what}`, processor time above `database list --limit 1`"
        report.target(Target(what_of, above, limit, "{:.2f} s"))
    ratio = min(found["log"].of("cpu")) / min(found["since"].of("cpu"))
    name = "`log` of all snapshots, against that of the last two months"
    report.target(Target(name, ratio, ALL_RATIO, hard=True))
    report.target(Target("`log --since`, in all", found["since"].median(), SECONDS, "{:.2f} s"))


def test_the_history_of_dumps(bench: Bench, archive: Path, report: Report) -> None:
    db, dump = bench.folder / "dumped.db", bench.folder / "dump.json"
    for label in ("before", "after"):
        crds = [json.loads(each) for each in corpus.crds(archive, 200)]
        crds[0]["metadata"]["labels"] = {"changed": label}
        dump.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": crds}))
        bench.ours("database", "store", "-q", "--db-path", db, "--source", dump)
        if label == "before":
            lengthen(db, SNAPSHOTS - 1)
    place = ("-q", "--db-path", db, "--allow-incomplete")
    bench.ours("log", *place, "-o", "json")
    assert len(bench.out.read_text().splitlines()) == 1
    found = in_turn(
        ROUNDS,
        {
            "since": lambda: bench.ours("log", *place, "--since", SINCE),
            "log": lambda: bench.ours("log", *place),
        },
    )
    of = f"{SNAPSHOTS:,} dumps of 200 CRDs"
    report.ran(f"`log --since`, of the last two months of {of}", found["since"])
    report.ran(f"`log`, of all {of}", found["log"])
    ratio = min(found["log"].of("cpu")) / min(found["since"].of("cpu"))
    name = "`log` of all dumps, against that of the last two months"
    report.target(Target(name, ratio, DUMPED_RATIO, hard=True))

"""What a snapshot costs: the first, the next of a cluster in which nothing or little changed."""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path

import pytest

from bench.conftest import ROUNDS
from bench.measure import HERE, Bare, Bench, Costs, Floor, Listing, in_turn
from bench.report import Report, Target
from bench.scale import Scale, settle, touch
from bench.storing import Storing
from cluster.serving import CRDS

pytestmark = pytest.mark.bench

IMPORTS = "import kubernetes, dataset"
CHANGED = 20
MEMORY, NEXT_MEMORY = 140, 115
MEMORY_RATIO = 1.3
FIRST, NEXT, AFTER_CHANGE = 1.5, 1.2, 1.2
OVER_BARE = 1.6


def test_first_snapshot(
    bench: Bench, scale: Scale, less: Scale, floor_first: Floor, report: Report
) -> None:
    ours, of_less = Storing(bench, scale), Storing(bench, less)
    ours.first()
    found = in_turn(
        ROUNDS,
        {"floor": floor_first.run, "ours": ours.first, "of less": of_less.first},
        partial(settle, scale.cluster),
    )
    report.ran("wire floor of a first snapshot", found["floor"])
    report.ran("`database store`, first snapshot", found["ours"])
    report.ran(f"the same of a cluster of {less.size.crds} CRDs", found["of less"])
    ratio = found["ours"].median() / found["floor"].median()
    report.target(Target("first snapshot, against the wire floor", ratio, FIRST))
    memory = max(found["ours"].of("memory"))
    against = memory / max(found["of less"].of("memory"))
    name = f"its memory, against that of a cluster of {less.size.crds} CRDs"
    report.target(Target("its peak memory", memory / (1 << 20), MEMORY, "{:.0f} MiB", hard=True))
    report.target(Target(name, against, MEMORY_RATIO, hard=True))


def test_kubectl(bench: Bench, scale: Scale, report: Report) -> None:
    command = ("kubectl", "--kubeconfig", scale.kubeconfig, "get", "crd", "-o", "json")
    found = in_turn(min(ROUNDS, 2), {"kubectl": lambda: bench.run(*command)})
    report.ran("`kubectl get crd -o json`", found["kubectl"])


def test_how_else_one_might_do_it(bench: Bench, scale: Scale, report: Report) -> None:
    lists = [Listing(CRDS, 100), *(Listing(path, 500) for path in scale.counts)]
    dump = Floor(scale.kubeconfig, lists, [], program="whole_dump.py")
    program = (
        sys.executable,
        HERE / "typed_client.py",
        scale.kubeconfig,
        bench.folder / "typed.db",
    )
    found = in_turn(1, {"dump": dump.run, "typed": lambda: bench.run(*program)})
    report.ran("script: all CRDs and custom resources into a file each", found["dump"])
    report.ran("script: CRDs and counts by the typed client and `dataset`", found["typed"])


def test_next_snapshot(bench: Bench, scale: Scale, floor_next: Floor, report: Report) -> None:
    ours = Storing(bench, scale)
    db = bench.folder / "next.db"
    ours.store(db)
    bare = Bare(bench, scale.kubeconfig, scale.counts, scale.size.crds)
    bare.run()  # which fills its database
    found = in_turn(
        ROUNDS,
        {
            "floor": floor_next.run,
            "bare": bare.run,
            "imports": lambda: bench.python(IMPORTS),
            "ours": lambda: ours.store(db),
        },
        partial(settle, scale.cluster),
    )
    report.ran("wire floor of a next snapshot", found["floor"])
    report.ran(f'`python -c "{IMPORTS}"`', found["imports"])
    report.ran("bare script: metadata, counts, references", found["bare"])
    report.ran("`database store`, next snapshot, nothing changed", found["ours"])
    least = found["floor"].median() + found["imports"].median()
    ratio = found["ours"].median() / least
    name = "next snapshot, nothing changed, against its wire floor and the imports"
    report.target(Target(name, ratio, NEXT))
    ratio = found["ours"].median("cpu") / found["bare"].median("cpu")
    report.target(Target("its processor time, against that of the bare script", ratio, OVER_BARE))
    memory = max(found["ours"].of("memory")) / (1 << 20)
    report.target(Target("its peak memory", memory, NEXT_MEMORY, "{:.0f} MiB", hard=True))
    _all_reused(bench, db, scale.size.crds)
    _after_change(bench, scale, floor_next, report, db)


def _after_change(bench: Bench, scale: Scale, floor: Floor, report: Report, db: Path) -> None:
    """Each round: change some, let the server do its work, then both kinds of a next snapshot."""
    ours = Storing(bench, scale)
    unchanged, changed = Costs(), Costs()
    for turn in range(ROUNDS):
        touch(scale.cluster, CHANGED, f"round {turn} of {db.stat().st_mtime_ns}")
        settle(scale.cluster)
        floor.run()  # so that the server has built what it needs to count these
        settle(scale.cluster)
        changed.runs.append(ours.store(db))
        _all_reused(bench, db, scale.size.crds - CHANGED)
        unchanged.runs.append(ours.store(db))
    report.ran(f"`database store`, {CHANGED} CRDs changed", changed)
    report.ran("`database store` right after, nothing changed", unchanged)
    name = f"next snapshot, {CHANGED} CRDs changed, against nothing changed"
    report.target(Target(name, changed.median() / unchanged.median(), AFTER_CHANGE))


def _all_reused(bench: Bench, db: Path, expected: int) -> None:
    show = ("database", "show", "latest", "--ledger", "--crds-only", "--no-specs", "-o", "json")
    bench.ours(*show, "--db-path", db)
    ledger = json.loads(bench.out.read_text())["ledger"]
    crds = [row for row in ledger if row["read"].startswith("customresourcedefinitions")]
    assert sum(row["reused"] for row in crds) == expected

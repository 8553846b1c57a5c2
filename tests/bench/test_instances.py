"""What keeping whole custom resources costs: all of them, and those of an unchanged cluster."""

from __future__ import annotations

from functools import partial

import pytest

from bench.conftest import ROUNDS
from bench.measure import Bench, Floor, Listing, in_turn
from bench.report import Report, Target
from bench.scale import Scale, settle
from bench.storing import Storing
from cluster.serving import CRDS

pytestmark = pytest.mark.bench

FIRST = 2.8
NEXT_SECONDS = 3.5
MEMORY = 190


def test_whole_custom_resources(bench: Bench, scale: Scale, report: Report) -> None:
    lists = [Listing(CRDS, 100), *(Listing(kind.path, 500) for kind in scale.kinds)]
    floor = Floor(scale.kubeconfig, lists, scale.counts)
    ours = Storing(bench, scale, "--with-instances")
    db = bench.folder / "instances.db"
    at_rest = partial(settle, scale.cluster)
    found = in_turn(min(ROUNDS, 2), {"floor": floor.run, "ours": ours.first}, at_rest)
    report.ran("wire floor of all CRDs, counts and custom resources", found["floor"])
    report.ran("`database store --with-instances`, first snapshot", found["ours"])
    ratio = found["ours"].median() / found["floor"].median()
    report.target(Target("with all custom resources, against the wire floor", ratio, FIRST))
    first = found["ours"]
    ours.store(db)
    found = in_turn(min(ROUNDS, 2), {"ours": lambda: ours.store(db)}, at_rest)
    report.ran("`database store --with-instances`, next snapshot", found["ours"])
    seconds = found["ours"].median("cpu")
    name = "next snapshot with all custom resources, unchanged, processor time"
    report.target(Target(name, seconds, NEXT_SECONDS, "{:.1f} s"))
    memory = max(first.of("memory") + found["ours"].of("memory")) / (1 << 20)
    name = "peak memory with all custom resources"
    report.target(Target(name, memory, MEMORY, "{:.0f} MiB", hard=True))
    bench.ours("instances", "count", "--snapshot", "latest", "--db-path", db)
    assert int(bench.out.read_text()) == scale.size.objects

"""What it costs to rehearse an upgrade on many objects that a snapshot holds."""

from __future__ import annotations

import json

import pytest

from bench.measure import Bench
from bench.report import Report, Target
from bench.test_rehearsing import HURT_EVERY, OBJECTS, spec, thing
from rehearsal.cases import crd, one, root

pytestmark = pytest.mark.bench

SECONDS = 5.0
MEMORY = 128 << 20
"""Bytes, whatever the number of objects is to which nothing happens."""


def test_an_upgrade_against_a_snapshot_with_many_objects(bench: Bench, report: Report) -> None:
    place, release = bench.folder / "things", bench.folder / "release.json"
    place.mkdir()
    objects = [thing(at) for at in range(OBJECTS)]
    for at, each in enumerate(objects):
        each["metadata"]["namespace"] = f"n{at % 10}"
    head = {"apiVersion": "g.example/v1", "kind": "ThingList", "metadata": {"resourceVersion": "1"}}
    (place / "list.json").write_text(json.dumps({**head, "items": objects}))
    (place / "crd.json").write_text(json.dumps(crd("g.example", one(root(spec(["a", "b"]))))))
    release.write_text(json.dumps(crd("g.example", one(root(spec(["a"]))))))
    where = ("--db-path", bench.folder / "things.db")
    only = ("--with-instances", "--no-operators", "--no-olm", "--allow-incomplete")
    bench.ours("--source", place, *where, "database", "store", *only)
    lax = ("--kubernetes", "1.36", "--fail-on", "blocked")
    cost = bench.ours(*where, "check", "upgrade", release, *lax, "-o", "json")
    [found] = json.loads(bench.out.read_text())["crds"]
    numbers = {"checked": OBJECTS, "hurt": OBJECTS // HURT_EVERY}
    assert {each: found["objects"][each] for each in numbers} == numbers
    name = f"`check upgrade` against {OBJECTS:,} objects of one CRD, processor time"
    report.target(Target(name, cost.cpu, SECONDS, "{:.1f} s"))
    report.target(Target("its memory, MB", cost.memory / 2**20, MEMORY / 2**20, "{:.0f}"))

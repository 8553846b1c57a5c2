"""What it costs to see many clusters side by side."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bench.conftest import ROUNDS
from bench.measure import Bench, in_turn
from bench.report import Report, Target
from bench.scale import Scale
from bench.storing import Storing
from k8s_datamodel.api import Record, Row, SnapshotQuery, StorageRequest
from k8s_datamodel_plugins.crds import TYPE
from k8s_datamodel_plugins.sql.store import SqlStore, open_store

pytestmark = pytest.mark.bench

CLUSTERS = 50
DAYS = 2
SECONDS = 1.0


def test_matrix(bench: Bench, sixty: Scale, report: Report) -> None:
    database = bench.folder / "fleet.db"
    Storing(bench, sixty).store(database)
    crds = _multiply(database)
    place = ("--db-path", database)
    bench.ours("crd", "matrix", "-o", "json", *place)
    found = json.loads(bench.out.read_text())
    assert (len(found["clusters"]), len(found["rows"])) == (CLUSTERS, crds)
    costs = in_turn(
        ROUNDS,
        {
            "list": lambda: bench.ours("database", "list", *place),
            "matrix": lambda: bench.ours("crd", "matrix", *place),
        },
    )
    report.ran(f"`database list` of {CLUSTERS * DAYS} snapshots", costs["list"])
    what = f"`crd matrix` of {CLUSTERS} clusters of {crds} CRDs"
    report.ran(what, costs["matrix"])
    report.target(Target(f"{what}, in all", costs["matrix"].median(), SECONDS, "{:.2f} s"))


def _multiply(database: Path) -> int:
    """Make the one cluster many, with snapshots of some days; how many CRDs each has."""
    request = StorageRequest(str(database), (TYPE,))
    with closing(open_store(request)) as store:
        [own] = store.snapshots(SnapshotQuery())
        rows = list(store.records(own.id, TYPE.name, objects=True))
        for day in range(DAYS):
            for number in range(CLUSTERS - 1):
                _store(store, rows, f"cluster-{number}", f"2026-01-{day + 1:02} 00:00:00")
        return len(rows)


def _store(store: SqlStore, rows: list[Row], name: str, time: str) -> None:
    own = store.snapshots(SnapshotQuery(limit=1))[0]
    with store.begin([TYPE]) as writer:
        writer.write(TYPE, [_record(row) for row in rows])
        cluster = replace(own.cluster, context=name, uid=f"uid-of-{name}")
        head = replace(
            own,
            id=0,
            uuid="",
            digest="",
            timestamp=time,
            created_at=time,
            cluster=cluster,
            counts={TYPE.name: len(rows)},
        )
        writer.commit(head, ())


def _record(row: Row) -> Record:
    values = {column.name: row.get(column.name) for column in TYPE.columns}
    return Record(values, row["spec"], {"field_managers": []})

"""SQLite keeps any type in any column: a value of a wrong one is damage, in one clear line."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from support.forked import Forked

META = ("redaction_key", "next_lease", "schema", "seals")
SAMPLE = Path(__file__).parents[3] / "docs" / "sample-cluster" / "before"

CASES = [
    *(
        ("kdm_snapshots", column, "x'00ff'")
        for column in ("timestamp", "sorted_at", "notes", "uuid")
    ),
    *(("kdm_snapshots", column, "'text'") for column in ("cluster_info", "complete", "seconds")),
    *(("kdm_counts", column, "'text'") for column in ("count", "records", "type_id", "sum")),
    *(("kdm_ledger", column, "x'00ff'") for column in ("status", "http_code")),
    *(("kdm_ledger", column, "'text'") for column in ("requests", "microseconds")),
    ("kdm_reads", "read", "x'00ff'"),
    *(("kdm_types", column, "x'00ff'") for column in ("name", "definition", "next_ref")),
    *(("kdm_objects", column, "'text'") for column in ("digest", "size", "body")),
    *(("kdm_crds_rows", column, "x'00ff'") for column in ("name", "labels", "kdm_object")),
    ("kdm_crds_states", "instance_count", "'text'"),
    ("kdm_crds_refs", "row_id", "'text'"),
    ("kdm_index", "seal", "'text'"),
    *(("kdm_meta", key, "x'00ff'") for key in META),
    ("kdm_meta", "redaction_key", "'text'"),
]


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory, command: Forked) -> Path:
    db = tmp_path_factory.mktemp("stored") / "inventory.db"
    for _ in range(2):
        command.ok("database", "store", "--source", SAMPLE, "--db-path", db)
    return db


@pytest.mark.parametrize(("table", "column", "value"), CASES)
def test_every_command_tells_of_it(
    stored: Path, command: Forked, tmp_path: Path, table: str, column: str, value: str
) -> None:
    damaged = Path(shutil.copy(stored, tmp_path / "damaged.db"))
    where = ""
    if table == "kdm_meta":
        column, where = "value", f" WHERE key = '{column}'"
    with closing(sqlite3.connect(damaged)) as db, db:
        db.execute(f"UPDATE OR REPLACE {table} SET {column} = {value}{where}")
    faults = []
    for arguments in (
        ("list", "-o", "json"),
        ("show", "latest", "--ledger", "--include-specs", "-o", "json"),
        ("stats", "-o", "json"),
        ("copy", damaged, tmp_path / "copy.db"),
        ("store", "--source", SAMPLE),
    ):
        done = command.run("database", *arguments, K8S_DATAMODEL_DB=str(damaged))
        if done.code not in (0, 1, 3) or "fault of k8s-datamodel" in done.err:
            faults.append((arguments[0], done.code, done.err))
    assert faults == []

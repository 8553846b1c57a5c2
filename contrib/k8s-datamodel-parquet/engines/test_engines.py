"""DuckDB, Spark and SQL answer the same question alike, on what a real database holds."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest
from lakes import LATER, LATER_SHIP, SHIP, Database, fleet, folder, seen, told, whole, written
from programs import run
from questions import EMPTY, QUESTIONS

PROJECT = Path(__file__).parents[1]
SAMPLE = PROJECT.parents[1] / "docs" / "sample-cluster"
PAGE = (PROJECT / "lake.md").read_text(encoding="utf-8")
RELATIONS = ("inventory_snapshots", "inventory_ledger", "crds", "operators")

Rows = Sequence[tuple[Any, ...]]

PROD = ("--db-path", "both.db", "--snapshot", "prod:latest")

SECRET = "hunter2-is-no-password"
UID = "aa1182cb-a722-4185-9461-b7185edabe06"
"""Of the sample cluster."""


def block(language: str, number: int = 0) -> str:
    """A piece of code of the page."""
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)[number]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two databases of three clusters over three days, as the product stores them."""
    folder = tmp_path_factory.mktemp("world")
    for cluster in ("prod", "staging"):
        for state in ("before", "change"):
            manifests = folder / state / cluster
            shutil.copytree(SAMPLE / "before", manifests)
            if state == "change":
                shutil.copytree(SAMPLE / "change", manifests, dirs_exist_ok=True)
            plant(manifests)
            if cluster == "staging":
                name_cluster(manifests)
    # From here on nobody manages its CRDs.
    (folder / "change" / "prod" / "operators" / "turnstile.yaml").unlink()
    # Of which cluster it is cannot be told: the snapshot is incomplete.
    unknown = folder / "change" / "staging"
    (unknown / "another.json").write_text(json.dumps(namespace("another")))
    one, other = folder / "one.db", folder / "other.db"
    for database, state, cluster, more, code in (
        (one, "before", "prod", (), 0),
        (one, "change", "prod", ("--no-operators",), 0),
        (one, "change", "prod", (), 0),
        (one, "before", "staging", (), 0),
        (other, "change", "staging", (), 3),
    ):
        source = folder / state / cluster
        run("--source", source, "database", "store", "--db-path", database, *more, code=code)
    date(
        one,
        "2026-11-23 10:00:00",
        "2026-11-24 08:00:00",
        "2026-11-24 20:00:00",
        "2026-11-23 10:00:00",
    )
    date(other, "2026-11-25 10:00:00")
    return folder


def plant(folder: Path) -> None:
    """A credential in a literal of an operator."""
    operator = folder / "operators" / "fleet-operator.yaml"
    line = "          env:\n"
    text = operator.read_text()
    assert text.count(line) == 1
    more = f"            - {{name: DB_PASSWORD, value: {SECRET}}}\n"
    operator.write_text(text.replace(line, line + more))


def name_cluster(folder: Path) -> None:
    """Another UID than the sample cluster has."""
    found = [each for each in folder.rglob("*.yaml") if UID in each.read_text()]
    assert found
    for each in found:
        each.write_text(each.read_text().replace(UID, UID.replace("9", "8")))


def namespace(uid: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": "kube-system", "uid": uid},
    }


def date(database: Path, *times: str) -> None:
    """Move the snapshots to these times: a test has no days to wait."""
    with sqlite3.connect(database) as connection:
        for number, each in enumerate(times, start=1):
            connection.execute(
                "UPDATE kdm_snapshots SET timestamp = ?, sorted_at = ?, digest = NULL WHERE id = ?",
                (each, each, number),
            )
    connection.close()


@pytest.fixture(scope="module")
def lake(world: Path) -> Path:
    for name in ("one", "other"):
        run("lake", "write", world / "lake", "--include-specs", "--db-path", world / f"{name}.db")
    return world


def by_sql(world: Path, question: str) -> Rows:
    """The answer of the databases, once the product has copied them into one."""
    both = world / "both.db"
    if not both.exists():
        for name in ("one", "other"):
            run("database", "copy", world / f"{name}.db", both)
    with sqlite3.connect(both) as connection:
        found = connection.execute(question.replace("{empty}", EMPTY["sqlite"])).fetchall()
    connection.close()
    return found


def by_duckdb(*questions: str) -> Sequence[Rows]:
    """As the page says it; the relations are those of the working directory."""
    with duckdb.connect() as connection:
        for each in RELATIONS:
            connection.execute(block("sql").replace("crds", each))
        asked = [each.replace("{empty}", EMPTY["duckdb"]) for each in questions]
        return [connection.execute(each).fetchall() for each in asked]


def by_spark(spark: Any, lake: Path, *questions: str) -> Sequence[Rows]:
    """As the page says it. A Java program has no working directory that a test could change."""
    exec(block("python").replace('"lake/', f'"{lake}/lake/'), {"spark": spark})
    asked = [each.replace("{empty}", EMPTY["spark"]) for each in questions]
    return [[tuple(row) for row in spark.sql(each).collect()] for each in asked]


def agree(spark: Any, lake: Path) -> None:
    expected = [by_sql(lake, each) for each in QUESTIONS.values()]
    assert all(expected)
    answers = {
        "DuckDB": by_duckdb(*QUESTIONS.values()),
        "Spark": by_spark(spark, lake, *QUESTIONS.values()),
    }
    for engine, found in answers.items():
        for name, one, other in zip(QUESTIONS, found, expected, strict=True):
            assert one == other, f"{engine}: {name}"


def test_three_engines_give_one_answer(
    spark: Any, lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(lake)
    agree(spark, lake)
    orphans = by_sql(lake, QUESTIONS["since when each CRD is an orphan"])
    assert len({since for _, _, since in orphans}) == 2, "some became orphans later"
    listed = run("--quiet", "crd", "list", *PROD, "--orphans", "--output", "json")
    told_by_us = [("prod", each["name"], each["orphan_since"]) for each in json.loads(listed)]
    assert sorted(told_by_us) == [each for each in orphans if each[0] == "prod"]
    unknown = by_sql(lake, QUESTIONS["what is unknown is no zero"])
    assert any(row[3] is None for row in unknown), "operators were not read once"
    before = len(told(folder(lake)))
    run("lake", "compact", "lake")
    assert len(told(folder(lake))) < before
    agree(spark, lake)
    for name in ("one", "other"):
        assert "0 snapshots written" in run("lake", "write", "lake", "--db-path", f"{name}.db")
    run("lake", "compact", "lake", "--grace-hours", 0)
    agree(spark, lake)
    by_folders(spark, lake)


def by_folders(spark: Any, lake: Path) -> None:
    """Once nothing old is left, the folders alone do, by the names of their partitions."""
    question = (
        "SELECT CAST(day AS VARCHAR(10)), cluster, count(*) FROM {} GROUP BY 1, 2 ORDER BY 1, 2"
    )
    glob = (
        "read_parquet('lake/tables/crds/**/*.parquet', union_by_name=true, hive_partitioning=true)"
    )
    (listed,) = by_duckdb(question.format("crds"))
    assert duckdb.sql(question.format(glob)).fetchall() == listed
    folders = spark.read.option("mergeSchema", True).parquet(f"{lake}/lake/tables/crds")
    folders.createOrReplaceTempView("f")
    assert [tuple(each) for each in spark.sql(question.format("f")).collect()] == listed


def test_files_of_two_versions_are_read_together(spark: Any, tmp_path: Path) -> None:
    """A column was added, others became wider; before and after a compaction."""
    place = folder(tmp_path)
    old, new = Database(), Database([LATER])
    old.add("2026-11-23", rows=[SHIP])
    new.add("2026-11-24", rows=[LATER_SHIP])
    for each in (old, new):
        written(place, each)
    files = [
        f"{tmp_path}/lake/{each['file']}" for each in told(place) if each["relation"] == "ships"
    ]
    columns = "name, tons, afloat, flags, port"
    expected = [
        ("Grüße", 5.0, "true", '["a", "b, c"]', None),
        ("Grüße", 7.25, "half", '{"a": 1}', "Oslo"),
    ]
    found = duckdb.read_parquet(files, union_by_name=True).project(columns).order("tons")
    assert found.fetchall() == expected
    merged = spark.read.option("mergeSchema", True).parquet(*files).selectExpr(*columns.split(", "))
    assert [tuple(each) for each in merged.orderBy("tons").collect()] == expected


def test_no_credential_is_in_a_lake(lake: Path, tmp_path: Path) -> None:
    """What was planted in the cluster was redacted when it was stored; what was not stays out."""
    rows = duckdb.sql(
        f"SELECT spec FROM read_parquet('{lake}/lake/tables/operators/**/*.parquet', "
        "union_by_name=true) WHERE name = 'fleet-operator'"
    ).fetchall()
    assert rows, "the operator is there, with its object"
    assert "DB_PASSWORD" in rows[0][0]
    for path in (lake / "lake").rglob("*.parquet"):
        every = duckdb.sql(f"SELECT * FROM read_parquet('{path}')").fetchall()
        assert SECRET not in str(every), path
    database = ("--db-path", tmp_path / "open.db")
    run("--source", lake / "before" / "prod", "database", "store", "--no-redact", *database)
    said = run("lake", "write", tmp_path / "lake", *database, code=3)
    assert "may hold credentials (--no-redact): snapshots 1" in said
    assert not list((tmp_path / "lake").rglob("*.parquet"))


def test_the_command_lines_of_the_page(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(lake)
    monkeypatch.setenv("K8S_DATAMODEL_DB", "one.db")
    lines = re.findall(r"^(?:\$ )?k8s-datamodel (lake .*)$", PAGE, re.MULTILINE)
    assert len(lines) >= 4
    for each in lines:
        run(*shlex.split(each))


KILLING = """
import os, signal, sys
from pathlib import Path
from lakes import Watched, fleet, folder, written
place, at = folder(Path(sys.argv[1])), int(sys.argv[2])
written(Watched(place, lambda n: n == at and os.kill(os.getpid(), signal.SIGKILL)), fleet())
"""


def test_a_process_that_is_killed_leaves_a_lake_that_is_whole(tmp_path: Path) -> None:
    """By the signal that nobody can catch; the next one does the rest, and the lock is free."""
    for at in (0, 5, 9):
        done = subprocess.run(
            [sys.executable, "-c", KILLING, tmp_path, str(at)],
            env={**os.environ, "PYTHONPATH": str(PROJECT / "tests")},
            check=False,
        )
        assert done.returncode == -signal.SIGKILL
        assert not seen(folder(tmp_path)) - whole(fleet())
    written(folder(tmp_path), fleet())
    assert seen(folder(tmp_path)) == whole(fleet())

"""What it costs to start, and to look into databases with few and with many snapshots."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from bench.conftest import ROUNDS, SMALL
from bench.measure import Bench, in_turn
from bench.report import Report, Target
from seed import sample

pytestmark = pytest.mark.bench

FEW, MANY = 10, 10_000
HELP, LIST, MANY_TIMES = 2.5, 0.3, 1.3
_TABLES = """
SELECT m.name FROM sqlite_master m WHERE m.type = 'table' AND (m.name = 'kdm_snapshots'
  OR EXISTS (SELECT 1 FROM pragma_table_info(m.name) c WHERE c.name = 'snapshot_id'))
"""
_OWN = {("kdm_snapshots", "id"): "n"}
_EVERYWHERE = {"snapshot_id": "n", "uuid": "hex(randomblob(16))", "id": "id + n * 1000"}
_ROUNDS = ROUNDS if SMALL else 2 * ROUNDS


def test_help(bench: Bench, report: Report) -> None:
    programs = {
        '`python -c "import click"`': lambda: bench.python("import click"),
        "`--help`": lambda: bench.ours("--help"),
        "`plugins list`": lambda: bench.ours("plugins", "list"),
    }
    bench.ours("--help")
    click, ours, plugins = in_turn(_ROUNDS, programs).items()
    for name, costs in (click, ours, plugins):
        report.ran(name, costs)
    ratio = ours[1].median() / click[1].median()
    report.target(Target('`--help`, against `python -c "import click"`', ratio, HELP))


def test_list(bench: Bench, report: Report, tmp_path: Path) -> None:
    db = _stored(bench, tmp_path, FEW)
    programs = {
        '`python -c "import dataset"`': lambda: bench.python("import dataset"),
        "`database list`": lambda: bench.ours("database", "list", "--db-path", db),
    }
    imports, ours = in_turn(_ROUNDS, programs).items()
    for name, costs in (imports, ours):
        report.ran(name, costs)
    more = ours[1].median() - imports[1].median()
    report.target(Target("`database list`, above `import dataset`", more, LIST, "{:.2f} s"))


def test_many_snapshots(bench: Bench, report: Report, tmp_path: Path) -> None:
    few = _stored(bench, tmp_path, FEW)
    many = _stored(bench, tmp_path, MANY)
    commands = {
        "database list": ("database", "list"),
        "database list --limit 10": ("database", "list", "--limit", "10"),
        "database show latest": ("database", "show", "latest"),
    }
    for name, command in commands.items():
        programs = {
            f"`{name}`, {number:,} snapshots": partial(bench.ours, *command, "--db-path", db)
            for number, db in ((FEW, few), (MANY, many))
        }
        found = in_turn(_ROUNDS, programs)
        for each, costs in found.items():
            report.ran(each, costs)
        of_few, of_many = found.values()
        ratio = of_many.median() / of_few.median()
        report.target(Target(f"`{name}`, {MANY:,} snapshots against {FEW}", ratio, MANY_TIMES))


def _stored(bench: Bench, folder: Path, number: int) -> Path:
    """A database with so many snapshots of the sample cluster; all but the first are copied."""
    db = folder / f"{number}.db"
    manifests = sample.write_state("before", folder / f"sample-{number}")
    bench.ours("database", "store", "--source", manifests, "--allow-incomplete", "--db-path", db)
    with closing(sqlite3.connect(db)) as connection, connection:
        for (table,) in connection.execute(_TABLES).fetchall():
            _copy(connection, table, number)
    return db


def _copy(connection: sqlite3.Connection, table: str, number: int) -> None:
    """Give each further snapshot its rows of a table, under numbers of its own."""
    columns = [row[1] for row in connection.execute("SELECT * FROM pragma_table_info(?)", [table])]
    values = ", ".join(_OWN.get((table, name)) or _EVERYWHERE.get(name, name) for name in columns)
    connection.execute(
        f"WITH RECURSIVE many(n) AS (VALUES(2) UNION ALL SELECT n + 1 FROM many WHERE n < {number})"
        f" INSERT INTO {table} SELECT {values} FROM {table}, many"
    )

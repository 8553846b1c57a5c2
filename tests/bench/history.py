"""Makes a long history of one stored snapshot: the same content, a day later each time."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

_COPIES = """
CREATE TEMP TABLE days AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
  WHERE i < {days} - 1) SELECT i AS day FROM n;
"""


def lengthen(db: Path, days: int) -> None:
    """Copy the only snapshot of a database until there are so many, one a day."""
    with closing(sqlite3.connect(db)) as connection:
        connection.executescript(_COPIES.format(days=days))
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND (name GLOB 'kdm_*_refs' "
            "OR name IN ('kdm_counts', 'kdm_ledger'))"
        )
        of_snapshots = [name for (name,) in tables]
        _copy(connection, "kdm_snapshots", id="id + day", uuid="hex(randomblob(16))")
        connection.execute(
            "UPDATE kdm_snapshots SET timestamp = datetime('2020-01-01 02:00:00', "
            "(id - (SELECT min(id) FROM kdm_snapshots)) || ' days')"
        )
        connection.execute("UPDATE kdm_snapshots SET sorted_at = timestamp")
        for table in of_snapshots:
            _copy(connection, table, snapshot_id="snapshot_id + day")
        connection.commit()


def _copy(connection: sqlite3.Connection, table: str, **changed: str) -> None:
    columns = [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]
    values = ", ".join(changed.get(name, name) for name in columns)
    connection.execute(
        f'INSERT INTO "{table}" ({", ".join(columns)}) SELECT {values} FROM "{table}", days'
    )

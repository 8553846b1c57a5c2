"""Deletes snapshots and makes backups."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from k8s_datamodel.api import StorageError
from k8s_datamodel_plugins.sql import leases
from k8s_datamodel_plugins.sql.connection import Database, Transaction
from k8s_datamodel_plugins.sql.garbage import collect_garbage
from k8s_datamodel_plugins.sql.names import Raw, tables
from k8s_datamodel_plugins.sql.schema import stored_types

_SNAPSHOTS_AT_ONCE = 25


def delete_snapshots(database: Database, numbers: Sequence[int]) -> int:
    """Remove snapshots and what only they needed; how many there were.

    While another store runs, what they needed stays; the last one that ends removes it.
    """
    deleted = 0
    wanted = sorted(set(numbers))
    for start in range(0, len(wanted), _SNAPSHOTS_AT_ONCE):
        with database.write() as transaction:
            deleted += _delete(transaction, wanted[start : start + _SNAPSHOTS_AT_ONCE])
    collect_garbage(database)
    return deleted


def _delete(transaction: Transaction, numbers: Sequence[int]) -> int:
    leases.lock(transaction)
    some = Raw(", ".join(str(int(number)) for number in numbers))
    references = [tables(name).refs for name in stored_types(transaction)]
    for table in (*references, "kdm_counts", "kdm_ledger"):
        transaction.run("DELETE FROM {table} WHERE snapshot_id IN ({some})", table=table, some=some)
    found = transaction.run("DELETE FROM kdm_snapshots WHERE id IN ({some})", some=some).rowcount
    if found:
        leases.note_garbage(transaction)
    return found


def backup(database: Database, source: Path | None, target: Path) -> None:
    """Copy the whole database into a file, as of one moment, while others may write.

    The file is 0600 and takes its name when it is whole; an older one of that name is replaced.

    Raises:
        StorageError: it cannot be written, is the database itself, or this is PostgreSQL.
    """
    if source is None:
        raise StorageError(f"{database.place}: `pg_dump` makes backups of PostgreSQL")
    if target.exists() and (target.is_dir() or target.samefile(source)):
        raise StorageError(f"{target}: a backup needs a file of its own")
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        os.close(descriptor)
    except OSError as error:
        raise StorageError(f"{target}: cannot be written: {error.strerror}") from error
    unfinished = Path(name)
    try:
        _copy(database, unfinished)
        unfinished.replace(target)
    except OSError as error:
        raise StorageError(f"{target}: cannot be written: {error.strerror}") from error
    finally:
        unfinished.unlink(missing_ok=True)


def _copy(database: Database, target: Path) -> None:
    with database.driver() as driver, closing(sqlite3.connect(target)) as copy:
        # In one step: in several, each commit of another process would start it anew.
        driver.backup(copy)
        # Nobody stores into the copy; what such stores have written so far is garbage in it.
        copy.execute("DELETE FROM kdm_leases")
        copy.execute("UPDATE kdm_meta SET value = '1' WHERE key = 'garbage'")
        copy.commit()

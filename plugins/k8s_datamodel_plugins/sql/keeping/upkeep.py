"""Deletes snapshots and makes backups."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from k8s_datamodel.api import StorageError, UsageError, followed, is_special, replacement
from k8s_datamodel_plugins.sql.access.connection import Database, Transaction
from k8s_datamodel_plugins.sql.access.location import companions
from k8s_datamodel_plugins.sql.access.sql_names import Raw, tables
from k8s_datamodel_plugins.sql.keeping import leases
from k8s_datamodel_plugins.sql.keeping.companions import copy_pages, settle
from k8s_datamodel_plugins.sql.keeping.garbage import collect_garbage
from k8s_datamodel_plugins.sql.layout.schema import stored_types

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


def backup(database: Database, source: Path, target: Path) -> None:
    """Copy the whole database into a file, as of one moment, while others may write.

    The file is 0600 and takes its name when it is whole; an older one of that name is replaced.
    A journal that stands beside that one never gets into the new one.

    Raises:
        StorageError: it cannot be written, or others use the database that it would replace.
        UsageError: it is the database itself, no regular file, or in no folder.
    """
    if is_special(target) or target.is_dir() or _belongs_to(target, source):
        raise UsageError(f"{target}: a backup needs a regular file of its own")
    try:
        with replacement(target, mode=0o600) as unfinished:
            _copy(database, unfinished)
            settle(followed(target))
    except OSError as error:
        raise StorageError(f"{target}: cannot be written: {error.strerror}") from error


def _belongs_to(target: Path, source: Path) -> bool:
    return target.exists() and any(
        each.exists() and each.samefile(target) for each in (source, *companions(source))
    )


def _copy(database: Database, target: Path) -> None:
    with database.driver() as driver, closing(sqlite3.connect(target)) as copy:
        copy_pages(driver, copy)
        # Nobody stores into the copy; what such stores have written so far is garbage in it.
        copy.execute("DELETE FROM kdm_leases")
        copy.execute("UPDATE kdm_meta SET value = '1' WHERE key = 'garbage'")
        copy.commit()

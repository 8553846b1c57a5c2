"""Make backups of SQLite databases, and restore them."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from k8s_datamodel.api import (
    StorageError,
    StorageRequest,
    UsageError,
    followed,
    is_special,
    replacement,
    unusable,
)
from k8s_datamodel_plugins.sql.access.connection import Database
from k8s_datamodel_plugins.sql.access.driver_errors import translate
from k8s_datamodel_plugins.sql.access.location import Location, locate, make_folder, side_files
from k8s_datamodel_plugins.sql.keeping.leases import is_dead
from k8s_datamodel_plugins.sql.keeping.side_files import (
    connect,
    copy_pages,
    is_locked,
    keep_aside,
    settle,
    used,
)
from k8s_datamodel_plugins.sql.keeping.verify import find_problems
from k8s_datamodel_plugins.sql.layout.migrations import APPLICATION, prepare

_LEASES = (
    "SELECT host, pid, CAST(strftime('%s', 'now') AS INTEGER) - renewed_at AS age FROM kdm_leases"
)


_NOBODY_STORES = (
    "DELETE FROM kdm_leases",
    "UPDATE kdm_meta SET value = '1' WHERE key = 'garbage'",
)
"""For a copy: what stores had written into the original is garbage in it."""


def backup(database: Database, source: Path, target: Path) -> None:
    """Copy the whole database into a file, as of one time, while others may write.

    The file is 0600 and takes its name when it is whole; an older one of that name is replaced.
    A journal that stands beside that one never gets into the new one. Raises UsageError for a bad
    target, and StorageError if it cannot be written, or others use the database there.
    """
    if is_special(target) or target.is_dir() or _belongs_to(target, source):
        raise UsageError(f"{target}: a backup needs a regular file of its own")
    try:
        with replacement(target, mode=0o600) as unfinished:
            _copy_database(database, unfinished)
            settle(followed(target))
    except OSError as error:
        raise unusable(f"{target}: cannot be written", error, StorageError) from error


def _belongs_to(target: Path, source: Path) -> bool:
    return target.exists() and any(
        each.exists() and each.samefile(target) for each in (source, *side_files(source))
    )


def _copy_database(database: Database, target: Path) -> None:
    with database.driver() as driver, closing(sqlite3.connect(target)) as copy:
        copy_pages(driver, copy)
        for statement in _NOBODY_STORES:
            copy.execute(statement)
        copy.commit()


def restore(request: StorageRequest, backup: Path) -> Sequence[Path]:
    """Put a backup in the place of a database, see ``contracts.Restore``.

    SQLite itself overwrites a database that can be opened, in one transaction: others see the old
    one or the new one, and a crash leaves the old one. Any other file is moved aside.
    """
    location = locate(request.url)
    path = location.path
    if path is None:
        raise UsageError(f"{location.place}: restores files; `database copy` fills a server")
    if path.is_dir():
        raise UsageError(f"{location.place} is a folder: name a file in it")
    if not backup.is_file():
        said = "is a folder: name a file in it" if backup.is_dir() else "there is no such file"
        raise UsageError(f"{backup}: {said}")
    if _belongs_to(backup, path):
        raise UsageError(f"{backup}: this is the database itself: name a backup of it")
    try:
        make_folder(location)
        with tempfile.TemporaryDirectory(prefix=".k8s-datamodel-", dir=path.parent) as folder:
            copy = Path(folder) / "backup.db"
            _copy(backup, copy)
            _insist_on_well(copy, str(backup))
            if _restored_within(copy, location.place, path):
                return ()
            return _restored_beside(copy, path)
    except OSError as error:
        raise unusable(f"{location.place}: cannot be written", error, StorageError) from error


def _copy(backup: Path, copy: Path) -> None:
    """A copy that may be migrated: the backup is only read."""
    try:
        with (
            closing(connect(backup.resolve(), mode="ro")) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            copy_pages(source, target)
    except sqlite3.Error as error:
        if is_locked(error):
            raise used(backup) from error
        raise translate(error, str(backup), reading=True) from error


def _insist_on_well(copy: Path, place: str) -> None:
    """Raise StorageError unless it is a database of ours with which nothing is wrong."""
    database = Database(Location(place, copy))
    try:
        prepare(database, create=False)
        problems = list(find_problems(database))
        if problems:
            number = len(problems)
            raise StorageError(
                f"{place}: was not restored, as {number} thing{'s are' if number > 1 else ' is'} "
                f"wrong with it, such as: {problems[0]}; `--db-path {place} database verify` names "
                "all, and `database copy` saves the snapshots that can be read"
            )
        with database.write() as transaction:
            for statement in _NOBODY_STORES:
                transaction.run(statement)
    finally:
        database.close()


def _restored_within(copy: Path, place: str, path: Path) -> bool:
    """Overwrite a database; False when there is none that can be opened.

    Raises StorageError if others are using it, or if it is another program's.
    """
    if not path.exists() or not path.stat().st_size:
        return False
    try:
        # Closing any other connection of this process would drop the locks.
        with closing(connect(path)) as target:
            target.execute("PRAGMA journal_mode = DELETE")  # merges another program's log
            # From here on the lock is kept, also between two transactions.
            target.execute("PRAGMA locking_mode = EXCLUSIVE")
            target.execute("BEGIN EXCLUSIVE")
            target.execute("COMMIT")
            _insist_on_ours_alone(target, place, path)
            with closing(sqlite3.connect(copy)) as source:
                copy_pages(source, target)
    except sqlite3.Error as error:
        if is_locked(error):
            raise used(path) from error
        if isinstance(error, sqlite3.OperationalError):  # no room, no rights
            raise translate(error, place, reading=False) from error
        return False
    return True


def _insist_on_ours_alone(target: sqlite3.Connection, place: str, path: Path) -> None:
    """Raise StorageError for another program's database, and while a store runs.

    A store holds no lock as it reads its cluster.
    """
    tables = {name for (name,) in target.execute("SELECT name FROM sqlite_master")}
    if not tables:
        return
    query = "SELECT value FROM kdm_meta WHERE key = 'application'"
    if "kdm_meta" not in tables or target.execute(query).fetchone() != (APPLICATION,):
        raise StorageError(f"{place}: is another program's database; nothing was changed")
    for host, pid, age in target.execute(_LEASES):
        if not is_dead(host, pid, age):
            raise used(path, f", such as the store of process {pid} on {host.partition('/')[0]}")


def _restored_beside(copy: Path, path: Path) -> Sequence[Path]:
    """Put the copy in place; a file that is no database keeps another name."""
    with replacement(path, mode=0o600) as beside:
        shutil.copyfile(copy, beside)
        aside = list(settle(path))
        if path.exists() and path.stat().st_size:
            aside += keep_aside(path)
    return aside

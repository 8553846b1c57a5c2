"""What SQLite keeps beside a file, and what becomes of it when another file takes its place.

A journal that a killed process left (a hot one) is rolled into whatever file has the database's
name next, into the wrong one if it was replaced: https://www.sqlite.org/lockingv3.html#hot_journals
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from datetime import datetime, timezone
from pathlib import Path
from urllib.parse import quote as url_quote

from k8s_datamodel.api import StorageError
from k8s_datamodel_plugins.sql.access.location import side_files

_PATIENCE_SECONDS = 2.0
"""How long to wait for others' transactions, which are short, before they are said to be there."""

_BUSY = (5, 6)
"""https://www.sqlite.org/rescode.html#busy and #locked; Python has names for them from 3.11 on."""


def connect(path: Path, *, mode: str = "rw") -> sqlite3.Connection:
    """SQLite's connection to a file that is there."""
    name = f"file:{url_quote(str(path))}?mode={mode}"
    return sqlite3.connect(name, uri=True, isolation_level=None, timeout=_PATIENCE_SECONDS)


def copy_pages(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Make one database what the other is at one time.

    It is one step: in several, each commit of another process would start it anew. Raises
    sqlite3.OperationalError if others keep it locked for longer than the source's time-out.
    """

    def see(status: int, *_: int) -> None:
        if status in _BUSY:  # Python would try again for ever, and hear no Ctrl-C
            raise sqlite3.OperationalError("database is locked")

    source.backup(target, progress=see)


def is_locked(error: sqlite3.Error) -> bool:
    """Whether others are using the database."""
    return "locked" in str(error)


def used(path: Path, more: str = "") -> StorageError:
    """The error when others use a database."""
    return StorageError(f"{path}: others are using it{more}; nothing was changed, try again later")


def settle(path: Path) -> Sequence[Path]:
    """Leave nothing beside a file that belongs to a database of its name; returns what was moved.

    The database that is there is brought to its last commit, which removes its journal. What then
    is left belongs to no database that can be opened. Raises StorageError if others are using it.
    """
    if path.exists() and any(each.exists() for each in side_files(path)):
        try:
            with closing(connect(path)) as database:
                database.execute("PRAGMA journal_mode = DELETE")
                database.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.Error as error:
            if is_locked(error):
                raise used(path) from error
    return _set_aside([each for each in side_files(path) if os.path.lexists(each)])


def keep_aside(path: Path) -> Sequence[Path]:
    """Give a file a second name, so that it lasts when another takes its place; that name."""
    aside = _old(path)
    with suppress(OSError):
        aside.hardlink_to(path)
        return [aside]
    return _set_aside([path])  # a file system without hard links


def _set_aside(paths: Sequence[Path]) -> Sequence[Path]:
    """Give files names that say that they are old; these names."""
    aside = [_old(each) for each in paths]
    for path, old in zip(paths, aside, strict=True):
        path.rename(old)
    return aside


def _old(path: Path) -> Path:
    now = datetime.now(timezone.utc).strftime("%Y%m%d-%H%M%S")
    return path.with_name(f"{path.name}.old-{now}-{os.urandom(2).hex()}")

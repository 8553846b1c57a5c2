"""A user's query on an SQLite file: it reads, whatever it says.

Three things see to it, each alone: the file is opened to be read, ``query_only`` is on, and what is
not reading is not authorised. https://sqlite.org/c3ref/set_authorizer.html
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from k8s_datamodel.api import StorageError, UsageError
from k8s_datamodel_plugins.sql.access.dialects import LOCK_SECONDS
from k8s_datamodel_plugins.sql.access.driver_errors import translate
from k8s_datamodel_plugins.sql.access.query_texts import for_sqlite

Take = Callable[[list[str], Iterator[tuple[object, ...]]], None]
"""Takes the names of the columns, and the rows."""

_LOOK_SECONDS = 0.2
_READING = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE}
_TELLING = frozenset(
    {
        *("compile_options", "database_list", "foreign_key_list", "function_list"),
        *("index_info", "index_list", "index_xinfo", "table_info", "table_list", "table_xinfo"),
    }
)
"""Pragmas that tell something and change nothing, whatever they are given."""

_NAMES = {
    value: name.removeprefix("SQLITE_").replace("_", " ")
    for name, value in vars(sqlite3).items()
    if name.startswith(
        (
            *("SQLITE_ALTER", "SQLITE_ANALYZE", "SQLITE_ATTACH", "SQLITE_CREATE", "SQLITE_DELETE"),
            *("SQLITE_DETACH", "SQLITE_DROP", "SQLITE_INSERT", "SQLITE_PRAGMA", "SQLITE_REINDEX"),
            *("SQLITE_SAVEPOINT", "SQLITE_TRANSACTION", "SQLITE_UPDATE"),
        )
    )
}
"""Actions by number, for people; results have names of their own, which none of these begins."""


class _Guard:
    """Authorises reading, and remembers what it did not authorise."""

    def __init__(self) -> None:
        self.refused = ""

    def __call__(self, action: int, first: str | None, second: str | None, *_: object) -> int:
        if action in _READING:
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_PRAGMA and (first or "").lower() in _TELLING:
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_UPDATE and first == "sqlite_master":
            # A function that gives rows, such as json_each, declares them so; a statement may not.
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_FUNCTION and second != "load_extension":
            return sqlite3.SQLITE_OK
        self.refused = self.refused or _NAMES.get(action, second or "this")
        return sqlite3.SQLITE_DENY


def run(
    path: Path, place: str, statement: str, values: Mapping[str, str], seconds: float, take: Take
) -> None:
    """Run a query, which no second thread of ours waits for: Ctrl-C and the limit stop it.

    Raises StorageError, and UsageError for what is wrong with the query.
    """
    guard = _Guard()
    name = f"file:{quote(str(path))}?mode=ro"
    try:
        connection = sqlite3.connect(
            name, timeout=LOCK_SECONDS, isolation_level=None, check_same_thread=False, uri=True
        )
        with closing(connection):
            connection.execute("PRAGMA query_only = ON")
            connection.execute("PRAGMA temp_store = MEMORY")
            connection.set_authorizer(guard)
            with ThreadPoolExecutor(1) as thread:
                work = thread.submit(_read, connection, statement, values, take)
                try:
                    left = seconds
                    while left > 0 and not work.done():
                        wait([work], min(left, _LOOK_SECONDS))
                        left -= _LOOK_SECONDS
                    late = not work.done()
                finally:
                    while not work.done():
                        # Again and again: what has not begun yet is not interrupted by it.
                        connection.interrupt()
                        wait([work], _LOOK_SECONDS)
                if late:
                    raise StorageError(too_slow(place, seconds))
                work.result()
    except (sqlite3.Error, sqlite3.Warning) as error:
        raise _told(error, place, guard) from error


def too_slow(place: str, seconds: float) -> str:
    """What is said of a query that took too long."""
    return (
        f"{place}: the query took longer than {seconds:g} s, and was stopped; --timeout allows more"
    )


def _read(
    connection: sqlite3.Connection, statement: str, values: Mapping[str, str], take: Take
) -> None:
    with closing(connection.execute(statement, for_sqlite(values))) as cursor:
        take([column[0] for column in cursor.description or ()], cursor)


def _told(error: Exception, place: str, guard: _Guard) -> Exception:
    text = " ".join(str(error).split())
    if guard.refused:
        return UsageError(f"a query may only read, and {guard.refused} is more than that")
    if "one statement at a time" in text:
        return UsageError("give one query: this is more than one statement")
    translated = translate(error, place, reading=True)
    known = isinstance(error, sqlite3.DatabaseError) and text not in str(translated)
    return translated if known else UsageError(f"the database does not take the query: {text}")

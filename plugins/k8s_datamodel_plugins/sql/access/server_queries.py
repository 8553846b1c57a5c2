"""A user's query on PostgreSQL: in a read-only transaction, as a cursor, which only reading has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from k8s_datamodel.api import StorageError, UsageError
from k8s_datamodel_plugins.sql.access.driver_errors import reason_of, translate
from k8s_datamodel_plugins.sql.access.query_texts import for_psycopg
from k8s_datamodel_plugins.sql.access.sqlite_queries import Take, too_slow

_OF_QUERY = ("0A", "22", "25", "26", "34", "42", "54001", "2F")
"""Codes, or their classes, of what is wrong with a query rather than with the server."""

_STOPPED = "57014"
_ROWS = 500


def run(
    connection: Any,
    place: str,
    statement: str,
    values: Mapping[str, str],
    seconds: float,
    take: Take,
) -> None:
    """Run a query on a connection of psycopg that nobody uses afterwards.

    A declared cursor is one statement, of which PostgreSQL allows only SELECT, VALUES and WITH that
    changes nothing. Ctrl-C cancels it, which psycopg sees to.

    Raises StorageError, and UsageError for what is wrong with the query.
    """
    import psycopg  # noqa: PLC0415 - it is there, as there is a connection

    def given(fetch: Callable[[int], list[tuple[object, ...]]]) -> Iterator[tuple[object, ...]]:
        try:
            while rows := fetch(_ROWS):
                yield from rows
        except psycopg.DataError as error:
            if error.sqlstate:
                raise
            raise UsageError(f"the answer has a value that no document holds: {error}") from error

    try:
        connection.rollback()
        connection.read_only = True
        milliseconds = max(1, int(seconds * 1000))
        connection.execute(f"SET LOCAL statement_timeout = {milliseconds}")
        with connection.cursor("kdm_query") as cursor:
            cursor.itersize = _ROWS
            cursor.execute(for_psycopg(statement), dict(values))
            take([column.name for column in cursor.description or ()], given(cursor.fetchmany))
    except psycopg.Error as error:
        raise _told(error, place, seconds) from error


def _told(error: Any, place: str, seconds: float) -> Exception:
    state = error.sqlstate or ""
    if state == _STOPPED:
        return StorageError(too_slow(place, seconds))
    if state == "42501" or not state.startswith(_OF_QUERY):
        return translate(error, place, reading=True)
    told = error.diag.message_primary, error.diag.message_hint  # without our cursor's statement
    text = reason_of(" ".join("; ".join(filter(None, told)).split()))
    if "multiple commands" in text:
        return UsageError("give one query: this is more than one statement")
    return UsageError(f"the database does not take the query: {text}")

"""Transactions on a database that dataset connects to. The only module that imports dataset.

A transaction is short by rule: whoever waits for a network or a terminal holds none.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote as url_quote

import dataset
from sqlalchemy import Connection, CursorResult, Engine, create_engine, event, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from k8s_datamodel.api import StorageError
from k8s_datamodel_plugins.sql.access import server_queries, sqlite_queries
from k8s_datamodel_plugins.sql.access.dialects import LOCK_SECONDS, POSTGRESQL, SQLITE, Dialect
from k8s_datamodel_plugins.sql.access.driver_errors import NEED_PSYCOPG, cannot_hold, translate
from k8s_datamodel_plugins.sql.access.location import NOT_A_URL, Location
from k8s_datamodel_plugins.sql.access.sql_names import Raw, compose, marks
from k8s_datamodel_plugins.sql.access.sqlite_queries import Take

if TYPE_CHECKING:
    from typing_extensions import Unpack

_KEYS_AT_ONCE = 500
_ROWS_AT_ONCE = 5_000
_CONNECT_SECONDS = 15

_ON_CONNECT = [
    f"PRAGMA busy_timeout = {LOCK_SECONDS * 1000}",
    # A full cache would else be spilt into the file, which locks readers out long before the
    # commit and leaves a file that only its journal can mend for as long.
    "PRAGMA cache_spill = OFF",
    "PRAGMA temp_store = MEMORY",
]


class Transaction:
    """One open transaction: statements by template, see ``names.compose``."""

    def __init__(self, connection: Connection, dialect: Dialect) -> None:
        self.connection = connection
        self.dialect = dialect

    def run(
        self,
        template: str,
        values: Mapping[str, Any] | None = None,
        /,
        **parts: str | Sequence[str],
    ) -> CursorResult[Unpack[tuple[Any, ...]]]:
        """Run one statement with ``:name`` parameters."""
        statement = compose(template, **self.dialect.words, **parts)
        return self.connection.execute(text(statement), values or {})

    def scalar(
        self,
        template: str,
        values: Mapping[str, Any] | None = None,
        /,
        **parts: str | Sequence[str],
    ) -> Any:
        """The first column of the first row of a statement, or None."""
        return self.run(template, values, **parts).scalar()

    def insert(
        self,
        table: str,
        columns: Sequence[str],
        rows: Iterable[Sequence[Any]],
        *,
        ignore: bool = False,
        replace: Sequence[str] = (),
    ) -> None:
        """Insert rows, some thousand at a time; ``ignore`` skips those whose key is there already.

        ``replace`` is the key instead by which they take the place of those that are there.
        """
        statement = compose(
            "INSERT INTO {table} ({columns}) VALUES ({marks}) {conflict}",
            table=table,
            columns=columns,
            marks=marks(self.dialect.placeholder, len(columns)),
            conflict=_conflict(columns, replace, ignore=ignore),
        )
        left = iter(rows)
        while some := [tuple(row) for row in islice(left, _ROWS_AT_ONCE)]:
            self.connection.exec_driver_sql(statement, some)

    def lookup(
        self, template: str, keys: Sequence[Any], /, *first: Any, **parts: str | Sequence[str]
    ) -> Iterator[Any]:
        """Rows of a statement for its ``{keys}``, some hundred at a time.

        ``first`` are the values of the placeholders ``{mark}`` before them.
        """
        mark = Raw(self.dialect.placeholder)
        for start in range(0, len(keys), _KEYS_AT_ONCE):
            some = keys[start : start + _KEYS_AT_ONCE]
            statement = compose(
                template, keys=marks(self.dialect.placeholder, len(some)), mark=mark, **parts
            )
            yield from self.connection.exec_driver_sql(statement, (*first, *some))

    def exists(self, relation: str) -> bool:
        """Whether a table or view of that name is there."""
        return bool(self.scalar(self.dialect.table_exists, {"name": relation}))


def _conflict(columns: Sequence[str], key: Sequence[str], *, ignore: bool) -> Raw:
    if not key:
        return Raw("ON CONFLICT DO NOTHING" if ignore else "")
    others = [name for name in columns if name not in key]
    sets = ", ".join(compose("{name} = excluded.{name}", name=name) for name in others)
    return Raw(compose("ON CONFLICT ({key}) DO UPDATE SET {sets}", key=key, sets=Raw(sets)))


class Database:
    """Connections to one database, safe in threads; messages name it by ``place``."""

    def __init__(self, location: Location) -> None:
        self.place = location.place
        self._path = location.path
        self.dialect = SQLITE if location.path else POSTGRESQL
        connect = _connect_file if location.path else _connect_server
        self._database = connect(location)

    @property
    def _engine(self) -> Engine:
        if self._database.engine is None:
            raise StorageError(f"{self.place}: is closed")
        return self._database.engine

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """A reading transaction: sees one state of the database."""
        with self._transaction(self.dialect.reading, reading=True) as transaction:
            yield transaction

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """A writing transaction: committed at the end, undone at an exception."""
        with self._transaction(self.dialect.writing) as transaction:
            if self.dialect.before_writing:
                transaction.run(self.dialect.before_writing)
            yield transaction

    @contextmanager
    def _transaction(
        self, options: Mapping[str, Any], *, reading: bool = False
    ) -> Iterator[Transaction]:
        with self._translated(reading=reading), self._engine.connect() as connection:
            connection.execution_options(**options)
            with connection.begin():
                yield Transaction(connection, self.dialect)

    @contextmanager
    def driver(self) -> Iterator[sqlite3.Connection]:
        """SQLite's own connection, outside of any transaction."""
        with self._translated():
            connection = self._engine.raw_connection()
            try:
                yield cast(sqlite3.Connection, connection.driver_connection)
            finally:
                connection.close()

    @contextmanager
    def _translated(self, *, reading: bool = False) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise translate(error, self.place, reading=reading) from error
        except (UnicodeEncodeError, OverflowError) as error:  # by the driver, before it sends any
            raise cannot_hold(str(error)) from error

    def query(self, statement: str, values: Mapping[str, str], seconds: float, take: Take) -> None:
        """Run a user's query. Raises StorageError, and UsageError for what is wrong with it."""
        if self._path:
            sqlite_queries.run(self._path, self.place, statement, values, seconds, take)
            return
        with self._translated():
            connection = self._engine.raw_connection()
            try:
                driver = connection.driver_connection
                server_queries.run(driver, self.place, statement, values, seconds, take)
            finally:
                connection.invalidate()  # whatever a function of the query did to the session

    def close(self) -> None:
        """Give all connections back."""
        self._database.close()


def _connect_file(location: Location) -> dataset.Database:
    # A file that vanished meanwhile is an error, not a new and empty one.
    name = f"file:{url_quote(str(location.path))}?mode=rw"

    def creator() -> sqlite3.Connection:
        return sqlite3.connect(
            name, timeout=LOCK_SECONDS, isolation_level=None, check_same_thread=False, uri=True
        )

    database = dataset.connect(
        "sqlite:///inventory.db",
        engine_kwargs={"creator": creator, "max_overflow": -1, "hide_parameters": True},
        ensure_schema=False,
        sqlite_wal_mode=False,
        on_connect_statements=list(_ON_CONNECT),
    )
    event.listen(database.engine, "begin", _begin)
    return database


@contextmanager
def in_memory() -> Iterator[Transaction]:
    """An empty SQLite database that is gone afterwards."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        yield Transaction(connection, SQLITE)
    engine.dispose()


def _begin(connection: Connection) -> None:
    # Python's sqlite3 begins transactions late and its own way; ours begin as they say.
    connection.exec_driver_sql(connection.get_execution_options().get("kdm_begin", "BEGIN"))


def _connect_server(location: Location) -> dataset.Database:
    try:
        return dataset.connect(
            location.url,
            engine_kwargs={
                # Whatever the server holds them in: one in SQL_ASCII then holds all characters.
                "connect_args": {"connect_timeout": _CONNECT_SECONDS, "client_encoding": "utf8"},
                "max_overflow": -1,
                "hide_parameters": True,
            },
            ensure_schema=False,
        )
    except ImportError as error:
        raise StorageError(NEED_PSYCOPG) from error
    except (ArgumentError, ValueError):
        # The parser's own words may hold the password.
        raise StorageError(NOT_A_URL) from None

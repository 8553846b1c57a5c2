"""Turn errors of drivers into one line for the user: what, where, and what to do."""

from __future__ import annotations

import re

from k8s_datamodel.api import StorageError, UnstorableError
from k8s_datamodel_plugins.sql.access.dialects import LOCK_SECONDS

NEED_PSYCOPG = "PostgreSQL needs its driver: pip install 'psycopg[binary]'"

_LOCKED = (
    f"another process kept it locked for more than {LOCK_SECONDS} s; "
    "see who has it open (`ps`, `fuser`) and try again"
)
_CANNOT_WRITE = "it, or its folder, is read-only: reading works, storing does not"

# Text and not codes: Python has the codes of SQLite from 3.11 on only. The first match counts.
_SQLITE = (
    (" is locked", _LOCKED),
    ("file is not a database", "is not a SQLite database; nothing was changed"),
    ("file is encrypted", "is not a SQLite database; nothing was changed"),
    (
        "disk image is malformed",
        "the database is damaged (cut off or overwritten): restore a backup, or save what is "
        "left with `sqlite3 FILE .recover`",
    ),
    ("readonly database", _CANNOT_WRITE),
    ("or disk is full", "no space left for it: free some and run again; nothing was half written"),
    (
        "disk i/o error",
        "the system could not read or write it (disk I/O error): check the disk, its space and "
        "limits; nothing was half written",
    ),
    (
        "unable to open database file",
        "cannot be opened: check the rights of the file and its folder",
    ),
)

# https://www.postgresql.org/docs/current/errcodes-appendix.html
_POSTGRESQL = {
    "28P01": "the password was refused: see PGPASSWORD, PGPASSFILE or the service file",
    "no password": "it wants a password: see PGPASSWORD, PGPASSFILE or the service file",
    "28000": "the login was refused: see pg_hba.conf on the server",
    "3D000": "there is no such database: `createdb` makes one",
    "42501": "this role may not do that there: ask for rights on the schema",
    "25006": "it takes no writes (a standby, or a read-only role)",
    "53100": "no space left on the server; nothing was half written",
    "53300": "too many connections: try again later",
    "55P03": _LOCKED,
    "42P07": "a relation of that name is there already and not ours: use a schema of its own",
    "2BP01": "something of yours depends on one of our relations: drop it, run again, make it anew",
}

_CANNOT_HOLD = ("22", "54")
"""Classes of PostgreSQL's codes: a value that is wrong (no such character), one too large."""

_NO_CONNECTION = (
    (re.compile("password authentication failed"), "28P01"),
    (re.compile("no password supplied"), "no password"),
    (re.compile(r"no pg_hba\.conf entry"), "28000"),
    (re.compile('database ".*" does not exist'), "3D000"),
    (re.compile("too many (clients|connections)"), "53300"),
)

_PASSWORD = re.compile(r"(password=)\S+|(//[^:/\s]*:)[^@\s]*(?=@)", re.IGNORECASE)


def translate(error: BaseException, place: str, *, reading: bool) -> StorageError:
    """The ``StorageError`` for an error of SQLAlchemy or of a driver."""
    driver = getattr(error, "orig", None) or error
    text = " ".join(str(driver).split())
    if type(driver).__module__.startswith("sqlite3"):
        if "too big" in text.lower():
            return cannot_hold(text)
        return StorageError(f"{place}: {_sqlite(text, reading=reading)}")
    state: str | None = getattr(driver, "sqlstate", None)
    # Without a state the driver itself, before any server, refused a value.
    of_driver = state is None and type(driver).__name__ == "DataError"
    if of_driver or (state or "").startswith(_CANNOT_HOLD):
        return cannot_hold(reason_of(text))
    return StorageError(f"{place}: {_postgresql(state, text)}")


def cannot_hold(reason: str) -> UnstorableError:
    """The error for a value that this database does not take, however much is free in it."""
    return UnstorableError(f"the database cannot hold it: {reason}")


def reason_of(text: str) -> str:
    """The server's own words in one line, without a password."""
    return _PASSWORD.sub(r"\1\2***", text.partition("DETAIL:")[0].partition("CONTEXT:")[0]).strip()


def _sqlite(text: str, *, reading: bool) -> str:
    lower = text.lower()
    if reading and "readonly database" in lower:
        # Only a killed writer's journal, which has to be rolled back, makes a reader write.
        return "a killed process left it unfinished: open it once where you may write to it"
    return next((meaning for part, meaning in _SQLITE if part in lower), text)


def _postgresql(state: str | None, text: str) -> str:
    if state is None:
        # What stops a connection from being made has a text only.
        state = next((code for pattern, code in _NO_CONNECTION if pattern.search(text)), None)
    if state in _POSTGRESQL:
        return _POSTGRESQL[state]
    reason = reason_of(text)
    return f"cannot be used: {reason}" if state else f"cannot be reached: {reason}"

"""Answers users' queries. The rows wait in a file of our own, so that nothing is open meanwhile.

Whoever reads the answer may be slow: a pager, a pipe. A transaction that waited for them would keep
writers of an SQLite file out.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timezone
from decimal import Decimal
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from k8s_datamodel.api import Column, ColumnType, QueryAnswer, Row, UsageError
from k8s_datamodel_plugins.sql.access.connection import Database
from k8s_datamodel_plugins.sql.access.query_texts import checked

_IN_MEMORY = 8 * 1024 * 1024
_TYPES: tuple[tuple[frozenset[type], ColumnType], ...] = (
    (frozenset({bool}), "boolean"),
    (frozenset({int}), "integer"),
    (frozenset({int, float}), "real"),
    (frozenset({str}), "text"),
)


@contextmanager
def answer(
    database: Database, statement: str, values: Mapping[str, str], seconds: float
) -> Iterator[QueryAnswer]:
    """The answer of a query. Raises UsageError and StorageError, see ``AbleStore.query``."""
    text = checked(statement, values)
    with SpooledTemporaryFile(_IN_MEMORY) as file:
        kept = _Kept(file)
        database.query(text, values, seconds, kept.take)
        yield QueryAnswer(kept.columns(), kept.rows())


class _Kept:
    """The rows of an answer in a file, a line of JSON each."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._names: list[str] = []
        self._seen: list[set[type]] = []

    def take(self, names: list[str], rows: Iterator[tuple[object, ...]]) -> None:
        """Keep all rows. Raises UsageError if these are no rows."""
        if not names:
            raise UsageError("this is no query that gives rows: give a SELECT")
        self._names = _distinct(names)
        self._seen = [set() for _ in names]
        for row in rows:
            values = [_plain(value) for value in row]
            for seen, value in zip(self._seen, values, strict=True):
                seen.add(type(value))
            self._file.write(json.dumps(values).encode() + b"\n")

    def columns(self) -> list[Column]:
        """The columns, of the types that their values have."""
        return [
            Column(name, _type(seen), title=name, show="table")
            for name, seen in zip(self._names, self._seen, strict=True)
        ]

    def rows(self) -> Iterator[Row]:
        """The rows, from the first one."""
        self._file.seek(0)
        for line in self._file:
            yield dict(zip(self._names, json.loads(line), strict=True))


def _distinct(names: list[str]) -> list[str]:
    """Names with a number where the same came before: a row has each key once."""
    found: dict[str, None] = {}
    for name in names:
        number, free = 1, name
        while free in found:
            number += 1
            free = f"{name}_{number}"
        found[free] = None
    return list(found)


def _type(seen: set[type]) -> ColumnType:
    kinds = seen - {type(None)}
    if kinds & {dict, list}:
        return "json"
    return next((name for types, name in _TYPES if kinds and kinds <= types), "text")


def _plain(value: Any) -> Any:
    """A value as documents have it: times are text in UTC, bytes hexadecimal."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    for kind, form in _FORMS.items():
        if isinstance(value, kind):
            return form(value)
    return str(value)


def _time(value: datetime) -> str:
    utc = value.astimezone(timezone.utc) if value.tzinfo else value
    return utc.replace(tzinfo=None).isoformat(" ", "auto" if utc.microsecond else "seconds")


def _number(value: Decimal) -> Any:
    if not value.is_finite():
        return str(value)
    return int(value) if value == value.to_integral_value() else float(value)


_FORMS: Mapping[type, Callable[[Any], Any]] = {
    datetime: _time,
    date: date.isoformat,
    Decimal: _number,
    bytes: bytes.hex,
    memoryview: memoryview.hex,
    list: lambda value: [_plain(each) for each in value],
    tuple: lambda value: [_plain(each) for each in value],
    dict: lambda value: {str(key): _plain(each) for key, each in value.items()},
}

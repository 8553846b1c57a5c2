"""The kinds of columns of a lake, and how a kind becomes a wider one.

A column has one kind in the whole lake, as Spark merges files only if their types are equal.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from k8s_datamodel.api import DatamodelError

TYPES: Mapping[str, pa.DataType] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "real": pa.float64(),
    "boolean": pa.bool_(),
    "list": pa.list_(pa.string()),
    "time": pa.timestamp("us"),
    "day": pa.date32(),
}
"""Times are UTC and say no zone, so that no session's zone moves them."""

Kinds = Mapping[str, Mapping[str, str]]
"""Kinds by column by relation."""


def kind_of(column_type: str) -> str:
    """The kind of a column of the inventory; what is JSON there is JSON text."""
    return "text" if column_type == "json" else column_type


def wider(one: str, other: str) -> str:
    """The narrowest kind that holds what both hold."""
    if one == other:
        return one
    return "real" if {one, other} == {"integer", "real"} else "text"


def united(every: Iterable[Kinds]) -> dict[str, dict[str, str]]:
    """The widest kind of each column."""
    found: dict[str, dict[str, str]] = {}
    for kinds in every:
        for relation, columns in kinds.items():
            known = found.setdefault(relation, {})
            for name, kind in columns.items():
                known[name] = wider(known.get(name, kind), kind)
    return found


def as_kind(value: Any, kind: str, column: str) -> Any:
    """A value as one of a kind that is as wide as its own, or wider.

    Raises:
        DatamodelError: a whole number is too large for a real.
    """
    if value is None:
        return None
    if kind == "real":
        if float(value) != value:
            raise DatamodelError(f"{column}: {value} is too large to be kept as a real, exactly")
        return float(value)
    if kind == "text" and not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False, sort_keys=True, default=_plain)
    return value


def as_time(text: str | None) -> datetime | None:
    """A time of the inventory, UTC."""
    return None if text is None else datetime.strptime(text, "%Y-%m-%d %H:%M:%S")


def as_day(text: str) -> date:
    """A day, as its folder is called."""
    return date.fromisoformat(text)


def schema_of(kinds: Mapping[str, str]) -> pa.Schema:
    """The schema of a file with these columns."""
    return pa.schema([(name, TYPES[kind]) for name, kind in kinds.items()])


def aligned(batch: pa.RecordBatch, have: Mapping[str, str], want: Mapping[str, str]) -> Any:
    """Rows of one file as rows of a wider one: columns that it lacks are null."""
    columns = []
    for name, kind in want.items():
        if name not in have:
            columns.append(pa.nulls(batch.num_rows, TYPES[kind]))
        elif have[name] == kind:
            columns.append(batch.column(name).cast(TYPES[kind]))
        else:
            values = batch.column(name).to_pylist()
            columns.append(pa.array([as_kind(each, kind, name) for each in values], TYPES[kind]))
    return pa.record_batch(columns, schema=schema_of(want))


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else str(value)

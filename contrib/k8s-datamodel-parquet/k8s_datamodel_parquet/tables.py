"""Columns of the inventory as columns of Parquet, and rows as row groups."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from k8s_datamodel.api import Fields, Page, Rows

ROWS = 1000
"""Rows of a row group at most: what is in memory at once, with their complete objects."""

SNAPSHOT: Mapping[str, pa.DataType] = {
    "snapshot_id": pa.int64(),
    "snapshot_timestamp": pa.timestamp("s", tz="UTC"),
    "cluster_context": pa.string(),
    "cluster_uid": pa.string(),
}
"""Columns that say of which snapshot a row is: of a fleet's files they make one table."""

_TYPES: Mapping[str, pa.DataType] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "real": pa.float64(),
    "boolean": pa.bool_(),
    "list": pa.list_(pa.string()),
    "json": pa.string(),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a file.

    Attributes:
        name: of the column.
        source: key of the value in a row.
        type: as the inventory calls it; ``json`` becomes JSON text.
    """

    name: str
    source: str
    type: str

    def value(self, row: Mapping[str, Any]) -> Any:
        """The value of a row, as Parquet takes it."""
        value = row.get(self.source)
        if value is None:
            return None
        if self.type == "json":
            return json.dumps(value, ensure_ascii=False, sort_keys=True, default=_plain)
        return list(value) if self.type == "list" else value


def fields_of(rows: Rows) -> list[Field]:
    """The columns, by their keys; ``spec`` as JSON text if rows have it."""
    shown = [Field(each.key, each.name, each.type) for each in rows.columns]
    return [*shown, Field("spec", "spec", "json")] if rows.objects else shown


def head_of(page: Page) -> Mapping[str, Any]:
    """What tells of which snapshot a page is."""
    return next((block.values for block in page.of(Fields)), {})


def schema_of(fields: Sequence[Field], before: Mapping[str, pa.DataType]) -> pa.Schema:
    """The schema of a file: some columns, then the fields."""
    return pa.schema([*before.items(), *((each.name, _TYPES[each.type]) for each in fields)])


def snapshot_values(head: Mapping[str, Any]) -> dict[str, Any]:
    """The values of ``SNAPSHOT`` of a snapshot's page, which may lack some."""
    taken = head.get("timestamp")
    return {
        "snapshot_id": head.get("id"),
        "snapshot_timestamp": _time(taken) if taken else None,
        "cluster_context": head.get("cluster_context"),
        "cluster_uid": head.get("cluster_uid"),
    }


def batches(
    schema: pa.Schema,
    fields: Sequence[Field],
    rows: Iterable[Mapping[str, Any]],
    fixed: Mapping[str, Any],
) -> Iterator[pa.RecordBatch]:
    """Rows as batches of a schema.

    Args:
        schema: of the file.
        fields: columns that the rows fill; those of the schema that are no field are null.
        rows: by column name.
        fixed: values that all of them share.
    """
    by_name = {each.name: each for each in fields}
    remaining = iter(rows)
    while chunk := list(islice(remaining, ROWS)):
        arrays = [
            pa.array(
                [by_name[part.name].value(row) for row in chunk]
                if part.name in by_name
                else [fixed.get(part.name)] * len(chunk),
                part.type,
            )
            for part in schema
        ]
        yield pa.record_batch(arrays, schema=schema)


def writer(target: Any, schema: pa.Schema) -> pq.ParquetWriter:
    """A writer of one file, to a path or to a stream that stays open."""
    return pq.ParquetWriter(target, schema, compression="zstd")


def _time(text: str) -> Any:
    return pa.scalar(text, pa.string()).cast(pa.timestamp("s")).as_py()


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else list(value)

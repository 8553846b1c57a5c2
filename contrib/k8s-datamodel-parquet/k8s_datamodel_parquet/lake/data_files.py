"""Write the data files of a lake: few row groups, each as large as memory allows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from k8s_datamodel_parquet.lake.commits import Commit, DataFile
from k8s_datamodel_parquet.lake.kinds import Kinds, aligned, schema_of
from k8s_datamodel_parquet.lake.storage import Storage
from k8s_datamodel_parquet.tables import writer

_ROWS = 100_000
_BYTES = 64 * 2**20
"""Of a row group at most: rows, and bytes in memory before they are compressed."""

_AT_ONCE = 5_000
"""Rows that are read of an old file at once."""


def write_data(
    storage: Storage, path: str, kinds: Mapping[str, str], batches: Iterable[pa.RecordBatch]
) -> DataFile:
    """Write one file, which appears whole or not at all."""
    rows, schema = 0, schema_of(kinds)
    with storage.writing(path) as file, writer(file, schema) as made:
        for group in _grouped(batches, schema):
            made.write_table(group)
            rows += group.num_rows
    written = storage.found(path)
    return DataFile(path, rows, written.bytes if written else 0, kinds)


def merged_batches(
    storage: Storage, relation: str, commits: Iterable[Commit], kinds: Kinds
) -> Iterator[pa.RecordBatch]:
    """The rows of a relation in some commits; those of a snapshot once."""
    taken: set[str] = set()
    for commit in commits:
        if relation in commit.files:
            old = commit.files[relation]
            again = sorted(taken & commit.snapshots)
            with storage.opened(old.path) as file, pq.ParquetFile(file) as parquet:
                for batch in parquet.iter_batches(_AT_ONCE):
                    rows = _without(batch, again) if again else batch
                    yield aligned(rows, old.columns, kinds[relation])
        taken |= commit.snapshots


def _without(batch: pa.RecordBatch, snapshots: list[str]) -> pa.RecordBatch:
    name = "snapshot_id" if "snapshot_id" in batch.schema.names else "id"
    return batch.filter(pc.invert(pc.is_in(batch.column(name), pa.array(snapshots))))


def _grouped(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[Any]:
    kept: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in batches:
        kept.append(batch)
        rows, size = rows + batch.num_rows, size + batch.nbytes
        if rows >= _ROWS or size >= _BYTES:
            yield pa.Table.from_batches(kept, schema)
            kept, rows, size = [], 0, 0
    if kept:
        yield pa.Table.from_batches(kept, schema)

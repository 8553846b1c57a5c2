"""The output format ``parquet``; imported only when it writes.

A listing is a table. A document, which holds several types, is one table too: the columns of all
types side by side, ``resource_type`` says whose row it is. A column that two types have with
different types of value is JSON text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

import pyarrow as pa

from k8s_datamodel.api import DatamodelError, Output, Page, Pages, Rows
from k8s_datamodel_parquet.tables import (
    SNAPSHOT,
    Field,
    batches,
    fields_of,
    head_of,
    schema_of,
    snapshot_values,
    writer,
)

_HEAD = {**SNAPSHOT, "resource_type": pa.string()}


class Parquet:
    """Writes a row group for some rows at a time."""

    def write(self, page: Page, output: Output) -> None:
        """Write the rows as a table; of snapshots one table, whose columns tell them apart.

        Raises:
            UsageError: the page has no rows.
        """
        match page.whole:
            case Pages(pages):
                _write_all(iter(pages), output)
            case None:
                _write_all(iter([page]), output)
            case _:
                for rows in page.tables():
                    fields = fields_of(rows)
                    schema = schema_of(fields, {})
                    _write(output, schema, batches(schema, fields, rows.rows, {}))


def _write_all(pages: Iterator[Page], output: Output) -> None:
    first = next(pages, None)
    tables = list(first.tables()) if first else []
    fields = _united(tables)
    schema = schema_of(list(fields.values()), _HEAD)
    every = chain([first] if first else [], pages)
    _write(output, schema, (b for page in every for b in _tables(page, schema, fields)))


def _write(output: Output, schema: pa.Schema, parts: Iterable[pa.RecordBatch]) -> None:
    with writer(output.binary, schema) as file:
        for part in parts:
            file.write_batch(part)
            output.binary.flush()


def _united(tables: Sequence[Rows]) -> dict[str, Field]:
    """The fields of all types by name; ``source`` is left to each type's own."""
    united: dict[str, Field] = {}
    for rows in tables:
        for field in fields_of(rows):
            name = _name(field)
            same = united.get(name, field).type == field.type
            united[name] = Field(name, name, field.type if same else "json")
    return united


def _name(field: Field) -> str:
    return f"{field.name}_" if field.name in _HEAD else field.name


def _tables(page: Page, schema: pa.Schema, united: Mapping[str, Field]) -> Iterator[pa.RecordBatch]:
    fixed = snapshot_values(head_of(page))
    for rows in page.tables():
        own = [
            Field(_name(each), each.source, _type(united, each, rows)) for each in fields_of(rows)
        ]
        yield from batches(schema, own, rows.rows, {**fixed, "resource_type": rows.key})


def _type(united: Mapping[str, Field], field: Field, rows: Rows) -> str:
    if _name(field) not in united:
        raise DatamodelError(f"the snapshots differ in their types: {rows.key} is new")
    return united[_name(field)].type

"""The output format ``parquet``; imported only when it writes.

A listing is a table. A document, which holds several types, is one table too: the columns of all
types side by side, ``resource_type`` says whose row it is. A column that two types have with
different types of value is JSON text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import pyarrow as pa

from k8s_datamodel.api import DatamodelError, Document, Output, Row, Section, Table, UsageError
from k8s_datamodel_parquet.tables import (
    SNAPSHOT,
    Field,
    batches,
    fields_of,
    schema_of,
    snapshot_values,
    writer,
)

_HEAD = {**SNAPSHOT, "resource_type": pa.string()}


class Parquet:
    """Writes a row group for some rows at a time."""

    def listing(self, listing: Section | Table, output: Output) -> None:
        """The rows as a table."""
        if isinstance(listing, Section):
            fields = fields_of(listing.type.columns, specs=listing.specs)
        else:
            fields = fields_of(listing.columns, specs=False)
        schema = schema_of(fields, {})
        _write(output, schema, batches(schema, fields, listing.rows, {}))

    def record(self, section: Section, row: Row, output: Output) -> None:
        """A table of one row."""
        self.listing(Section(section.type, (row,), section.specs), output)

    def document(self, document: Document, output: Output) -> None:
        """The rows of all types as one table."""
        self.documents((document,), output)

    def documents(self, documents: Iterable[Document], output: Output) -> None:
        """The same of several snapshots: their columns tell them apart."""
        remaining = iter(documents)
        first = next(remaining, None)
        fields = _united(first.sections if first else ())
        schema = schema_of(list(fields.values()), _HEAD)
        every = chain((first,) if first else (), remaining)
        _write(output, schema, (b for each in every for b in _sections(each, schema, fields)))

    def value(self, value: Mapping[str, Any], output: Output) -> None:
        """Nothing that is a table. Raises UsageError."""
        raise UsageError("parquet is for rows; take json or yaml for this")


def _write(output: Output, schema: pa.Schema, parts: Iterable[pa.RecordBatch]) -> None:
    with writer(output.binary, schema) as file:
        for part in parts:
            file.write_batch(part)
            output.binary.flush()


def _united(sections: Sequence[Section]) -> dict[str, Field]:
    """The fields of all types by name; ``source`` is left to each section's own."""
    united: dict[str, Field] = {}
    for section in sections:
        for field in fields_of(section.type.columns, specs=section.specs):
            name = _name(field)
            same = united.get(name, field).type == field.type
            united[name] = Field(name, name, field.type if same else "json")
    return united


def _name(field: Field) -> str:
    return f"{field.name}_" if field.name in _HEAD else field.name


def _sections(
    document: Document, schema: pa.Schema, united: Mapping[str, Field]
) -> Iterator[pa.RecordBatch]:
    fixed = snapshot_values(document.snapshot)
    for section in document.sections:
        own = [
            Field(_name(each), each.source, _type(united, each, section))
            for each in fields_of(section.type.columns, specs=section.specs)
        ]
        yield from batches(schema, own, section.rows, {**fixed, "resource_type": section.type.name})


def _type(united: Mapping[str, Field], field: Field, section: Section) -> str:
    if _name(field) not in united:
        raise DatamodelError(f"the snapshots differ in their types: {section.type.name} is new")
    return united[_name(field)].type

"""The relations of a lake, named as in SQL: snapshots, ledgers, and one for each resource type."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from k8s_datamodel.api import Column, Moment, ResourceType, Snapshot
from k8s_datamodel.commands import LEDGER, ledger_row
from k8s_datamodel_parquet.lake.kinds import as_day, as_kind, as_time, kind_of, schema_of
from k8s_datamodel_parquet.tables import Field, batches

SNAPSHOTS = "inventory_snapshots"
LEDGERS = "inventory_ledger"

_PARTITION = {"day": "day", "cluster": "text"}
_OF = {
    "snapshot_id": "text",
    "snapshot_timestamp": "time",
    "cluster_context": "text",
    "cluster_uid": "text",
    **_PARTITION,
}
"""Columns that say of which snapshot a row is."""

_HEAD = {
    "id": "text",
    "timestamp": "time",
    "cluster_context": "text",
    "cluster_uid": "text",
    "cluster_info": "text",
    "namespace_filter": "text",
    "complete": "boolean",
    "source": "text",
    "source_timestamp": "time",
    "redaction": "text",
    "seconds": "real",
    "created_at": "time",
    **_PARTITION,
}
"""Columns of a snapshot beside its counts. Its number means something in its database only, and its
notes may change, so that neither is here."""


@dataclass(frozen=True, slots=True)
class KindField(Field):
    """A column of a relation whose values are of a kind that may be wider than its own."""

    kind: str

    def value(self, row: Mapping[str, Any]) -> Any:
        """The value of a row, as Parquet takes it."""
        plain = Field(self.name, self.source, self.type).value(row)
        return as_kind(plain, self.kind, self.name)


@dataclass(frozen=True, slots=True)
class Relation:
    """Rows of one snapshot.

    Attributes:
        name: as in SQL.
        kinds: of the columns that this version writes, in their order.
        rows: by column name.
        fields: those that are read from rows.
        fixed: values of the others.
    """

    name: str
    kinds: Mapping[str, str]
    rows: Iterable[Mapping[str, Any]]
    fields: Sequence[Field]
    fixed: Mapping[str, Any]

    def batches(self, kinds: Mapping[str, str]) -> Iterator[pa.RecordBatch]:
        """The rows, with columns of kinds as wide as these or wider."""
        own = [
            KindField(each.name, each.source, each.type, kinds[each.name]) for each in self.fields
        ]
        return batches(schema_of(kinds), own, self.rows, self.fixed)


def kinds_of(types: Sequence[ResourceType], *, objects: bool) -> dict[str, dict[str, str]]:
    """The kinds of all columns that this version writes, by relation."""
    found = {each.name: {**_OF, **_kinds(_fields(each.columns, objects))} for each in types}
    counts = {each.count: "integer" for each in types}
    return {**found, SNAPSHOTS: {**_HEAD, **counts}, LEDGERS: {**_OF, **_kinds(_fields(LEDGER))}}


def relations_of(
    moment: Moment, snapshot: Snapshot, types: Sequence[ResourceType], *, objects: bool
) -> Iterator[Relation]:
    """What a snapshot has in each relation; the rows are read as they are iterated."""
    every = kinds_of(types, objects=objects)
    fixed = _fixed(snapshot)
    for each in types:
        if moment.asked_for(each):
            rows = moment.rows(each.name, objects=objects)
            fields = _fields(each.columns, objects)
            yield Relation(each.name, every[each.name], rows, fields, fixed)
    entries = map(ledger_row, moment.ledger)
    yield Relation(LEDGERS, every[LEDGERS], entries, _fields(LEDGER), fixed)
    counts = [Field(each.count, each.name, "integer") for each in types]
    yield Relation(SNAPSHOTS, every[SNAPSHOTS], [snapshot.counts], counts, fixed)


def _fixed(snapshot: Snapshot) -> dict[str, Any]:
    cluster, taken = snapshot.cluster, as_time(snapshot.timestamp)
    about = {"version": cluster.version, "platform": cluster.platform, "nodes": cluster.nodes}
    return {
        "snapshot_id": snapshot.uuid,
        "snapshot_timestamp": taken,
        "id": snapshot.uuid,
        "timestamp": taken,
        "cluster_context": cluster.context,
        "cluster_uid": cluster.uid,
        "cluster_info": as_kind(about, "text", "cluster_info"),
        "namespace_filter": snapshot.namespace_filter,
        "complete": snapshot.complete,
        "source": cluster.source,
        "source_timestamp": as_time(cluster.source_timestamp),
        "redaction": snapshot.redaction,
        "seconds": snapshot.seconds,
        "created_at": as_time(snapshot.created_at or None),
        "day": as_day(day_of(snapshot)),
        "cluster": cluster.key,
    }


def day_of(snapshot: Snapshot) -> str:
    """The day of a snapshot, UTC."""
    return snapshot.timestamp[:10]


def _fields(columns: Iterable[Column], objects: bool = False) -> list[Field]:
    own = [Field(_name(each.name), each.name, each.type) for each in columns]
    return [*own, Field("spec", "spec", "json")] if objects else own


def _name(name: str) -> str:
    return f"{name}_" if name in _OF else name


def _kinds(fields: Iterable[Field]) -> dict[str, str]:
    return {each.name: kind_of(each.type) for each in fields}

"""A resource type with a column of every type, and sample objects, for the kit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from k8s_datamodel.data.columns import Column
from k8s_datamodel.data.ledger import LedgerEntry, Outcome
from k8s_datamodel.data.objects import Record, Resource
from k8s_datamodel.data.snapshots import ClusterInfo, Snapshot
from k8s_datamodel.types.resource_types import Deferred, ResourceType

RESOURCE = Resource("parts.example.org", "v1", "kitparts", "KitPart")

PARTS = ResourceType(
    name="kit_parts",
    command="kit-part",
    singular="Kit part",
    identity=("namespace", "name"),
    collector=lambda reader: (),
    columns=(
        Column("namespace", show="table"),
        Column("name", show="table", filter="name"),
        Column("size", "integer", show="table"),
        Column("weight", "real", show="wide"),
        Column("polished", "boolean", show="wide"),
        Column("colours", "list", show="wide"),
        Column("labels", "json"),
        Column("used", "integer", volatile=True),
        Column("internal", value=str),
    ),
)

OWNED = replace(
    PARTS,
    name="kit_owned",
    command="kit-owned",
    count="kit_owned_count",
    columns=(
        *PARTS.columns,
        Column("owners", "list", volatile=True),
        Column("owners_reason", volatile=True),
    ),
    # The tests give the values themselves.
    deferred=(Deferred(("owners", "owners_reason"), "owners_reason", (), "nowhere:owners"),),
)

CLUSTER = ClusterInfo("kit", "uid-of-kit", "v1.30.1", "eks", 5, "kubernetes")

LEDGER = (
    LedgerEntry("kit_parts", RESOURCE.name, Outcome("complete", "", 200, 3, 12, 2, 4567, 0.5)),
    LedgerEntry("", "nodes", Outcome("forbidden", "nodes: 403", 403, 1), optional=True),
    LedgerEntry("kit_parts", "shops", Outcome("partial", "some of them"), optional=True),
)

UNICODE = "Grüße, 日本語 🎉 'quoted' \"twice\" back\\slash, a\ttab and\ntwo lines"


def part(number: int = 0, **values: Any) -> Record:
    """One of them, with something in each column."""
    name = f"part-{number:05}"
    row = {
        "namespace": "shop",
        "name": name,
        "size": number,
        "weight": number + 0.25,
        "polished": number % 2 == 0,
        "colours": ["red", "dark red"],
        "labels": {"app": name, "list": [1, None, {"deep": False}]},
        "used": number + 1,
        "internal": "plain",
        **values,
    }
    metadata = {"name": row["name"], "namespace": row["namespace"], "uid": f"uid-{row['name']}"}
    complete = {
        "apiVersion": "parts.example.org/v1",
        "kind": "KitPart",
        "metadata": {**metadata, "resourceVersion": str(number + 1)},
        "spec": {"size": row["size"], "text": UNICODE},
    }
    return Record(row, complete)


def endless() -> Record:
    """One that JSON cannot hold."""
    return part(99_999, weight=float("inf"))


def wide() -> ResourceType:
    """A type with more columns than most databases take."""
    more = tuple(Column(f"column_{number}", "integer") for number in range(5000))
    return replace(
        PARTS,
        name="kit_wide",
        command="kit-wide",
        count="kit_wide_count",
        columns=(*PARTS.columns, *more),
    )


def parts(count: int) -> list[Record]:
    """So many of them, in order of identity."""
    return [part(number) for number in range(count)]


def rows(count: int) -> Iterator[dict[str, Any]]:
    """The same as rows for a formatter, without objects."""
    return (dict(part(number).values) for number in range(count))


def nothing(name: str = "bare") -> dict[str, Any]:
    """A row that is null wherever it may be."""
    return {
        column.name: {"namespace": "shop", "name": name}.get(column.name)
        for column in PARTS.columns
    }


def snapshot(**changes: Any) -> Snapshot:
    """A snapshot of the kit's cluster."""
    plain = Snapshot("2024-03-15 10:30:15", CLUSTER, {}, redaction="kit-salt", seconds=1.5)
    return replace(plain, **changes)

"""Turn snapshots into pages, for ``show`` and ``export``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from k8s_datamodel.data.columns import Column
from k8s_datamodel.data.ledger import LedgerEntry
from k8s_datamodel.data.pages import Block, Fields, Page, Rows
from k8s_datamodel.data.snapshots import Snapshot
from k8s_datamodel.data.timings import Timings
from k8s_datamodel.reading.stored_moments import StoredMoment
from k8s_datamodel.types.resource_types import ResourceType


def head(
    snapshot: Snapshot, types: Sequence[ResourceType], timings: Timings | None = None
) -> dict[str, Any]:
    """The ``snapshot`` key of a document: one key for each column of ``inventory_snapshots``.

    ``timings`` is one more if it is known.
    """
    cluster = snapshot.cluster
    return {
        "id": snapshot.id or None,
        "timestamp": snapshot.timestamp,
        "cluster_context": cluster.context,
        "cluster_info": {
            "version": cluster.version,
            "platform": cluster.platform,
            "nodes": cluster.nodes,
        },
        **{each.count: snapshot.counts.get(each.name) for each in types},
        "namespace_filter": snapshot.namespace_filter,
        "notes": snapshot.notes,
        "complete": snapshot.complete,
        "cluster_uid": cluster.uid,
        "source": cluster.source,
        "source_timestamp": cluster.source_timestamp,
        "redaction": snapshot.redaction,
        "seconds": snapshot.seconds,
        "created_at": snapshot.created_at or None,
        **({"timings": timings.document()} if timings else {}),
    }


def ledger_row(entry: LedgerEntry) -> dict[str, Any]:
    """A ledger entry by column name of ``LEDGER``."""
    own = ("resource_type", "read", "optional")
    names = (column.name for column in LEDGER)
    row = {name: getattr(entry if name in own else entry.outcome, name) for name in names}
    return {**row, "seconds": round(entry.outcome.seconds, 3)}


LEDGER = (
    Column("resource_type", title="Type", show="table"),
    Column("read", show="table", importance=80),
    Column("status", show="table", importance=90),
    Column("optional", "boolean", show="wide", importance=20),
    Column("reason", show="table", importance=70),
    Column("http_code", "integer", title="HTTP", show="table", importance=40),
    Column("requests", "integer", show="wide"),
    Column("objects", "integer", show="table", importance=30),
    Column("reused", "integer", show="wide"),
    Column("bytes", "integer", show="wide"),
    Column("seconds", "real", show="wide"),
)
"""Columns of a listed ledger."""

LEDGER_SHOWN = ("resource_type", "read", "status", "optional", "objects", "http_code", "reason")


def document(
    moment: StoredMoment,
    every: Sequence[ResourceType],
    *,
    objects: bool = False,
    ledger: bool = False,
    only: Sequence[str] = (),
) -> Page:
    """A stored moment as a page; its rows are read while it is written.

    Its head has the numbers of ``every`` type. ``only`` names the types with a block; if empty,
    all that the moment is about have one.
    """
    values = head(moment.snapshot, every, Timings.kept(moment.ledger))
    blocks: list[Block] = [Fields(values, "Snapshot", "snapshot", identity=("id",))]
    for each in moment.types:
        if each.name in only if only else moment.asked_for(each):
            rows = moment.rows(each.name, objects=objects)
            blocks.append(each.block(rows, objects=objects, key=each.name))
    if ledger:
        entries = map(ledger_row, moment.ledger)
        blocks.append(Rows(LEDGER, entries, "Ledger", "ledger", shown=LEDGER_SHOWN))
    return Page(blocks)


def snapshot_table(snapshots: Sequence[Snapshot], types: Sequence[ResourceType]) -> Rows:
    """Snapshots as ``database list`` shows them."""
    whole = all(snapshot.complete for snapshot in snapshots)
    columns = (
        # The manual draws numbers on the left.
        Column("id", "integer", title="ID", show="table", align="left"),
        Column("timestamp", show="table", importance=90),
        Column("cluster_context", title="Cluster", show="table", importance=80),
        Column("cluster_info", "json"),
        *(
            Column(
                each.count,
                "integer",
                title=heading(each.plural),
                show="wide" if each.on_request else "table",
                align="left",
            )
            for each in types
        ),
        Column("namespace_filter", title="Namespace", show="wide"),
        Column("notes", show="table", importance=60),
        # A table says it where one is not; of complete ones it would only take room.
        Column("complete", "boolean", show="wide" if whole else "table", importance=95),
        Column("cluster_uid", title="Cluster UID"),
        Column("source", show="wide", importance=30),
        Column("source_timestamp", title="Dumped", show="wide", importance=30),
        Column("redaction", show="wide", importance=30),
        Column("seconds", "real", show="wide", importance=30),
        Column("created_at", title="Stored"),
    )
    return Rows(columns, (head(snapshot, types) for snapshot in snapshots), "Snapshots")


def heading(words: str) -> str:
    """Words as a heading: the first letter large, the others as they are."""
    return words[:1].upper() + words[1:]

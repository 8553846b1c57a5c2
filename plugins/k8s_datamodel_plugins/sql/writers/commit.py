"""The one short transaction that makes a snapshot visible."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from k8s_datamodel.api import DamagedError, LedgerEntry, Snapshot
from k8s_datamodel_plugins.sql.access.connection import Transaction
from k8s_datamodel_plugins.sql.layout.content import canonical, clean, key, utc_now
from k8s_datamodel_plugins.sql.layout.digests import (
    ENTRY,
    TypeSum,
    contradicts,
    snapshot_digest,
)
from k8s_datamodel_plugins.sql.writers.held import Held
from k8s_datamodel_plugins.sql.writers.index_update import update_index
from k8s_datamodel_plugins.sql.writers.list_notes import TypeLists, note_lists
from k8s_datamodel_plugins.sql.writers.references import insert_references
from k8s_datamodel_plugins.sql.writers.stored_lists import Part

_CLUSTER_INFO = ("version", "platform", "nodes")
_BY_UUID = "SELECT id FROM kdm_snapshots WHERE uuid = :uuid"


def commit_snapshot(
    transaction: Transaction,
    snapshot: Snapshot,
    ledger: Sequence[LedgerEntry],
    parts: Sequence[Part],
    held: Held,
    definitions: Mapping[str, str],
) -> int:
    """Insert everything that makes up a snapshot; returns its number.

    One that is there already, because it was copied before, stays as it is. All writers take their
    locks in the same order, so that they queue and never block each other. Raises DamagedError if
    the snapshot came with another digest.
    """
    there = transaction.scalar(_BY_UUID, {"uuid": snapshot.uuid})
    if there is not None:
        return int(there)
    entries = [_entry(entry) for entry in ledger]
    said = [part.said(snapshot) for part in parts]
    number = _insert_snapshot(transaction, snapshot, said, entries)
    lists: list[TypeLists] = []
    for part in sorted(parts, key=lambda part: part.stored.id):
        places = insert_references(transaction, number, part, held)
        lists.append(TypeLists(part, places))
        one = part.said(snapshot)
        records = one.records
        counted = (number, part.stored.id, one.count, records.number, one.stamp, str(records))
        columns = ("snapshot_id", "type_id", "count", "records", "stamp", "sum")
        transaction.insert("kdm_counts", columns, [counted])
    _insert_ledger(transaction, number, entries)
    update_index(transaction, snapshot, held, definitions)
    note_lists(transaction, number, snapshot, lists, definitions)
    return number


def _insert_snapshot(
    transaction: Transaction,
    snapshot: Snapshot,
    types: Sequence[TypeSum],
    entries: Sequence[Sequence[Any]],
) -> int:
    cluster = snapshot.cluster
    values: dict[str, Any] = {
        "uuid": snapshot.uuid or str(uuid.uuid4()),
        "timestamp": snapshot.timestamp,
        "cluster_context": key(cluster.context),
        "cluster_info": canonical({name: getattr(cluster, name) for name in _CLUSTER_INFO}),
        "cluster_uid": _clean(cluster.uid),
        "source": clean(cluster.source),
        "source_timestamp": _clean(cluster.source_timestamp),
        "namespace_filter": _clean(snapshot.namespace_filter),
        "notes": _clean(snapshot.notes),
        "complete": int(snapshot.complete),
        "redaction": snapshot.redaction,
        "seconds": float(snapshot.seconds),
        "created_at": snapshot.created_at or utc_now(),
        "rules": snapshot.redaction_rules,
    }
    values["digest"] = snapshot_digest(values, types, entries)
    if contradicts(snapshot.digest, values["digest"]):
        raise DamagedError(
            f"snapshot {values['uuid']} is not what its digest says: it was damaged or changed"
        )
    values["sorted_at"] = _sorted_at(transaction, snapshot)  # of this database, in no digest
    transaction.insert("kdm_snapshots", list(values), [list(values.values())])
    # By its uuid, because not every SQLite that Python 3.10 meets knows RETURNING.
    return int(transaction.scalar(_BY_UUID, {"uuid": values["uuid"]}))


def _clean(text: str | None) -> str | None:
    return None if text is None else clean(text)


def _sorted_at(transaction: Transaction, snapshot: Snapshot) -> str:
    """What a snapshot is sorted by, before its number.

    It is its time for one that is copied. One that is stored here comes after all that are here,
    whatever its machine's clock says: a clock that was ahead once must not stay the latest.
    """
    if snapshot.created_at:
        return snapshot.timestamp
    last = transaction.scalar("SELECT max(sorted_at) FROM kdm_snapshots")
    if not isinstance(last, (str, type(None))):
        raise DamagedError("the database is damaged: the order of its snapshots; restore a backup")
    return max(snapshot.timestamp, last or "")


def _entry(entry: LedgerEntry) -> tuple[Any, ...]:
    """What is stored of an entry, in the order of ``digests.ENTRY``."""
    outcome = entry.outcome
    return (
        key(entry.resource_type),
        key(entry.read),
        int(entry.optional),
        outcome.status,
        clean(outcome.reason) or None,
        outcome.http_code,
        outcome.requests,
        outcome.objects,
        outcome.reused,
        outcome.bytes,
        round(outcome.seconds * 1_000_000),
    )


def _insert_ledger(
    transaction: Transaction, number: int, entries: Sequence[tuple[Any, ...]]
) -> None:
    names = {entry[:2] for entry in entries}
    ids = _find_reads(transaction, names)
    new = sorted(names - ids.keys())
    transaction.insert("kdm_reads", ("resource_type", "read"), new, ignore=True)
    ids |= _find_reads(transaction, new)
    transaction.insert(
        "kdm_ledger",
        ("snapshot_id", "position", "read_id", *ENTRY[2:]),
        [(number, position, ids[entry[:2]], *entry[2:]) for position, entry in enumerate(entries)],
    )


def _find_reads(
    transaction: Transaction, names: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], int]:
    by_type: dict[str, set[str]] = {}
    for resource_type, read in names:
        by_type.setdefault(resource_type, set()).add(read)
    found: dict[tuple[str, str], int] = {}
    for resource_type, reads in by_type.items():
        for row in transaction.lookup(
            "SELECT read, id FROM kdm_reads WHERE resource_type = {mark} AND read IN ({keys})",
            sorted(reads),
            resource_type,
        ):
            found[(resource_type, row[0])] = row[1]
    return found

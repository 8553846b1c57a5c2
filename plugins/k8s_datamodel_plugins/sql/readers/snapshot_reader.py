"""Reads what snapshots say of themselves, and their ledgers."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, cast

from k8s_datamodel.api import (
    ClusterInfo,
    DamagedError,
    LedgerEntry,
    Outcome,
    Snapshot,
    SnapshotNotFoundError,
    SnapshotQuery,
    Status,
)
from k8s_datamodel_plugins.sql.access.connection import Database, Transaction
from k8s_datamodel_plugins.sql.access.sql_names import Raw
from k8s_datamodel_plugins.sql.layout.content import key
from k8s_datamodel_plugins.sql.layout.digests import ENTRY
from k8s_datamodel_plugins.sql.layout.stored_types import stored_types

_PORTION_ROWS = 500
_MAX = 2**63 - 1  # the largest number of either database

_SNAPSHOTS = """
SELECT id, timestamp, cluster_context, cluster_info, cluster_uid, source, source_timestamp,
  namespace_filter, notes, complete, redaction, seconds, created_at, uuid, digest, rules
FROM kdm_snapshots {where}
ORDER BY sorted_at DESC, id DESC
{limit}
"""

_NONE = type(None)
_SNAPSHOT_KINDS: Sequence[Any] = (
    *(int, str, str, str, (str, _NONE), str, (str, _NONE), (str, _NONE), (str, _NONE)),
    *(int, str, (int, float), str, str, (str, _NONE), (int, _NONE)),
)
_LEDGER_KINDS: Sequence[Any] = (
    *(str, str, int, str, (str, _NONE), (int, _NONE), int, (int, _NONE), int, int, int),
)
"""Python types of the columns: SQLite keeps whatever a damaged file says."""

_LEDGER = """
SELECT {columns} FROM kdm_ledger l JOIN kdm_reads d ON d.id = l.read_id
WHERE l.snapshot_id = :id ORDER BY l.position
"""

_CONDITIONS = {
    "id": "id = :id",
    "context": "cluster_context = :context",
    "later_than": "timestamp > :later_than",
    "other_than": "cluster_context <> :other_than",
}


def read_snapshots(database: Database, query: SnapshotQuery) -> Sequence[Snapshot]:
    """Snapshots, oldest first."""
    context = None if query.cluster_context is None else key(query.cluster_context)
    other = None if query.other_than is None else key(query.other_than)
    return _read(
        database, query.limit, context=context, later_than=query.later_than, other_than=other
    )


def read_snapshot(database: Database, number: int) -> Snapshot:
    """One snapshot. Raises SnapshotNotFoundError."""
    found = _read(database, 1, id=number) if number <= _MAX else ()
    if not found:
        raise not_found(database, number)
    return found[0]


def _read(database: Database, limit: int | None, **values: object) -> Sequence[Snapshot]:
    """The newest snapshots of which these values are true, oldest first."""
    given = [_CONDITIONS[name] for name, value in values.items() if value is not None]
    where = Raw(f"WHERE {' AND '.join(given)}" if given else "")
    most = Raw("" if limit is None else f"LIMIT {min(limit, _MAX)}")
    with database.read() as transaction:
        rows = transaction.run(_SNAPSHOTS, values, where=where, limit=most)
        portions: Iterable[Sequence[Any]]
        if limit is None:
            counts, portions = _counts(transaction, None), rows.partitions(_PORTION_ROWS)
        else:
            few = rows.fetchall()
            counts, portions = _counts(transaction, [row.id for row in few]), [few]
        found = [
            _snapshot(row, counts[row[0]], database.place)
            for portion in portions
            for row in portion
        ]
    found.reverse()
    return found


def not_found(database: Database, number: int) -> SnapshotNotFoundError:
    """The error for a snapshot that is not there."""
    return SnapshotNotFoundError(
        f"no snapshot {number} in {database.place}; `k8s-datamodel database list` shows them"
    )


class _Held:
    """What a snapshot says of its types: counts, null for types it does not hold, and stamps."""

    __slots__ = ("counts", "stamps")

    def __init__(self, names: Iterable[str]) -> None:
        self.counts: dict[str, int | None] = dict.fromkeys(names)
        self.stamps: dict[str, str] = {}


def _counts(transaction: Transaction, numbers: Sequence[int] | None) -> dict[int, _Held]:
    """What some snapshots say of their types, or all."""
    types = stored_types(transaction)
    names = {stored.id: name for name, stored in types.items()}
    select = "SELECT snapshot_id, type_id, count, stamp FROM kdm_counts"
    rows: Iterable[Any]
    if numbers is None:
        rows = chain.from_iterable(transaction.run(select).partitions(_PORTION_ROWS))
    else:
        rows = transaction.lookup(select + " WHERE snapshot_id IN ({keys})", numbers)
    found: dict[int, _Held] = defaultdict(lambda: _Held(types))
    for snapshot_id, type_id, count, stamp in rows:
        sound = isinstance(count, (int, _NONE)) and isinstance(stamp, (str, _NONE))
        if type_id not in names or not sound:
            raise damaged_snapshot("the database", snapshot_id, "how much it holds")
        found[snapshot_id].counts[names[type_id]] = count
        if stamp is not None:
            found[snapshot_id].stamps[names[type_id]] = stamp
    return found


def read_sums(database: Database, numbers: Sequence[int]) -> Mapping[int, Mapping[str, str | None]]:
    """What the records of some snapshots sum up to, see ``contracts.AbleStore``."""
    found: dict[int, dict[str, str | None]] = defaultdict(dict)
    with database.read() as transaction:
        for select in (_NAMED, _SUMS):
            for snapshot_id, name, text in transaction.lookup(select, numbers):
                found[snapshot_id][name] = text if isinstance(text, str) else None
    return dict(found)


_NAMED = """
SELECT DISTINCT l.snapshot_id, d.resource_type, NULL FROM kdm_ledger l
JOIN kdm_reads d ON d.id = l.read_id WHERE d.resource_type <> '' AND l.snapshot_id IN ({keys})
"""

_SUMS = """
SELECT c.snapshot_id, t.name, c.sum FROM kdm_counts c
JOIN kdm_types t ON t.id = c.type_id WHERE c.snapshot_id IN ({keys})
"""


def _insist(row: Sequence[Any], kinds: Sequence[Any]) -> None:
    """Raise TypeError unless each value is of its kind."""
    for value, kind in zip(row, kinds, strict=True):
        if not isinstance(value, kind):
            raise TypeError(f"{value!r} is of another type")


def _snapshot(row: Sequence[Any], held: _Held, place: str) -> Snapshot:
    number, timestamp, *cluster, namespace, notes, complete, redaction, seconds = row[:-4]
    created_at, uuid, digest, rules = row[-4:]
    try:
        _insist(row, _SNAPSHOT_KINDS)
        return Snapshot(
            id=number,
            timestamp=timestamp,
            cluster=_cluster(*cluster),
            counts=held.counts,
            namespace_filter=namespace,
            notes=notes,
            complete=bool(complete),
            redaction=redaction,
            seconds=float(seconds),
            created_at=created_at,
            uuid=uuid,
            digest=digest or "",
            redaction_rules=rules,
            stamps=held.stamps,
        )
    except (ValueError, TypeError, KeyError) as error:
        raise damaged_snapshot(place, number, "what it says of itself and its cluster") from error


def damaged_snapshot(place: str, number: int, what: str) -> DamagedError:
    """The error for a part of a snapshot that we did not write so."""
    return DamagedError(
        f"{place}: snapshot {number} is damaged: {what} cannot be read; restore a backup, or "
        f"remove it by `database delete {number}`"
    )


@lru_cache(maxsize=64)
def _cluster(
    context: str, text: str, uid: str | None, source: str, source_timestamp: str | None
) -> ClusterInfo:
    """The same few clusters in thousands of snapshots."""
    info = json.loads(text)
    return ClusterInfo(
        context=context,
        uid=uid,
        version=info["version"],
        platform=info["platform"],
        nodes=info["nodes"],
        source=source,
        source_timestamp=source_timestamp,
    )


def read_ledger(database: Database, number: int) -> Sequence[LedgerEntry]:
    """The ledger of a snapshot, in the order it was given. Raises SnapshotNotFoundError."""
    with database.read() as transaction:
        if not is_there(transaction, number):
            raise not_found(database, number)
        rows = transaction.run(_LEDGER, {"id": number}, columns=ENTRY).fetchall()
    try:
        return [_entry(row) for row in rows]
    except (ValueError, TypeError) as error:
        raise damaged_snapshot(database.place, number, "its ledger") from error


def _entry(row: Any) -> LedgerEntry:
    _insist(row, _LEDGER_KINDS)
    outcome = Outcome(
        status=cast(Status, row.status),
        reason=row.reason or "",
        http_code=row.http_code,
        requests=row.requests,
        objects=row.objects,
        reused=row.reused,
        bytes=row.bytes,
        seconds=row.microseconds / 1_000_000,
    )
    return LedgerEntry(row.resource_type, row.read, outcome, bool(row.optional))


def is_there(transaction: Transaction, number: int) -> bool:
    """Whether there is a snapshot of that number."""
    key = {"id": number}
    return bool(transaction.scalar("SELECT count(*) FROM kdm_snapshots WHERE id = :id", key))

"""One digest of everything that a snapshot says, made when it is stored.

It is of content, so that it is the same in every database and whatever the layout of the tables:
numbers, notes and the order of records and reads do not count. It finds damage and careless
changes; it is no signature, for whoever can change a snapshot can make its digest anew.

Format 1 is the SHA-256 of canonical JSON (see ``content.canonical``) with three keys:

- ``head``: the columns of ``HEAD`` as they are stored.
- ``types``: for each type of which the snapshot says or holds anything, by its name: ``count``,
  ``records`` and ``sum``.
- ``ledger``: ``entries`` and ``sum``.

Format 2 has two more, and is made of a snapshot that keeps what only these say:

- ``rules``: of the redaction.
- ``stamps``: of the code that made the columns, by type name.

A sum adds up, modulo 2**256, the SHA-256 of each item. The item of a record is the digest of its
row followed by that of its state and, in format 2, of what is kept beside it; of an entry, the
canonical JSON of its values of ``ENTRY``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from k8s_datamodel_plugins.sql.access.connection import Transaction
from k8s_datamodel_plugins.sql.access.sql_names import tables
from k8s_datamodel_plugins.sql.layout.content import canonical
from k8s_datamodel_plugins.sql.layout.stored_types import StoredType

_FORMATS = ("1", "2")
_MODULUS = 2**256
_PORTION_ROWS = 10_000
_BEYOND = 2**62

HEAD = (
    "uuid",
    "timestamp",
    "cluster_context",
    "cluster_info",
    "cluster_uid",
    "source",
    "source_timestamp",
    "namespace_filter",
    "complete",
    "redaction",
    "seconds",
    "created_at",
)
"""Columns of ``kdm_snapshots`` that count."""

ENTRY = (
    "resource_type",
    "read",
    "optional",
    "status",
    "reason",
    "http_code",
    "requests",
    "objects",
    "reused",
    "bytes",
    "microseconds",
)
"""Columns of ``kdm_ledger`` and ``kdm_reads`` that count, in this order."""

_ENTRIES = """
SELECT {columns} FROM kdm_ledger l JOIN kdm_reads d ON d.id = l.read_id
WHERE l.snapshot_id = :snapshot
"""

_RECORDS = """
SELECT w.kdm_digest, s.kdm_digest, b.digest, r.id FROM {refs} r
JOIN {rows} w ON w.kdm_id = r.row_id
LEFT JOIN {states} s ON s.kdm_id = r.state_id
LEFT JOIN kdm_beside b ON b.id = r.beside_id
WHERE r.snapshot_id = :snapshot AND r.id >= :first AND r.id < :end
ORDER BY r.id LIMIT :rows
"""


class Sum:
    """Adds up items, whatever their order, and counts them; goes on from a sum that is given."""

    __slots__ = ("_sum", "number")

    def __init__(self, number: int = 0, sum_: str = "0") -> None:
        self.number = number
        self._sum = int(sum_, 16)

    def add(self, item: bytes) -> None:
        """Add one."""
        self.number += 1
        self._sum += int.from_bytes(hashlib.sha256(item).digest(), "big")

    def add_all(self, other: Sum) -> None:
        """Add what another one added up."""
        self.number += other.number
        self._sum += other._sum

    def __str__(self) -> str:
        return f"{self._sum % _MODULUS:064x}"


@dataclass(frozen=True, slots=True)
class TypeSum:
    """The count of one type in a snapshot, None when unknown, and its records."""

    name: str
    count: int | None
    records: Sum
    stamp: str | None = None


def snapshot_digest(
    head: Mapping[str, Any], types: Sequence[TypeSum], entries: Sequence[Sequence[Any]]
) -> str:
    """The digest of a snapshot, with its format before it.

    ``head`` has at least the columns of ``HEAD``, and ``rules``; ``entries`` have the values of
    ``ENTRY``. Raises ValueError for a value that no snapshot of ours holds.
    """
    ledger = Sum()
    for entry in entries:
        ledger.add(canonical(list(entry)).encode())
    whole: dict[str, Any] = {
        "head": {name: head[name] for name in HEAD},
        "types": {
            each.name: {
                "count": each.count,
                "records": each.records.number,
                "sum": str(each.records),
            }
            for each in types
            if each.count is not None or each.records.number  # a copy does without the others
        },
        "ledger": {"entries": ledger.number, "sum": str(ledger)},
    }
    stamps = {each.name: each.stamp for each in types if each.stamp is not None}
    kept = head["rules"] is not None or bool(stamps)
    if kept:
        whole |= {"rules": head["rules"], "stamps": stamps}
    return f"{_FORMATS[kept]}:{hashlib.sha256(canonical(whole).encode()).hexdigest()}"


def contradicts(said: str, digest: str) -> bool:
    """Whether a digest that came with a snapshot is another one; other formats say nothing."""
    return said != digest and said.partition(":")[0] in _FORMATS


class Resummed(NamedTuple):
    """A snapshot as a database holds it now.

    Attributes:
        digest: that of the whole.
        lying: names of the types that have another sum than the one that stands beside them.
    """

    digest: str
    lying: Sequence[str]


def summed_again(
    transaction: Transaction, number: int, head: Mapping[str, Any], types: Sequence[StoredType]
) -> Resummed:
    """Sum a snapshot up. Raises ValueError as above.

    Rows and states count by the digests that stand beside them.
    """
    key = {"snapshot": number}
    counted = transaction.run(
        "SELECT type_id, count, stamp, sum FROM kdm_counts WHERE snapshot_id = :snapshot", key
    )
    counts = {row[0]: row[1:] for row in counted}
    sums, lying = [], []
    for each in types:
        count, stamp, said = counts.get(each.id, (None, None, None))
        one = TypeSum(each.type.name, count, _records(transaction, number, each), stamp)
        sums.append(one)
        if said not in (None, str(one.records)):
            lying.append(one.name)
    entries = [list(row) for row in transaction.run(_ENTRIES, key, columns=ENTRY)]
    return Resummed(snapshot_digest(head, sums, entries), lying)


def first_with_digest(transaction: Transaction) -> int:
    """Number of the first snapshot that must have a digest: earlier ones were made before."""
    value = transaction.scalar("SELECT value FROM kdm_meta WHERE key = 'first_digest'")
    return int(value) if str(value).isdecimal() else 1


def _records(transaction: Transaction, number: int, stored: StoredType) -> Sum:
    records = Sum()
    for *digests, _ in _items(transaction, number, stored.type.name):
        records.add(item(*digests))
    return records


def sums_of_ranges(
    transaction: Transaction, number: int, type_name: str, ranges: Sequence[tuple[int, int]]
) -> Sequence[Sum]:
    """What records of a snapshot sum up to, for each range: the first number, and how many.

    Ranges are in order and share no record. Raises ValueError as above.
    """
    sums = [Sum() for _ in ranges]
    if not ranges:
        return sums
    remaining = iter(zip(ranges, sums, strict=True))
    (first, count), records = next(remaining)
    for *digests, at in _items(transaction, number, type_name, first, sum(ranges[-1])):
        while at >= first + count:
            (first, count), records = next(remaining)
        if at >= first:
            records.add(item(*digests))
    return sums


def _items(
    transaction: Transaction, number: int, type_name: str, first: int = 0, end: int = _BEYOND
) -> Iterator[Sequence[Any]]:
    """The digests of the records of a type in a snapshot, and their numbers, in order.

    They come in portions: the driver of PostgreSQL takes all that a query answers at once.
    """
    each = tables(type_name)
    parts = {"refs": each.refs, "rows": each.rows, "states": each.states}
    while True:
        values = {"snapshot": number, "first": first, "end": end, "rows": _PORTION_ROWS}
        portion = transaction.run(_RECORDS, values, **parts).fetchall()
        yield from portion
        if len(portion) < _PORTION_ROWS:
            return
        first = portion[-1][-1] + 1


def item(row: Any, state: Any, beside: Any = None) -> bytes:
    """What is added of a record: the digest of its row, and those of the rest that it has."""
    try:
        return bytes(row) + bytes(state or b"") + bytes(beside or b"")
    except TypeError as error:
        raise ValueError("a digest is text") from error

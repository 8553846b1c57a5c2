"""Inserts the references of a snapshot: one by one, and those of an unchanged list at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from k8s_datamodel.api import OvertakenError
from k8s_datamodel_plugins.sql.access.connection import Transaction
from k8s_datamodel_plugins.sql.access.sql_names import Raw, compose, tables
from k8s_datamodel_plugins.sql.layout.list_entries import ListEntry
from k8s_datamodel_plugins.sql.writers.encoding import identity_key
from k8s_datamodel_plugins.sql.writers.held import Found, Held
from k8s_datamodel_plugins.sql.writers.stored_lists import Part

_COLUMNS = ("snapshot_id", "id", "row_id", "state_id", "beside_id")

_COPY = """
INSERT INTO {refs} (snapshot_id, id, row_id, state_id, beside_id)
SELECT :snapshot, id + :shift, row_id, state_id, beside_id FROM {refs}
WHERE snapshot_id = :earlier AND id >= :first AND id < :end
"""

_RECORDS = """
SELECT r.row_id, r.state_id, r.beside_id{columns} FROM {refs} r
JOIN {rows} w ON w.kdm_id = r.row_id
WHERE r.snapshot_id = :earlier AND r.id >= :first AND r.id < :end
"""


@dataclass(slots=True)
class Place:
    """Where the records of a list lie: their first number, how many, first and last identity.

    ``torn`` if others are among them.
    """

    first_ref: int
    first_key: bytes
    last_key: bytes
    records: int = 1
    torn: bool = False


def insert_references(
    transaction: Transaction, snapshot: int, part: Part, held: Held
) -> dict[int, Place]:
    """Number the records in order of identity, so that reading needs no sorting.

    Returns where those of each list lie, by number of the list. Raises OvertakenError if an earlier
    snapshot is gone whose records were to be kept.
    """
    _unfold_overlapping(transaction, part, held)
    places: dict[int, Place] = {}
    refs = tables(part.stored.type.name).refs
    at = _take_numbers(transaction, part.stored.id, part.sum.number)
    with closing(held.references(part.stored.id)) as found:
        for kept, some in groupby(found, key=lambda each: each[1] is None):
            if not kept:
                numbered = _Numbered(snapshot, at, some, places)
                transaction.insert(refs, _COLUMNS, numbered)
                at = numbered.at
                continue
            for *_, number in some:
                entry = _kept(part, number)
                _copy(transaction, refs, snapshot, at, entry)
                places[number] = Place(at, entry.first_key, entry.last_key, entry.records)
                at += entry.records
    return places


class _Numbered:
    """References with their numbers, as rows; notes meanwhile where the lists lie."""

    def __init__(
        self, snapshot: int, at: int, found: Iterable[Found], places: dict[int, Place]
    ) -> None:
        self.at = at
        self._snapshot = snapshot
        self._found = found
        self._places = places

    def __iter__(self) -> Iterator[Sequence[Any]]:
        last: int | None = None
        for identity, row_id, state_id, beside_id, number in self._found:
            place = self._places.get(number)
            if place is None:
                self._places[number] = Place(self.at, identity, identity)
            else:
                place.records += 1
                place.last_key = identity
                place.torn = place.torn or number != last
            last = number
            yield self._snapshot, self.at, row_id, state_id, beside_id
            self.at += 1


def _kept(part: Part, number: int) -> ListEntry:
    entry = part.lists[number].kept
    if entry is None:
        raise RuntimeError("a record without a row is of no earlier snapshot")
    return entry


def _copy(transaction: Transaction, refs: str, snapshot: int, at: int, entry: ListEntry) -> None:
    within = _within(entry)
    values = {"snapshot": snapshot, "shift": at - entry.first_ref, **within}
    if transaction.run(_COPY, values, refs=refs).rowcount != entry.records:
        raise _gone()


def _gone() -> OvertakenError:
    return OvertakenError("another process deleted snapshots meanwhile; run again")


def _within(entry: ListEntry) -> dict[str, int]:
    end = entry.first_ref + entry.records
    return {"earlier": entry.snapshot_id, "first": entry.first_ref, "end": end}


def _unfold_overlapping(transaction: Transaction, part: Part, held: Held) -> None:
    """Take records one by one where the identities of lists reach into each other."""
    kept = [each for each in part.lists if each.kept]
    if not kept or not _overlap(part, held):
        return
    names = tables(part.stored.type.name)
    identity = part.stored.type.identity
    columns = Raw("".join(compose(", w.{name}", name=name) for name in identity))
    for each in kept:
        entry = _kept(part, each.number)
        parts = {"refs": names.refs, "rows": names.rows, "columns": columns}
        found = transaction.run(_RECORDS, _within(entry), **parts).fetchall()
        if len(found) != entry.records:
            raise _gone()
        records = ((_key(row[3:]), row[0], row[1], row[2]) for row in found)
        held.unfold(part.stored.id, each.number, records)


def _key(parts: Iterable[Any]) -> bytes:
    return identity_key(parts).encode("utf-8", "surrogatepass")


def _overlap(part: Part, held: Held) -> bool:
    last = b""
    with closing(held.references(part.stored.id)) as found:
        for identity, row_id, _, _, number in found:
            if last and identity <= last:
                return True
            last = _kept(part, number).last_key if row_id is None else b""
    return False


def _take_numbers(transaction: Transaction, type_id: int, count: int) -> int:
    transaction.run(
        "UPDATE kdm_types SET next_ref = next_ref + :count WHERE id = :id",
        {"count": count, "id": type_id},
    )
    after = transaction.scalar("SELECT next_ref FROM kdm_types WHERE id = :id", {"id": type_id})
    return int(after) - count

"""What the index has of the objects of a kind: of many small kinds by one query, not one for each.

The index has kinds in the order in which they were stored first, which is about the order in which
they are asked for again. So the entries of a kind are read with those of the kinds after it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from k8s_datamodel_plugins.sql.access.connection import Database
from k8s_datamodel_plugins.sql.layout.version_index import KINDS

_AHEAD = 2000
"""Entries that are read at once."""

_KEPT = 3 * _AHEAD
"""Entries that wait to be taken, at most: lists are read side by side."""

_WASTED = 2 * _AHEAD
"""Entries that nobody took: kinds then come in another order, and each is asked for alone."""

_ENTRIES = """
SELECT x.indexed_id, x.uid, x.resource_version, x.seal, o.digest, o.id, o.size,
  b.id, b.digest, b.body, m.resource_version, m.seal, m.body
FROM kdm_index x JOIN kdm_objects o ON o.id = x.object_id
JOIN kdm_beside b ON b.id = x.beside_id
LEFT JOIN kdm_memos m ON m.object_id = o.id
"""

_OF_KIND = _ENTRIES + "WHERE x.indexed_id = {mark} AND x.uid IN ({keys})"

_AND_AFTER = f"""
{_ENTRIES} WHERE x.indexed_id >= :first AND x.indexed_id < :end AND x.indexed_id IN (
  SELECT d.id FROM kdm_indexed d JOIN kdm_clusters c ON c.id = d.cluster_id
  WHERE c.uid = :uid AND c.source = :source AND d.context <> '')
ORDER BY x.indexed_id, x.uid LIMIT {_AHEAD}
"""  # noqa: S608 - ours

Entry = Sequence[Any]
"""A row of the query, from the uid on."""

_NO_END = 2**62


class IndexEntries:
    """The entries of one cluster. Safe in threads.

    Args:
        database: where they are.
        cluster: its uid, source and version, and the redaction.
    """

    def __init__(self, database: Database, cluster: Mapping[str, str | None]) -> None:
        self._database = database
        self._cluster = cluster
        self._lock = threading.Lock()
        self._waiting: dict[int, dict[str, Entry]] = {}  # by kind and uid
        self._wasted = 0
        with database.read() as transaction:
            rows = transaction.run(KINDS, cluster)
            self._kinds: dict[tuple[str, str], int] = {(row[0], row[1]): row[2] for row in rows}

    def of(self, resource: str, definition: str, uids: Sequence[str]) -> Iterator[Entry]:
        """Those of some objects of a kind with this definition, in no order."""
        kind = self._kinds.get((resource, definition))
        if kind is None:
            return
        taken: list[Entry] = []
        if definition:
            with self._lock:
                ahead = self._ahead(kind)
                taken = [ahead.pop(uid) for uid in uids if uid in ahead]
        yield from taken
        found = {entry[0] for entry in taken}
        if rest := [uid for uid in uids if uid not in found]:
            with self._database.read() as transaction:
                for row in transaction.lookup(_OF_KIND, rest, kind):
                    yield row[1:]

    def _ahead(self, kind: int) -> dict[str, Entry]:
        """What was read ahead of a kind and is not taken yet, by uid."""
        if kind not in self._waiting and self._wasted <= _WASTED:
            self._read(kind)
            self._forget(kind)
        return self._waiting.get(kind, {})

    def _read(self, first: int) -> None:
        """Read a kind, and those after it up to one that was read before."""
        end = min((kind for kind in self._waiting if kind > first), default=_NO_END)
        with self._database.read() as transaction:
            rows = transaction.run(_AND_AFTER, {**self._cluster, "first": first, "end": end})
            read = rows.fetchall()
        found = {
            kind: {str(row[1]): row[1:] for row in of_kind}
            for kind, of_kind in groupby(read, key=itemgetter(0))
        }
        if len(read) == _AHEAD and len(found) > 1:
            found.popitem()  # not whole
        self._waiting.update(found)
        self._waiting.setdefault(first, {})

    def _forget(self, wanted: int) -> None:
        """Forget the oldest of what is too much; what is forgotten is asked for again."""
        number = sum(map(len, self._waiting.values()))
        for kind, entries in self._waiting.items():
            if number > _KEPT and kind != wanted:
                number -= len(entries)
                self._wasted += len(entries)
                entries.clear()

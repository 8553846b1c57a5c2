"""What is held of the records until the commit: in tables, where it takes a third of the memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from k8s_datamodel_plugins.sql.layout.version_index import Indexed

Reference = tuple[str, int, "int | None", "int | None"]
"""Identity, then the numbers of row, state and what is beside it."""

_TABLES = """
PRAGMA temp_store = MEMORY;
PRAGMA journal_mode = OFF;
CREATE TABLE refs (
  type INTEGER, identity BLOB, row_id INTEGER, state_id INTEGER, beside_id INTEGER
);
CREATE TABLE versions (
  resource INTEGER, uid TEXT, version TEXT, object_id INTEGER, digest BLOB, beside_id INTEGER,
  sealed BLOB, PRIMARY KEY (resource, uid)
) WITHOUT ROWID;
BEGIN;
"""


class Held:
    """References and versions of one snapshot, in a database of its own, in memory."""

    def __init__(self) -> None:
        # A writer may be closed by another thread than the one that opened it.
        self._tables = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self._tables.executescript(_TABLES)
        self._beside: dict[int | None, bytes | None] = {}
        self._resources: dict[str, int] = {}

    def refer(self, type_id: int, references: Iterable[Reference]) -> None:
        """Hold references to records of a type."""
        # As bytes, because not all that is text in Python is text there; both sort alike.
        self._tables.executemany(
            "INSERT INTO refs VALUES (?, ?, ?, ?, ?)",
            (
                (type_id, identity.encode("utf-8", "surrogatepass"), *ids)
                for identity, *ids in references
            ),
        )

    def references(self, type_id: int) -> Iterator[tuple[int, int | None, int | None]]:
        """Numbers of row, state and what is beside it, in order of identity."""
        query = (
            "SELECT row_id, state_id, beside_id FROM refs WHERE type = ? ORDER BY identity, row_id"
        )
        yield from self._tables.execute(query, (type_id,))

    def note(self, versions: Iterable[tuple[str, str, Indexed]]) -> None:
        """Hold versions of objects: resource, uid, and what the index is to know."""
        self._tables.executemany(
            "INSERT OR REPLACE INTO versions VALUES (?, ?, ?, ?, ?, ?, ?)",
            (self._row(*each) for each in versions),
        )

    def _row(self, resource: str, uid: str, each: Indexed) -> tuple[int | str | bytes | None, ...]:
        number = self._resources.setdefault(resource, len(self._resources))
        self._beside[each.beside_id] = each.beside
        version, object_id, digest, beside_id, _, sealed = each
        return number, uid, version, object_id, digest, beside_id, sealed

    def resources(self) -> Sequence[str]:
        """The resources of which versions are held, in the order in which they came."""
        return [*self._resources]

    def versions(self, resource: str) -> Iterator[tuple[str, Indexed]]:
        """Versions of the objects of a resource, by uid, in its order."""
        query = (
            "SELECT uid, version, object_id, digest, beside_id, sealed FROM versions "
            "WHERE resource = ? ORDER BY uid"
        )
        rows = self._tables.execute(query, (self._resources[resource],))
        for uid, version, object_id, digest, beside_id, sealed in rows:
            beside = self._beside[beside_id]
            yield uid, Indexed(version, object_id, digest, beside_id, beside, sealed)

    def close(self) -> None:
        """Let go of everything."""
        self._tables.close()

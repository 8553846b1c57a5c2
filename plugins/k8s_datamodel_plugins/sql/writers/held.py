"""What is held of the records until the commit: in tables, where it takes a third of the memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Iterable, Iterator, Sequence

from k8s_datamodel_plugins.sql.layout.version_index import Indexed

Reference = tuple[str, int, "int | None", "int | None", int]
"""Identity, then the numbers of row, state and what is beside it, and of the list it is in."""

Found = tuple[bytes, "int | None", "int | None", "int | None", int]
"""The same as it comes back; where there is no row, all records of the list are in its place."""

_TABLES = """
PRAGMA temp_store = MEMORY;
PRAGMA journal_mode = OFF;
CREATE TABLE refs (
  type INTEGER, identity BLOB, row_id INTEGER, state_id INTEGER, beside_id INTEGER, list INTEGER
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
            "INSERT INTO refs VALUES (?, ?, ?, ?, ?, ?)",
            (
                (type_id, identity.encode("utf-8", "surrogatepass"), *ids)
                for identity, *ids in references
            ),
        )

    def keep(self, type_id: int, first_key: bytes, number: int) -> None:
        """Hold a whole list, whose records lie in an earlier snapshot, by its first identity."""
        values = (type_id, first_key, None, None, None, number)
        self._tables.execute("INSERT INTO refs VALUES (?, ?, ?, ?, ?, ?)", values)

    def unfold(
        self,
        type_id: int,
        number: int,
        records: Iterable[tuple[bytes, int, int | None, int | None]],
    ) -> None:
        """Hold each record of a list in place of the whole."""
        whole = "DELETE FROM refs WHERE type = ? AND list = ? AND row_id IS NULL"
        self._tables.execute(whole, (type_id, number))
        self._tables.executemany(
            "INSERT INTO refs VALUES (?, ?, ?, ?, ?, ?)",
            ((type_id, *record, number) for record in records),
        )

    def references(self, type_id: int) -> Generator[Found, None, None]:
        """All of a type, in order of identity."""
        query = (
            "SELECT identity, row_id, state_id, beside_id, list FROM refs WHERE type = ? "
            "ORDER BY identity, row_id"
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

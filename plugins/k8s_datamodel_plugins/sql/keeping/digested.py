"""Whether content is what the digest beside it says: read in full, portion by portion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from k8s_datamodel_plugins.sql.access.connection import Database
from k8s_datamodel_plugins.sql.access.sql_names import Raw, compose, tables
from k8s_datamodel_plugins.sql.layout.content import digest_of, row_digest, state_digest
from k8s_datamodel_plugins.sql.layout.digests import HEAD, first_with_digest, summed_again
from k8s_datamodel_plugins.sql.layout.list_entries import sealed_entry
from k8s_datamodel_plugins.sql.layout.stored_types import stored_types
from k8s_datamodel_plugins.sql.layout.version_index import is_sealed, memo_text

_PORTION_ROWS = 200


def index_problems(database: Database) -> Iterator[str]:
    """Entries of the index that no store would believe, though they have a seal."""
    with database.read() as transaction:
        rows = transaction.run(_INDEX).fetchall()
    for resource, uid, version, sealed, digest, beside, *cluster, definition in rows:
        read = [*cluster, resource, definition]
        if sealed is not None and not is_sealed(sealed, read, uid, version, digest, beside):
            yield f"kdm_index: {resource} {uid} is not what was read of it"


def list_problems(database: Database) -> Iterator[str]:
    """Entries of whole lists that no store would believe."""
    with database.read() as transaction:
        rows = transaction.run(_LISTS).fetchall()
    for type_name, resource, definition, sealed, *values in rows:
        cluster, entry = values[:4], values[4:]
        if sealed_entry(entry, sealed, (*cluster, resource, definition), type_name) is None:
            yield f"kdm_lists: {resource} is not what was read of it"


_LISTS = """
SELECT t.name, d.resource, d.context, l.seal, c.uid, c.source, c.version, c.redaction,
  l.snapshot_id, l.first_ref, l.records, l.sum, l.fingerprint, l.first_key, l.last_key, l.note
FROM kdm_lists l JOIN kdm_types t ON t.id = l.type_id JOIN kdm_indexed d ON d.id = l.indexed_id
JOIN kdm_clusters c ON c.id = d.cluster_id
ORDER BY l.indexed_id, l.type_id
"""


_INDEX = """
SELECT d.resource, x.uid, x.resource_version, x.seal, o.digest, b.digest, c.uid, c.source,
  c.version, c.redaction, d.context
FROM kdm_index x JOIN kdm_indexed d ON d.id = x.indexed_id
JOIN kdm_clusters c ON c.id = d.cluster_id JOIN kdm_objects o ON o.id = x.object_id
LEFT JOIN kdm_beside b ON b.id = x.beside_id
ORDER BY x.indexed_id, x.uid
"""


def memo_problems(database: Database) -> Iterator[str]:
    """What was made of objects, and no store would believe."""
    for number, digest, version, *rest in _pages(database, _MEMOS):
        if not memo_text(digest, version, (version, *rest)):
            yield f"kdm_memos: what was made of object {number} is not what its seal says"


_MEMOS = """
SELECT m.object_id, o.digest, m.resource_version, m.seal, m.body
FROM kdm_memos m JOIN kdm_objects o ON o.id = m.object_id
WHERE m.object_id > :after ORDER BY m.object_id LIMIT :rows
"""


def snapshot_problems(database: Database) -> Iterator[str]:
    """Snapshots that do not come to their digest; those that have none are passed over.

    What is wrong with a sum of a type is told of those that come to it.
    """
    after = 0
    with database.read() as transaction:
        first = first_with_digest(transaction)
    while True:
        with database.read() as transaction:
            row = transaction.run(_HEADS, {"after": after}, columns=HEAD).mappings().fetchone()
            if row is None:
                return
            head = {str(name): value for name, value in row.items()}
            after = head["id"]
            types = list(stored_types(transaction).values())
            try:
                actual, lying = summed_again(transaction, after, head, types)
            except ValueError:
                actual, lying = "nothing that has one", ()
        if head["digest"] and head["digest"] != actual:
            yield f"snapshot {after}: it is not what its digest says"
        else:
            yield from (f"snapshot {after}: its {name} have another sum" for name in lying)
        if not head["digest"] and after >= first:
            yield f"snapshot {after}: its digest is missing"


_HEADS = """
SELECT id, digest, rules, {columns} FROM kdm_snapshots WHERE id > :after ORDER BY id LIMIT 1
"""


def _pages(database: Database, select: str) -> Iterator[Sequence[Any]]:
    """All rows of a statement whose first column is a number, by its ``:after`` and ``:rows``."""
    after = 0
    while True:
        with database.read() as transaction:
            rows = transaction.run(select, {"after": after, "rows": _PORTION_ROWS}).fetchall()
        if not rows:
            return
        yield from rows
        after = rows[-1][0]


def object_problems(database: Database) -> Iterator[str]:
    """Complete objects whose digest is not theirs."""
    for number, digest, size, body in _pages(database, _OBJECTS):
        text = body if isinstance(body, str) else ""
        if digest != digest_of(text) or size != len(text.encode()):
            yield f"kdm_objects: the content of object {number} is not what its digest says"


def beside_problems(database: Database) -> Iterator[str]:
    """What is kept beside records, and has another digest than its own."""
    for number, digest, body in _pages(database, _BESIDE):
        if digest != digest_of(body if isinstance(body, str) else ""):
            yield f"kdm_beside: row {number} is not what its digest says"


def content_problems(database: Database) -> Iterator[str]:
    """Rows and states of all types whose digest is not theirs."""
    with database.read() as transaction:
        types = list(stored_types(transaction).values())
    for stored in types:
        each = tables(stored.type.name)
        yield from _changed(database, each.rows, _ROWS, [column.name for column in stored.derived])
        names = [column.name for column in stored.volatile]
        yield from _changed(database, each.states, _STATES, names)


def _changed(database: Database, table: str, query: str, names: Sequence[str]) -> Iterator[str]:
    columns = Raw("".join(compose(", t.{name}", name=name) for name in names))
    for number, said, of, *values in _pages(database, compose(query, table=table, columns=columns)):
        try:
            actual = row_digest(of, names, values) if of else state_digest(names, values)
            sound = said == actual
        except (ValueError, TypeError, AttributeError):  # values of types that we do not store
            sound = False
        if not sound:
            yield f"{table}: row {number} is not what its digest says"


_OBJECTS = """
SELECT id, digest, size, body FROM kdm_objects WHERE id > :after ORDER BY id LIMIT :rows
"""

_BESIDE = """
SELECT id, digest, body FROM kdm_beside WHERE id > :after ORDER BY id LIMIT :rows
"""

_ROWS = """
SELECT t.kdm_id, t.kdm_digest, o.digest{columns} FROM {table} t
JOIN kdm_objects o ON o.id = t.kdm_object
WHERE t.kdm_id > :after ORDER BY t.kdm_id LIMIT :rows
"""

_STATES = """
SELECT t.kdm_id, t.kdm_digest, NULL{columns} FROM {table} t
WHERE t.kdm_id > :after ORDER BY t.kdm_id LIMIT :rows
"""

"""What users say of stored snapshots: their names, which keep them, and notes."""

from __future__ import annotations

from collections.abc import Mapping

from k8s_datamodel_plugins.sql.access.connection import Database
from k8s_datamodel_plugins.sql.keeping import leases
from k8s_datamodel_plugins.sql.layout.content import clean, utc_now
from k8s_datamodel_plugins.sql.readers.snapshot_reader import is_there, not_found

_BETWEEN = "; "


def read_baselines(database: Database) -> Mapping[str, int]:
    """Numbers of the named snapshots, by name."""
    with database.read() as transaction:
        rows = transaction.run("SELECT name, snapshot_id FROM kdm_baselines")
        return dict(sorted((row[0], row[1]) for row in rows))


def set_baseline(database: Database, name: str, number: int) -> int | None:
    """Name a snapshot; the number of the one that had the name. Raises SnapshotNotFoundError."""
    key = {"name": name}
    with database.write() as transaction:
        leases.lock(transaction)  # as who deletes snapshots does
        if not is_there(transaction, number):
            raise not_found(database, number)
        find = "SELECT snapshot_id FROM kdm_baselines WHERE name = :name"
        before = transaction.scalar(find, key)
        transaction.run("DELETE FROM kdm_baselines WHERE name = :name", key)
        transaction.run(
            "INSERT INTO kdm_baselines (name, snapshot_id, set_at) VALUES (:name, :id, :now)",
            {**key, "id": number, "now": utc_now()},
        )
    return None if before is None else int(before)


def unset_baseline(database: Database, name: str) -> bool:
    """Take a name away; whether there was one."""
    with database.write() as transaction:
        leases.lock(transaction)
        gone = transaction.run("DELETE FROM kdm_baselines WHERE name = :name", {"name": name})
        return bool(gone.rowcount)


def note(database: Database, number: int, text: str, *, append: bool) -> None:
    """Replace the notes of a snapshot, or add to them. Raises SnapshotNotFoundError."""
    words = {"text": clean(text), "id": number}
    added = "CASE WHEN COALESCE(notes, '') = '' THEN :text ELSE notes || :between || :text END"
    value = added if append else ":text"
    with database.write() as transaction:
        done = transaction.run(
            f"UPDATE kdm_snapshots SET notes = {value} WHERE id = :id",  # noqa: S608 - ours
            {**words, "between": _BETWEEN} if append else words,
        )
        if not done.rowcount:
            raise not_found(database, number)

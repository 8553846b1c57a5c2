"""Deletes snapshots, removes content that none needs any more, and gives its space back.

Only while no store runs (see ``leases``), and in steps, so that nobody waits long: what to remove
is found by reading, and a step removes some of it if no store has begun since.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

from k8s_datamodel.api import StorageError
from k8s_datamodel_plugins.sql.access.connection import Database, Transaction
from k8s_datamodel_plugins.sql.access.sql_names import Raw, compose, tables
from k8s_datamodel_plugins.sql.keeping import leases
from k8s_datamodel_plugins.sql.layout.meta_table import meta
from k8s_datamodel_plugins.sql.layout.stored_types import stored_types

_STEP = 200
_SNAPSHOTS_AT_ONCE = 25


_Orphans = tuple[str, str, Sequence[int]]
"""A table, its key, and the keys of rows that nothing refers to."""


def delete_snapshots(database: Database, numbers: Sequence[int]) -> int:
    """Remove snapshots and what only they needed; how many there were.

    While another store runs, what they needed stays; the last one that ends removes it.
    """
    deleted = 0
    wanted = sorted(set(numbers))
    for start in range(0, len(wanted), _SNAPSHOTS_AT_ONCE):
        with database.write() as transaction:
            deleted += _delete(transaction, wanted[start : start + _SNAPSHOTS_AT_ONCE])
    collect_garbage(database)
    return deleted


def _delete(transaction: Transaction, numbers: Sequence[int]) -> int:
    leases.lock(transaction)
    # Somebody may have named one since the caller looked.
    named = {row[0] for row in transaction.run("SELECT snapshot_id FROM kdm_baselines")}
    some = _listed([number for number in numbers if number not in named])
    references = [tables(name).refs for name in stored_types(transaction)]
    if not some:
        return 0
    for table in (*references, "kdm_counts", "kdm_ledger", "kdm_lists"):
        transaction.run("DELETE FROM {table} WHERE snapshot_id IN ({some})", table=table, some=some)
    found = transaction.run("DELETE FROM kdm_snapshots WHERE id IN ({some})", some=some).rowcount
    if found:
        leases.note_garbage(transaction)
    return found


def collect_garbage(database: Database) -> bool:
    """Remove orphaned content if there may be any and nobody stores; whether all is clean now."""
    with database.read() as transaction:
        if not leases.is_garbage(transaction):
            return True
    with database.write() as transaction:
        leases.lock(transaction)
        leases.drop_stale(transaction)
        if leases.running(transaction):
            return False
        next_lease = meta(transaction, "next_lease")
    # Objects become orphans when the rows that refer to them have gone.
    for find in (_orphaned_rows, _orphaned_objects):
        if not _sweep(database, next_lease, find):
            return False
    with database.write() as transaction:
        if not _still(transaction, next_lease):
            return False
        leases.note_garbage(transaction, there=False)
    give_space_back(database)
    return True


def _still(transaction: Transaction, next_lease: str) -> bool:
    """Whether no store has begun since; none can until this transaction ends."""
    leases.lock(transaction)
    return meta(transaction, "next_lease") == next_lease


def _sweep(
    database: Database, next_lease: str, find: Callable[[Transaction], Iterator[_Orphans]]
) -> bool:
    with database.read() as transaction:
        found = list(find(transaction))
    for table, key, ids in found:
        for start in range(0, len(ids), _STEP):
            some = _listed(ids[start : start + _STEP])
            with database.write() as transaction:
                if not _still(transaction, next_lease):
                    return False
                if table == "kdm_objects":
                    transaction.run("DELETE FROM kdm_index WHERE object_id IN ({some})", some=some)
                    transaction.run("DELETE FROM kdm_memos WHERE object_id IN ({some})", some=some)
                if table == "kdm_beside":
                    transaction.run("DELETE FROM kdm_index WHERE beside_id IN ({some})", some=some)
                delete = "DELETE FROM {table} WHERE {key} IN ({some})"
                transaction.run(delete, table=table, key=key, some=some)
    return True


def _listed(numbers: Sequence[int]) -> Raw:
    return Raw(", ".join(str(int(number)) for number in numbers))


def _orphaned_rows(transaction: Transaction) -> Iterator[_Orphans]:
    for name in stored_types(transaction):
        each = tables(name)
        for table, column in ((each.rows, "row_id"), (each.states, "state_id")):
            ids = transaction.run(
                "SELECT kdm_id FROM {table} EXCEPT SELECT {column} FROM {refs}",
                table=table,
                column=column,
                refs=each.refs,
            )
            yield table, "kdm_id", [row[0] for row in ids]
    beside = "".join(
        compose(" EXCEPT SELECT beside_id FROM {refs}", refs=tables(name).refs)
        for name in stored_types(transaction)
    )
    ids = transaction.run("SELECT id FROM kdm_beside{beside}", beside=Raw(beside))
    yield "kdm_beside", "id", [row[0] for row in ids]
    # The index finds a memo; of an object that it knows no more nobody asks for one.
    memos = transaction.run(
        "SELECT object_id FROM kdm_memos EXCEPT SELECT object_id FROM kdm_index"
    )
    yield "kdm_memos", "object_id", [row[0] for row in memos]
    reads = transaction.run("SELECT id FROM kdm_reads EXCEPT SELECT read_id FROM kdm_ledger")
    yield "kdm_reads", "id", [row[0] for row in reads]


def _orphaned_objects(transaction: Transaction) -> Iterator[_Orphans]:
    used = "".join(
        compose(" EXCEPT SELECT kdm_object FROM {rows}", rows=tables(name).rows)
        for name in stored_types(transaction)
    )
    ids = transaction.run("SELECT id FROM kdm_objects{used}", used=Raw(used))
    yield "kdm_objects", "id", [row[0] for row in ids]


def give_space_back(database: Database) -> None:
    """Make an SQLite file as small as it can be. PostgreSQL does this by itself, in time."""
    if database.dialect.name != "sqlite":
        return
    # Free pages are used again anyway: that now is no time for it is no failure of the caller.
    with suppress(StorageError), database.driver() as driver:
        if not driver.execute("PRAGMA freelist_count").fetchone()[0]:
            return
        driver.execute("PRAGMA cache_spill = ON")
        if driver.execute("PRAGMA auto_vacuum").fetchone()[0]:
            # Changing to FULL moves everything down at once, in 0.2 s where incremental_vacuum,
            # which looks through the list of free pages for each page, needs 50.
            driver.execute("PRAGMA auto_vacuum = FULL")
        else:
            driver.execute("VACUUM")
        driver.execute("PRAGMA auto_vacuum = INCREMENTAL")
        driver.execute("PRAGMA cache_spill = OFF")

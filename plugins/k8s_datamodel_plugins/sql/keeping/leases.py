"""Marks of running stores. While there is one, nobody removes content that no snapshot needs.

A running store has written content that no snapshot refers to yet, or counts on content that only
a snapshot refers to which somebody deletes. Its lease protects both. It does not protect the
references of that snapshot: a store that keeps whole lists of it fails at its commit, with
OvertakenError, and the host reads everything then.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path

from k8s_datamodel.api import StorageError
from k8s_datamodel_plugins.sql.access.connection import Database, Transaction
from k8s_datamodel_plugins.sql.layout.meta_table import meta

STALE_SECONDS = 15 * 60
"""A lease of another machine that was not renewed for so long is dead."""

STALE_HERE_SECONDS = 24 * 60 * 60
"""The same for a living process of this machine: its number may be another process's by now."""

RENEW_SECONDS = 60


def take(database: Database) -> int:
    """Begin a store: its lease's number. Dead leases are dropped."""
    with database.write() as transaction:
        lock(transaction)
        drop_stale(transaction)
        number = int(meta(transaction, "next_lease"))
        transaction.run(
            "UPDATE kdm_meta SET value = :next WHERE key = 'next_lease'", {"next": str(number + 1)}
        )
        transaction.run(
            "INSERT INTO kdm_leases (id, started_at, renewed_at, host, pid) "
            "VALUES (:id, {now}, {now}, :host, :pid)",
            {"id": number, "host": this_host(), "pid": os.getpid()},
        )
    return number


def renew(transaction: Transaction, number: int, place: str) -> None:
    """Say that a store still runs. Raises StorageError if its lease is gone."""
    done = transaction.run(
        "UPDATE kdm_leases SET renewed_at = {now} WHERE id = :id", {"id": number}
    )
    if done.rowcount != 1:
        raise _lost(place)


def give_back(transaction: Transaction, number: int, place: str) -> None:
    """End a store. Raises StorageError if its lease is gone: its content may be gone too."""
    lock(transaction)
    if transaction.run("DELETE FROM kdm_leases WHERE id = :id", {"id": number}).rowcount != 1:
        raise _lost(place)


def abandon(database: Database, number: int) -> None:
    """End a store that stored nothing; its content is garbage now."""
    with database.write() as transaction:
        lock(transaction)
        transaction.run("DELETE FROM kdm_leases WHERE id = :id", {"id": number})
        note_garbage(transaction)


def lock(transaction: Transaction) -> None:
    """Keep others from taking or giving back leases until this transaction ends."""
    transaction.run("UPDATE kdm_meta SET value = value WHERE key = 'next_lease'")


def note_garbage(transaction: Transaction, *, there: bool = True) -> None:
    """Remember that there is content to remove, or that there is none."""
    transaction.run(
        "UPDATE kdm_meta SET value = :value WHERE key = 'garbage'", {"value": str(int(there))}
    )


def is_garbage(transaction: Transaction) -> bool:
    """Whether there is content to remove."""
    return bool(transaction.scalar("SELECT value FROM kdm_meta WHERE key = 'garbage'") == "1")


def running(transaction: Transaction) -> bool:
    """Whether any store runs."""
    return bool(transaction.scalar("SELECT count(*) FROM kdm_leases"))


def drop_stale(transaction: Transaction) -> None:
    """Drop the leases of dead stores; what they wrote is garbage."""
    rows = transaction.run("SELECT id, host, pid, {now} - renewed_at AS age FROM kdm_leases")
    dead = [row.id for row in rows.fetchall() if is_dead(row.host, row.pid, row.age)]
    for number in dead:
        transaction.run("DELETE FROM kdm_leases WHERE id = :id", {"id": number})
    if dead:
        note_garbage(transaction)


def is_dead(host: str, pid: object, age: object) -> bool:
    """Whether a store has ended without saying so, by what its lease says; age in seconds."""
    if not isinstance(pid, int) or not isinstance(age, int):
        return True  # damaged
    # Elsewhere than on POSIX, asking whether a process lives (os.kill) would end it.
    if host != this_host() or os.name != "posix":
        return age > STALE_SECONDS
    return age > STALE_HERE_SECONDS or not _is_alive(pid)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError as error:
        return not isinstance(error, ProcessLookupError)
    return True


def this_host() -> str:
    """This machine and boot, and among its containers this one: where a pid means something."""
    parts = [socket.gethostname()]
    try:
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text().strip())
        parts.append(str(Path("/proc/self/ns/pid").readlink()))
    except OSError:
        pass  # not Linux: the host's name has to do
    return "/".join(parts)


def _lost(place: str) -> StorageError:
    return StorageError(
        f"{place}: this store stood still for so long that another process cleaned up meanwhile; "
        "nothing was stored, run again"
    )

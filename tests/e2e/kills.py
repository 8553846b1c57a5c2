"""Kills a `database store` at a chosen moment, and looks at what it left."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from k8s_datamodel.api import StorageRequest
from k8s_datamodel_plugins.sql.store import SqlStore, open_store
from support.command import PROGRAM, ok
from support.servers.postgres import Postgres

STILL_RUNS = 120
"""Seconds that no store takes."""


@contextmanager
def opened(url: str) -> Iterator[SqlStore]:
    store = open_store(StorageRequest(url, ()))
    with closing(store):
        yield store


class SqliteVictim:
    """Databases in files, each a copy of one with a first snapshot."""

    kind = "sqlite"

    def __init__(self, folder: Path) -> None:
        self.url = str(folder / "base.db")
        self._base, self._folder, self._made = Path(self.url), folder, 0

    def again(self) -> None:
        """Turn to a new copy."""
        self._made += 1
        self.url = str(shutil.copyfile(self._base, self._folder / f"{self._made}.db"))
        self._journal = Path(f"{self.url}-journal")

    def writing(self) -> bool:
        return self._journal.exists()

    @property
    def torn(self) -> bool:
        """Whether the killed process was within a transaction; known until somebody opens it."""
        return self.writing()

    def snapshots(self) -> int:
        with closing(sqlite3.connect(f"file:{self.url}?mode=ro", uri=True)) as connection:
            return int(connection.execute("SELECT count(*) FROM kdm_snapshots").fetchone()[0])

    def copies(self) -> Iterator[tuple[str, str]]:
        """Plain copies taken before anybody opens what is left."""
        for name, suffixes in (("file", [""]), ("file and journal", ["", "-journal"])):
            target = self._folder / f"{name} {self._made}.db"
            for suffix in suffixes:
                if Path(self.url + suffix).exists():
                    shutil.copyfile(self.url + suffix, f"{target}{suffix}")
            yield name, str(target)

    def check(self) -> None:
        """By SQLite's own means; and a plain copy, now that it has been opened, is whole."""
        with closing(sqlite3.connect(self.url)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        copy = shutil.copyfile(self.url, f"{self.url}.copy")
        with opened(self.url) as one, opened(copy) as two:
            assert one.snapshots() == two.snapshots()
            assert list(two.verify()) == []
        Path(copy).unlink()

    def forget(self) -> None:
        for path in self._folder.glob(f"*{self._made}.db*"):
            path.unlink()


class PostgresVictim:
    """Databases on a server, each made from one with a first snapshot."""

    kind = "postgresql"

    def __init__(self, server: Postgres) -> None:
        self._server = server
        self.url = self._base = server.new_database()
        self._admin = psycopg.connect(server.url("postgres"), autocommit=True)
        self.torn = False

    def again(self) -> None:
        base = self._base.rpartition("/")[2]
        self.url = self._server.new_database(template=base)
        self._name = self.url.rpartition("/")[2]

    def writing(self) -> bool:
        writing = "datname = %s AND backend_xid IS NOT NULL"
        query = f"SELECT count(*) FROM pg_stat_activity WHERE {writing}"
        row = self._admin.execute(query, [self._name]).fetchone()
        self.torn = bool(row and row[0])
        return self.torn

    def snapshots(self) -> int:
        with psycopg.connect(self.url) as connection:
            row = connection.execute("SELECT count(*) FROM kdm_snapshots").fetchone()
            return int(row[0]) if row else 0

    def copies(self) -> Iterator[tuple[str, str]]:
        return iter(())

    def check(self) -> None:
        pass

    def forget(self) -> None:
        self._server.run("postgres", f"DROP DATABASE {self._name} WITH (FORCE)")

    def close(self) -> None:
        self._admin.close()


Victim = SqliteVictim | PostgresVictim
Moment = Callable[[Victim, subprocess.Popen[bytes]], None]
"""Returns when it has come, or when the process has ended."""


def after(seconds: float) -> Moment:
    """So long after the start."""

    def wait(victim: Victim, process: subprocess.Popen[bytes]) -> None:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            victim.writing()

    return wait


def in_transaction(number: int) -> Moment:
    """Within the nth transaction that writes."""

    def wait(victim: Victim, process: subprocess.Popen[bytes]) -> None:
        seen, before = 0, False
        while process.poll() is None:
            now = victim.writing()
            seen += now and not before
            before = now
            if seen == number:
                return

    return wait


def committed(victim: Victim, process: subprocess.Popen[bytes]) -> None:
    """When the snapshot can be seen."""
    while process.poll() is None and victim.snapshots() < 2:
        pass
    victim.writing()


@dataclass(frozen=True)
class Kill:
    """What came of one.

    Attributes:
        killed: it had not ended by itself.
        writing: it was within a transaction.
        stored: its snapshot is there.
        torn_copies: names of the plain copies, taken at once, that were not whole.
    """

    killed: bool
    writing: bool
    stored: bool
    torn_copies: tuple[str, ...] = ()


def command(victim: Victim, kubeconfig: Path) -> list[object]:
    return ["--db-path", victim.url, "--kubeconfig", kubeconfig, "database", "store"]


def seconds_of_a_store(victim: Victim, kubeconfig: Path) -> float:
    victim.again()
    started = time.monotonic()
    ok(*command(victim, kubeconfig))
    taken = time.monotonic() - started
    victim.forget()
    return taken


def kill(victim: Victim, kubeconfig: Path, moment: Moment) -> Kill:
    """Kill one store, and assert that what it left is whole and can be gone on with."""
    victim.again()
    arguments = [str(each) for each in command(victim, kubeconfig)]
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
    process = subprocess.Popen([str(PROGRAM), *arguments], stderr=subprocess.DEVNULL, **quiet)
    moment(victim, process)
    process.send_signal(signal.SIGKILL)
    killed = process.wait(STILL_RUNS) == -signal.SIGKILL
    writing = killed and victim.torn
    torn = tuple(name for name, url in victim.copies() if not _is_whole(url))
    with opened(victim.url) as store:
        before = store.snapshots()
        assert [each.counts for each in before] == [each.counts for each in before[:1]] * len(
            before
        )
        assert list(store.verify()) == []
    victim.check()
    ok(*command(victim, kubeconfig))
    with opened(victim.url) as store:
        assert len(store.snapshots()) == len(before) + 1
        assert list(store.verify()) == []
    victim.forget()
    return Kill(killed, writing, len(before) == 2, torn)


def _is_whole(url: str) -> bool:
    try:
        with opened(url) as store:
            return list(store.verify()) == [] and len(store.snapshots()) >= 1
    except Exception:
        return False

"""A real PostgreSQL server for tests: started on demand, as another user when we are root."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType

import psycopg

NEED_POSTGRESQL = (
    "needs PostgreSQL's server programs (initdb, pg_ctl): install the package postgresql"
)

USER = "collector"
PASSWORD = "s3cr-t/&?"
"""Of a role that must give it, with characters that URLs escape."""


def programs() -> Path | None:
    """The folder of ``initdb`` and ``pg_ctl``, of the newest version there is."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3])
    )
    return versions[-1].parent if versions else None


RUNNING: list[Postgres] = []
"""The servers of this process."""

_ENOUGH = 2 * 1024**3


def _memory() -> str | None:
    """A folder in memory with room for a server's files, if there is one: a disk is slow."""
    folder = Path("/dev/shm")
    try:
        return str(folder) if shutil.disk_usage(folder).free >= _ENOUGH else None
    except OSError:
        return None


class Postgres:
    """One server in a temporary folder.

    Attributes:
        port: on 127.0.0.1.
    """

    def __init__(self, bin_folder: Path) -> None:
        self.port = _free_port()
        self._bin = bin_folder
        # The server refuses to run as root, and pytest's own folders are root's alone.
        self._folder = Path(tempfile.mkdtemp(prefix="kdm-postgres-", dir=_memory()))
        self._data = self._folder / "data"
        self._user = "nobody" if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(self._folder, self._user)
        self._databases = 0

    def __enter__(self) -> Postgres:
        self._run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        access = self._data / "pg_hba.conf"
        rules = f"host all {USER} 127.0.0.1/32 scram-sha-256\n" + access.read_text()
        access.write_text(rules)
        options = (
            f"-c listen_addresses=127.0.0.1 -c port={self.port} -c fsync=off "
            f"-c max_connections=200 -c unix_socket_directories={self._folder}"
        )
        self._keeper = self._keep()
        RUNNING.append(self)
        self._run("pg_ctl", "start", "-w", "-l", str(self._folder / "log"), "-o", options)
        self.run("postgres", f"CREATE ROLE {USER} LOGIN PASSWORD '{PASSWORD}'")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        RUNNING.remove(self)
        self._keeper.communicate()

    def _keep(self) -> subprocess.Popen[bytes]:
        """A process that stops the server when we end, also when we are killed."""
        pg_ctl = str(self._bin / "pg_ctl")
        script = 'cat; "$0" stop -m immediate -D "$1/data"; rm -rf "$1"'
        return subprocess.Popen(
            ["sh", "-c", script, pg_ctl, str(self._folder)],
            stdin=subprocess.PIPE,  # its end is ours
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=self._user,
            extra_groups=[] if self._user else None,
            cwd="/",
            start_new_session=True,  # Ctrl-C is for the test run alone
        )

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self._bin / program), "-D", str(self._data), *arguments],
            user=self._user,
            extra_groups=[] if self._user else None,
            cwd=self._folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{program}: {done.stdout}{done.stderr}"

    @property
    def pid(self) -> int:
        """The server's process."""
        return int((self._data / "postmaster.pid").read_text().split()[0])

    def url(self, database: str) -> str:
        """What ``--db-path`` takes, as the administrator."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def new_database(self, template: str = "template1", encoding: str = "") -> str:
        """Make an empty database, in an encoding of its own, or a copy of another one; its URL."""
        self._databases += 1
        name = f"test{self._databases}"
        made = f"CREATE DATABASE {name} TEMPLATE {template}"
        if encoding:
            made = f"CREATE DATABASE {name} TEMPLATE template0 ENCODING '{encoding}' LOCALE 'C'"
        self.run("postgres", made)
        return self.url(name)

    @property
    def made(self) -> int:
        """How many databases were made; the last ones have the highest numbers."""
        return self._databases

    def drop_since(self, made: int) -> None:
        """Drop the databases that were made since there were so many, whoever is connected."""
        for number in range(made + 1, self._databases + 1):
            self.run("postgres", f"DROP DATABASE IF EXISTS test{number} WITH (FORCE)")

    def log(self) -> bytes:
        """What the server wrote so far."""
        return (self._folder / "log").read_bytes()

    def run(self, database: str, statement: str) -> None:
        """Run one statement as the administrator."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute(statement.encode())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

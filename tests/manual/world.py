"""Where a block runs: two real clusters, a home of its own, a shell that tells what failed."""

from __future__ import annotations

import json
import os
import pty
import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from cluster import manifests
from cluster.client import Client
from cluster.kubeconfig import merge_kubeconfigs
from cluster.server import Cluster
from seed import sample
from support.command import PROGRAM

PRODUCTION = ("prod-cluster", "prod", "prod-eu")
DEVELOPMENT = ("dev-cluster", "staging", "dev", "prod-us")

CERT_MANAGER, SECURITY = "certificates.cert-manager.io", "securityrounds.guardhouse.example"
EXTRA_CRDS = {CERT_MANAGER: 1, SECURITY: 0, "timetables.app.example": 0}
EXTRA_OPERATORS = {"cert-manager", "guardhouse-operator", "timetable-operator"}

_OBJECTS = Path(__file__).parent / "objects"
_IN_DEVELOPMENT = {
    "v1.12.0": "v1.13.0",
    "commonName: {type: string}": "commonName: {type: string, maxLength: 64}",
}

# Observes only: what the block prints and how it goes on stay as they are without it.
_OBSERVE = """\
set -o errtrace -o pipefail
trap 'printf "%s\\t%s\\n" "$?" "${BASH_COMMAND%%$'"'\\\\n'"'*}" >> "$FAILED_COMMANDS"' ERR
"""


@dataclass(frozen=True)
class Expected:
    """What a cluster holds: CRDs with their counts, the operators' names, the number of CSVs."""

    crds: dict[str, int]
    operators: set[str]
    csvs: int


def expected(state: sample.State) -> Expected:
    """The truth of the sample cluster's state and of the objects beside this module."""
    counts = sample.instance_counts(state)
    counts["clusterserviceversions.operators.coreos.com"] += 1
    return Expected(
        crds=counts | EXTRA_CRDS,
        operators={name for _, _, name in sample.operators(state)} | EXTRA_OPERATORS,
        csvs=len(sample.truth()["csvs"][state]) + 1,
    )


PRODUCTION_HOLDS, DEVELOPMENT_HOLDS = expected("after"), expected("before")


def load(cluster: Cluster, state: sample.State, folder: Path) -> None:
    """Fills a cluster with the sample's state and the objects beside this module."""
    objects = manifests.read(sample.write_state(state, folder))
    for file in sorted(_OBJECTS.glob("*.yaml")):
        text = file.read_text()
        if state == "before":
            for production, development in _IN_DEVELOPMENT.items():
                text = text.replace(production, development)
        objects += manifests.parse(text)
    with Client(cluster.kubeconfig) as client:
        client.apply(objects)


def merged(clusters: Sequence[Cluster], out: Path) -> Path:
    """One kubeconfig of several servers, whose clusters and users get names of their own."""
    parts = []
    for number, cluster in enumerate(clusters):
        document = yaml.safe_load(cluster.kubeconfig.read_text())
        for section in ("clusters", "users"):
            for entry in document[section]:
                entry["name"] += f"-{number}"
        for entry in document["contexts"]:
            entry["context"]["cluster"] += f"-{number}"
            entry["context"]["user"] += f"-{number}"
        part = cluster.folder / "part.kubeconfig"
        part.write_text(yaml.safe_dump(document))
        parts.append(part)
    return merge_kubeconfigs(parts, out)


@dataclass(frozen=True)
class Ran:
    """How a block ended; `failed` has the commands in it that did, with their codes."""

    code: int
    out: str
    err: str
    failed: list[tuple[int, str]]


@dataclass(frozen=True)
class Place:
    """A home and a working folder for one block."""

    home: Path
    work: Path
    environment: dict[str, str] = field(repr=False)

    @classmethod
    def make(cls, folder: Path, kubeconfig: Path) -> Place:
        """An empty home but for ~/.kube/config, and nothing of the tester's environment."""
        home, work = folder / "home", folder / "work"
        (home / ".kube").mkdir(parents=True)
        work.mkdir()
        shutil.copy(kubeconfig, home / ".kube" / "config")
        (folder / "observe.sh").write_text(_OBSERVE)
        environment = {
            "HOME": str(home),
            "PATH": f"{PROGRAM.parent}:{os.environ['PATH']}",
            "LANG": "C.UTF-8",
            "K8S_DATAMODEL_NO_EXTERNAL_PLUGINS": "1",
            "BASH_ENV": str(folder / "observe.sh"),
            "FAILED_COMMANDS": str(folder / "failed"),
        }
        return cls(home, work, environment)

    @property
    def database(self) -> Path:
        """Where the manual says that the database is."""
        return self.home / ".k8s-inventory" / "inventory.db"

    def bash(self, text: str, *, answer: str | None = None) -> Ran:
        """Runs a text as a shell would; with an answer, its standard input is a terminal."""
        return self.run(["bash", "-c", text], answer=answer)

    def script(self, name: str, text: str, *arguments: str) -> Ran:
        """Saves a text as an executable file in the working folder and runs it."""
        file = self.work / name
        file.write_text(text)
        file.chmod(0o755)
        return self.run([f"./{name}", *arguments])

    def run(self, command: list[str], *, answer: str | None = None) -> Ran:
        """Runs a command in the working folder."""
        log = Path(self.environment["FAILED_COMMANDS"])
        log.write_text("")
        with _Input(answer) as stdin:
            done = subprocess.run(
                command,
                cwd=self.work,
                env=self.environment,
                stdin=stdin,
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
            )
        lines = [line.partition("\t") for line in log.read_text().splitlines()]
        failed = [(int(code), name) for code, _, name in lines]
        return Ran(done.returncode, done.stdout, done.stderr, failed)

    def ok(self, *arguments: str) -> str:
        """What the product prints on these arguments, which must succeed."""
        ran = self.run([str(PROGRAM), *arguments])
        assert ran.code == 0, f"{arguments}: {ran.code}\n{ran.out}\n{ran.err}"
        return ran.out

    def listed(self, *arguments: str) -> list[dict[str, Any]]:
        """`database list` as JSON; arguments go in front of the command."""
        found: list[dict[str, Any]] = json.loads(
            self.ok(*arguments, "database", "list", "-o", "json")
        )
        return found

    def json(self, name: str) -> Any:
        """The document in a file of the working folder."""
        return json.loads((self.work / name).read_text())

    def rows(self, sql: str, database: Path | None = None) -> list[tuple[Any, ...]]:
        """The answer of a database (the home's) to a query, changes kept."""
        with closing(sqlite3.connect(database or self.database)) as connection, connection:
            return connection.execute(sql).fetchall()

    def copies(self, snapshot: int, number: int) -> None:
        """Makes a history: so many more snapshots, without records, like the one of this id."""
        names = [row[1] for row in self.rows("PRAGMA table_info(kdm_snapshots)")][2:]
        columns = f"NULL, hex(randomblob(16)), {', '.join(names)}"
        numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {number})"
        self.rows(
            f"INSERT INTO kdm_snapshots {numbers} SELECT {columns} FROM kdm_snapshots, n"
            f" WHERE id = {snapshot}"
        )


class _Input:
    """Nothing to read, or a terminal on which an answer was typed."""

    def __init__(self, answer: str | None) -> None:
        self._ends: list[int] = []
        self._answer = answer

    def __enter__(self) -> int:
        if self._answer is None:
            return subprocess.DEVNULL
        self._ends = list(pty.openpty())
        os.write(self._ends[0], self._answer.encode())
        return self._ends[1]

    def __exit__(self, *_: object) -> None:
        for end in self._ends:
            os.close(end)

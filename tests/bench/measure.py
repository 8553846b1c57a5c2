"""Runs commands and floors several times, in turn, and says what they cost."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from pathlib import Path

from cluster.kubeconfig import access

HERE = Path(__file__).parent
PARALLEL = 4
"""Connections of the product, and so of the floors."""


@dataclass(frozen=True)
class Cost:
    """What one run of a program cost: seconds on the clock and of all processors, peak bytes."""

    wall: float
    cpu: float
    memory: int


@dataclass
class Costs:
    """The runs of one program."""

    runs: list[Cost] = field(default_factory=list)

    def of(self, figure: str) -> list[float]:
        return [getattr(run, figure) for run in self.runs]

    def median(self, figure: str = "wall") -> float:
        return statistics.median(self.of(figure))


class Bench:
    """Where measured programs run: a home of their own, warm caches, nothing of the tests'."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.out = folder / "out"
        unwanted = ("PYTHONDONTWRITEBYTECODE", "KUBECONFIG", "CI")
        kept = {
            name: value
            for name, value in os.environ.items()
            if name not in unwanted and not name.startswith("K8S_DATAMODEL_")
        }
        self.environ = {
            **kept,
            "HOME": str(folder),
            "K8S_DATAMODEL_CONFIG_DIR": str(folder / "config"),
            "K8S_DATAMODEL_NO_EXTERNAL_PLUGINS": "1",
        }

    def run(self, *command: object, code: int = 0) -> Cost:
        """One run, which must end with this exit code; what it printed is in ``out``."""
        cost, ended, said = self.ended(*command)
        assert ended == code, f"{command}: {said}{self.out.read_text(errors='replace')[:2000]}"
        return cost

    def ended(self, *command: object) -> tuple[Cost, int, str]:
        """One run, however it ends: with which exit code, and what it said on standard error."""
        launch = [sys.executable, "-I", "-S", str(HERE / "launch.py"), str(self.out)]
        done = subprocess.run(
            [*launch, *map(str, command)],
            env=self.environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        cost = json.loads(done.stdout)
        code = cost.pop("code")
        return Cost(**cost), code, done.stderr.decode(errors="replace")

    def ours(self, *arguments: object, code: int = 0) -> Cost:
        """One run of the command."""
        return self.run(Path(sys.executable).parent / "k8s-datamodel", *arguments, code=code)

    def python(self, code: str) -> Cost:
        """One run of Python."""
        return self.run(sys.executable, "-c", code)


@dataclass(frozen=True)
class Listing:
    """A list that a floor reads."""

    path: str
    limit: int
    metadata: bool = False


@dataclass(frozen=True)
class Floor:
    """Reads lists and counts and throws the answers away (``wire``), or keeps them elsewhere."""

    kubeconfig: Path
    lists: Sequence[Listing]
    counts: Sequence[str]
    connections: int = PARALLEL
    program: str = "wire.py"

    def run(self) -> Cost:
        """The time between the first request and the last answer; the program's start is left out.

        Raises AssertionError when an answer was none.
        """
        job = {
            **_reached(self.kubeconfig),
            "connections": self.connections,
            "lists": [astuple(each) for each in self.lists],
            "counts": list(self.counts),
        }
        done = subprocess.run(
            [sys.executable, str(HERE / self.program)],
            input=json.dumps(job).encode(),
            capture_output=True,
            check=True,
        )
        answer = json.loads(done.stdout)
        assert not answer["failed"], answer["failed"]
        return Cost(answer["seconds"], answer["cpu"], answer["memory"])


class Bare:
    """Runs the script of the least that a next snapshot costs, see ``bare``."""

    def __init__(self, bench: Bench, kubeconfig: Path, counts: Sequence[str], crds: int) -> None:
        self._bench = bench
        self._crds = crds
        self._job = bench.folder / "bare.json"
        self._database = bench.folder / "bare.db"
        job = {
            **_reached(kubeconfig),
            "connections": PARALLEL,
            "counts": list(counts),
            "database": str(self._database),
        }
        self._job.touch(mode=0o600)
        self._job.write_text(json.dumps(job))

    def run(self) -> Cost:
        """One run; the first one is of a cluster that its database does not know."""
        known = self._database.exists()
        cost = self._bench.run(sys.executable, HERE / "bare.py", self._job)
        told = json.loads(self._bench.out.read_text())
        assert told["same"] == (self._crds if known else 0), told
        return cost


def _reached(kubeconfig: Path) -> dict[str, str | None]:
    """The part of a job that says how to reach the server."""
    found = access(kubeconfig)
    return {
        "server": found.server,
        "authority": found.certificate_authority,
        "token": found.token,
    }


def in_turn(
    rounds: int,
    programs: Mapping[str, Callable[[], Cost]],
    before: Callable[[], None] = lambda: None,
) -> dict[str, Costs]:
    """Runs each program so often, one after the other, so that all meet the same conditions.

    ``before`` each of them something may be done that is not measured.
    """
    found = {name: Costs() for name in programs}
    for _ in range(rounds):
        for name, program in programs.items():
            before()
            found[name].runs.append(program())
    return found

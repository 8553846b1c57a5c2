"""One command of one program, what it costs, and what it answers."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.measure import Bench, Cost, Costs

ROUNDS = 3
MIB = 1024 * 1024


@dataclass(frozen=True)
class Way:
    """How a program is asked.

    Attributes:
        tool: Its name.
        command: A line of shell, as it stands on the page.
        says: Makes words of what it wrote: to standard output, or into the folder ``kept``.
        code: The exit code that it must have.
    """

    tool: str
    command: str
    says: Callable[[Path], str]
    code: int = 0


@dataclass(frozen=True)
class Asked:
    """A way, its answer, and its runs."""

    way: Way
    answer: str
    costs: Costs

    def row(self) -> list[str]:
        least = Cost(*(min(self.costs.of(each)) for each in ("wall", "cpu", "memory")))
        figures = f"{least.wall:.2f}", f"{least.cpu:.2f}", f"{least.memory / MIB:.0f}"
        return [self.way.tool, f"`{self.way.command}`", self.answer, *figures]


COLUMNS = ["program", "command", "answer", "seconds", "CPU seconds", "peak MiB"]


def ask(bench: Bench, ways: Sequence[Way], rounds: int = ROUNDS) -> list[Asked]:
    """Runs each in turn, so often, with no cache of kubectl's; the least of each figure counts."""
    costs = {way: Costs() for way in ways}
    answers = {}
    for _ in range(rounds):
        for way in ways:
            shutil.rmtree(bench.folder / ".kube", ignore_errors=True)
            shutil.rmtree("kept", ignore_errors=True)
            costs[way].runs.append(bench.run("bash", "-c", way.command, code=way.code))
            answers[way] = way.says(bench.out)
    return [Asked(way, answers[way], costs[way]) for way in ways]


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Markdown; a bar in a command would end its cell."""
    lines = [list(columns), ["---"] * len(columns), *rows]
    return "".join(
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines
    )


def cells(text: str) -> list[list[str]]:
    """What `table` wrote, without the line of dashes: the columns, and the rows."""
    first, _, *rows = [line for line in text.splitlines() if line.startswith("| ")]
    return [
        [cell.replace("\\|", "|") for cell in line[2:-2].split(" | ")] for line in (first, *rows)
    ]

"""The page of the benches: what was measured, on which machine, and which targets were reached."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import sqlite3
import statistics
import subprocess
import time
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Any

from bench.measure import Cost, Costs

BEGIN, END = "<!-- figures: made by `make bench` -->", "<!-- end of the figures -->"
_MIB = 1 << 20


@dataclass(frozen=True)
class Target:
    """One promise.

    Attributes:
        name: of the figure.
        reached: what was measured.
        limit: the most it may be.
        unit: of both, as a format such as ``{:.2f} times``.
        hard: whether missing it is a failure (memory, disk) and not a question of the machine.
    """

    name: str
    reached: float
    limit: float
    unit: str = "{:.2f} times"
    hard: bool = False

    @property
    def held(self) -> bool:
        return self.reached <= self.limit


@dataclass
class Section:
    """What one file of benches measured, at one time."""

    at: str = ""
    programs: list[tuple[str, Costs]] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    facts: list[tuple[str, str]] = field(default_factory=list)

    @classmethod
    def read(cls, kept: dict[str, Any]) -> Section:
        programs = [(n, Costs([Cost(*run) for run in runs])) for n, runs in kept["programs"]]
        targets = [Target(*each) for each in kept["targets"]]
        return cls(kept["at"], programs, targets, [(n, value) for n, value in kept["facts"]])

    def kept(self) -> dict[str, Any]:
        """The same as JSON, see ``read``."""
        return {
            "at": self.at,
            "programs": [(n, [astuple(run) for run in costs.runs]) for n, costs in self.programs],
            "targets": [astuple(each) for each in self.targets],
            "facts": self.facts,
        }


@dataclass
class Report:
    """Gathers figures, section by section; ``text`` is the page's part that is made.

    A section replaces the one that an earlier run kept, so that files can be measured one by one.

    Attributes:
        full: whether hard targets count.
        at: when this run began.
    """

    full: bool
    at: str = field(default_factory=lambda: time.strftime("%Y-%m-%d %H:%M", time.gmtime()))
    sections: dict[str, Section] = field(default_factory=dict)
    _own: Section = field(default_factory=Section)

    def begin(self, name: str) -> None:
        """All that comes next is measured by this file."""
        known = self.sections.get(name)
        if known is None or known.at != self.at:
            self.sections[name] = Section(self.at)
        self._own = self.sections[name]

    def resume(self, kept: Path) -> None:
        """Take up what earlier runs measured, of files that are still there."""
        if kept.exists():
            for name, section in json.loads(kept.read_text()).items():
                if (Path(__file__).parent / name).exists():
                    self.sections[name] = Section.read(section)

    def keep(self, kept: Path) -> None:
        """Let a later run take it up."""
        kept.write_text(json.dumps({name: each.kept() for name, each in self.sections.items()}))

    def ran(self, name: str, costs: Costs) -> None:
        """The runs of one program, for the table of programs."""
        self._own.programs.append((name, costs))

    def fact(self, name: str, value: str) -> None:
        """A figure without a target."""
        self._own.facts.append((name, value))

    def target(self, target: Target) -> None:
        """A figure with one. Raises AssertionError when it is a hard one, missed at full size."""
        self._own.targets.append(target)
        assert target.held or not target.hard or not self.full, target

    def text(self) -> str:
        sections = [section for _, section in sorted(self.sections.items())]
        facts = dict(fact for section in sections for fact in section.facts)
        older = [name for name, section in sorted(self.sections.items()) if section.at != self.at]
        if older:
            facts["measured by an earlier run"] = ", ".join(f"`{name}`" for name in older)
        parts = [
            _table(("machine", "what it has"), machine()),
            _table(("fact", "value"), facts.items()),
            _table(
                ("figure", "reached", "at most", "target"),
                (
                    (t.name, t.unit.format(t.reached), t.unit.format(t.limit), _mark(t))
                    for section in sections
                    for t in section.targets
                ),
            ),
            _table(
                ("program", "runs", "seconds", "CPU seconds", "peak memory in MiB"),
                (_program(*each) for section in sections for each in section.programs),
            ),
        ]
        return "\n".join(parts)

    def write(self, page: Path) -> None:
        """Puts the figures into the page, whose other words are written by hand."""
        before, _, rest = page.read_text().partition(BEGIN)
        _, _, after = rest.partition(END)
        page.write_text(f"{before}{BEGIN}\n\n{self.text()}\n{END}{after}")


def _mark(target: Target) -> str:
    return "reached" if target.held else "**missed**"


def _program(name: str, costs: Costs) -> tuple[str, ...]:
    memory = [value / _MIB for value in costs.of("memory")]
    return (
        name,
        str(len(costs.runs)),
        _spread(costs.of("wall"), "{:.2f}"),
        _spread(costs.of("cpu"), "{:.2f}"),
        _spread(memory, "{:.0f}"),
    )


def _spread(values: Sequence[float], unit: str) -> str:
    """Minimum, median, maximum."""
    three = (min(values), statistics.median(values), max(values))
    return " / ".join(unit.format(value) for value in three)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def machine() -> list[tuple[str, str]]:
    """What the figures depend on; nothing that names the machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    packages = ("kubernetes", "dataset", "SQLAlchemy", "click", "urllib3")
    versions = [f"{name} {importlib.metadata.version(name)}" for name in packages]
    return [
        ("processors", f"{os.cpu_count()}, {_processor()}"),
        ("memory", f"{memory:.0f} GiB"),
        ("system", f"{platform.system()} {platform.release().partition('-')[0]}"),
        ("Python", f"{platform.python_implementation()} {platform.python_version()}"),
        ("SQLite", sqlite3.sqlite_version),
        ("packages", ", ".join(versions)),
        ("kubectl", _kubectl()),
        ("load", "{:.1f} / {:.1f} / {:.1f} over 1, 5 and 15 minutes".format(*os.getloadavg())),
    ]


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _kubectl() -> str:
    command = ["kubectl", "version", "--client"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return said.splitlines()[0].rpartition(" ")[2]

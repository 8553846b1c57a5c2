"""Where the time of a run went, as it is told and as its ledger keeps it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from k8s_datamodel.base.stopwatch import Stage, Stopwatch
from k8s_datamodel.data.ledger import LedgerEntry, Outcome

CONNECT, OPEN, LIST, COUNT, DERIVE, WRITE, COMMIT, OTHER = (
    "connect",
    "open",
    "list",
    "count",
    "derive",
    "write",
    "commit",
    "other",
)
"""Names of stages, in the order in which they are told."""

BUSY = (DERIVE,)
"""Those that wait for nobody."""

STAGES = (CONNECT, OPEN, LIST, COUNT, DERIVE, WRITE, COMMIT, OTHER)
_OF_THE_SOURCE = (CONNECT, LIST, COUNT)
_OF_THE_DATABASE = (OPEN, WRITE, COMMIT)

Slowest = Literal["source", "database", "tool"]

_LEAST = 0.001
"""Seconds: less is not told."""

_TIME, _OF, _WAITING = "time: ", " of ", ", waiting"
_PROCESSOR = f"{_TIME}processor"


class StageTime(NamedTuple):
    """Seconds of one stage, and how many of them were a wait with nothing to compute."""

    stage: Stage
    seconds: float
    waiting: float


@dataclass(frozen=True, slots=True)
class Timings:
    """Where the time of one run went.

    Attributes:
        stages: each moment of the run is in one of them, but for those of less than a millisecond.
        processor: seconds of processor time, of all threads of the program.
        requests: how many HTTP requests, or files, it took.
        bytes: of their bodies.
        reused: how many objects came from the store.
    """

    stages: Sequence[StageTime]
    processor: float
    requests: int = 0
    bytes: int = 0
    reused: int = 0

    @classmethod
    def measured(cls, stopwatch: Stopwatch, ledger: Iterable[LedgerEntry]) -> Timings:
        """What a stopwatch measured until now, with what the ledger of its run adds up to."""
        processor = stopwatch.stop()
        stages = [
            StageTime(stage, spent.seconds, spent.idle if spent.idle >= _LEAST else 0.0)
            for stage, spent in stopwatch.spent.items()
            if spent.seconds >= _LEAST
        ]
        return cls(_sorted(stages), processor, *_cost(ledger))

    @classmethod
    def kept(cls, ledger: Sequence[LedgerEntry]) -> Timings | None:
        """What a ledger keeps, see ``entries``; None if it was made without."""
        found: dict[tuple[Stage, bool], float] = {}
        processor = None
        for entry in ledger:
            if entry.read == _PROCESSOR:
                processor = entry.outcome.seconds
            elif entry.read.startswith(_TIME) and not entry.resource_type:
                said = entry.read.removeprefix(_TIME)
                name, _, of = said.removesuffix(_WAITING).partition(_OF)
                found[Stage(name, of), said.endswith(_WAITING)] = entry.outcome.seconds
        if processor is None:
            return None
        stages = [
            StageTime(stage, seconds, found.get((stage, True), 0.0))
            for (stage, waiting), seconds in found.items()
            if not waiting
        ]
        return cls(_sorted(stages), processor, *_cost(ledger))

    def entries(self) -> Sequence[LedgerEntry]:
        """The same as entries of a ledger: of the run itself, complete and optional."""
        found = [(_PROCESSOR, self.processor)]
        for stage, seconds, waiting in self.stages:
            of = f"{_OF}{stage.resource_type}" if stage.resource_type else ""
            read = f"{_TIME}{stage.name}{of}"
            found.append((read, seconds))
            if waiting >= _LEAST:
                found.append((f"{read}{_WAITING}", waiting))
        return [
            LedgerEntry("", read, Outcome("complete", seconds=seconds), optional=True)
            for read, seconds in found
        ]

    @property
    def seconds(self) -> float:
        """On the clock, in all."""
        return sum(each.seconds for each in self.stages)

    @property
    def waits(self) -> Mapping[Slowest, float]:
        """The same by who was waited for; the tool's own part is the rest."""
        source, database = (
            sum(each.waiting for each in self.stages if each.stage.name in names)
            for names in (_OF_THE_SOURCE, _OF_THE_DATABASE)
        )
        return {"source": source, "database": database, "tool": self.seconds - source - database}

    @property
    def slowest(self) -> Slowest:
        """Who took the largest part."""
        waits = self.waits
        return max(waits, key=lambda who: waits[who])

    def by_name(self) -> Mapping[str, float]:
        """Seconds by name of stage, over all types, in the order in which they are told."""
        total = dict.fromkeys(STAGES, 0.0)
        for each in self.stages:
            total[each.stage.name] = total.get(each.stage.name, 0.0) + each.seconds
        return {name: seconds for name, seconds in total.items() if seconds}

    def document(self) -> dict[str, Any]:
        """The same for documents; seconds with three decimals."""
        return {
            "seconds": round(self.seconds, 3),
            **{f"{who}_seconds": round(seconds, 3) for who, seconds in self.waits.items()},
            "slowest": self.slowest,
            "processor_seconds": round(self.processor, 3),
            "requests": self.requests,
            "bytes": self.bytes,
            "reused": self.reused,
            "stages": [
                {
                    "stage": each.stage.name,
                    "resource_type": each.stage.resource_type or None,
                    "seconds": round(each.seconds, 3),
                    "waiting": round(each.waiting, 3),
                }
                for each in self.stages
            ],
        }


def _sorted(stages: Iterable[StageTime]) -> Sequence[StageTime]:
    """In the order of ``STAGES``; a stage that is not there, of a later version, comes last."""
    order = {name: number for number, name in enumerate(STAGES)}
    return sorted(stages, key=lambda each: order.get(each.stage.name, len(order)))


def _cost(ledger: Iterable[LedgerEntry]) -> tuple[int, int, int]:
    outcomes = [entry.outcome for entry in ledger]
    return (
        sum(each.requests for each in outcomes),
        sum(each.bytes for each in outcomes),
        sum(each.reused for each in outcomes),
    )

"""Each moment is in one stage, and who kept whom waiting is told and kept."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from k8s_datamodel.base.stopwatch import Spent, Stage, Stopwatch
from k8s_datamodel.cli.params.snapshot_options import timing_lines
from k8s_datamodel.data.ledger import LedgerEntry, Outcome
from k8s_datamodel.data.snapshots import FROM_FILES, ClusterInfo, Snapshot
from k8s_datamodel.data.timings import (
    BUSY,
    COMMIT,
    CONNECT,
    COUNT,
    DERIVE,
    LIST,
    OPEN,
    OTHER,
    WRITE,
    StageTime,
    Timings,
)

START, WORK, WAIT = Stage("start"), Stage("work", "gulls"), Stage("wait", "gulls")


class Machine:
    """Its clocks go on by what a test says."""

    def __init__(self) -> None:
        self.now = self.used = 100.0
        self.watch = Stopwatch(START, ("work",), lambda: self.now, lambda: self.used)

    def computes(self, seconds: float, threads: int = 1) -> None:
        self.now += seconds
        self.used += seconds * threads

    def idles(self, seconds: float) -> None:
        self.now += seconds

    def spent(self) -> dict[str, tuple[float, float]]:
        self.watch.stop()
        found = self.watch.spent.items()
        return {s.name: (round(t.seconds, 6), round(t.idle, 6)) for s, t in found}


def test_stages_hold_all_the_time_each_once() -> None:
    machine = Machine()
    machine.computes(1)
    with machine.watch.during(WORK):
        machine.computes(2)
        with machine.watch.during(WAIT):
            machine.idles(4)
        machine.computes(8)
    machine.idles(16)
    assert machine.spent() == {"start": (17, 16), "work": (10, 0), "wait": (4, 4)}


def test_a_wait_in_which_other_threads_compute_is_no_idle_one() -> None:
    machine = Machine()
    with machine.watch.during(WAIT):
        machine.computes(3, threads=2)
        machine.idles(1)
    # Two threads used 6 s in 4: at what time they did is not known.
    assert machine.spent()["wait"] == (4, 0)


def test_short_waits_are_told_from_the_work_around_them() -> None:
    machine = Machine()
    for _ in range(1000):
        with machine.watch.during(WORK):
            machine.computes(0.001)
        with machine.watch.during(WAIT):
            machine.idles(0.003)
    assert machine.spent() == {"start": (0, 0), "work": (1, 0), "wait": (3, 3)}


def test_what_is_busy_idles_only_where_nothing_waits() -> None:
    machine = Machine()
    with machine.watch.during(WORK):
        machine.idles(2)
    assert machine.spent()["work"] == (2, 2)


def test_waiting_for_items_is_charged_and_using_them_is_not() -> None:
    machine = Machine()

    def slow() -> Iterator[int]:
        for number in range(3):
            machine.idles(1)
            yield number

    machine.watch.switch(WORK)
    for number in machine.watch.waiting(WAIT, slow()):
        machine.computes(10 * (number + 1))
    assert machine.spent() == {"start": (0, 0), "work": (60, 0), "wait": (3, 3)}


def test_a_stage_ends_where_an_exception_leaves_it() -> None:
    machine = Machine()

    def stop() -> None:
        machine.idles(1)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), machine.watch.during(WAIT):
        stop()
    machine.computes(2)
    assert machine.spent() == {"wait": (1, 1), "start": (2, 0)}


def test_other_threads_change_no_stage() -> None:
    machine = Machine()
    thread = threading.Thread(target=machine.watch.switch, args=(WAIT,))
    thread.start()
    thread.join()
    machine.computes(1)
    assert machine.spent() == {"start": (1, 0)}


def run(**spent: tuple[float, float]) -> Timings:
    stages = [StageTime(Stage(name, "crds"), *times) for name, times in spent.items()]
    return Timings(stages, 1.25, 2_094, 2_500_000, 2_065)


SLOW_SERVER = run(connect=(0.5, 0.4), list=(2.0, 1.75), count=(0.5, 0.25), derive=(1.0, 0.0))
SLOW_DATABASE = run(list=(0.5, 0.25), write=(3.0, 2.5), commit=(1.0, 1.0), derive=(1.0, 0.5))
SLOW_TOOL = run(list=(2.0, 0.25), count=(1.0, 0.0), derive=(1.0, 0.0), write=(0.5, 0.25))


@pytest.mark.parametrize(
    ("timings", "slowest", "who"),
    [
        (SLOW_SERVER, "source", "the server"),
        (SLOW_DATABASE, "database", "the database"),
        (SLOW_TOOL, "tool", "k8s-datamodel itself"),
    ],
)
def test_one_line_says_who_is_slow(timings: Timings, slowest: str, who: str) -> None:
    snapshot = Snapshot("2024-03-01 10:00:00", ClusterInfo("prod", source="kubernetes"), {}, id=7)
    lines = list(timing_lines(snapshot, timings))
    assert lines[-1].endswith(f" s: {who} took the largest part.")
    assert timings.slowest == timings.document()["slowest"] == slowest
    waits = timings.waits
    assert sum(waits.values()) == pytest.approx(timings.seconds)


def test_the_lines_add_up_over_types_and_name_what_was_read() -> None:
    snapshot = Snapshot("2024-03-01 10:00:00", ClusterInfo("dump", source=FROM_FILES), {}, id=7)
    more = StageTime(Stage(LIST, "gulls"), 1.0, 0.0)
    lines = list(timing_lines(snapshot, replace(SLOW_TOOL, stages=[*SLOW_TOOL.stages, more])))
    assert lines == [
        "Snapshot 7 took 5.50 s: list 3.00, count 1.00, derive 1.00, write 0.50.",
        "2,094 requests, 2.4 MB, 2,065 objects reused; 1.25 s of processor time.",
        "Waited 0.25 s for the files and 0.25 s for the database, worked 5.00 s: k8s-datamodel "
        "itself took the largest part.",
    ]


def test_a_ledger_keeps_what_was_measured() -> None:
    watch = Stopwatch(Stage(OTHER), BUSY, lambda: 1.0, lambda: 1.0)
    watch.stop()
    for number, name in enumerate((CONNECT, OPEN, LIST, COUNT, DERIVE, WRITE, COMMIT), start=1):
        of = "" if name in (CONNECT, OPEN, COMMIT) else "crds"
        watch.spent[Stage(name, of)] = Spent(number, 0.0 if name == DERIVE else number / 4)
    watch.spent[Stage(LIST, "gulls")] = Spent(0.0004, 0.0004)
    reads = [
        LedgerEntry("crds", "crds", Outcome("complete", requests=2, bytes=30, reused=4)),
        LedgerEntry("csvs", "csvs", Outcome("failed", "no", requests=1)),
    ]
    measured = Timings.measured(watch, reads)
    assert (measured.requests, measured.bytes, measured.reused) == (3, 30, 4)
    assert len(measured.stages) == 7, "what took less than a millisecond is left out"
    entries = measured.entries()
    assert not any(entry.incomplete or entry.resource_type for entry in entries)
    assert Timings.kept([*reads, *entries]) == measured
    assert Timings.kept(reads) is None

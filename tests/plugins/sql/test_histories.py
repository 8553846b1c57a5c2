"""History and log say what a naive model says, however a store gives what differs."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from k8s_datamodel.api import LedgerEntry, Outcome, Snapshot
from k8s_datamodel.cli.histories.event_log import Log
from k8s_datamodel.cli.histories.sights import Thing
from k8s_datamodel.cli.histories.stages import Stages
from k8s_datamodel.cli.histories.timelines import steps
from k8s_datamodel.comparing.type_comparisons import Looks
from k8s_datamodel.types.comparison_rules import NO_RULES
from k8s_datamodel_plugins.sql.store import SqlStore
from support.sql_stores import (
    CLUSTER,
    WIDGETS,
    Backend,
    record,
    snapshot,
    store_widgets,
    widget,
)

EXAMPLES = int(os.environ.get("HISTORIES", "15"))
READ = "widgets.parts.example.org"
THINGS = ("boat", "pier", "quay")
SPACES = {"boat": "a", "pier": "a", "quay": "b"}

STATE = st.one_of(st.none(), st.tuples(st.integers(0, 1), st.integers(0, 1)))
"""A thing is not there, or has a uid and a size."""


@dataclass(frozen=True)
class Seen:
    """What a snapshot was made of: what there was, how the read ended, which part it gave."""

    world: Mapping[str, tuple[int, int] | None]
    status: str
    namespace: str | None
    shown: frozenset[str]

    def state(self, name: str) -> Any:
        """What it tells of a thing: its state, None for "not there", ``...`` for nothing."""
        if self.status == "forbidden":
            return ...
        if self.namespace not in (None, SPACES[name]):
            return ...
        if self.status == "partial" and name not in self.shown:
            return ...
        there = self.world[name]
        return ... if there is None and self.status == "partial" else there


SEEN = st.builds(
    Seen,
    st.fixed_dictionaries(dict.fromkeys(THINGS, STATE)),
    st.sampled_from(["complete", "complete", "complete", "forbidden", "partial"]),
    st.sampled_from([None, None, None, "a"]),
    st.frozensets(st.sampled_from(THINGS)),
)


class Plain:
    """A store with what every backend has, and nothing else."""

    def __init__(self, store: SqlStore) -> None:
        for name in ("snapshots", "snapshot", "records", "ledger"):
            setattr(self, name, getattr(store, name))


def store_seen(store: SqlStore, context: str, seen: Seen, number: int) -> int:
    outcome = Outcome(seen.status, "" if seen.status == "complete" else "so it was")  # type: ignore[arg-type]
    records = []
    for name in THINGS:
        state = seen.state(name)
        if state not in (None, ...):
            made = widget(name, state[1])
            made["metadata"] |= {"namespace": SPACES[name], "uid": f"{name}-{state[0]}"}
            records.append(record(made))
    whole = seen.status == "complete"
    made_of: Snapshot = snapshot(
        timestamp=f"2024-03-15 10:30:{number:02}",
        cluster=replace(CLUSTER, context=context, uid=context),
        counts={WIDGETS.name: len(records) if whole else None},
        namespace_filter=seen.namespace,
        complete=whole,
        uuid=str(uuid.uuid4()),
    )
    with store.begin([WIDGETS]) as writer:
        writer.write(WIDGETS, records)
        return writer.commit(made_of, [LedgerEntry(WIDGETS.name, READ, outcome)])


def told(old: Any, new: Any) -> str:
    if old is None or new is None:
        return "added" if old is None else "removed"
    return "recreated" if old[0] != new[0] else "changed"


def naive(numbers: Sequence[int], past: Sequence[Seen], name: str) -> Iterator[tuple[Any, ...]]:
    """From and to, and what happened between them; for each snapshot that nobody saw a gap."""
    known: tuple[int, Any] | None = None
    there_before = False
    for number, seen in zip(numbers, past, strict=True):
        state = seen.state(name)
        if state is ...:
            yield number, number, "gap"
            continue
        if state is not None and not there_before:
            yield None, number, "first-seen"
        elif known and known[1] != state:
            yield known[0], number, told(known[1], state)
        known, there_before = (number, state), there_before or state is not None


def each_snapshot(found: Any, numbers: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    """Steps as the naive model has them."""
    for step in found:
        old = step.old.id if step.old else None
        if step.told == "gap":
            of = [n for n in numbers if old is not None and old <= n <= step.new.id]
            yield from ((number, number, "gap") for number in of)
        else:
            yield old, step.new.id, step.told


@pytest.mark.parametrize("plain", [False, True])
def test_a_naive_model_says_the_same(backend: Backend, plain: bool) -> None:
    store = backend.open()

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(SEEN, min_size=1, max_size=5))
    def check(past: list[Seen]) -> None:
        context = str(uuid.uuid4())
        numbers = [store_seen(store, context, seen, n) for n, seen in enumerate(past)]
        read: Any = Plain(store) if plain else store
        stages, looks = Stages(read, [WIDGETS]), Looks(NO_RULES)
        snapshots = [read.snapshot(number) for number in numbers]
        expected: set[tuple[Any, ...]] = set()
        for name in THINGS:
            whole = list(naive(numbers, past, name))
            thing = Thing(stages, WIDGETS, (SPACES[name], name), snapshots, looks)
            sights = thing.sights()
            if any(sight.presence == "there" for sight in sights):
                found = list(each_snapshot(steps(sights, thing.compare), numbers))
                assert sorted(found, key=repr) == sorted(whole, key=repr), name
            first = [to for _, to, what in whole if what == "first-seen"]
            expected |= {(name, *each) for each in whole if each[2] not in ("gap", "first-seen")}
            for to in first:  # the log has it where it was known not to be there before
                before = [
                    (number, seen.state(name))
                    for number, seen in zip(numbers, past, strict=True)
                    if number < to and seen.state(name) is not ...
                ]
                expected |= {(name, before[-1][0], to, "added")} if before else set()
        log = Log(stages, looks, [WIDGETS], lambda kind, key: True, context)
        events = [(e.change.key["name"], e.old.id, e.new.id, e.change.what) for e in log.events()]
        assert len(events) == len(set(events))
        assert set(events) == expected
        assert [e[2] for e in events] == sorted((e[2] for e in events), reverse=True)

    check()


def test_snapshots_with_equal_sums_are_not_compared(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = backend.open()
    boats = [record(widget("boat"), in_use=number) for number in (1, 1, 2, 2, 2)]
    numbers = [store_widgets(store, [each], counts={WIDGETS.name: 1}) for each in boats]
    monkeypatch.setattr(store, "digests", None)
    compared: list[tuple[int, int]] = []

    def differing(old: int, new: int, *others: Any) -> Any:
        compared.append((old, new))
        return SqlStore.differing(store, old, new, *others)

    monkeypatch.setattr(store, "differing", differing)
    log = Log(Stages(store, [WIDGETS]), Looks(NO_RULES), [WIDGETS], lambda kind, key: True)
    assert [(each.old.id, each.new.id) for each in log.events()] == [(numbers[1], numbers[2])]
    assert set(compared) == {(numbers[1], numbers[2]), (numbers[2], numbers[1])}
    assert {each[WIDGETS.name] is None for each in store.sums(numbers).values()} == {False}
    backend.execute("UPDATE kdm_counts SET sum = NULL")  # of an earlier version
    log = Log(Stages(store, [WIDGETS]), Looks(NO_RULES), [WIDGETS], lambda kind, key: True)
    assert [(each.old.id, each.new.id) for each in log.events()] == [(numbers[1], numbers[2])]

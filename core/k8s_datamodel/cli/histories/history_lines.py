"""The history of one thing as lines for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from k8s_datamodel.base.plurals import counted
from k8s_datamodel.cli.diffs.diff_lines import Hunk, Line, grade_text
from k8s_datamodel.cli.histories.sights import numbers_of
from k8s_datamodel.cli.histories.sparklines import range_text, sparkline
from k8s_datamodel.cli.histories.timelines import Point, Sight, Step
from k8s_datamodel.comparing.changes import Change
from k8s_datamodel.comparing.sayings import field_lines, place_text
from k8s_datamodel.types.comparison_rules import ComparisonRules
from k8s_datamodel.types.resource_types import ResourceType

_SIGNS = {
    "first-seen": "+",
    "added": "+",
    "removed": "-",
    "changed": "~",
    "recreated": "!",
    "unknown": "?",
    "gap": "?",
}
_WORDS = {
    "first-seen": "first seen",
    "added": "added again",
    "recreated": "re-created",
    "unknown": "not known whether it changed",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """How a history is told.

    Attributes:
        resource_type: of the thing.
        name: of the thing.
        cluster: whose snapshots they are, and of which namespace the newest is.
        rules: how fields are said.
        everything: no field is folded.
        hunk: what is shown of each change; None for a line a field.
    """

    resource_type: ResourceType
    name: str
    cluster: str
    rules: ComparisonRules
    everything: bool = False
    hunk: Hunk | None = None


def history_lines(told: Subject, sights: Sequence[Sight], steps: Sequence[Step]) -> Iterator[Line]:
    """All lines: what it is of, its numbers, and each step, the newest first."""
    what = f"{told.resource_type.singular} {told.name} in {told.cluster}"
    yield Line("@", f"{what}: {_snapshots(sights)}")
    yield from _numbers(told.resource_type, sights)
    yield Line(" ", "")
    for step in steps:
        yield from _step(told, step)
    if not steps:
        yield Line(" ", "Nothing of it is known to have changed then.")


def _snapshots(sights: Sequence[Sight]) -> str:
    if not sights:
        return "no snapshot is of that time"
    first, last = sights[0].at.timestamp, sights[-1].at.timestamp
    span = first if first == last else f"{first} to {last}"
    return f"{counted(len(sights), 'snapshot')}, {span} UTC"


def _numbers(resource_type: ResourceType, sights: Sequence[Sight]) -> Iterator[Line]:
    there = [each.presence != "absent" for each in sights]
    columns = numbers_of(resource_type)
    width = max((len(each.title) for each in columns), default=0)
    for column in columns:
        values = [each.values.get(column.key) for each in sights]
        if any(value is not None for value in values):
            drawn = sparkline(values, there)
            yield Line(" ", f"{column.title:<{width}}  {drawn}  {range_text(values)}")


def _step(told: Subject, step: Step) -> Iterator[Line]:
    sign = _SIGNS[step.told]
    if step.told == "gap":
        what = f"not read: {step.status}: {step.reason}"
        yield Line("!", f"{sign} {_span(step.old, step.new)}  {what}")
        return
    grade = grade_text(step.change) if step.change else ""
    head = f"{sign} {_interval(step)}  {_WORDS.get(step.told, step.told)}{grade}"
    yield Line(sign if sign != "?" else "!", head)
    if told.hunk and step.change:
        yield from (Line(e.sign, f"    {e.sign} {e.text}") for e in told.hunk(step.change))
        return
    change = Change("", {}, "changed", step.fields)
    for text in field_lines(change, told.resource_type, told.rules, everything=told.everything):
        yield Line(text[0] if text[:2] in ("+ ", "- ") else " ", f"      {text}")
    for each in step.unknown:
        what = place_text(each.place, each.steps, told.resource_type, told.rules.words)
        yield Line("!", f"      {what} not known: {each.reason}")


def _interval(step: Step) -> str:
    """Between which two snapshots it happened."""
    if step.old is None and step.absent is None:
        return f"{step.new.timestamp} UTC, snapshot {step.new.id}"
    return _span(step.old or step.absent, step.new)


def _span(old: Point | None, new: Point) -> str:
    if old is None or old == new:
        return f"{new.timestamp} UTC, snapshot {new.id}"
    return f"{old.timestamp} to {new.timestamp} UTC, snapshots {old.id} to {new.id}"

"""The history of one thing: what is seen of it, snapshot by snapshot, becomes steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple

from k8s_datamodel.comparing.changes import Change, FieldChange, UnknownField

Presence = Literal["there", "absent", "unread"]
Happening = Literal[
    "first-seen", "added", "removed", "changed", "recreated", "unknown", "gap"
]  # fmt: skip
"""What a step says. ``unknown``: nobody knows whether fields differ; ``gap``: nothing was read."""


class Point(NamedTuple):
    """A snapshot, as a step names it."""

    id: int
    timestamp: str

    def document(self) -> dict[str, Any]:
        """As JSON has it."""
        return self._asdict()


@dataclass(frozen=True, slots=True)
class Sight:
    """What one snapshot shows of the thing.

    Attributes:
        at: the snapshot.
        presence: ``there``, ``absent``: it is known not to be there, or ``unread``.
        digest: equal ones mean that nothing differs; None if there is none.
        status: of what was not read, see the ledger; empty unless ``unread``.
        reason: why that was not read.
        values: of the numbers that are drawn, by column; empty unless it is ``there``.
    """

    at: Point
    presence: Presence
    digest: Any = None
    status: str = ""
    reason: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


class Compared(NamedTuple):
    """What differs between two sights that are both ``there``."""

    change: Change | None
    unknown: Sequence[UnknownField] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """What happened to the thing between two snapshots, or a gap.

    Attributes:
        old: the last snapshot that shows how it was before; None if none does. Of a gap the first
            snapshot that has it.
        new: the first snapshot that shows it as it is now. Of a gap the last that has it.
        told: what happened.
        fields: those that differ.
        unknown: those of which nobody knows whether they differ.
        absent: of the first step, the last snapshot before in which the thing is known to be
            missing; None if none says so.
        status: of a gap.
        reason: of a gap.
        change: with the objects, if they were asked for; None of what has no two sides.
    """

    old: Point | None
    new: Point
    told: Happening
    fields: Sequence[FieldChange] = ()
    unknown: Sequence[UnknownField] = ()
    absent: Point | None = None
    status: str = ""
    reason: str = ""
    change: Change | None = field(default=None, compare=False, repr=False)

    def document(self) -> dict[str, Any]:
        """As JSON has it."""
        old = None if self.old is None else self.old.document()
        said: dict[str, Any] = {"from": old, "to": self.new.document(), "change": self.told}
        if self.told == "gap":
            return {**said, "status": self.status, "reason": self.reason}
        said["fields"] = [each.document() for each in self.fields]
        if self.change is not None and self.change.level is not None:
            graded = self.change.document()
            said |= {"level": graded["level"], "findings": graded["findings"]}
        if self.unknown:
            said["unknown"] = [each.document() for each in self.unknown]
        if self.told == "first-seen":
            said["absent"] = None if self.absent is None else self.absent.document()
        return said


Compare = Callable[[Sight, Sight], Compared]
"""Function of two sights that are ``there``, the older first."""


def steps(sights: Sequence[Sight], compare: Compare) -> list[Step]:
    """The steps of a thing, the newest first.

    A change lies between the last snapshot that shows how it was and the first that shows how it
    is: what was not read in between widens that, and is told as a gap beside it.

    Args:
        sights: one for each snapshot of the cluster, the oldest first.
        compare: what differs between two of them.
    """
    timeline = _Timeline(compare)
    for sight in sights:
        timeline.see(sight)
    found = [*timeline.steps, *_gaps(sights)]
    order = {sight.at: number for number, sight in enumerate(sights)}
    found.sort(key=lambda step: (order[step.new], order[step.old] if step.old else -1))
    return found[::-1]


_Field = tuple[str, str]
"""Place and path of a field."""


class _Timeline:
    """Goes through the sights, and remembers what was last known."""

    def __init__(self, compare: Compare) -> None:
        self.steps: list[Step] = []
        self._compare = compare
        self._known: Sight | None = None
        self._order: dict[Point, int] = {}
        self._seen = False
        self._pending: dict[_Field, Sight] = {}

    def see(self, sight: Sight) -> None:
        """Take the next sight."""
        self._order[sight.at] = len(self._order)
        if sight.presence == "unread":
            return
        before, self._known = self._known, sight
        if sight.presence == "there":
            self._there(before, sight)
        elif before and before.presence == "there":
            self.steps.append(Step(before.at, sight.at, "removed"))
            self._pending.clear()

    def _there(self, before: Sight | None, sight: Sight) -> None:
        if before and before.presence == "there":
            if sight.digest is None or sight.digest != before.digest:
                self._changed(before, sight)
            return
        at = None if before is None else before.at
        if self._seen:
            self.steps.append(Step(at, sight.at, "added"))
        else:
            self.steps.append(Step(None, sight.at, "first-seen", absent=at))
        self._seen = True

    def _changed(self, before: Sight, sight: Sight) -> None:
        change, unknown = self._compare(before, sight)
        if change and change.what == "recreated":
            self._pending.clear()
        settled = self._late(sight)
        unknown = [each for each in unknown if (each.place, each.path) not in settled]
        for each in unknown:
            if each.side != "from":
                self._pending.setdefault((each.place, each.path), before)
        if change:
            told: Happening = "recreated" if change.what == "recreated" else "changed"
            step = Step(before.at, sight.at, told, change.fields, unknown, change=change)
            self.steps.append(step)
        elif unknown:
            self.steps.append(Step(before.at, sight.at, "unknown", unknown=unknown))

    def _forget(self, settled: set[_Field], since: Point) -> None:
        """Leave out of the steps what was unknown in between, and is known now."""
        kept = []
        for step in self.steps:
            left = [each for each in step.unknown if (each.place, each.path) not in settled]
            before = step.old is None or self._order[step.old] < self._order[since]
            if before or len(left) == len(step.unknown):
                kept.append(step)
            elif left or step.told != "unknown":
                kept.append(replace(step, unknown=left))
        self.steps = kept

    def _late(self, sight: Sight) -> set[_Field]:
        """Compare what was unknown for a while with what was known before; the fields settled."""
        by_sight: dict[Point, tuple[Sight, set[_Field]]] = {}
        for path, old in self._pending.items():
            by_sight.setdefault(old.at, (old, set()))[1].add(path)
        settled: set[_Field] = set()
        for old, paths in by_sight.values():
            change, unknown = self._compare(old, sight)
            known = paths - {(each.place, each.path) for each in unknown}
            settled |= known
            self._forget(known, old.at)
            differ = change.fields if change else ()
            fields = [each for each in differ if (each.place, each.path) in known]
            if fields:
                self.steps.append(Step(old.at, sight.at, "changed", fields, change=change))
        for path in settled:
            del self._pending[path]
        return settled


def _gaps(sights: Sequence[Sight]) -> Iterator[Step]:
    """A step for each row of snapshots that lack the thing for the same reason."""
    first: Sight | None = None
    last: Sight | None = None
    for sight in (*sights, None):
        same = (
            first is not None
            and sight is not None
            and (sight.presence, sight.status, sight.reason)
            == (first.presence, first.status, first.reason)
        )
        if not same:
            if first is not None and last is not None:
                told = Step(first.at, last.at, "gap", status=first.status, reason=first.reason)
                yield told
            first = sight if sight is not None and sight.presence == "unread" else None
        last = sight

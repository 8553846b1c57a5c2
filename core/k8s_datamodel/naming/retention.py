"""Retention: which snapshots stay, which go, and why. Nothing here deletes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from k8s_datamodel.data.snapshots import Snapshot


@dataclass(frozen=True, slots=True)
class Rules:
    """What a user wants to keep; None for what was not asked for.

    Attributes:
        keep: the newest so many of each cluster.
        daily: one of each of the newest so many days that have any; ``weekly``, ``monthly`` alike.
        older_than: only what is older may go.
        sized: there is a limit of size, too.
    """

    keep: int | None = None
    daily: int | None = None
    weekly: int | None = None
    monthly: int | None = None
    older_than: timedelta | None = None
    sized: bool = False

    @property
    def planned(self) -> bool:
        """Whether they are a plan, which keeps the newest complete snapshot of each cluster."""
        return self.sized or any((self.daily, self.weekly, self.monthly))

    @property
    def choose(self) -> bool:
        """Whether any of them chooses; a limit of size alone lets everything else stay."""
        few = (self.keep, self.daily, self.weekly, self.monthly)
        return any(few) or (self.older_than is not None and not self.planned)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to become of a snapshot.

    Attributes:
        snapshot: which one.
        stays: whether it is kept.
        reasons: why, in words; never empty.
        safe: whether no limit of size removes it either.
    """

    snapshot: Snapshot
    stays: bool
    reasons: tuple[str, ...]
    safe: bool = False


def plan(
    snapshots: Sequence[Snapshot], rules: Rules, now: str, baselines: Mapping[int, str]
) -> list[Verdict]:
    """A verdict on each of some snapshots, which are oldest first.

    A snapshot stays if one rule keeps it, or if it is a baseline: ``baselines`` are names by
    number. Clusters are told apart by their UIDs, and by their contexts where the UID is unknown.
    Days, weeks (from Monday) and months are those of UTC.
    """
    kept, safe = _Reasons(), _Reasons()
    for each in snapshots:
        if each.id in baselines:
            safe.add(each, of_baseline(baselines[each.id]))
    if rules.older_than is not None:
        limit = _before(now, rules.older_than)
        for each in snapshots:
            if each.timestamp >= limit:
                safe.add(each, "not old enough")
    for history in _histories(snapshots):
        if rules.planned and (newest := _newest_complete(history)):
            safe.add(newest, "newest complete of its cluster")
        for each, reason in _kept_by_rules(history, rules):
            kept.add(each, reason)
    without_rules = () if rules.choose else ("no rule removes it",)
    return [
        _verdict(each, safe.of(each), kept.of(each) or without_rules, rules) for each in snapshots
    ]


def of_baseline(name: str) -> str:
    """The reason why a baseline stays."""
    return f"baseline {name}"


def removable(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Those that stay only until a limit of size is reached, oldest first."""
    return [each for each in verdicts if each.stays and not each.safe]


def without(verdicts: Iterable[Verdict], removed: Iterable[Verdict], limit: str) -> list[Verdict]:
    """The verdicts, where a limit of size removes some of those that stayed."""
    gone = {each.snapshot.id for each in removed}
    reason = f"among the oldest, and the database is above {limit}"
    return [
        replace(each, stays=False, reasons=(reason,)) if each.snapshot.id in gone else each
        for each in verdicts
    ]


def _verdict(snapshot: Snapshot, safe: Sequence[str], kept: Sequence[str], rules: Rules) -> Verdict:
    if reasons := tuple(dict.fromkeys((*safe, *kept))):
        return Verdict(snapshot, True, reasons, safe=bool(safe))
    if rules.planned:
        return Verdict(snapshot, False, ("no rule keeps it",))
    beyond = [f"not among the newest {rules.keep}"] if rules.keep else []
    old = [] if rules.older_than is None else ["old enough"]
    return Verdict(snapshot, False, (*beyond, *old))


class _Reasons:
    """Why snapshots stay, by number."""

    def __init__(self) -> None:
        self._by_id: dict[int, list[str]] = defaultdict(list)

    def add(self, snapshot: Snapshot, reason: str) -> None:
        self._by_id[snapshot.id].append(reason)

    def of(self, snapshot: Snapshot) -> Sequence[str]:
        return self._by_id.get(snapshot.id, ())


def _histories(snapshots: Iterable[Snapshot]) -> Iterable[list[Snapshot]]:
    """The snapshots of each cluster, oldest first."""
    found: dict[str, list[Snapshot]] = defaultdict(list)
    for each in snapshots:
        found[each.cluster.key].append(each)
    return found.values()


def _newest_complete(history: Sequence[Snapshot]) -> Snapshot | None:
    """The newest complete snapshot; one of the whole cluster wins over one of a namespace."""
    complete = [each for each in history if each.complete]
    whole = [each for each in complete if each.namespace_filter is None]
    return (whole or complete)[-1] if complete else None


def _kept_by_rules(history: Sequence[Snapshot], rules: Rules) -> Iterator[tuple[Snapshot, str]]:
    if rules.keep:
        for each in history[-rules.keep :]:
            yield each, f"among the newest {rules.keep}"
    periods = ((rules.daily, _day), (rules.weekly, _week), (rules.monthly, _month))
    for number, period in periods:
        if number:
            yield from _best_of_each(history, number, period)


def _best_of_each(
    history: Sequence[Snapshot], number: int, period: Callable[[date], str]
) -> Iterator[tuple[Snapshot, str]]:
    """One snapshot of each of the newest periods, and all whose time says no day."""
    found: dict[str, list[Snapshot]] = defaultdict(list)
    for each in history:
        try:
            found[period(date.fromisoformat(each.timestamp[:10]))].append(each)
        except ValueError:
            yield each, "its time cannot be read"
    for name in sorted(found, reverse=True)[:number]:
        yield max(reversed(found[name]), key=_worth), name


def _worth(snapshot: Snapshot) -> tuple[bool, bool, int]:
    """Of two of a period the one that knows more stays; of equal ones the newest."""
    known = sum(count is not None for count in snapshot.counts.values())
    return snapshot.complete, snapshot.namespace_filter is None, known


def _day(day: date) -> str:
    return f"day {day}"


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"week {year:04}-W{week:02}"


def _month(day: date) -> str:
    return f"month {str(day)[:7]}"


def _before(now: str, older_than: timedelta) -> str:
    try:
        oldest = datetime.fromisoformat(now) - older_than
    except OverflowError:  # before the year 1: nothing is that old
        return ""
    return oldest.isoformat(" ", "seconds")  # strftime does not pad years before 1000

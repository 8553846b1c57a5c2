"""Which snapshots stay, which go, and why."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from k8s_datamodel.base.errors import UsageError
from k8s_datamodel.data.snapshots import ClusterInfo, Snapshot
from k8s_datamodel.naming.amounts import age, size_of
from k8s_datamodel.naming.retention import Rules, Verdict, plan, removable, without

NOW = "2024-03-31 12:00:00"


def taken(number: int, timestamp: str, context: str = "prod", uid: str | None = None) -> Snapshot:
    return Snapshot(timestamp, ClusterInfo(context, uid), {}, id=number)


DAILY = [taken(day, f"2024-03-{day:02} 10:00:00") for day in range(1, 32)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30 days", timedelta(days=30)),
        ("12h", timedelta(hours=12)),
        ("2 weeks", timedelta(weeks=2)),
        ("1 Day", timedelta(days=1)),
        ("90min", timedelta(minutes=90)),
        ("1y", timedelta(days=365)),
    ],
)
def test_age(text: str, expected: timedelta) -> None:
    assert age(text) == expected


@pytest.mark.parametrize(
    "text", ["", "30", "days", "-1 days", "1 fortnight", "999999999 years", "1.5h"]
)
def test_no_age(text: str) -> None:
    with pytest.raises(UsageError, match=r"age|too long"):
        age(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2GB", 2 * 1024**3),
        ("1.5 GiB", 3 * 1024**3 // 2),
        ("500 mb", 500 * 1024**2),
        ("10k", 10240),
        ("4096", 4096),
        ("4096 bytes", 4096),
    ],
)
def test_size(text: str, expected: int) -> None:
    assert size_of(text) == expected


@pytest.mark.parametrize("text", ["", "0", "0GB", "-1GB", "GB", "2 GX", "1,5GB", "two"])
def test_no_size(text: str) -> None:
    with pytest.raises(UsageError, match="invalid size"):
        size_of(text)


def gone(snapshots: Sequence[Snapshot], rules: Rules) -> list[int]:
    return [each.snapshot.id for each in plan(snapshots, rules, NOW, {}) if not each.stays]


def test_keep_leaves_the_newest_of_each_cluster() -> None:
    other = [taken(40, "2024-01-01 00:00:00", "dev"), taken(41, "2024-01-02 00:00:00", "dev")]
    assert gone([*other, *DAILY], Rules(keep=2)) == list(range(1, 30))


def test_two_contexts_of_one_cluster_are_one() -> None:
    aliases = [taken(1, "2024-01-01 00:00:00", "a", "u"), taken(2, "2024-01-02 00:00:00", "b", "u")]
    assert gone(aliases, Rules(keep=1)) == [1]


def test_older_than_is_by_time() -> None:
    assert gone(DAILY, Rules(older_than=timedelta(days=30))) == [1]


def test_without_a_plan_both_conditions_must_hold() -> None:
    assert gone(DAILY, Rules(keep=29, older_than=timedelta(days=1))) == [1, 2]
    assert gone(DAILY, Rules(keep=1, older_than=timedelta(days=400))) == []


@pytest.mark.parametrize("years", [1100, 5000])
def test_an_age_before_our_era_removes_nothing(years: int) -> None:
    assert gone(DAILY, Rules(older_than=timedelta(days=365 * years))) == []


@pytest.mark.parametrize(
    ("rules", "kept"),
    [
        (Rules(daily=2), [30, 31]),
        (Rules(weekly=2), [24, 31]),  # the 31st of March 2024 is a Sunday
        (Rules(monthly=5), [31]),
        (Rules(daily=1, weekly=3), [17, 24, 31]),
        (Rules(keep=3, monthly=1), [29, 30, 31]),
        (Rules(daily=1, older_than=timedelta(days=3)), [29, 30, 31]),
        (Rules(sized=True), list(range(1, 32))),
        (Rules(sized=True, older_than=timedelta(days=3)), list(range(1, 32))),
    ],
)
def test_what_one_rule_keeps_stays(rules: Rules, kept: list[int]) -> None:
    assert gone(DAILY, rules) == [each.id for each in DAILY if each.id not in kept]


def test_days_without_a_snapshot_do_not_count() -> None:
    snapshots = [taken(1, "2023-01-05 00:00:00"), taken(2, "2024-01-05 00:00:00")]
    assert gone(snapshots, Rules(daily=2)) == []
    assert gone(snapshots, Rules(weekly=2)) == []


def known(
    number: int, time: str, *, complete: bool = True, namespace: str | None = None, crds: int = 1
) -> Snapshot:
    counts = {"crds": crds, "operators": 1} if crds else {"crds": None, "operators": 1}
    return Snapshot(
        f"2024-03-30 {time}",
        ClusterInfo("prod", "u"),
        counts,
        id=number,
        complete=complete,
        namespace_filter=namespace,
    )


@pytest.mark.parametrize(
    ("later", "kept"),
    [
        (known(2, "20:00:00"), 2),
        (known(2, "20:00:00", complete=False), 1),
        (known(2, "20:00:00", namespace="shop"), 1),
        (known(2, "20:00:00", crds=0), 1),
    ],
)
def test_of_a_day_the_newest_that_knows_most_stays(later: Snapshot, kept: int) -> None:
    day = [known(1, "10:00:00"), later, taken(3, "2024-03-31 00:00:00", "prod", "u")]
    assert gone(day, Rules(daily=2)) == [3 - kept]


def test_a_time_that_says_no_day_is_kept() -> None:
    odd = taken(1, "some day")
    found = plan([odd, *DAILY[1:]], Rules(daily=1, weekly=1), NOW, {})
    assert found[0].reasons == ("its time cannot be read",)


def test_the_reasons() -> None:
    rules = Rules(keep=1, daily=1, weekly=1, monthly=1, older_than=timedelta(days=1))
    found = plan(DAILY, rules, NOW, {1: "gold"})
    assert found[0].reasons == ("baseline gold",)
    assert found[1].reasons == ("no rule keeps it",)
    assert found[30].reasons == (
        "not old enough",
        "newest complete of its cluster",
        "among the newest 1",
        "day 2024-03-31",
        "week 2024-W13",
        "month 2024-03",
    )
    both = plan(DAILY, Rules(keep=2, older_than=timedelta(days=2)), NOW, {})
    assert both[0].reasons == ("not among the newest 2", "old enough")


MOMENTS = st.integers(0, 80 * 24).map(
    lambda hours: (datetime.fromisoformat(NOW) - timedelta(hours=hours)).isoformat(" ")
)
NUMBERS = st.none() | st.integers(1, 5)
RULES = st.builds(
    Rules,
    keep=NUMBERS,
    daily=NUMBERS,
    weekly=NUMBERS,
    monthly=NUMBERS,
    older_than=st.none() | st.integers(0, 90).map(lambda days: timedelta(days=days)),
    sized=st.booleans(),
)
CLUSTERS = st.sampled_from(
    [ClusterInfo("a", "1"), ClusterInfo("b", "1"), ClusterInfo("a"), ClusterInfo("c", "2")]
)
HISTORIES = st.lists(
    st.tuples(MOMENTS, CLUSTERS, st.booleans(), st.sampled_from([None, None, "shop"])), max_size=40
)
EXAMPLES = int(os.environ.get("RETAINED", "60"))


def histories(given: Sequence[Verdict]) -> dict[str, list[Verdict]]:
    found: dict[str, list[Verdict]] = {}
    for each in given:
        cluster = each.snapshot.cluster
        found.setdefault(cluster.uid or cluster.context, []).append(each)
    return found


def periods(history: Sequence[Verdict], rules: Rules) -> list[tuple[int, set[str], list[str]]]:
    """Of each rule how many periods it keeps, those kept, and all, the newest first."""
    names = {
        "daily": str,
        "weekly": lambda day: str(day - timedelta(days=day.weekday())),
        "monthly": lambda day: str(day)[:7],
    }
    found = []
    for rule, name in names.items():
        if number := getattr(rules, rule):
            days = [(each, date.fromisoformat(each.snapshot.timestamp[:10])) for each in history]
            stays = {name(day) for each, day in days if each.stays}
            found.append((number, stays, sorted({name(day) for _, day in days}, reverse=True)))
    return found


@settings(max_examples=EXAMPLES, deadline=None, database=None, derandomize=True)
@given(HISTORIES, RULES, st.sets(st.integers(1, 40), max_size=4), st.integers(0, 40))
def test_nothing_that_a_rule_keeps_goes(
    made: list[tuple[str, ClusterInfo, bool, str | None]],
    rules: Rules,
    named: set[int],
    removed: int,
) -> None:
    snapshots = [
        Snapshot(time, cluster, {}, id=number, complete=complete, namespace_filter=namespace)
        for number, (time, cluster, complete, namespace) in enumerate(sorted(made, key=str), 1)
    ]
    found = plan(snapshots, rules, NOW, {each: f"name{each}" for each in named})
    assert [each.snapshot for each in found] == snapshots
    assert all(each.reasons for each in found)
    limit = None
    if rules.older_than is not None:
        limit = (datetime.fromisoformat(NOW) - rules.older_than).isoformat(" ")
    for history in histories(found).values():
        complete = [each for each in history if each.snapshot.complete]
        if rules.planned:
            assert any(each.stays for each in complete) or not complete
            for number, stays, every in periods(history, rules):
                assert set(every[:number]) <= stays
        assert all(each.stays for each in history[-(rules.keep or 0) :] if rules.keep)
        for each in history:
            newest = "newest complete of its cluster" in each.reasons
            assert not newest or each.snapshot.complete
            assert each.stays or not each.safe
    for each in found:
        young = limit is not None and each.snapshot.timestamp >= limit
        assert not (young or each.snapshot.id in named) or (each.stays and each.safe)
    after = without(found, removable(found)[:removed], "2 GB")
    assert [each for each in after if each.safe] == [each for each in found if each.safe]
    assert [each.stays for each in found if not each.stays] == [
        new.stays for old, new in zip(found, after, strict=True) if not old.stays
    ]

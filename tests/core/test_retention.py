from __future__ import annotations

from datetime import timedelta

import pytest

from k8s_datamodel.base.errors import UsageError
from k8s_datamodel.data.snapshots import ClusterInfo, Snapshot
from k8s_datamodel.naming.retention import age, doomed

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


def test_keep_leaves_the_newest_of_each_cluster() -> None:
    other = [taken(40, "2024-01-01 00:00:00", "dev"), taken(41, "2024-01-02 00:00:00", "dev")]
    gone = doomed([*other, *DAILY], NOW, 2, None)
    assert [each.id for each in gone] == list(range(1, 30))


def test_two_contexts_of_one_cluster_are_one() -> None:
    aliases = [taken(1, "2024-01-01 00:00:00", "a", "u"), taken(2, "2024-01-02 00:00:00", "b", "u")]
    assert [each.id for each in doomed(aliases, NOW, 1, None)] == [1]


def test_older_than_is_by_time() -> None:
    gone = doomed(DAILY, NOW, None, timedelta(days=30))
    assert [each.id for each in gone] == [1]


def test_both_conditions_must_hold() -> None:
    gone = doomed(DAILY, NOW, 29, timedelta(days=1))
    assert [each.id for each in gone] == [1, 2]
    assert doomed(DAILY, NOW, 1, timedelta(days=400)) == []


def test_an_age_before_our_era_removes_nothing() -> None:
    assert doomed(DAILY, NOW, None, timedelta(days=365 * 1100)) == []
    assert doomed(DAILY, NOW, None, timedelta(days=365 * 5000)) == []

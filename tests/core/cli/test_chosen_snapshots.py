"""Which snapshots a list shows, and which names a baseline may have."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from k8s_datamodel.base.clock import now
from k8s_datamodel.base.errors import UsageError
from k8s_datamodel.cli.commands.database_names import check_name
from k8s_datamodel.cli.params.chosen_snapshots import Chosen
from k8s_datamodel.data.snapshots import ClusterInfo, Snapshot


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("2026-11-01", "2026-11-01 00:00:00", "2026-11-01 23:59:59"),
        ("2026-11-01 +02:00", "2026-10-31 22:00:00", "2026-11-01 21:59:59"),
        ("2026-11-01 08:00", "2026-11-01 08:00:00", "2026-11-01 08:00:00"),
        ("2026-11-01 08:00+02:00", "2026-11-01 06:00:00", "2026-11-01 06:00:00"),
    ],
)
def test_times(text: str, since: str, until: str) -> None:
    chosen = Chosen.of(text, text, None)
    assert (chosen.since, chosen.until) == (since, until)


def test_a_time_before_now() -> None:
    since = Chosen.of("3 days ago", None, None).since or ""
    passed = datetime.fromisoformat(now()) - datetime.fromisoformat(since)
    assert timedelta(days=3) <= passed < timedelta(days=3, minutes=1)
    yesterday = Chosen.of("yesterday", "yesterday", None)
    assert (yesterday.since or "")[10:] == " 00:00:00"
    assert (yesterday.until or "")[10:] == " 23:59:59"


@pytest.mark.parametrize("text", ["", "bad", "2026-13-01", "ago", "3 ago", "99999999 years ago"])
def test_no_time(text: str) -> None:
    with pytest.raises(UsageError, match=r"no time|age|too long"):
        Chosen.of(text or " ", None, None)


@pytest.mark.parametrize(
    ("since", "until", "notes", "fits"),
    [
        (None, None, None, True),
        ("2026-11-02", "2026-11-02", None, True),
        ("2026-11-03", None, None, False),
        (None, "2026-11-01", None, False),
        (None, None, "*UPGRADE*", True),
        (None, None, "upgrade", False),
    ],
)
def test_chosen(since: str | None, until: str | None, notes: str | None, fits: bool) -> None:
    snapshot = Snapshot("2026-11-02 10:00:00", ClusterInfo("prod"), {}, notes="before Upgrade 2")
    assert Chosen.of(since, until, notes).fits(snapshot) is fits
    bare = Snapshot("2026-11-02 10:00:00", ClusterInfo("prod"), {})
    assert Chosen.of(None, None, "?*").fits(bare) is False


@pytest.mark.parametrize("name", ["gold", "before-upgrade", "v1.31", "2026_q4", "a" * 100])
def test_a_name(name: str) -> None:
    assert check_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        *("", "1", "007", "latest", "latest~1", "latest-good", "live", "live:prod", "@2026-11-01"),
        *("a:b", "a/b", ".hidden", "dump.tar.gz", "old.db", "a b", "-x", "é", "a" * 101, "1\n"),
    ],
)
def test_a_name_that_means_something_else(name: str) -> None:
    with pytest.raises(UsageError, match="cannot name a baseline"):
        check_name(name)

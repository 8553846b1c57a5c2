"""What an answer lacks is said once, and makes the exit code."""

from __future__ import annotations

import pytest

from k8s_datamodel.api import ClusterInfo, LedgerEntry, Outcome, Snapshot
from k8s_datamodel.cli.frame.missing import Missing
from k8s_datamodel.reading.moments import Moment
from support.sql_stores import WIDGETS

UNREAD = LedgerEntry("widgets", "widgets.parts.example.org", Outcome("forbidden", "no", 403))
EVIDENCE = LedgerEntry("widgets", "roles", Outcome("failed", "no"), optional=True)
SKIPPED = LedgerEntry("widgets", "widgets.parts.example.org", Outcome("skipped", "not in it"))


class Talk:
    """Takes down what is said."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.complaints: list[str] = []
        self.missing = Missing(self.said.append, self.complaints.append)
        self.missing.allowed = False


class Told(Moment):
    """What is said of a moment; none of these tests reads it."""

    cluster = rows = finish = probe = count = None  # type: ignore[assignment]


@pytest.fixture
def talk() -> Talk:
    return Talk()


def moment(*ledger: LedgerEntry, count: int | None = None, snapshot: bool = False) -> Moment:
    whole = not any(entry.incomplete for entry in ledger)
    stored = Snapshot("2024-03-15 10:30:15", ClusterInfo("prod"), {}, complete=whole, id=7)
    counts = {"widgets": count}
    return Told([WIDGETS], "now", None, counts, ledger, stored if snapshot else None)


@pytest.mark.parametrize(
    ("allowed", "failed", "incomplete", "code"),
    [
        (False, False, False, 0),
        (False, False, True, 3),
        (True, False, True, 0),
        (False, True, True, 1),
        (True, True, False, 1),
    ],
)
def test_the_exit_code(
    talk: Talk, allowed: bool, failed: bool, incomplete: bool, code: int
) -> None:
    talk.missing.allowed, talk.missing.failed = allowed, failed
    if incomplete:
        talk.missing.add("something")
    assert talk.missing.code() == code
    assert talk.complaints == (["something"] if incomplete else [])


def test_many_reads_are_not_all_named(talk: Talk) -> None:
    talk.missing.reads([UNREAD] * 12, "; see there", "prod")
    first = "prod: could not read widgets.parts.example.org: forbidden (HTTP 403): no"
    assert talk.complaints[0] == first
    assert talk.complaints[10:] == ["prod: and 2 more could not be read; see there"]
    assert talk.missing.code() == 3


def test_evidence_makes_nothing_incomplete(talk: Talk) -> None:
    talk.missing.of(moment(EVIDENCE, count=1))
    assert talk.missing.code() == 0
    [line] = talk.said
    assert line == "widgets: could not read roles (failed), so the answer has less evidence"


@pytest.mark.parametrize(
    ("of", "line"),
    [
        (moment(snapshot=True), "snapshot 7 was stored without Widgets"),
        (
            moment(UNREAD, snapshot=True),
            "snapshot 7 is incomplete: database show 7 --ledger",
        ),
        (moment(UNREAD), "could not read widgets.parts.example.org: forbidden (HTTP 403): no"),
        (moment(SKIPPED), "it is not known whether there are Widgets: not in it"),
    ],
)
def test_what_a_moment_lacks_is_said_at_the_end(talk: Talk, of: Moment, line: str) -> None:
    talk.missing.of(of)
    assert talk.complaints == []
    assert talk.missing.code() == 3
    assert talk.complaints == [line]


def test_what_only_enriches_may_be_unread(talk: Talk) -> None:
    talk.missing.of(moment(UNREAD, count=1), about=(), enriching=["widgets"])
    assert talk.missing.code() == 0
    assert talk.complaints == []

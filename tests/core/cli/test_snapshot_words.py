"""Which snapshot a word means, and which times cannot be right."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click
import pytest

from k8s_datamodel.base.errors import SnapshotNotFoundError, UsageError
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.moments.named_snapshots import named_snapshot
from k8s_datamodel.cli.params.snapshot_options import shown_line, stored_line, with_snapshot
from k8s_datamodel.contracts.stores import SnapshotQuery
from k8s_datamodel.data.columns import Column
from k8s_datamodel.data.snapshots import ClusterInfo, Snapshot
from k8s_datamodel.naming.snapshot_names import ahead_of, resolve
from k8s_datamodel.types.resource_types import ResourceType

TAKEN = {
    1: ("2024-03-01 10:00:00", "prod"),
    2: ("2024-03-02 10:00:00", "staging"),
    3: ("2999-03-03 10:00:00", "prod"),
    7: ("2024-03-04 10:00:00", "prod"),
}
SNAPSHOTS = [Snapshot(time, ClusterInfo(name), {}, id=i) for i, (time, name) in TAKEN.items()]


class Stored:
    """The snapshots above, as a store gives them."""

    def snapshots(self, query: SnapshotQuery) -> list[Snapshot]:
        wanted = query.cluster_context
        found = [
            each
            for each in SNAPSHOTS
            if wanted in (None, each.cluster.context) and each.cluster.context != query.other_than
        ]
        return found[-query.limit :] if query.limit else found

    def snapshot(self, number: int) -> Snapshot:
        for each in SNAPSHOTS:
            if each.id == number:
                return each
        raise SnapshotNotFoundError(f"no {number}")


STORE: Any = Stored()


@pytest.mark.parametrize(
    ("word", "context", "number"),
    [
        ("1", None, 1),
        ("07", None, 7),
        ("latest", None, 7),
        ("latest~0", None, 7),
        ("latest~1", None, 3),
        ("latest~3", None, 1),
        ("latest", "staging", 2),
        ("latest~2", "prod", 1),
        ("2", "prod", 2),
    ],
)
def test_a_word_means_a_snapshot(word: str, context: str | None, number: int) -> None:
    assert resolve(STORE, word, context).id == number


@pytest.mark.parametrize(
    "word", ["", "newest", "latest~", "latest~-1", "latest~1.5", "Latest", "-1", "1.0", "latest 1"]
)
def test_other_words_mean_none_in_any_database(word: str) -> None:
    with pytest.raises(UsageError, match="latest~1"):
        resolve(STORE, word)


@pytest.mark.parametrize(
    ("word", "context", "said"),
    [
        ("4", None, "4"),
        ("latest~4", None, "latest~4: .*4"),
        ("latest~1", "staging", "of staging: .*1"),
        ("latest", "nowhere", "of nowhere; there are of prod, staging"),
        ("9" * 19, None, "9999"),
        ("latest~" + "9" * 19, None, "latest~9999"),
    ],
)
def test_what_this_database_lacks_is_said(word: str, context: str | None, said: str) -> None:
    with pytest.raises(SnapshotNotFoundError, match=said):
        resolve(STORE, word, context)


def test_times_ahead_of_now() -> None:
    assert [each.id for each in ahead_of(SNAPSHOTS, "2024-03-03 00:00:00")] == [3, 7]


@pytest.mark.parametrize(
    ("word", "settings", "asked", "number", "told"),
    [
        ("latest", None, None, 7, False),
        ("latest", "staging", None, 2, False),
        ("latest", "staging", "prod", 7, False),
        ("latest~1", None, None, 3, True),
        ("3", None, None, 3, False),
    ],
)
def test_the_settings_name_the_cluster_and_a_wrong_time_is_told(
    capsys: pytest.CaptureFixture[str],
    word: str,
    settings: str | None,
    asked: str | None,
    number: int,
    told: bool,
) -> None:
    app = App()
    app.settings.context = settings
    assert named_snapshot(app, STORE, word, asked).id == number
    said = capsys.readouterr().err
    assert ("2999-03-03" in said) == told
    unnamed = word != "3" and not settings and not asked
    assert (f"{word} is snapshot {number} of prod, of several clusters" in said) == unnamed


def test_latest_of_the_only_cluster_and_a_time_ahead(capsys: pytest.CaptureFixture[str]) -> None:
    named_snapshot(App(), STORE, "latest", told=False)
    only: Any = Stored()
    only.snapshots = lambda query: SNAPSHOTS[:1]
    named_snapshot(App(), only, "latest")
    named_snapshot(App(), STORE, "@today")
    assert capsys.readouterr().err == ""
    named_snapshot(App(), STORE, "@2998-01-01")
    assert "@2998-01-01 is ahead of now: snapshot 7 is the newest" in capsys.readouterr().err


def test_a_database_without_snapshots() -> None:
    empty: Any = Stored()
    empty.snapshots = lambda query: []
    for word in ("latest", "prod:latest", "@today"):
        with pytest.raises(SnapshotNotFoundError, match="the database has no snapshot"):
            resolve(empty, word)


@pytest.mark.parametrize("name", ["source", "cluster_name", "namespace"])
def test_what_reads_anew_contradicts_a_stored_snapshot(name: str) -> None:
    app = App()
    context = click.Context(click.Command("list"), obj=app)
    with_snapshot(context)
    app.typed = {name}
    with pytest.raises(UsageError, match=f"--{name.replace('_', '-')}"):
        with_snapshot(context)
    context.resilient_parsing = True  # while a shell completes
    with_snapshot(context)


WIDGETS = ResourceType(
    name="widgets",
    command="widget",
    singular="widget",
    plural="widgets",
    columns=(Column("name", show="table"),),
    identity=("name",),
    collector="nowhere:collect",
    reads=(),
)


@pytest.mark.parametrize(
    ("count", "complete", "told"),
    [
        (1, True, "Stored snapshot 7 of prod: 1 widget in 2.3 s."),
        (1234, True, "Stored snapshot 7 of prod: 1,234 widgets in 2.3 s."),
        (0, False, "Stored snapshot 7 of prod: 0 widgets in 2.3 s. It is incomplete."),
        (None, False, "Stored snapshot 7 of prod: Widgets unknown in 2.3 s. It is incomplete."),
    ],
)
def test_the_line_on_what_was_stored(count: int | None, complete: bool, told: str) -> None:
    counts = {"widgets": count}
    taken = Snapshot("t", ClusterInfo("prod"), counts, complete=complete, seconds=2.26, id=7)
    assert stored_line(taken, [WIDGETS]) == told


@pytest.mark.parametrize(
    ("now", "age"),
    [
        ("2024-03-02 10:00:00", "just now"),
        ("2024-03-02 10:00:59", "just now"),
        ("2024-03-02 10:01:59", "1 minute ago"),
        ("2024-03-02 12:59:59", "2 hours ago"),
        ("2024-03-03 09:59:59", "23 hours ago"),
        ("2024-03-05 10:00:00", "3 days ago"),
        ("2044-03-02 10:00:00", "7,305 days ago"),
        ("2024-03-02 09:59:59", "ahead of now"),
    ],
)
def test_the_line_on_a_shown_snapshot_tells_its_age(now: str, age: str) -> None:
    line = shown_line(SNAPSHOTS[1], now)
    assert line == f"Snapshot 2 of staging, 2024-03-02 10:00:00 UTC, {age}."


def test_the_line_on_a_shown_snapshot_tells_its_namespace() -> None:
    limited = replace(SNAPSHOTS[1], namespace_filter="apps")
    assert ", namespace apps, " in shown_line(limited, "2024-03-02 10:00:00")

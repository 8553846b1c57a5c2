"""What values complete to, and what a shell is answered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import click
import pytest

from k8s_datamodel.cli.completing import answer, completions
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.params.candidates import (
    SECONDS,
    SECONDS_VARIABLE,
    Completed,
    names_of,
    seconds,
    stored_contexts,
    values_of,
)
from k8s_datamodel.cli.params.snapshot_options import SNAPSHOT
from k8s_datamodel.data.columns import Column
from k8s_datamodel.data.snapshots import ClusterInfo, Snapshot
from k8s_datamodel.types.resource_types import ResourceType

WIDGETS = ResourceType(
    name="widgets",
    command="widget",
    singular="Widget",
    plural="widgets",
    columns=(Column("namespace", show="table"), Column("name", show="table"), Column("colour")),
    identity=("namespace", "name"),
    collector="nowhere:collect",
    reads=(),
)
ROWS = [
    {"namespace": "shop", "name": "web", "colour": "red"},
    {"namespace": "shop", "name": "api", "colour": "blue"},
    {"namespace": "test", "name": "web", "colour": None},
    {"namespace": "test", "name": "mail", "colour": "red"},
]
SNAPSHOTS = [
    Snapshot("2024-03-01 10:00:00", ClusterInfo("prod"), {}, id=1),
    Snapshot("2024-03-02 10:00:00", ClusterInfo("staging"), {}, id=12),
    Snapshot("2024-03-03 10:00:00", ClusterInfo("prod"), {}, id=23),
]


class Stored(App):
    """A command line with a database in memory, and no cluster."""

    @contextmanager
    def store(self, *, create: bool = False) -> Iterator[Any]:
        yield SimpleNamespace(
            snapshots=lambda *_: SNAPSHOTS,
            records=lambda *_, **__: iter(ROWS),
            ledger=lambda *_: [],
        )

    @property
    def opening(self) -> Any:
        return SimpleNamespace(contexts=lambda: ("prod", "staging"))


@pytest.fixture
def context() -> click.Context:
    return click.Context(click.Command("get"), obj=Stored())


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("", ["api", "mail", "shop/web", "test/web"]),
        ("a", ["api", "shop/web", "test/web", "mail"]),
        ("w", ["shop/api", "shop/web", "test/mail", "test/web"]),
        ("shop/", ["shop/api", "shop/web", "test/mail", "test/web"]),
    ],
)
def test_names_bring_their_namespace_where_they_must(
    context: click.Context, typed: str, offered: list[str]
) -> None:
    assert sorted(names_of(WIDGETS)(context, typed)) == sorted(offered)


def test_values_of_a_column_stand_once(context: click.Context) -> None:
    assert list(values_of(WIDGETS, "colour")(context, "")) == ["blue", "red"]


def test_contexts_of_what_is_stored(context: click.Context) -> None:
    assert list(stored_contexts(context, "")) == ["prod", "staging"]


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("", ["latest", "1", "12", "23"]),
        ("1", ["1", "12"]),
        ("la", ["latest"]),
        ("st", ["staging:latest"]),
        ("staging:", ["staging:latest"]),
        ("9", []),
    ],
)
def test_snapshots(context: click.Context, typed: str, offered: list[str]) -> None:
    items = SNAPSHOT.shell_complete(context, click.Argument(["snapshot"]), typed)
    assert [item.value for item in items] == offered
    assert {item.help for item in items if item.value == "12"} <= {"2024-03-02 10:00:00 staging"}


@pytest.mark.parametrize(
    ("typed", "offered"), [("", ["red", "rose", "blue"]), ("r", ["red", "rose"]), ("x", [])]
)
def test_texts_that_begin_so_each_once(
    context: click.Context, typed: str, offered: list[str]
) -> None:
    colours = Completed("colour", lambda *_: ("red", "rose", "red", "blue"))
    items = colours.shell_complete(context, click.Option(["--colour"]), typed)
    assert [item.value for item in items] == offered


@pytest.mark.parametrize(("said", "expected"), [("2.5", 2.5), ("soon", SECONDS), (None, SECONDS)])
def test_the_time_for_an_answer(
    monkeypatch: pytest.MonkeyPatch, said: str | None, expected: float
) -> None:
    if said is not None:
        monkeypatch.setenv(SECONDS_VARIABLE, said)
    assert seconds() == expected


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["data"], ["database"]),
        (["database", "sto"], ["store"]),
        (["crd", "list", "--context", "st"], ["staging"]),
        (["crd", "list", "--context=st"], ["--context=staging"]),
        (["database", "show", "2"], ["23"]),
        (["crd", "list", "--conte"], ["--contexts", "--context"]),
        (["crd", "list", "--context", "nowhere"], []),
    ],
)
def test_the_last_word_becomes(words: list[str], offered: list[str]) -> None:
    assert [item.value for item in completions(Stored(), words)] == offered


@pytest.mark.parametrize(
    ("arguments", "mode", "printed"),
    [
        (["database", "show", "12"], "words", ["12"]),
        (["k8s-datamodel database show staging:", " =:"], "line", ["latest"]),
        (["k8s-datamodel database show 12", " =:"], "line", ["12"]),
        (["k8s-datamodel database sto", " =:"], "line", ["store"]),
        (["k8s-datamodel database show ", " =:"], "line", ["latest", "1", "12", "23"]),
        (["k8s-datamodel crd list --context=st", " =:"], "line", ["staging"]),
        (["k8s-datamodel crd list --context=st", " "], "line", ["--context=staging"]),
        (["k8s-datamodel crd list --source ''", " "], "line", ["-"]),
    ],
)
def test_a_line_for_each_completion(
    capsys: pytest.CaptureFixture[str], arguments: list[str], mode: str, printed: list[str]
) -> None:
    assert answer(Stored(), arguments, mode) == 0
    lines = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert [value for _, value, _ in lines] == printed
    assert {kind for kind, _, _ in lines} <= {"plain", "file", "dir"}

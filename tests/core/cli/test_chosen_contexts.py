"""Which contexts the patterns of ``--contexts`` mean."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import click
import pytest

from k8s_datamodel.base.errors import UsageError
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.params.context_options import chosen, contexts_options, several

THERE = ("prod", "prod-eu", "prod-us", "staging", "odd[1]")


class Named(App):
    """A command line with a kubeconfig of some contexts."""

    @property
    def opening(self) -> Any:
        return SimpleNamespace(contexts=lambda: THERE)


def parsed(*arguments: str, app: App | None = None) -> click.Context:
    command = click.command("list")(contexts_options()(lambda: None))
    return command.make_context("list", list(arguments), obj=app or Named())


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        (["prod"], ["prod"]),
        (["prod*"], ["prod", "prod-eu", "prod-us"]),
        (["prod-??"], ["prod-eu", "prod-us"]),
        (["staging", "prod*"], ["staging", "prod", "prod-eu", "prod-us"]),
        (["prod-us", "prod*"], ["prod-us", "prod", "prod-eu"]),
        (["prod", "prod"], ["prod"]),
        (["odd[1]"], ["odd[1]"]),
        (["*"], list(THERE)),
    ],
)
def test_patterns_mean_contexts_each_once_in_their_order(
    patterns: list[str], expected: list[str]
) -> None:
    assert chosen(patterns, THERE) == expected


@pytest.mark.parametrize(
    ("patterns", "there", "said"),
    [
        (["nowhere"], THERE, "'nowhere'.*prod, prod-eu"),
        (["prod", "PROD"], THERE, "'PROD'"),
        (["x*"], (), "'x\\*'.*none"),
        ([], THERE, "no context"),
    ],
)
def test_a_pattern_that_means_none_is_an_error(
    patterns: list[str], there: Sequence[str], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        chosen(patterns, there)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--contexts", "staging,prod"], ["staging", "prod"]),
        (["--contexts", " staging , ,prod "], ["staging", "prod"]),
        (["--contexts", "staging", "--contexts", "prod*"], ["staging", *THERE[:3]]),
        (["--all-contexts"], list(THERE)),
        (["--all-contexts", "--parallel", "2"], list(THERE)),
    ],
)
def test_several_contexts(arguments: list[str], expected: list[str]) -> None:
    fleet = several(parsed(*arguments))
    assert fleet is not None
    assert fleet.contexts == expected


def test_without_the_options_there_is_the_one_of_the_settings() -> None:
    assert several(parsed()) is None


@pytest.mark.parametrize(
    ("arguments", "typed", "snapshot", "said"),
    [
        (["--parallel", "2"], set(), None, "--parallel"),
        (["--contexts", "prod", "--all-contexts"], set(), None, "not both"),
        (["--contexts", "prod"], {"context"}, None, "--contexts.*--context$"),
        (["--all-contexts"], {"source"}, None, "--all-contexts.*--source"),
        (["--contexts", "prod"], {"cluster_name"}, None, "--cluster-name"),
        (["--contexts", "prod"], set(), "latest", "--snapshot"),
        (["--contexts", ","], set(), None, "no context"),
    ],
)
def test_options_that_contradict_each_other(
    arguments: list[str], typed: set[str], snapshot: str | None, said: str
) -> None:
    app = Named()
    app.typed = typed
    with pytest.raises(UsageError, match=said):
        several(parsed(*arguments, app=app), snapshot)


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("", list(THERE)),
        ("st", ["staging"]),
        ("staging,", ["staging,prod", "staging,prod-eu", "staging,prod-us", "staging,odd[1]"]),
        ("staging,prod-e", ["staging,prod-eu"]),
        ("x", []),
    ],
)
def test_contexts_complete_behind_those_that_stand_there(typed: str, offered: list[Any]) -> None:
    context = parsed()
    option = context.command.params[0]
    items = option.type.shell_complete(context, option, typed)
    assert [item.value for item in items] == offered

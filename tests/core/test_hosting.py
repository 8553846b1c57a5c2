"""Any click command takes the global options, and keeps what it is."""

from __future__ import annotations

import click
import pytest

from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.params.hosting import hosted


class Loud(click.Command):
    """A class of a plugin's own."""

    def make_context(self, *args: object, **more: object) -> click.Context:
        context = super().make_context(*args, **more)  # type: ignore[arg-type]
        context.meta["loud"] = True
        return context


@click.group("tools")
def tools() -> None:
    """A group of a plugin's."""


@tools.command("shout", cls=Loud)
@click.option("-n", "--number", type=int, default=1)
@click.pass_context
def shout(ctx: click.Context, number: int) -> tuple[bool, int]:
    """Shout."""
    return ctx.meta["loud"], number


def run(app: App, *words: str) -> object:
    return hosted(tools).main([*words], "tools", standalone_mode=False, obj=app)


@pytest.mark.parametrize("words", [("--db-path", "x.db", "shout"), ("shout", "--db-path", "x.db")])
def test_a_command_of_any_class_takes_the_global_options(words: tuple[str, ...]) -> None:
    app = App()
    assert run(app, *words) == (True, 1)
    assert app.settings.db_path == "x.db"


def test_an_option_of_the_command_comes_before_a_global_one_of_its_name() -> None:
    app = App()
    assert run(app, "shout", "-n", "3") == (True, 3)
    assert app.settings.namespace is None


def test_the_command_of_the_plugin_is_left_as_it_was() -> None:
    params = list(shout.params)
    run(App(), "shout")
    assert (type(shout), shout.params) == (Loud, params)


def test_help_lists_the_global_options_apart(capsys: pytest.CaptureFixture[str]) -> None:
    run(App(), "shout", "-h")
    told = capsys.readouterr().out
    assert told.index("Options:") < told.index("--number") < told.index("Global options:")
    assert told.index("Global options:") < told.index("--db-path")

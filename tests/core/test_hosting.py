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


def told(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    run(App(), *words)
    return capsys.readouterr().out


@pytest.mark.parametrize("words", [(), ("shout",)])
@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_has_one_line_on_the_global_options(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], option: str
) -> None:
    lines = told(capsys, *words, option).splitlines()
    (line,) = [each for each in lines if "Global options" in each]
    assert "--help-all" in line
    assert not [each for each in lines if each.lstrip().startswith("--db-path")]
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize("words", [(), ("shout",)])
def test_help_all_lists_the_global_options_after_all_else(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    text = told(capsys, *words, "--help-all")
    own = "--number" if words else "Commands:"
    assert text.index("Options:") < text.index(own) < text.index("Global options:")
    assert text.index("Global options:") < text.index("--db-path")


@click.command("echo")
@click.option("--help-all", is_flag=True)
def echo(help_all: bool) -> bool:
    """Have an option of this name."""
    return help_all


def test_an_option_of_the_command_comes_before_the_help_of_its_name() -> None:
    command = hosted(click.Group("tools", commands=[echo]))
    assert command.main(["echo", "--help-all"], "tools", standalone_mode=False, obj=App()) is True


def test_help_all_is_completed() -> None:
    context = hosted(shout).make_context("shout", [], obj=App())
    values = {each.value for each in context.command.shell_complete(context, "--help")}
    assert values == {"--help", "--help-all"}

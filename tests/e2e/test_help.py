"""Every command, also of a stranger's resource type, has help with an example that can be run."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

import click
import pytest

from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.root import Root
from support.fake_distributions import hosted, importable

EXAMPLE = "Example: "
THEIR_OWN = ("acme", "audit")
"""Commands that a stranger wrote, unlike those of his type."""


@pytest.fixture
def app() -> Iterator[App]:
    """The built-ins and a stranger's plugin, which has a resource type and commands."""
    with importable():
        app = App()
        app.__dict__["host"] = hosted("Acme.Good/good")
        yield app


def commands(context: click.Context) -> Iterator[tuple[str, click.Command]]:
    """The command of a context and all below it, with the words that call them."""
    yield context.command_path, context.command
    if isinstance(context.command, click.Group):
        names = context.command.list_commands(context)
        for name in (each for each in names if each not in THEIR_OWN):
            command = context.command.get_command(context, name)
            assert command is not None
            yield from commands(click.Context(command, context, name))


def understood(app: App, words: list[str]) -> None:
    """Parses a command line, options, arguments and all, but for running it."""
    command: click.Command = Root()
    context = command.make_context("k8s-datamodel", words, obj=app)
    while isinstance(command, click.Group):
        words = [*context._protected_args, *context.args]
        name, found, words = command.resolve_command(context, words)
        assert name is not None
        assert found is not None
        command = found
        context = command.make_context(name, words, parent=context)


def check(app: App, path: str, example: str) -> None:
    """An example calls the command that it stands with, and could be run."""
    program, *words = shlex.split(example.partition(" | ")[0])
    assert program == "k8s-datamodel"
    assert set(path.split()) <= {program, *words}, f"{path}: {example}"
    try:
        understood(app, words)
    except click.exceptions.Exit:
        assert words[-1] == "--help", example
    except click.ClickException as error:
        pytest.fail(f"{example}: {error.format_message()}")


def test_every_command_has_an_example_that_can_be_run(
    app: App, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = []
    for path, command in commands(click.Context(Root(), info_name="k8s-datamodel", obj=app)):
        paths.append(path)
        assert command.help, path
        epilog = " ".join((command.epilog or "").split())
        examples = [each.strip() for each in epilog.split(EXAMPLE)[1:]]
        assert examples, f"{path} has no example"
        for example in examples:
            check(app, path, example)
    assert len(paths) > 45
    assert any(path.endswith(" widget list") for path in paths), paths
    assert "Traceback" not in capsys.readouterr().err


def test_every_group_of_a_type_says_what_it_tells(app: App) -> None:
    root = click.Context(Root(), info_name="k8s-datamodel", obj=app)
    for each in app.registry.types:
        group = root.command.get_command(root, each.command)  # type: ignore[attr-defined]
        assert f"\n\nIt tells {each.tells}." in group.help
        text = group.get_help(click.Context(group, root, each.command))
        assert max(map(len, text.splitlines())) <= 80
    assert root.command.get_command(root, "widget").help.startswith(  # type: ignore[attr-defined]
        "Widgets.\n\nIt tells which Widgets there are, how many, and what each holds."
    )

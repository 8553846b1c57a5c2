"""What tests of the command line have in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import click
import pytest

from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.root import Root


@pytest.fixture(scope="session")
def parameters() -> Mapping[str, list[click.Parameter]]:
    """What each command takes, global options too, by the words that call it."""
    return dict(_parameters(click.Context(Root(), obj=App())))


def _parameters(
    context: click.Context, path: str = ""
) -> Iterator[tuple[str, list[click.Parameter]]]:
    yield path, context.command.get_params(context)
    if isinstance(context.command, click.Group):
        for name in context.command.list_commands(context):
            command = context.command.get_command(context, name)
            assert command is not None
            below = click.Context(command, context, name)
            yield from _parameters(below, f"{path} {name}".strip())

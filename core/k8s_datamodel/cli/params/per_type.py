"""Commands with a flag for each resource type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from k8s_datamodel.base.errors import UsageError
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.data.asked import Asked
from k8s_datamodel.types.resource_types import ResourceType

ALL = "*"
"""What an option without its pattern means."""


class Collecting(click.Command):
    """A command with ``--no-<skip>`` or ``--with-<on_request>`` for each resource type.

    ``collected`` reads these flags.
    """

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """The flags of the types there are, then the command's own parameters."""
        return [*map(self.flag, _types(ctx)), *super().get_params(ctx)]

    @staticmethod
    def flag(resource_type: ResourceType) -> click.Option:
        """``--no-<skip>``, or ``--with-<on_request> [PATTERN]``."""
        name, plural = resource_type.name, resource_type.plural
        if not resource_type.on_request:
            names = [f"--no-{resource_type.skip}", f"skip_{name}"]
            return click.Option(names, is_flag=True, help=f"Without {plural}.")
        return click.Option(
            [f"--with-{resource_type.on_request}", f"with_{name}"],
            is_flag=False,
            flag_value=ALL,
            multiple=True,
            metavar="[PATTERN]",
            help=f"With {plural}, all of them or those a pattern means; repeat for more.",
        )


class OnlySome(click.Command):
    """A command with ``--<name>-only`` for each resource type."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """The flags of the types there are, then the command's own parameters."""
        return [*map(self.flag, _types(ctx)), *super().get_params(ctx)]

    @staticmethod
    def flag(resource_type: ResourceType) -> click.Option:
        """``--<name>-only``; its value has the name ``only_<type>``."""
        name = resource_type.name
        names = [f"--{name.replace('_', '-')}-only", f"only_{name}"]
        return click.Option(names, is_flag=True, help=f"Only {resource_type.plural}.")

    @staticmethod
    def chosen(types: Sequence[ResourceType], flags: Mapping[str, bool]) -> list[str]:
        """Names of the types whose flag was given."""
        return [each.name for each in types if flags.get(f"only_{each.name}")]


def collected(
    ctx: click.Context, flags: Mapping[str, Any], snapshot: str | None = None
) -> tuple[list[ResourceType], Asked]:
    """The types that the flags of ``Collecting`` leave, and what was asked for of each.

    Args:
        ctx: of the command, for the types.
        flags: by name.
        snapshot: a stored one, in place of collecting; it has what it was asked for.

    Raises:
        UsageError: they leave none, or ask for something of a stored snapshot.
    """
    types = []
    for each in _types(ctx):
        asked = flags.get(f"with_{each.name}")
        if asked and snapshot:
            option = f"--with-{each.on_request}"
            raise UsageError(f"{option} is for collecting; it does not go with --snapshot")
        if asked or (snapshot if each.on_request else not flags[f"skip_{each.name}"]):
            types.append(each)
    if not types:
        raise UsageError("everything is left out: there is nothing to collect")
    patterns = {each.name: tuple(flags[f"with_{each.name}"]) for each in types if each.on_request}
    return types, Asked(patterns)


def _types(ctx: click.Context) -> Sequence[ResourceType]:
    return ctx.ensure_object(App).registry.types

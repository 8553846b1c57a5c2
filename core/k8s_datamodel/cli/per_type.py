"""Commands with a flag for each resource type there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from k8s_datamodel.cli.app import App
from k8s_datamodel.cli.options import Command
from k8s_datamodel.model import ResourceType


class PerType(Command):
    """A command with one flag for each resource type.

    Args:
        flag: makes the option of a type.
    """

    def __init__(self, *arguments: Any, flag: Any, **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        self._flag = flag

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """The command's own parameters and those of the types there are."""
        types = ctx.ensure_object(App).registry.types
        return [*(self._flag(each) for each in types), *super().get_params(ctx)]


def skip_flag(resource_type: ResourceType) -> click.Option:
    """``--no-<skip>``; its value has the name ``skip_<type>``."""
    name = f"skip_{resource_type.name}"
    text = f"Without {resource_type.plural}."
    return click.Option([f"--no-{resource_type.skip}", name], is_flag=True, help=text)


def only_flag(resource_type: ResourceType) -> click.Option:
    """``--<name>-only``; its value has the name ``only_<type>``."""
    flag = f"--{resource_type.name.replace('_', '-')}-only"
    name = f"only_{resource_type.name}"
    return click.Option([flag, name], is_flag=True, help=f"Only {resource_type.plural}.")


def chosen(types: Sequence[ResourceType], prefix: str, flags: Mapping[str, bool]) -> list[str]:
    """Names of the types whose flag was given; ``prefix`` is ``skip`` or ``only``."""
    return [each.name for each in types if flags.get(f"{prefix}_{each.name}")]

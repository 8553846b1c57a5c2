"""Flags that a command has once for each resource type."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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

    def __init__(
        self, *arguments: Any, flag: Callable[[ResourceType], click.Option], **attributes: Any
    ) -> None:
        super().__init__(*arguments, **attributes)
        self._flag = flag

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """The command's own parameters and those of the types there are."""
        types = ctx.ensure_object(App).registry.types
        return [*(self._flag(each) for each in types), *super().get_params(ctx)]


def skip_flag(resource_type: ResourceType) -> click.Option:
    """``--no-<type>``; its parameter is ``skip_<name>``."""
    name = f"skip_{resource_type.name}"
    text = f"Without {resource_type.plural}."
    return click.Option([f"--no-{resource_type.skip}", name], is_flag=True, help=text)


def only_flag(resource_type: ResourceType) -> click.Option:
    """``--<type>-only``; its parameter is ``only_<name>``."""
    flag = f"--{resource_type.name.replace('_', '-')}-only"
    name = f"only_{resource_type.name}"
    return click.Option([flag, name], is_flag=True, help=f"Only {resource_type.plural}.")


def skipped(types: Sequence[ResourceType], flags: Mapping[str, bool]) -> list[str]:
    """Names of the types whose ``--no-<type>`` was given."""
    return _given(types, "skip", flags)


def only(types: Sequence[ResourceType], flags: Mapping[str, bool]) -> list[str]:
    """Names of the types whose ``--<type>-only`` was given."""
    return _given(types, "only", flags)


def _given(types: Sequence[ResourceType], prefix: str, flags: Mapping[str, bool]) -> list[str]:
    return [each.name for each in types if flags.get(f"{prefix}_{each.name}")]

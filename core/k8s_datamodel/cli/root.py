"""The root command: the host's own groups, one group for each resource type, plugins' commands."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click
from click.shell_completion import CompletionItem

from k8s_datamodel.base.errors import PluginError
from k8s_datamodel.cli.commands import completion
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.params.options import WithGlobalOptions
from k8s_datamodel.contracts.specs import CommandSpec

OWN: Mapping[str, tuple[str, str, str]] = {
    "database": (
        "k8s_datamodel.cli.commands.database_snapshots",
        "Store, list, show, export, clean up snapshots.",
        "database store --notes 'before the upgrade'",
    ),
    "plugins": (
        "k8s_datamodel.cli.commands.plugins_group",
        "List, check, enable, disable plugins.",
        "plugins list",
    ),
}
"""The host's groups: the module with their ``COMMANDS``, one line of help, an example."""

COMPLETION = "completion"
"""The host's one command outside of all groups."""


class Lazy(WithGlobalOptions, click.Group):
    """A group to which plugins add commands; theirs are imported when run, not when listed."""

    def added(self, ctx: click.Context) -> dict[str, CommandSpec]:
        """What plugins add to this group, by name."""
        group = "" if ctx.parent is None else self.name
        return {spec.name: spec for spec in _app(ctx).registry.commands if spec.group == group}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of the group's own commands, then of those that plugins add."""
        return [*self.commands, *(name for name in self.added(ctx) if name not in self.commands)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now."""
        if spec := self.added(ctx).get(cmd_name):  # a plugin's ``get`` of its own type comes first
            return self._imported(ctx, spec)
        return self.commands.get(cmd_name)

    def _imported(self, ctx: click.Context, spec: CommandSpec) -> click.Command:
        command = _app(ctx).registry.load_target(spec)
        if not isinstance(command, click.Command):
            raise PluginError(f"command {spec.name}: {spec.target} is no click command")
        return command

    def summary(self, ctx: click.Context, cmd_name: str) -> str:
        """One line on a command, without importing it."""
        if cmd_name in self.commands:
            return self.commands[cmd_name].get_short_help_str(100)
        return self.added(ctx)[cmd_name].description

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands with their summaries, and the options; nothing is imported for it."""
        names = [name for name in self.list_commands(ctx) if name.startswith(incomplete)]
        commands = [CompletionItem(name, help=self.summary(ctx, name)) for name in names]
        return [*commands, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with their summaries."""
        with formatter.section("Commands"):
            names = self.list_commands(ctx)
            formatter.write_dl([(name, self.summary(ctx, name)) for name in names])


class PipeClosedError(Exception):
    """Who read our output went away; click would make an ordinary failure of it."""


class Root(Lazy):
    """The command ``k8s-datamodel``."""

    def __init__(self) -> None:
        super().__init__(
            name="k8s-datamodel",
            help="What your Kubernetes clusters hold, and how it changed.\n\n"
            "CRDs, operators and OLM packages, listed live or kept as snapshots in SQL.",
            epilog="Example: k8s-datamodel database store --notes 'before the upgrade'",
        )
        self.params.append(
            click.Option(
                ["--version"],
                is_flag=True,
                is_eager=True,
                expose_value=False,
                callback=_version,
                help="Show the version.",
            )
        )

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. Raises PipeClosedError."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise PipeClosedError from error

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Resource types first, then the host's own groups, then what plugins add."""
        types = [each.command for each in _app(ctx).registry.types]
        names = [*types, *OWN, *self._new_groups(ctx), COMPLETION, *self.added(ctx)]
        return list(dict.fromkeys(names))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The group or command, made now."""
        if cmd_name in OWN:
            _, text, example = OWN[cmd_name]
            return _group(cmd_name, text, example, _own(cmd_name))
        if cmd_name == COMPLETION:
            return completion.COMMAND
        for each in _app(ctx).registry.types:
            if each.command == cmd_name:
                from k8s_datamodel.cli.commands.type_commands import commands  # noqa: PLC0415 - not for --help

                text, example = f"{each.description}.", f"{cmd_name} list"
                return _group(cmd_name, text, example, commands(each))
        if first := self._new_groups(ctx).get(cmd_name, [""])[0]:
            return _group(cmd_name, self.summary(ctx, cmd_name), f"{cmd_name} {first} --help", {})
        return super().get_command(ctx, cmd_name)

    def summary(self, ctx: click.Context, cmd_name: str) -> str:
        """One line on a group or command."""
        if cmd_name in OWN:
            return OWN[cmd_name][1]
        if cmd_name == COMPLETION:
            return completion.COMMAND.get_short_help_str(100)
        for each in _app(ctx).registry.types:
            if each.command == cmd_name:
                return each.description + "."
        if cmd_name in self._new_groups(ctx):
            return self._described(ctx, cmd_name)
        return super().summary(ctx, cmd_name)

    def _described(self, ctx: click.Context, group: str) -> str:
        """What plugins say of a group that only they have; else what is in it."""
        specs = (spec for spec in _app(ctx).registry.commands if spec.group == group)
        said = next((spec.group_description for spec in specs if spec.group_description), "")
        names = self._new_groups(ctx)[group]
        return said or f"The command{'s' if len(names) > 1 else ''} {', '.join(names)}."

    def _new_groups(self, ctx: click.Context) -> dict[str, list[str]]:
        """Groups that only plugins' commands are in, each with these commands' names."""
        registry = _app(ctx).registry
        taken = {"", *OWN, *(each.command for each in registry.types)}
        groups: dict[str, list[str]] = {}
        for spec in registry.commands:
            if spec.group not in taken:
                groups.setdefault(spec.group, []).append(spec.name)
        return groups


def _group(name: str, text: str, example: str, commands: dict[str, click.Command]) -> Lazy:
    return Lazy(name, commands=commands, help=text, epilog=f"Example: k8s-datamodel {example}")


def _app(ctx: click.Context) -> App:
    return ctx.ensure_object(App)


def _version(ctx: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from importlib.metadata import version  # noqa: PLC0415 - slow to import

        click.echo(f"k8s-datamodel {version('k8s-datamodel')}")
        ctx.exit()


def _own(name: str) -> dict[str, click.Command]:
    commands: dict[str, click.Command] = import_module(OWN[name][0]).COMMANDS
    return commands


def reserved() -> tuple[list[str], list[str]]:
    """What plugins may not take: commands (``database store``), options without dashes."""
    commands = [name for group in OWN for name in (group, *(f"{group} {n}" for n in _own(group)))]
    commands.append(COMPLETION)
    # Types add nothing to the commands about plugins, whose options they may therefore have.
    groups = [group for group in OWN if group != "plugins"]
    params = [
        param for group in groups for command in _own(group).values() for param in command.params
    ]
    options = [param for param in params if isinstance(param, click.Option)]
    names = {n.lstrip("-") for option in options for n in (*option.opts, *option.secondary_opts)}
    return commands, sorted(names)

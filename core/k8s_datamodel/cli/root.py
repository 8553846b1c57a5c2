"""The root command: the host's own groups, one group for each resource type, plugins' commands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from functools import partial
from importlib import import_module
from typing import Any, NamedTuple

import click
from click.shell_completion import CompletionItem

from k8s_datamodel.base.errors import PluginError
from k8s_datamodel.cli.commands import completion
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.params.global_options import global_options
from k8s_datamodel.cli.params.hosting import HELP, HostedGroup, hosted
from k8s_datamodel.cli.params.not_offered import VERBS
from k8s_datamodel.contracts.specs import CommandSpec
from k8s_datamodel.types.resource_types import ResourceType

Commands = MutableMapping[str, click.Command]


class _Group(NamedTuple):
    """A group: one line of help, what it tells, an example, and what gives its commands."""

    text: str
    tells: str
    example: str
    load: Callable[[], Commands]

    def made(self, name: str) -> Lazy:
        return Lazy(
            name,
            commands=self.load(),
            help=f"{self.text}\n\nIt tells {self.tells}." if self.tells else self.text,
            epilog=f"Example: k8s-datamodel {self.example}",
            context_settings=HELP,
        )


def _own(module: str) -> Commands:
    group: click.Group = import_module(f"k8s_datamodel.cli.commands.{module}").GROUP
    return group.commands


def _alone(name: str) -> click.Command:
    command: click.Command = import_module(f"k8s_datamodel.cli.commands.{ALONE[name][1]}").COMMAND
    return command


def _of_type(resource_type: ResourceType) -> Commands:
    from k8s_datamodel.cli.commands.type_commands import commands  # noqa: PLC0415 - not for --help

    return commands(resource_type)


OWN: Mapping[str, _Group] = {
    "database": _Group(
        "Store, list, show, export, clean up snapshots.",
        "which snapshots there are, what one holds and lacks, what is new in it, and whether "
        "the database is sound",
        "database store --notes 'before the upgrade'",
        partial(_own, "database_snapshots"),
    ),
    "plugins": _Group(
        "List, check, enable, disable plugins.",
        "which plugins there are, what each adds, and why one is not in use",
        "plugins list",
        partial(_own, "plugins_group"),
    ),
}
"""The host's groups."""


ALONE: Mapping[str, tuple[str, str]] = {
    "diff": ("Tell what changed between two moments.", "diff_command"),
    "log": ("Tell what happened, one line a change.", "through_time.log_command"),
}
"""The host's commands that are in no group, imported when run: one line of help, the module."""


ALIASES: Mapping[str, str] = {"db": "database"}
"""Other names of the host's groups."""


def _others(resource_type: ResourceType) -> list[str]:
    """Other names of a type's group: singular and plural, wherever nothing else has the name."""
    names = (resource_type.singular, resource_type.plural, resource_type.name)
    return ["-".join(name.lower().replace("_", " ").split()) for name in names]


class Lazy(HostedGroup):
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
        if cmd_name == "describe" and cmd_name not in self.added(ctx) and "get" in self.commands:
            cmd_name = "get"
        # A plugin's ``get`` of its own type comes first; the host's own groups ask no plugin.
        own = cmd_name in self.commands and (ctx.parent is None or self.name in OWN)
        if own or not (spec := self.added(ctx).get(cmd_name)):
            return super().get_command(ctx, cmd_name)
        command = _app(ctx).registry.load_target(spec)
        if not isinstance(command, click.Command):
            raise PluginError(f"command {spec.name}: {spec.target} is no click command")
        return hosted(command)

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
    """The reader of our output has gone; click would make an ordinary failure of it."""


class Root(Lazy):
    """The command ``k8s-datamodel``."""

    def __init__(self) -> None:
        super().__init__(
            name="k8s-datamodel",
            help="What your Kubernetes clusters hold, and how it changed.\n\n"
            "CRDs, operators and OLM packages, listed live or kept as snapshots in SQL.",
            epilog="Example: k8s-datamodel database store --notes 'before the upgrade'",
            context_settings=HELP,
            commands=[completion.script],
            params=[
                click.Option(
                    ["--version"],
                    is_flag=True,
                    is_eager=True,
                    expose_value=False,
                    callback=_version,
                    help="Show the version.",
                )
            ],
        )

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. Raises PipeClosedError."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise PipeClosedError from error

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Resource types first, then the host's own groups, then what plugins add."""
        names = [*self._groups(ctx), *ALONE, *self.commands, *self.added(ctx)]
        return list(dict.fromkeys(names))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The group or command, made now."""
        name = self._canonical(ctx, cmd_name)
        if name in ALONE:
            return hosted(_alone(name))
        found = self._group(ctx, name)
        return found.made(name) if found else super().get_command(ctx, name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is called. Raises click.UsageError, also for ``get crds``."""
        verb = args[0]
        if verb in VERBS and not ctx.resilient_parsing and self.get_command(ctx, verb) is None:
            typed = next((each for each in args[1:] if not each.startswith("-")), "")
            found = self._canonical(ctx, typed)
            first = next((each.command for each in _app(ctx).registry.types), "TYPE")
            name = found if self._group(ctx, found) else first
            text = f"the type comes first: {ctx.info_name} {name} {verb}"
            rest = f"; {ctx.info_name} {name} list lists all" if verb in ("get", "describe") else ""
            raise click.UsageError(f"{text}{rest}", ctx)
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            plugins = () if ctx.resilient_parsing else _app(ctx).registry.plugins
            off = [each.name for each in plugins if each.state == "disabled"]
            if not off:
                raise
            many = "s" * (len(off) > 1)
            told = f"Disabled: plugin{many} {', '.join(off)}; 'plugins list' says why."
            raise click.UsageError(f"{error.format_message()} {told}", error.ctx) from None

    def _canonical(self, ctx: click.Context, name: str) -> str:
        """The name of a group that is also called otherwise: ``db``, ``crds``, ``operator``."""
        if name in {*ALIASES, *ALONE, *self.commands} or self._group(ctx, name):
            return ALIASES.get(name, name)
        return next((e.command for e in _app(ctx).registry.types if name in _others(e)), name)

    def summary(self, ctx: click.Context, cmd_name: str) -> str:
        """One line on a group or command."""
        if cmd_name in ALONE:
            return ALONE[cmd_name][0]
        found = self._group(ctx, cmd_name)
        return found.text if found else super().summary(ctx, cmd_name)

    def _group(self, ctx: click.Context, name: str) -> _Group | None:
        """Asks plugins only where the host has no such group or command."""
        if name in OWN or name in ALONE or name in self.commands:
            return OWN.get(name)
        return self._groups(ctx).get(name)

    def _groups(self, ctx: click.Context) -> dict[str, _Group]:
        """All groups, in the order of the help."""
        registry = _app(ctx).registry
        groups = {
            each.command: _Group(
                f"{each.description or each.plural}.",
                each.tells,
                f"{each.command} list",
                partial(_of_type, each),
            )
            for each in registry.types
        }
        groups.update(OWN)
        added: dict[str, list[CommandSpec]] = defaultdict(list)
        for spec in registry.commands:
            if spec.group and spec.group not in groups:
                added[spec.group].append(spec)
        return {**groups, **{name: _new_group(name, specs) for name, specs in added.items()}}


def _new_group(name: str, specs: Sequence[CommandSpec]) -> _Group:
    """A group that only plugins' commands are in; its text names them unless one says more."""
    names = f"The command{'s' * (len(specs) > 1)} {', '.join(spec.name for spec in specs)}."
    first = next((spec for spec in specs if spec.group_description), specs[0])
    return _Group(first.group_description or names, "", f"{name} {first.name} --help", dict)


def _app(ctx: click.Context) -> App:
    return ctx.ensure_object(App)


def _version(ctx: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from importlib.metadata import version  # noqa: PLC0415 - slow to import

        click.echo(f"k8s-datamodel {version('k8s-datamodel')}")
        ctx.exit()


def reserved() -> tuple[list[str], list[str]]:
    """What plugins may not take: commands (``database store``), options without dashes."""
    own = {name: group.load() for name, group in OWN.items()}
    commands = [*ALIASES, *ALONE]
    commands += [name for group in own for name in (group, *(f"{group} {n}" for n in own[group]))]
    # Types add nothing to the commands about plugins, whose options they may therefore have.
    own.pop("plugins")
    made = [command for group in own.values() for command in group.values()]
    params = [*global_options(), *(param for command in made for param in command.params)]
    options = [param for param in params if isinstance(param, click.Option)]
    names = {n.lstrip("-") for option in options for n in (*option.opts, *option.secondary_opts)}
    return [*commands, str(completion.script.name)], sorted(names)

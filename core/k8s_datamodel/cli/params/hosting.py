"""Any click command becomes one of this program: with the global options, and sparing of files."""

from __future__ import annotations

from copy import copy
from pathlib import Path
from typing import Any

import click

from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.params.global_options import GlobalOption, global_options
from k8s_datamodel.cli.params.options import OutputPath

PROGRAM = "k8s-datamodel"

HELP: dict[str, Any] = {"help_option_names": ["-h", "--help"]}


def hosted(command: click.Command) -> click.Command:
    """The same command, of its own class and of ``Hosted``."""
    if isinstance(command, Hosted):
        return command
    host = HostedGroup if isinstance(command, click.Group) else HostedCommand
    made: Any = copy(command)
    made.__class__ = type(type(command).__name__, (host, type(command)), {})
    made.context_settings = {**HELP, **command.context_settings}
    return made  # type: ignore[no-any-return]


class Hosted(click.Command):
    """A command that takes the global options, but for those whose names it uses itself."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Its own parameters, then the global options."""
        own = super().get_params(ctx)
        taken = {name for param in own for name in param.opts}
        return [*own, *(each for each in global_options() if taken.isdisjoint(each.opts))]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Own options first, the global ones apart."""
        for title, is_global in (("Options", False), ("Global options", True)):
            rows = [
                row
                for param in self.get_params(ctx)
                if isinstance(param, click.Option)  # newer click: arguments, too
                and isinstance(param, GlobalOption) is is_global
                and (row := param.get_help_record(ctx))
            ]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The example, with the name by which the command was called."""
        if self.epilog:
            called = f"{ctx.find_root().info_name} "
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(self.epilog.replace(f"{PROGRAM} ", called))


class HostedCommand(Hosted):
    """An ordinary command."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run it. Raises UsageError when it would write over what the user reads."""
        ctx.ensure_object(App).parsed()
        for param in self.get_params(ctx):
            file = ctx.params.get(str(param.name))
            if isinstance(param.type, OutputPath) and file not in (None, "-"):
                from k8s_datamodel.cli.frame.protected_inputs import protect_inputs  # noqa: PLC0415 - few commands write

                protect_inputs(ctx.ensure_object(App), Path(str(file)))
        return super().invoke(ctx)


class HostedGroup(Hosted, click.Group):
    """A group; what is in it is hosted, too."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        found = super().get_command(ctx, cmd_name)
        return hosted(found) if found else None

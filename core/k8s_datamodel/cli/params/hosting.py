"""Any click command becomes one of this program: with the global options, and sparing of files."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from copy import copy
from functools import cache
from pathlib import Path
from typing import Any

import click

from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.frame.used_settings import refuse_unused
from k8s_datamodel.cli.params.global_options import GlobalOption, global_options
from k8s_datamodel.cli.params.not_offered import OPTIONS
from k8s_datamodel.cli.params.options import OutputPath

PROGRAM = "k8s-datamodel"

HELP: dict[str, Any] = {"help_option_names": ["-h", "--help"]}

_ALL = "k8s_datamodel.help_all"
"""Key of ``Context.meta``: the help lists the global options, too."""

_ELSEWHERE = "Global options (--context, -n, --source, --db-path, ...): see --help-all."


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
        """Its own parameters, then those that every command has."""
        own = super().get_params(ctx)
        taken = {name for param in own for name in param.opts}
        common = (_help_all(), *global_options())
        return [*own, *(each for each in common if taken.isdisjoint(each.opts))]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take ``-o=json`` for ``-o json``, as kubectl does.

        Raises click.UsageError, which names what works in place of an option of kubectl.
        """
        params = self.get_params(ctx)
        options = (param for param in params if isinstance(param, click.Option))
        taking = {name for each in options if not each.is_flag for name in each.opts}
        try:
            return super().parse_args(ctx, list(_without_equals(args, taking)))
        except click.NoSuchOption as error:
            if instead := OPTIONS.get(error.option_name):
                text = f"{error.option_name} is not offered here; {instead}"
                raise click.UsageError(text, ctx) from None
            from k8s_datamodel.base.near_names import near_options  # noqa: PLC0415 - few options are mistyped

            known = [name for each in params for name in (*each.opts, *each.secondary_opts)]
            near = near_options(error.option_name, known)
            raise click.NoSuchOption(error.option_name, possibilities=near, ctx=ctx) from None

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Own options, then commands; the global options at the end, or where to read of them."""
        own: list[tuple[str, str]] = []
        common: list[tuple[str, str]] = []
        for param in self.get_params(ctx):
            # Newer versions of click give arguments records, too.
            if isinstance(param, click.Option) and (row := param.get_help_record(ctx)):
                (common if isinstance(param, GlobalOption) else own).append(row)
        with formatter.section("Options"):
            formatter.write_dl(own)
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)
        if ctx.meta.get(_ALL):
            with formatter.section("Global options"):
                formatter.write_dl(common)
        else:
            formatter.write_paragraph()
            formatter.write_text(_ELSEWHERE)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The example, with the name by which the command was called."""
        if self.epilog:
            called = f"{ctx.find_root().info_name} "
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(self.epilog.replace(f"{PROGRAM} ", called))


def _without_equals(args: Iterable[str], taking: Container[str]) -> Iterator[str]:
    """Two words for ``-o=json``, up to ``--``; ``taking`` are the options that take a value."""
    given = iter(args)
    for each in given:
        name, equals, value = each.partition("=")
        short = equals and len(name) == len("-o") and name in taking
        yield from (name, value) if short else (each,)
        if each == "--":
            yield from given


@cache
def _help_all() -> click.Option:
    return click.Option(
        ["--help-all"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_show_all,
        help="Show this message with the global options and exit.",
    )


def _show_all(ctx: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        ctx.meta[_ALL] = True
        click.echo(ctx.get_help(), color=ctx.color)
        ctx.exit()


class HostedCommand(Hosted):
    """An ordinary command."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run it. Raises UsageError when it would write over what the user reads."""
        from k8s_datamodel.cli.frame import library_talk  # noqa: PLC0415 - the help needs no logging

        app = ctx.ensure_object(App)
        library_talk.take_over(app)
        app.parsed()
        if isinstance(ctx.params.get("snapshot"), str):
            from k8s_datamodel.cli.params.snapshot_options import settle_snapshot  # noqa: PLC0415 - few do

            settle_snapshot(ctx)
        refuse_unused(ctx)
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

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is called. Raises click.UsageError, with the name that may be meant."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from k8s_datamodel.base.near_names import near_names  # noqa: PLC0415 - few commands are mistyped

            # click knows the names of commands that are there already, and only in newer releases.
            said = error.format_message()
            near = near_names(args[0], self.list_commands(ctx))
            if not near or near == args[:1] or "Did you mean" in said:
                raise
            text = f"{said.rstrip('.')}. Did you mean '{near[0]}'?"
            raise click.UsageError(text, error.ctx) from None

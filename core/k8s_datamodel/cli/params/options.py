"""Decorators that give a command the options that several have, and the types of their values."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import click
from click.decorators import FC

from k8s_datamodel.base.near_names import hint
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.params.candidates import Completed
from k8s_datamodel.cli.params.not_offered import FORMATS
from k8s_datamodel.contracts.specs import FormatterSpec
from k8s_datamodel.data.findings import SEVERITIES


def together(*decorators: Callable[[Any], Any]) -> Callable[[FC], FC]:
    """One decorator of several, whose options stand in this order."""

    def decorate(function: FC) -> FC:
        for each in reversed(decorators):
            function = each(function)
        return function

    return decorate


class InputPath(click.Path):
    """A file or folder to read, which is not looked at: who opens it says what is wrong with it."""

    name = "path"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path as the user wrote it."""
        return self.coerce_path_result(value)


class OutputPath(InputPath):
    """A file or folder to write; one that the user reads is refused before anything is read."""


class OutputFormat(Completed):
    """A registered output format, or one of ``own``, which only this command knows.

    A format is named by its name, by a suffix of its files (``yml``), or, where it takes an
    argument, as ``NAME=ARGUMENT``.
    """

    def __init__(self, *own: str) -> None:
        super().__init__("format", lambda ctx, _: self._names(ctx))
        self._own = tuple(filter(None, own))

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name of the format, with its argument. An argument is tried before anything is read.

        Raises click.UsageError, UsageError.
        """
        name, equals, argument = str(value).partition("=")
        app = ctx.find_object(App) if ctx else None
        spec = _format(app, name) if app else None
        own = name in self._own
        if own or spec is None:
            if own and not equals:
                return name
            self.fail(self._unknown(ctx, name, equals, own=own), param, ctx)
        if equals and not spec.argument:
            self.fail(f"{spec.name} takes no argument: -o {spec.name}", param, ctx)
        if spec.argument and not argument:
            self.fail(f"{spec.name} takes an argument: -o {spec.name}={spec.argument}", param, ctx)
        if spec.argument and app:
            app.registry.load_formatter(spec, argument)
        return f"{spec.name}={argument}" if spec.argument else spec.name

    def _unknown(self, ctx: click.Context | None, name: str, equals: str, *, own: bool) -> str:
        if own:
            return f"{name} takes no argument"
        if name in FORMATS:
            return f"{name} is not offered; {FORMATS[name]}"
        names = self._names(ctx)
        near = hint(name, (each.rstrip("=") for each in names))
        return f"{name!r} is not an output format{near}; there are {', '.join(names)}"

    def _names(self, ctx: click.Context | None) -> list[str]:
        app = ctx.find_object(App) if ctx else None
        specs = app.registry.formatters.values() if app else ()
        names = [f"{spec.name}=" if spec.argument else spec.name for spec in specs]
        return [*self._own, *names]


def _format(app: App, name: str) -> FormatterSpec | None:
    """The format of a name; the one of a suffix where none has the name."""
    formatters = app.registry.formatters
    by_suffix = (spec for spec in formatters.values() if f".{name}" in spec.suffixes)
    return formatters.get(name) or next(by_suffix, None)


def output_option(
    default: str | None = "table", note: str = "", *, own: str = "", piped: str = ""
) -> Callable[[FC], FC]:
    """``--output``.

    Args:
        default: where it is not given; None if the command chooses, see ``format_of``.
        note: on what is written.
        own: a format that only this command writes, which is then the default; the value is None
            where it is not given.
        piped: the default where stdout is no terminal, if it is another one.
    """
    names = "table, wide, plain, rich, json, yaml, csv"
    others = "name, jsonpath=TEMPLATE, custom-columns=NAME:PATH,..., or a plugin's"
    shown = f"{default}; {piped} in a pipe" if piped else own or default is not None
    return click.option(
        "-o",
        "--output",
        type=OutputFormat(own),
        default=partial(_by_stdout, default, piped) if piped else None if own else default,
        show_default=shown,
        help=f"Output format{note}: "
        + (f"{own}, or as a listing: {names}." if own else f"{names}, {others}."),
    )


def formats_option(text: str, *own: str) -> Callable[[FC], FC]:
    """``--output`` of a command that writes formats of its own; None where it is not given.

    Args:
        text: its help.
        own: formats that only this command writes, beside those of plugins.
    """
    return click.option("-o", "--output", type=OutputFormat(*own), help=text)


def _by_stdout(terminal: str | None, piped: str) -> str | None:
    return terminal if sys.stdout.isatty() else piped


def file_option(note: str = "") -> Callable[[FC], FC]:
    """``--file``: where to write in place of stdout."""
    return click.option(
        "-f",
        "--file",
        type=OutputPath(),
        metavar="FILE",
        help=f"Write to this file{note}. [default: stdout]",
    )


def config_option() -> Callable[[FC], FC]:
    """``--config``: the project's configuration; None to look for it."""
    return click.option(
        "--config",
        type=InputPath(),
        metavar="FILE",
        help="Read this configuration. [default: .k8s-datamodel.yaml here or in a folder above]",
    )


def severity_option(
    name: str, text: str, default: str | None = None, **attributes: Any
) -> Callable[[FC], FC]:
    """An option that takes a level of a finding; ``attributes`` are those of ``click.option``."""
    return click.option(
        name,
        type=click.Choice(SEVERITIES[:-1]),
        default=default,
        show_default=default is not None,
        help=text,
        **attributes,
    )


def allow_incomplete_option() -> Callable[[FC], FC]:
    """``--allow-incomplete``, of each command that ends with 3 when something is missing."""
    return click.option(
        "--allow-incomplete",
        is_flag=True,
        expose_value=False,
        callback=_allow,
        help="Exit with 0, not 3, when something could not be read.",
    )


def _allow(ctx: click.Context, parameter: click.Parameter, value: bool) -> None:
    ctx.ensure_object(App).missing.allowed = value

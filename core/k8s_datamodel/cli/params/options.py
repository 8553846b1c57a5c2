"""Decorators that give a command the options that several have, and the types of their values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click
from click.decorators import FC

from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.params.candidates import Completed


def together(*decorators: Callable[[Any], Any]) -> Callable[[FC], FC]:
    """One decorator of several, whose options stand in this order."""

    def decorate(function: FC) -> FC:
        for each in reversed(decorators):
            function = each(function)
        return function

    return decorate


class OutputPath(click.Path):
    """A file or folder to write; one that the user reads is refused before anything is read."""

    name = "path"


class OutputFormat(Completed):
    """Name of a registered output format, or ``own``, which only this command knows."""

    def __init__(self, own: str = "") -> None:
        super().__init__("format", lambda ctx, _: self._names(ctx))
        self._own = [own] if own else []

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Accept what is there; the error names it."""
        names = self._names(ctx)
        if value not in names:
            self.fail(
                f"{value!r} is not an output format; there are {', '.join(names)}", param, ctx
            )
        return str(value)

    def _names(self, ctx: click.Context | None) -> list[str]:
        app = ctx.find_object(App) if ctx else None
        return [*self._own, *(app.registry.formatters if app else ())]


def output_option(
    default: str | None = "table", note: str = "", *, own: str = ""
) -> Callable[[FC], FC]:
    """``--output``.

    Args:
        default: where it is not given; None if the command chooses, see ``format_of``.
        note: on what is written.
        own: a format that only this command writes, which is then the default; the value is None
            where it is not given.
    """
    names = "table, wide, rich, json, yaml, csv"
    return click.option(
        "-o",
        "--output",
        type=OutputFormat(own),
        default=None if own else default,
        show_default=own or default is not None,
        help=f"Output format{note}: "
        + (f"{own}, or as a listing: {names}." if own else f"{names}, name, or a plugin's."),
    )


def file_option(note: str = "") -> Callable[[FC], FC]:
    """``--file``: where to write in place of stdout."""
    return click.option(
        "-f",
        "--file",
        type=OutputPath(),
        metavar="FILE",
        help=f"Write to this file{note}. [default: stdout]",
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

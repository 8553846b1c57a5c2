"""The public API for plugins that add commands; apart from ``api`` because it imports click.

A command is named by a ``CommandSpec`` and imported when it is run::

    @click.pass_context
    def run(ctx, output, snapshot):
        with opened(ctx, ["crds"], snapshot) as moment:
            write_page(Page([Rows(COLUMNS, moment.rows("crds"), "Groups")]), output)
"""

from __future__ import annotations

from typing import Any

import click
from click.shell_completion import CompletionItem

from k8s_datamodel.cli.answers.exporting import Exported, exported
from k8s_datamodel.cli.answers.opened_moments import opened
from k8s_datamodel.cli.commands.type_commands import get_command
from k8s_datamodel.cli.frame.app import App, Task
from k8s_datamodel.cli.frame.fleet import CLUSTER, Attempt, Fleet
from k8s_datamodel.cli.frame.output import format_of, output_file, write_page
from k8s_datamodel.cli.params.context_options import contexts_options, several
from k8s_datamodel.cli.params.filters import filter_options, matching
from k8s_datamodel.cli.params.options import (
    Command,
    OutputFormat,
    OutputPath,
    allow_incomplete_option,
    output_option,
)
from k8s_datamodel.cli.params.per_type import PerType, collected, collecting_flag
from k8s_datamodel.cli.params.snapshot_options import snapshot_option
from k8s_datamodel.reading.documents import LEDGER, ledger_row
from k8s_datamodel.reading.reader import Asked

__all__ = [
    "CLUSTER",
    "LEDGER",
    "App",
    "Asked",
    "Attempt",
    "Command",
    "Exported",
    "Fleet",
    "OutputPath",
    "PerType",
    "Task",
    "allow_incomplete_option",
    "collected",
    "collecting_flag",
    "contexts_options",
    "exported",
    "file_option",
    "filter_options",
    "format_of",
    "get_command",
    "ledger_row",
    "matching",
    "opened",
    "output_file",
    "output_option",
    "own_output_option",
    "several",
    "snapshot_option",
    "write_page",
]


class OwnOutputFormat(OutputFormat):
    """Name of a registered output format, or one that only this command writes.

    Args:
        own: the name of that one.
    """

    def __init__(self, own: str) -> None:
        self._own = own

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Accept the command's own format and what is registered."""
        return self._own if value == self._own else super().convert(value, param, ctx)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """The command's own format, then the registered ones."""
        own = [CompletionItem(self._own)] if self._own.startswith(incomplete) else []
        return [*own, *super().shell_complete(ctx, param, incomplete)]


def own_output_option(own: str) -> click.Option:
    """``--output`` of a command that has a format of its own; it is the default.

    None where it is not given: ``format_of`` then says what a file's suffix means.
    """
    return click.Option(
        ["-o", "--output"],
        type=OwnOutputFormat(own),
        show_default=own,
        help=f"Output format: {own}, or as a listing: table, wide, rich, json, yaml, csv.",
    )


def file_option() -> click.Option:
    """``--file``: where to write in place of stdout."""
    return click.Option(
        ["-f", "--file"],
        type=OutputPath(),
        metavar="FILE",
        help="Write to this file. [default: stdout]",
    )

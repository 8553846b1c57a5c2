"""The public API for plugins that add commands; apart from ``api`` because it imports click.

A command is a click command that a ``CommandSpec`` names; it is imported when it is run. The host
adds the global options::

    @click.command("groups")
    @output_option()
    @snapshot_option()
    @click.pass_context
    def groups(ctx, output, snapshot):
        with opened(ctx, ["crds"], snapshot) as moment:
            write_page(ctx, Page([Rows(COLUMNS, moment.rows("crds"), "Groups")]), output)
"""

from __future__ import annotations

from collections.abc import Sequence

import click

from k8s_datamodel.cli.commands.get_command import get_command
from k8s_datamodel.cli.frame.app import App, Task
from k8s_datamodel.cli.frame.fleet import CLUSTER, Attempt, Fleet
from k8s_datamodel.cli.frame.output import format_of, output_file, write_page
from k8s_datamodel.cli.params.context_options import contexts_options, several
from k8s_datamodel.cli.params.filters import filter_options, matching
from k8s_datamodel.cli.params.options import (
    OutputPath,
    allow_incomplete_option,
    file_option,
    output_option,
)
from k8s_datamodel.cli.params.per_type import Collecting, collected
from k8s_datamodel.cli.params.snapshot_options import snapshot_option
from k8s_datamodel.cli.rows.opened_moments import also_listed, exported, opened
from k8s_datamodel.data.ledger import LedgerEntry
from k8s_datamodel.reading.documents import LEDGER, ledger_row
from k8s_datamodel.reading.reader import Asked
from k8s_datamodel.types.resource_types import ResourceType

__all__ = [
    "CLUSTER",
    "LEDGER",
    "Asked",
    "Attempt",
    "Collecting",
    "Fleet",
    "OutputPath",
    "Task",
    "allow_incomplete_option",
    "also_listed",
    "collected",
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
    "say",
    "several",
    "snapshot_option",
    "tell_missing",
    "types_in_use",
    "write_page",
]


def types_in_use(ctx: click.Context) -> Sequence[ResourceType]:
    """The resource types of all active plugins."""
    return ctx.ensure_object(App).registry.types


def say(ctx: click.Context, text: str) -> None:
    """Write a line to stderr, unless ``--quiet``."""
    ctx.ensure_object(App).say(text)


def tell_missing(ctx: click.Context, ledger: Sequence[LedgerEntry], context: str = "") -> None:
    """Report what could not be read; the command then ends with 3. ``context`` names the cluster.

    What ``opened`` and ``exported`` read for the one source of the command is said without it.
    """
    ctx.ensure_object(App).missing.reads(ledger, name=context)

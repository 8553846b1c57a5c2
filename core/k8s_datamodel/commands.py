"""The public API for plugins that add commands; apart from ``api`` because it imports click.

A command is a click command that a ``CommandSpec`` names; it is imported when it is run. The host
adds the global options::

    @click.command("groups")
    @output_option()
    @snapshot_option()
    @reads("cluster")
    @click.pass_context
    def groups(ctx, output, snapshot):
        with opened(ctx, ["crds"], snapshot) as moment:
            write_page(ctx, Page([Rows(COLUMNS, moment.rows("crds"), "Groups")]), output)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from k8s_datamodel.base.plurals import size as size_text
from k8s_datamodel.cli.commands.clusters_compared.told_matrix import StoredMatrix, stored_matrix
from k8s_datamodel.cli.commands.get_command import get_command
from k8s_datamodel.cli.diffs.diff_markdown import code as markdown_code
from k8s_datamodel.cli.diffs.newest_moments import NewestMoment, TypeChanges, newest_moments
from k8s_datamodel.cli.diffs.paired_things import Pair, PairedSide, PairedThings, paired_things
from k8s_datamodel.cli.diffs.told_changes import ToldChange, ToldChanges, told_changes
from k8s_datamodel.cli.frame.app import App, Task
from k8s_datamodel.cli.frame.fleet import CLUSTER, Attempt, Fleet
from k8s_datamodel.cli.frame.missing import EXIT_NO_ANSWER
from k8s_datamodel.cli.frame.output import colored, format_of, output_file, write_page
from k8s_datamodel.cli.frame.used_settings import reads, using_option
from k8s_datamodel.cli.histories.pasts import Past, PastPoint, Series, Since, past_of
from k8s_datamodel.cli.params.context_options import contexts_options, several
from k8s_datamodel.cli.params.filters import filter_options, matching
from k8s_datamodel.cli.params.misses import missed, tell_misses
from k8s_datamodel.cli.params.options import (
    InputPath,
    OutputPath,
    allow_incomplete_option,
    config_option,
    file_option,
    formats_option,
    output_option,
    severity_option,
    together,
)
from k8s_datamodel.cli.params.per_type import Collecting, collected
from k8s_datamodel.cli.params.snapshot_options import (
    clusters_option,
    moment_argument,
    moments_argument,
    snapshot_option,
)
from k8s_datamodel.cli.rows.compared_moments import one_moment, with_types
from k8s_datamodel.cli.rows.earlier_moments import Earlier, earlier_moments
from k8s_datamodel.cli.rows.full_rows import full_rows
from k8s_datamodel.cli.rows.moment_summaries import TypeSummary, type_summaries
from k8s_datamodel.cli.rows.opened_moments import also_listed, exported, opened
from k8s_datamodel.cli.rows.rows_by_name import RowsByName
from k8s_datamodel.cli.rows.stored_snapshots import StoredSnapshots, stored_snapshots
from k8s_datamodel.cli.rows.whole_moments import whole_moments, word_of
from k8s_datamodel.data.asked import Asked
from k8s_datamodel.data.ledger import LedgerEntry
from k8s_datamodel.data.snapshots import cluster_text
from k8s_datamodel.plugins.configuration import Configuration
from k8s_datamodel.reading.documents import LEDGER, head, ledger_row
from k8s_datamodel.reading.moments import Moment
from k8s_datamodel.types.resource_types import ResourceType

__all__ = [
    "CLUSTER",
    "LEDGER",
    "Asked",
    "Attempt",
    "Collecting",
    "Earlier",
    "Fleet",
    "InputPath",
    "NewestMoment",
    "OutputPath",
    "Pair",
    "PairedSide",
    "PairedThings",
    "Past",
    "PastPoint",
    "RowsByName",
    "Series",
    "Since",
    "StoredMatrix",
    "StoredSnapshots",
    "Task",
    "ToldChange",
    "ToldChanges",
    "TypeChanges",
    "TypeSummary",
    "allow_incomplete_option",
    "also_listed",
    "answers_with_its_code",
    "cluster_text",
    "clusters_option",
    "collected",
    "config_option",
    "configuration",
    "contexts_options",
    "earlier_moments",
    "exported",
    "file_option",
    "filter_options",
    "format_of",
    "formats_option",
    "full_rows",
    "get_command",
    "has_color",
    "lacking",
    "ledger_row",
    "markdown_code",
    "matching",
    "missed",
    "moment_argument",
    "moments_argument",
    "newest_moments",
    "one_moment",
    "opened",
    "output_file",
    "output_option",
    "paired_things",
    "past_of",
    "reads",
    "say",
    "several",
    "severity_option",
    "size_text",
    "snapshot_head",
    "snapshot_option",
    "stored_matrix",
    "stored_snapshots",
    "tell_misses",
    "tell_missing",
    "together",
    "told_changes",
    "type_summaries",
    "types_in_use",
    "using_option",
    "whole_moments",
    "with_types",
    "word_of",
    "write_page",
]


def types_in_use(ctx: click.Context) -> Sequence[ResourceType]:
    """The resource types of all active plugins."""
    return ctx.ensure_object(App).registry.types


def snapshot_head(ctx: click.Context, moment: Moment) -> Mapping[str, Any]:
    """What documents say of a moment that is in a store."""
    if moment.snapshot is None:
        raise TypeError("only of a moment that is stored is it known how it ended")
    return head(moment.snapshot, types_in_use(ctx))


def say(ctx: click.Context, text: str) -> None:
    """Write a line to stderr, unless ``--quiet``."""
    ctx.ensure_object(App).say(text)


def configuration(ctx: click.Context, path: str | None = None) -> Configuration:
    """What the user's files say; ``path`` is what ``config_option`` gave. Raises UsageError."""
    return ctx.ensure_object(App).configuration(path)


def has_color(ctx: click.Context, file: str | None = None) -> bool:
    """Whether what is written to stdout, or to a file, may have colour."""
    return colored(ctx.ensure_object(App), file)


def answers_with_its_code(ctx: click.Context) -> None:
    """Say that 1, returned by the command, is an answer: a failure then ends with 4.

    What could not be read ends with 3; only an answer of 1 comes before it.
    """
    missing = ctx.ensure_object(App).missing
    missing.no_answer = EXIT_NO_ANSWER
    missing.allowed = False


def lacking(ctx: click.Context, text: str) -> None:
    """Say what the answer lacks; the command then ends with 3."""
    ctx.ensure_object(App).missing.add(text)


def tell_missing(ctx: click.Context, ledger: Sequence[LedgerEntry], context: str = "") -> None:
    """Report what could not be read; the command then ends with 3. ``context`` names the cluster.

    What ``opened`` and ``exported`` read for the one source of the command is said without it.
    """
    ctx.ensure_object(App).missing.reads(ledger, name=context)

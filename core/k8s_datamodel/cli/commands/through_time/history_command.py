"""``history`` of any resource type: how one object changed over the snapshots of its cluster."""

from __future__ import annotations

from typing import Any

import click

from k8s_datamodel.base.clock import now
from k8s_datamodel.base.errors import UsageError
from k8s_datamodel.cli.diffs.diff_options import LINES, flag, no_pager_option, patterns, several
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.frame.output import format_of
from k8s_datamodel.cli.frame.used_settings import reads
from k8s_datamodel.cli.histories.time_limits import Limits, time_options
from k8s_datamodel.cli.params.candidates import Completed, names_of
from k8s_datamodel.cli.params.options import (
    OutputFormat,
    allow_incomplete_option,
    config_option,
    file_option,
)
from k8s_datamodel.cli.params.snapshot_options import cluster_option
from k8s_datamodel.types.resource_types import ResourceType


def history_command(resource_type: ResourceType) -> click.Command:
    """``history`` of a type."""
    called = f"k8s-datamodel {resource_type.command} history NAME"

    @click.command(
        "history",
        short_help=f"Tell how one {resource_type.singular} changed over the snapshots.",
        help=f"Tell how one {resource_type.singular} changed over the snapshots of its cluster, "
        "the newest change first.\n\nA change lies between two snapshots; what was not read in "
        "between is told as a gap. The cluster is that of the newest snapshot, unless "
        "--cluster-context or --context names one.",
        epilog=f"Example: {called} --path metadata.labels",
    )
    @click.argument(
        "name", type=Completed("name", names_of(resource_type)), metavar="[NAMESPACE/]NAME"
    )
    @several(
        "--path",
        "Since when this field has its value: only what changed it",
        metavar="PATH",
        callback=patterns,
    )
    @time_options
    @flag("--all", "everything", "With noise, such as bookkeeping, and folded fields.")
    @flag("--full", "full", "A YAML hunk for each change.")
    @no_pager_option
    @click.option(
        "-o",
        "--output",
        type=OutputFormat(),
        help="Output format: table (lines for people), json, yaml, or csv: a row for each "
        "snapshot, with its counts. [default: table]",
    )
    @file_option("; its suffix chooses the format")
    @cluster_option()
    @config_option()
    @allow_incomplete_option()
    @reads("history")
    @click.pass_context
    def command(ctx: click.Context, /, name: str, **given: Any) -> None:
        from k8s_datamodel.cli.histories import told_history  # noqa: PLC0415 - not for `list`

        app = ctx.ensure_object(App)
        output = given["output"] or format_of(ctx, given["file"], "table")
        if given["full"] and output not in LINES:
            raise UsageError(f"--full is for people: it does not go with -o {output}")
        limits = Limits.of(given, now())
        with app.store() as store:
            found = told_history.history(app, store, resource_type, name, given, limits)
            if found is None:
                return
            told_history.write(ctx, found, output, given)
        if any(each.told in ("gap", "unknown") or each.unknown for each in found.steps):
            app.missing.add(f"not all of the history of {found.told.name} is known")

    return command

"""The public API for plugins that add commands; apart from ``api`` because it imports click.

A command is named by a ``CommandSpec`` and imported when it is run::

    @click.pass_context
    def run(ctx, output, snapshot):
        with opened(ctx, ["crds"], snapshot) as moment:
            write_page(Page([Rows(COLUMNS, moment.rows("crds"), "Groups")]), output)
"""

from __future__ import annotations

from k8s_datamodel.cli.answers.exporting import Exported, exported
from k8s_datamodel.cli.answers.opened_moments import also_listed, opened
from k8s_datamodel.cli.commands.type_commands import get_command
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
    "Exported",
    "Fleet",
    "OutputPath",
    "PerType",
    "Task",
    "allow_incomplete_option",
    "also_listed",
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
    "several",
    "snapshot_option",
    "write_page",
]

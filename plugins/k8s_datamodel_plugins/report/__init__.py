"""The report: all that a moment tells, on one page that can be mailed, printed and kept."""

from collections.abc import Iterable

from k8s_datamodel.api import CommandSpec, hookimpl


@hookimpl
def register_commands() -> Iterable[CommandSpec]:
    """``report``."""
    return (
        CommandSpec(
            "report",
            "k8s_datamodel_plugins.report.report_command:report",
            description="Write a report for others: one HTML file that needs nothing else.",
            section="report",
        ),
    )

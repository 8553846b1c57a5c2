"""What users choose for reports: by options, and in a section of the configuration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from k8s_datamodel.api import Configuration

_SECTION = {"title": str, "snapshots": int}
_LEAST = 1
SNAPSHOTS = 30
"""How many snapshots a report looks back on, unless the configuration says otherwise."""


@dataclass(frozen=True, slots=True)
class ReportSettings:
    """What holds for one report.

    Attributes:
        title: its heading; empty for one that names the cluster.
        snapshots: on how many snapshots it looks back, with its own.
        clusters: patterns of the clusters that are shown side by side; all if empty.
        config: the project's configuration that the user named.
    """

    title: str = ""
    snapshots: int = SNAPSHOTS
    clusters: Sequence[str] = ()
    config: str | None = None


def report_settings(
    configuration: Configuration, *, title: str | None, clusters: Sequence[str], config: str | None
) -> ReportSettings:
    """What the configuration says, and options before it.

    Raises UsageError, with file and line, if the section is not as ``docs/report.md`` has it.
    """
    section = configuration.section("report")
    section.check((), _SECTION)
    snapshots = section.value.get("snapshots", SNAPSHOTS)
    if snapshots < _LEAST:
        raise section.fault(("snapshots",), f"must be at least {_LEAST}")
    return ReportSettings(title or section.value.get("title", ""), snapshots, clusters, config)

"""What ``database summary`` says of Helm releases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from k8s_datamodel.api import Breakdown, Concern, Moment


def summary(moment: Moment) -> Iterable[Breakdown | Concern]:
    """Releases by status, and those that have failed or were left half-way."""
    rows = list(moment.rows("helm_releases"))
    statuses = Counter(str(row["status"] or "unknown") for row in rows)
    yield Breakdown("statuses", "Helm releases by status", statuses)
    named = [(f"{row['namespace']}/{row['name']}", str(row["status"])) for row in rows]
    failed = [name for name, status in named if status == "failed"]
    look = f"helm list --status failed --snapshot {moment.number}"
    yield Concern("failed", "Helm releases that have failed", failed, look=look)
    # A pending one belongs to a helm that runs, or that was stopped and blocks the next.
    pending = [name for name, status in named if status.startswith("pending-")]
    yield Concern("pending", "Helm releases with an unfinished change", pending)

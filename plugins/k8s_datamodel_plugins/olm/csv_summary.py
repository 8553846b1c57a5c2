"""What ``database summary`` says of CSVs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from k8s_datamodel.api import Breakdown, Concern, Moment


def summary(moment: Moment) -> Iterable[Breakdown | Concern]:
    """CSVs by phase, and those that have failed."""
    rows = list(moment.rows("csvs"))
    phases = Counter(str(row["phase"] or "Unknown") for row in rows)
    yield Breakdown("phases", "CSVs by phase", phases)
    failed = [f"{row['namespace']}/{row['name']}" for row in rows if row["phase"] == "Failed"]
    look = f"olm status --snapshot {moment.number}"
    yield Concern("failed", "CSVs that have failed", failed, look=look)

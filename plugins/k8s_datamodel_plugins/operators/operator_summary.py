"""What ``database summary`` says of operators."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from k8s_datamodel.api import Breakdown, Concern, Moment
from k8s_datamodel_plugins.object_parts import full_name


def summary(moment: Moment) -> Iterable[Breakdown | Concern]:
    """Operators by framework, and those whose pods are not all ready."""
    rows = list(moment.rows("operators"))
    frameworks = Counter(str(row["operator_framework"] or "unknown") for row in rows)
    yield Breakdown("frameworks", "Operators by framework", frameworks)
    wanted = [row for row in rows if row["replicas"]]
    silent = sum(row["ready_replicas"] is None for row in wanted)
    unready = [
        full_name(row)
        for row in wanted
        if row["ready_replicas"] is not None and row["ready_replicas"] < row["replicas"]
    ]
    unknown = f"of {silent:,}: the status does not say" if silent else ""
    yield Concern("not_ready", "Operators with pods that are not ready", unready, unknown)

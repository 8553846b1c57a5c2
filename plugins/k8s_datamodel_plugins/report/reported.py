"""What a report tells, before it is put into sections: read once, and never changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from k8s_datamodel.api import (
    ClusterInfo,
    LedgerEntry,
    ResourceType,
    Row,
)
from k8s_datamodel.commands import PastPoint, Series, StoredMatrix, ToldChanges, TypeSummary
from k8s_datamodel_plugins.checks.checked import Checked
from k8s_datamodel_plugins.report.definition_facts import CrdFacts


@dataclass(frozen=True, slots=True)
class TypePart:
    """What the report tells of one resource type.

    Attributes:
        type: with its derived columns.
        summary: how many records there are, what is new, and what needs attention.
        rows: the records without their objects; of a large number the first.
        left_out: how many records there are beside those.
        numbers: numbers that change without the object, by identity and over the report's points.
    """

    type: ResourceType
    summary: TypeSummary
    rows: Sequence[Row]
    left_out: int = 0
    numbers: Mapping[tuple[Any, ...], Series] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The type's."""
        return self.type.name

    def identity(self, row: Row) -> tuple[Any, ...]:
        """What names a record."""
        return tuple(row.get(name) for name in self.type.identity)


@dataclass(frozen=True, slots=True)
class ChangesSince:
    """What changed since an earlier moment.

    Attributes:
        what: that moment is to the reader, such as ``the last snapshot``.
        changes: since then.
        baseline: the name of that moment; empty if it has none.
    """

    what: str
    changes: ToldChanges
    baseline: str = ""


@dataclass(frozen=True, slots=True)
class TypeMatrix:
    """The records of a type in several clusters."""

    type: ResourceType
    matrix: StoredMatrix


@dataclass(frozen=True, slots=True)
class Report:
    """All of it.

    Attributes:
        title: what the page is called.
        made: when the report was made, UTC.
        program: name and version of the program that made it.
        head: what documents say of the moment.
        cluster: what is known of the cluster.
        namespace: the only one that was read; None for all.
        complete: whether nothing that matters was left unread.
        ledger: what was read, and how that ended.
        types: in order.
        since: what changed, the nearest moment first.
        points: the moment and the snapshots before it, the oldest first.
        crds: what their definitions say, by name; None if they are not known.
        rehearsal: what an upgrade would do; None if none was asked for.
        release: what the user called that upgrade.
        matrices: the clusters side by side; none of a single cluster.
    """

    title: str
    made: str
    program: str
    head: Mapping[str, Any]
    cluster: ClusterInfo
    namespace: str | None
    complete: bool
    ledger: Sequence[LedgerEntry]
    types: Sequence[TypePart]
    since: Sequence[ChangesSince] = ()
    points: Sequence[PastPoint] = ()
    crds: Mapping[str, CrdFacts] | None = None
    rehearsal: Checked | None = None
    release: str = ""
    matrices: Sequence[TypeMatrix] = ()

    def part(self, name: str) -> TypePart | None:
        """What is told of a type; None if the moment is not about it."""
        return next((each for each in self.types if each.name == name), None)

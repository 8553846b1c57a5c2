"""What a comparison says: changes of things and their fields, what is unknown, what has gaps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from k8s_datamodel.comparing.field_paths import Path, written
from k8s_datamodel.comparing.values import MISSING
from k8s_datamodel.data.findings import Finding, Severity

Op = Literal["add", "remove", "replace"]
Place = Literal["object", "column"]
SideName = Literal["from", "to", "both"]
What = Literal["added", "removed", "changed", "recreated"]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that differs. A whole subtree that one side lacks is one field.

    Attributes:
        place: ``in`` of the document: the object, or a column of the record.
        steps: the path to it.
        old: MISSING if it was added; None is null.
        new: MISSING if it was removed.
    """

    place: Place
    steps: Path
    old: Any
    new: Any

    @property
    def path(self) -> str:
        """The path as text."""
        return written(self.steps)

    @property
    def op(self) -> Op:
        """What happened to the field."""
        if self.old is MISSING:
            return "add"
        return "remove" if self.new is MISSING else "replace"

    def document(self) -> dict[str, Any]:
        """As JSON has it."""
        shown = {"in": self.place, "path": self.path, "op": self.op}
        values = {"from": self.old, "to": self.new}
        return {**shown, **{key: value for key, value in values.items() if value is not MISSING}}


@dataclass(frozen=True, slots=True)
class UnknownField:
    """A field of which nobody knows whether it differs.

    Attributes:
        side: where it cannot be told.
    """

    place: Place
    steps: Path
    side: SideName
    reason: str

    @property
    def path(self) -> str:
        """The path as text."""
        return written(self.steps)

    def document(self) -> dict[str, Any]:
        """As JSON has it, without the thing that it belongs to."""
        return {"in": self.place, "path": self.path, "side": self.side, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Change:
    """A thing that differs.

    Attributes:
        type_name: its resource type.
        key: its identity by the columns' keys in documents.
        what: added, removed, changed, or recreated: the same identity with another uid.
        fields: none for added and removed.
        old: the complete object before, if it was asked for; None if there was none.
        new: and after.
        level: the worst of what it means; None if its type does not grade changes.
        findings: what it means, in order.
    """

    type_name: str
    key: Mapping[str, Any]
    what: What
    fields: Sequence[FieldChange] = ()
    old: Mapping[str, Any] | None = field(default=None, compare=False, repr=False)
    new: Mapping[str, Any] | None = field(default=None, compare=False, repr=False)
    level: Severity | None = None
    findings: Sequence[Finding] = ()

    def document(self) -> dict[str, Any]:
        """As JSON has it."""
        shown: dict[str, Any] = {
            "type": self.type_name,
            "key": dict(self.key),
            "change": self.what,
            "fields": [each.document() for each in self.fields],
        }
        if self.level is not None:
            findings = [each.document() for each in self.findings]
            shown |= {"level": self.level, "findings": findings}
        return shown


@dataclass(frozen=True, slots=True)
class Unknown:
    """A field of a thing of which nobody knows whether it differs."""

    type_name: str
    key: Mapping[str, Any]
    field: UnknownField

    def document(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"type": self.type_name, "key": dict(self.key), **self.field.document()}


@dataclass(frozen=True, slots=True)
class Gap:
    """What was not compared, as a side did not read it: ``incomparable`` of the document.

    Attributes:
        status: the ledger's, or ``namespace``, ``uncovered``, ``no-type``.
        namespace: the one that limited the side, for the status ``namespace``.
        read: the ledger's name of what was not read; empty for all of the type.
        whole: nothing of the type was compared.
        unasked: the side was not asked for it, as what is on request is not; so nothing failed.
    """

    type_name: str
    side: SideName
    status: str
    reason: str
    namespace: str | None = None
    read: str = ""
    whole: bool = False
    unasked: bool = False

    def document(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "type": self.type_name,
            "side": self.side,
            "status": self.status,
            "reason": self.reason,
            "namespace": self.namespace,
        }


@dataclass(slots=True)
class Counts:
    """How many things of a type are how; None where nobody can say.

    Attributes:
        unknown: things of which it is only known that nobody knows.
        unnamed: things of the other side that a manifest does not name, which is no change.
        milder: things that differ, by a change that means less than was asked for.

    No document has the last three.
    """

    added: int | None = 0
    removed: int | None = 0
    changed: int | None = 0
    recreated: int | None = 0
    unchanged: int | None = 0
    unknown: int = 0
    unnamed: int = 0
    milder: int = 0

    def count(self, what: What | Literal["unchanged", "unknown", "unnamed", "milder"]) -> None:
        """Count one more."""
        setattr(self, what, (getattr(self, what) or 0) + 1)

    def document(self) -> dict[str, int | None]:
        """As JSON has it."""
        names = ("added", "removed", "changed", "recreated", "unchanged")
        return {name: getattr(self, name) for name in names}


@dataclass(slots=True)
class Rederived:
    """What other rules of ours made from equal objects, of one type.

    Attributes:
        rows: how many rows have such columns.
        columns: how many rows by the column's name.
    """

    rows: int = 0
    columns: dict[str, int] = field(default_factory=dict)

    def count(self, columns: Iterable[FieldChange]) -> None:
        """Count one more row, which has these columns."""
        self.rows += 1
        for name in {str(each.steps[0]) for each in columns}:
            self.columns[name] = self.columns.get(name, 0) + 1

"""What an upgrade of one CRD would do to one of its objects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from k8s_datamodel.api import Finding, written_path
from k8s_datamodel_plugins.rehearsal import OPERATIONS, ReadChange, Reason, Rehearsed

HURT = frozenset({"refused", "pruned", "gone", "unknown"})
"""Verdicts that hurt an object."""

BEFORE = " (so it is under the old CRD, too)"
"""How the message of a reason ends that held under the old CRD already."""

LOSING = frozenset({"refused", "pruned", "gone"})
"""Verdicts that certainly hurt it."""

GOOD = frozenset({"ok", "same"})
"""Verdicts of an object to which nothing happens."""

_OPS = {"lost": "remove", "added": "add", "changed": "replace"}


@dataclass(frozen=True, slots=True)
class AffectedObject:
    """An object to which something happens.

    Attributes:
        namespace: None for an object of the cluster.
        name: of the object.
        version: that the moment shows it at.
        rehearsed: the verdicts on it.
        causes: of each reason, the finding behind it, in the order of the reasons.
        before: of each reason, whether it stood against the operation under the old CRD, too.
        asked: the operations that count.
    """

    namespace: str | None
    name: str
    version: str
    rehearsed: Rehearsed
    causes: Sequence[Finding | None]
    before: Sequence[bool]
    asked: Sequence[str] = OPERATIONS

    @property
    def verdicts(self) -> frozenset[str]:
        """The verdicts of all operations, and on reads of other versions.

        That a version is gone, or that a webhook would convert to it, affects no object by itself.
        """
        reads = frozenset(self.rehearsed.reads.values()) - {"gone", "unknown"}
        return reads | frozenset(self.rehearsed.operations[each] for each in self.asked)

    @property
    def lost(self) -> bool:
        """Whether it is certain that one of them hurts."""
        return bool(self.verdicts & LOSING)

    @property
    def hurt(self) -> bool:
        """Whether one of them hurts."""
        return bool(self.verdicts & HURT)

    @property
    def doubtful(self) -> bool:
        """Whether it is not known what readers of another version get."""
        return "unknown" in self.rehearsed.reads.values()

    @property
    def only_defaulted(self) -> bool:
        """Whether readers get more defaults, and nothing else happens."""
        return self.verdicts <= GOOD | {"defaulted"}

    @property
    def refused_before(self) -> bool:
        """Whether the old CRD refuses it already, for a reason that the new one has."""
        return any(self.before)

    def findings(self, verdicts: frozenset[str]) -> set[int]:
        """Ids of the findings behind one of these verdicts."""
        return {
            id(cause)
            for reason, cause, _ in self.told()
            if cause and self.rehearsed.operations[reason.operation] in verdicts
        }

    def told(self) -> Iterator[tuple[Reason, Finding | None, bool]]:
        """The reasons that count, each with its cause, and whether it stood before."""
        every = zip(self.rehearsed.reasons, self.causes, self.before, strict=True)
        return (each for each in every if each[0].operation in self.asked)

    def document(self) -> dict[str, Any]:
        """As JSON has it."""
        found = self.rehearsed
        return {
            "namespace": self.namespace,
            "name": self.name,
            "version": self.version,
            "reads": dict(found.reads),
            "read_changes": [_field(each) for each in found.read_changes],
            "operations": {each: found.operations[each] for each in OPERATIONS},
            "reasons": [_reason(*each) for each in self.told()],
        }


def _field(change: ReadChange) -> dict[str, Any]:
    shown = {"in": "object", "path": written_path(change.path), "op": _OPS[change.kind]}
    if change.kind != "added":
        shown["from"] = change.old
    if change.kind != "lost":
        shown["to"] = change.new
    return shown


def _reason(reason: Reason, cause: Finding | None, before: bool) -> dict[str, Any]:
    return {
        "operation": reason.operation,
        "rule": rule_of(reason, cause),
        "path": written_path(reason.path),
        "message": f"{reason.message}{BEFORE if before else ''}",
    }


def rule_of(reason: Reason, cause: Finding | None) -> str:
    """The rule behind a reason, else its keyword in the case of rules, such as ``max-length``."""
    if cause:
        return cause.rule
    return "".join(f"-{each.lower()}" if each.isupper() else each for each in reason.rule)

"""What an upgrade of one CRD would do to its objects, all of them together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from k8s_datamodel.api import Finding, written_path
from k8s_datamodel_plugins.object_parts import mapping, text
from k8s_datamodel_plugins.rehearsal import OPERATIONS, ReadChange, Reason, Rehearsal, Rehearsed
from k8s_datamodel_plugins.upgrades.causes import Causes

HURT = frozenset({"refused", "pruned", "gone", "unknown"})
"""Verdicts that hurt an object."""

_LOSING = frozenset({"refused", "pruned", "gone"})
"""Those of them that are known."""

_GOOD = frozenset({"ok", "same"})
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
        before: operations that the old CRD refuses already.
    """

    namespace: str | None
    name: str
    version: str
    rehearsed: Rehearsed
    causes: Sequence[Finding | None]
    before: frozenset[str] = frozenset()

    @property
    def verdicts(self) -> frozenset[str]:
        """The verdicts of all operations."""
        return frozenset(self.rehearsed.operations.values())

    @property
    def hurt(self) -> bool:
        """Whether one of them hurts."""
        return bool(self.verdicts & HURT)

    @property
    def only_defaulted(self) -> bool:
        """Whether readers get more defaults, and nothing else happens."""
        return self.verdicts <= _GOOD | {"defaulted"}

    @property
    def refused_before(self) -> bool:
        """Whether the old CRD refuses it already, in an operation that the new one refuses."""
        return bool(self.before)

    def findings(self, verdicts: frozenset[str]) -> set[int]:
        """Ids of the findings behind one of these verdicts."""
        made = zip(self.rehearsed.reasons, self.causes, strict=True)
        return {
            id(cause)
            for reason, cause in made
            if cause and self.rehearsed.operations[reason.operation] in verdicts
        }

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
            "reasons": [
                _reason(reason, cause)
                for reason, cause in zip(found.reasons, self.causes, strict=True)
            ],
            "refused_before": sorted(self.before, key=OPERATIONS.index),
        }


def _field(change: ReadChange) -> dict[str, Any]:
    shown = {"in": "object", "path": written_path(change.path), "op": _OPS[change.kind]}
    if change.kind != "added":
        shown["from"] = change.old
    if change.kind != "lost":
        shown["to"] = change.new
    return shown


def _reason(reason: Reason, cause: Finding | None) -> dict[str, Any]:
    return {
        "operation": reason.operation,
        "rule": cause.rule if cause else _own_rule(reason.rule),
        "path": written_path(reason.path),
        "message": reason.message,
    }


def _own_rule(name: str) -> str:
    """A keyword in the case of rules: ``maxLength`` is ``max-length``."""
    return "".join(f"-{each.lower()}" if each.isupper() else each for each in name)


@dataclass(slots=True)
class CheckedObjects:
    """The objects of a CRD.

    Attributes:
        known: whether they were read, all of them.
        checked: how many were looked at.
        hurt: how many of them are hurt.
        defaulted: to how many nothing happens but that readers get more defaults.
        refused_before: how many are refused by the old CRD already.
        unknown: how many verdicts are not known.
        affected: those to which something happens.
        hurt_by: how many objects each finding hurts, by the finding's ``id()``.
        certain: ids of findings that certainly hurt one.
    """

    known: bool = True
    checked: int = 0
    hurt: int = 0
    defaulted: int = 0
    refused_before: int = 0
    unknown: int = 0
    affected: list[AffectedObject] = field(default_factory=list)
    hurt_by: dict[int, int] = field(default_factory=dict)
    certain: set[int] = field(default_factory=set)

    def add(self, one: AffectedObject) -> None:
        """Count an object, and keep it if something happens to it."""
        self.checked += 1
        if one.verdicts <= _GOOD and set(one.rehearsed.reads.values()) <= _GOOD | {"gone"}:
            return
        self.affected.append(one)
        self.hurt += one.hurt
        self.defaulted += one.only_defaulted
        self.refused_before += one.refused_before
        self.unknown += sum(each == "unknown" for each in one.rehearsed.operations.values())
        self.certain |= one.findings(_LOSING)
        for each in one.findings(HURT):
            self.hurt_by[each] = self.hurt_by.get(each, 0) + 1

    def hurts(self, finding: Finding) -> int | None:
        """How many objects a finding hurts; None if that is not known."""
        return self.hurt_by.get(id(finding), 0) if self.known else None

    def surely_hurts(self, finding: Finding) -> bool:
        """Whether it refuses or prunes an object."""
        return self.known and id(finding) in self.certain

    def document(self, *, everything: bool = False) -> dict[str, Any]:
        """As JSON has it; ``everything``: also the objects that are only defaulted."""
        known = self.known
        shown = [each for each in self.affected if everything or not each.only_defaulted]
        shown.sort(key=lambda each: (each.namespace is not None, each.namespace or "", each.name))
        return {
            "known": known,
            "checked": self.checked if known else None,
            "hurt": self.hurt if known else None,
            "defaulted": self.defaulted if known else None,
            "affected": [each.document() for each in shown],
        }


def checked_objects(
    rehearsal: Rehearsal,
    before: Rehearsal,
    findings: Sequence[Finding],
    objects: Iterable[Mapping[str, Any]],
) -> CheckedObjects:
    """Rehearse all objects of a CRD.

    Args:
        rehearsal: of the upgrade.
        before: of the old CRD upon itself: what is refused already.
        findings: on the CRD.
        objects: complete, as the server showed them. Those that are not affected are not kept.
    """
    found = CheckedObjects()
    by_version: dict[str, Causes] = {}
    for obj in objects:
        version = (text(obj.get("apiVersion")) or "").rpartition("/")[2]
        if version not in by_version:
            by_version[version] = Causes.of(findings, rehearsal.new.working_version(version))
        found.add(_affected(rehearsal, before, by_version[version], obj, version))
    return found


def _affected(
    rehearsal: Rehearsal,
    before: Rehearsal,
    causes: Causes,
    obj: Mapping[str, Any],
    version: str,
) -> AffectedObject:
    result = rehearsal.operations(obj, causes.concerned(obj))
    refused = {name for name, each in result.operations.items() if each == "refused"}
    if refused:
        already = before.operations(obj).operations
        refused = {name for name in refused if already[name] == "refused"}
    meta = mapping(obj.get("metadata"))
    return AffectedObject(
        text(meta.get("namespace")),
        text(meta.get("name")) or "",
        version,
        result,
        [causes.behind(each) for each in result.reasons],
        frozenset(refused),
    )

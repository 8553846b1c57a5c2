"""What an upgrade of one CRD would do to its objects, all of them together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from k8s_datamodel.api import AnyItem, Finding, written_path
from k8s_datamodel_plugins.object_parts import mapping, text
from k8s_datamodel_plugins.rehearsal import Reason, Rehearsal
from k8s_datamodel_plugins.structural import Path
from k8s_datamodel_plugins.upgrades.affected_objects import (
    GOOD,
    HURT,
    LOSING,
    AffectedObject,
    rule_of,
)
from k8s_datamodel_plugins.upgrades.causes import Causes

RESTORING = ("read", "apply", "create", "create_strict")
"""The operations of a restore; of a read it counts only what it loses."""


@dataclass(slots=True)
class CheckedObjects:
    """The objects of a CRD.

    Attributes:
        known: whether they were read, all of them.
        checked: how many were looked at.
        hurt: how many of them are hurt.
        lost: how many of those certainly are; of the others it is not known.
        defaulted: to how many nothing happens but that readers get more defaults.
        refused_before: how many are refused by the old CRD already.
        unknown: how many verdicts are not known.
        doubtful: of how many it is not known what readers of another version get.
        affected: those to which something happens.
        hurt_by: how many objects each finding hurts, by the finding's ``id()``.
        certain: ids of findings that certainly hurt one.
    """

    known: bool = True
    checked: int = 0
    hurt: int = 0
    lost: int = 0
    defaulted: int = 0
    refused_before: int = 0
    unknown: int = 0
    doubtful: int = 0
    affected: list[AffectedObject] = field(default_factory=list)
    hurt_by: dict[int, int] = field(default_factory=dict)
    certain: set[int] = field(default_factory=set)

    def add(self, one: AffectedObject, *, keep: bool = True) -> None:
        """Count an object; ``keep`` it if something happens to it."""
        self.checked += 1
        self.doubtful += one.doubtful
        if one.verdicts <= GOOD:
            return
        if keep:
            self.affected.append(one)
        self.hurt += one.hurt
        self.lost += one.lost
        self.defaulted += one.only_defaulted
        self.refused_before += one.refused_before
        self.unknown += sum(one.rehearsed.operations[each] == "unknown" for each in one.asked)
        self.certain |= one.findings(LOSING)
        for each in one.findings(HURT):
            self.hurt_by[each] = self.hurt_by.get(each, 0) + 1

    def hurts(self, finding: Finding) -> int | None:
        """How many objects a finding hurts; None if that is not known."""
        return self.hurt_by.get(id(finding), 0) if self.known else None

    def surely_hurts(self, finding: Finding) -> bool:
        """Whether it refuses or prunes an object; one is enough, whatever else was not read."""
        return id(finding) in self.certain

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


def unexplained(objects: CheckedObjects) -> list[Finding]:
    """A finding for each thing that refuses or prunes objects and that no other finding explains.

    None for what stood against an object before.
    """
    hurt: dict[tuple[str, str], tuple[str, str | None, set[int]]] = {}
    for one in objects.affected:
        for reason, cause, before in one.told():
            if not cause and not before and one.rehearsed.operations[reason.operation] in LOSING:
                place = (rule_of(reason, None), pattern_of(reason.path))
                found = hurt.setdefault(place, (reason.message, one.rehearsed.version, set()))
                found[2].add(id(one))
    return [
        Finding(
            rule=rule,
            level="breaking",
            message=message,
            version=version,
            path=path,
            objects=len(ids) if objects.known else None,
        )
        for (rule, path), (message, version, ids) in hurt.items()
    ]


def pattern_of(path: Path) -> str:
    """A path as findings have it, with ``[*]`` for items."""
    return written_path(tuple(AnyItem() if isinstance(each, int) else each for each in path))


def checked_objects(
    rehearsal: Rehearsal,
    before: Rehearsal,
    findings: Sequence[Finding],
    objects: Iterable[Mapping[str, Any]],
    *,
    known: bool = True,
    defaulted: bool = False,
) -> CheckedObjects:
    """Rehearse all objects of a CRD.

    Args:
        rehearsal: of the upgrade.
        before: of the old CRD upon itself: what is refused already.
        findings: on the CRD.
        objects: complete, as the server showed them. Those that are not affected are not kept.
        known: they are all of them.
        defaulted: those that only get defaults are kept, too.
    """
    found = CheckedObjects(known=known)
    by_version: dict[str, Causes] = {}
    for obj in objects:
        version = (text(obj.get("apiVersion")) or "").rpartition("/")[2]
        if version not in by_version:
            by_version[version] = Causes.of(findings, rehearsal.new.working_version(version))
        one = _affected(rehearsal, before, by_version[version], obj, version)
        found.add(one, keep=defaulted or not one.only_defaulted)
    return found


def restored_objects(
    same: Rehearsal, objects: Iterable[Mapping[str, Any]], *, known: bool = True
) -> CheckedObjects:
    """Try all objects of a CRD by this CRD itself: whether they could be restored.

    Args:
        same: the CRD upon itself.
        objects: complete, as the server showed them. Those to which nothing happens are not kept.
        known: they are all of them.
    """
    found = CheckedObjects(known=known)
    none = Causes.of((), None)
    for obj in objects:
        version = (text(obj.get("apiVersion")) or "").rpartition("/")[2]
        one = _affected(same, same, none, obj, version)
        lossless = one.rehearsed.operations["read"] in ("unknown", "defaulted", "same")
        asked = [each for each in RESTORING if not (each == "read" and lossless)]
        counting = replace(one, asked=asked)
        found.add(counting, keep=not counting.only_defaulted)
    return found


def _affected(
    rehearsal: Rehearsal,
    before: Rehearsal,
    causes: Causes,
    obj: Mapping[str, Any],
    version: str,
) -> AffectedObject:
    result = rehearsal.operations(obj, causes.concerned(obj))
    already: set[tuple[str, str, Path]] = set()
    if rehearsal is not before and LOSING & set(result.operations.values()):
        old = before.operations(obj)
        already = {_key(each) for each in old.reasons if old.operations[each.operation] in LOSING}
    meta = mapping(obj.get("metadata"))
    stood = [_key(each) in already for each in result.reasons]
    reasons = zip(result.reasons, stood, strict=True)
    return AffectedObject(
        text(meta.get("namespace")),
        text(meta.get("name")) or "",
        version,
        result,
        [None if was else causes.behind(each) for each, was in reasons],
        stood,
    )


def _key(reason: Reason) -> tuple[str, str, Path]:
    return reason.operation, reason.rule, reason.path

"""Judge CRDs together with the objects that are stored of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from k8s_datamodel.api import Finding, Row, counted, ordered_findings, worst
from k8s_datamodel.commands import Pair
from k8s_datamodel_plugins.checks.check_settings import CheckSettings
from k8s_datamodel_plugins.checks.checked import CheckedCrd, checked_crd, unjudgeable
from k8s_datamodel_plugins.checks.crd_grading import findings, ignored
from k8s_datamodel_plugins.checks.stored_objects import StoredObjects
from k8s_datamodel_plugins.grading.levels import finding
from k8s_datamodel_plugins.grading.schema.found import Found
from k8s_datamodel_plugins.object_parts import mapping
from k8s_datamodel_plugins.rehearsal import Rehearsal
from k8s_datamodel_plugins.upgrades import (
    CheckedObjects,
    checked_objects,
    managed_versions,
    regraded,
    restored_objects,
    unexplained,
    with_commands,
)

_UNKNOWN = CheckedObjects(known=False)
_REMOVED = "crd-removed"


def version_text(settings: CheckSettings) -> str | None:
    """The version of the server that they name; None for the newest known one."""
    found = settings.grading.kubernetes
    return ".".join(map(str, found)) if found else None


@dataclass(frozen=True, slots=True)
class Upgrading:
    """How CRDs are judged.

    Attributes:
        settings: for the rules.
        objects: where the stored objects are.
        kept: why a CRD that the new side lacks is of it; empty for one that it says nothing of.
        prune: such a CRD is deleted.
        everything: objects that only get defaults are kept, too.
        lacks: is told what could not be read or judged.
    """

    settings: CheckSettings
    objects: StoredObjects
    kept: Callable[[Row], str]
    prune: bool = False
    everything: bool = False
    lacks: list[str] = field(default_factory=list)

    def crds(self, pairs: Iterable[Pair]) -> Iterator[CheckedCrd]:
        """Judge each."""
        for pair in pairs:
            name = str(pair.key["name"])
            if pair.equal:
                yield CheckedCrd(name, "unchanged", objects=_UNKNOWN)
            elif pair.old is None:
                found = checked_crd(name, None, pair.new, self.settings)
                yield replace(found, objects=CheckedObjects())
            elif pair.new is None:
                yield self._left_out(name, pair.old)
            else:
                yield self._changed(name, pair.old, pair.new)

    def _changed(self, name: str, old: Row, new: Row) -> CheckedCrd:
        before, after = mapping(old.get("spec")), mapping(new.get("spec"))
        base = checked_crd(name, old, new, self.settings)
        if base.change == "unchanged" or unjudgeable(old) or unjudgeable(new):
            return replace(base, objects=_UNKNOWN)
        found = [with_commands(each, before, after) for each in findings(old, new, self.settings)]
        found += managed_versions(before, after, self.settings.grading)
        objects = self._rehearsed(old, after, found)
        judged = [*regraded(found, objects), *unexplained(objects)]
        counting = [each for each in judged if not ignored(name, each, self.settings)]
        return replace(
            base,
            findings=ordered_findings(counting),
            ignored=len(judged) - len(counting),
            objects=objects,
            by_schema=base.level,
        )

    def _rehearsed(
        self,
        row: Row,
        new: Mapping[str, Any],
        found: list[Finding],
    ) -> CheckedObjects:
        old = mapping(row.get("spec"))
        reading = self.objects.reading(str(row.get("name")), row.get("scope"))
        if reading.why:
            self.lacks.append(reading.why)
        if not reading.some:
            return CheckedObjects(known=False)
        upgrade = Rehearsal(old, new, version_text(self.settings))
        before = Rehearsal(old, old, version_text(self.settings))
        return checked_objects(
            upgrade,
            before,
            found,
            self.objects.of(old),
            known=reading.whole,
            defaulted=self.everything,
        )

    def _left_out(self, name: str, old: Row) -> CheckedCrd:
        """A CRD that the new side lacks: it stays, unless what is left out is deleted."""
        why = self.kept(old)
        if not why:
            return CheckedCrd(name, "unchanged", objects=_UNKNOWN)
        number = self.objects.number(old)
        objects = CheckedObjects(known=number is not None, checked=number or 0)
        held = "" if number is None else f" It has {counted(number, 'object')}."
        if self.prune:
            objects.hurt = objects.lost = objects.checked
            deadly = number != 0
            said = f"Pruned, as it shares {why}: deleting a CRD deletes its objects.{held}"
        else:
            deadly = False
            said = f"NEW leaves it out, though it shares {why}; it stays unless pruned.{held}"
        hurt = number if self.prune else 0 if number is not None else None
        removed = Found(_REMOVED, said, level="breaking" if deadly else "risky")
        found = [
            replace(each, objects=hurt)
            for each in finding(removed, None, False, self.settings.grading)
        ]
        counting = [each for each in found if not ignored(name, each, self.settings)]
        return CheckedCrd(
            name,
            "removed",
            counting,
            len(found) - len(counting),
            objects,
            worst(each.level for each in counting),
        )


def restored_crds(
    rows: Iterable[Row], objects: StoredObjects, settings: CheckSettings, lacks: list[str]
) -> Iterator[CheckedCrd]:
    """Judge the objects of CRDs by these same CRDs: what a restore would lose.

    Args:
        rows: of CRDs, with the complete ones.
        objects: where the stored objects are.
        settings: the release of the server, and what is ignored.
        lacks: is told what could not be read or judged.
    """
    for row in rows:
        name, crd = str(row.get("name")), mapping(row.get("spec"))
        reading = objects.reading(name, row.get("scope"))
        if reading.why:
            lacks.append(reading.why)
        if why := unjudgeable(row):
            lacks.append(f"{name} cannot be judged: {why}")
        if why or not reading.some:
            yield CheckedCrd(name, "unchanged", objects=CheckedObjects(known=False))
            continue
        same = Rehearsal(crd, crd, version_text(settings))
        found = restored_objects(same, objects.of(crd), known=reading.whole)
        judged = unexplained(found)
        counting = [each for each in judged if not ignored(name, each, settings)]
        ignoring = len(judged) - len(counting)
        yield CheckedCrd(name, "unchanged", ordered_findings(counting), ignoring, found)

"""The result of a check: each CRD of either side with what its change means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from k8s_datamodel.api import SEVERITIES, Finding, Row, Severity, ordered_findings, worst
from k8s_datamodel.commands import Pair
from k8s_datamodel_plugins.checks.check_settings import CheckSettings
from k8s_datamodel_plugins.checks.crd_grading import findings, ignored
from k8s_datamodel_plugins.grading import GradingSettings
from k8s_datamodel_plugins.object_parts import mapping, sequence, text

if TYPE_CHECKING:
    from k8s_datamodel_plugins.upgrades import CheckedObjects

Change = Literal["added", "removed", "changed", "unchanged"]

_EVERYTHING = CheckSettings(GradingSettings(alpha="same"))
"""By these a CRD that changed has a finding."""


@dataclass(frozen=True, slots=True)
class CheckedCrd:
    """One CRD.

    Attributes:
        name: of the CRD.
        change: what became of it.
        findings: what that means, in order.
        ignored: how many findings the configuration ignores.
        objects: what happens to its objects; None if the check looks at none.
        by_schema: the worst level by the schemas alone, if objects made another of it.
        notes: what else is to be said of it, a sentence each.
    """

    name: str
    change: Change
    findings: Sequence[Finding] = ()
    ignored: int = 0
    objects: CheckedObjects | None = None
    by_schema: Severity | None = None
    notes: Sequence[str] = ()

    @property
    def level(self) -> Severity:
        """The worst of its findings."""
        return worst(each.level for each in self.findings)

    @property
    def told(self) -> bool:
        """Whether there is anything to be said of it."""
        return bool(self.findings or self.notes or self.has_objects)

    @property
    def has_objects(self) -> bool:
        """Whether something happens to its objects."""
        objects = self.objects
        return objects is not None and bool(objects.affected or objects.defaulted)

    def document(self, *, everything: bool = False) -> dict[str, Any]:
        """As JSON has it; ``everything``: also the objects that only get defaults."""
        found = {
            "name": self.name,
            "change": self.change,
            "level": self.level,
            "schema_level": self.by_schema or self.level,
            "findings": [{**each.document(), "objects": each.objects} for each in self.findings],
        }
        if self.objects is None:
            return found
        return {**found, "objects": self.objects.document(everything=everything)}


@dataclass(frozen=True)
class Checked:
    """All of it.

    Attributes:
        old: what documents say of the old side.
        new: and of the new one.
        crds: by name.
        lacks: what could not be read or judged, a text each.
        unnamed: how many CRDs of a cluster the new manifests say nothing of.
        rehearsed: the check is on the objects of the old side, too.
        restored: it is on the objects alone, by the CRDs that are there.
        notes: what else is to be said of all of it, a sentence each.
    """

    old: Mapping[str, Any]
    new: Mapping[str, Any]
    crds: Sequence[CheckedCrd]
    lacks: Sequence[str] = ()
    unnamed: int = 0
    rehearsed: bool = False
    restored: bool = False
    notes: Sequence[str] = ()

    @cached_property
    def level(self) -> Severity:
        """The worst of all findings."""
        return worst(each.level for each in self.crds)

    @property
    def complete(self) -> bool:
        """Whether all was read and judged."""
        return not self.lacks and not self.unknown

    @cached_property
    def unknown(self) -> int:
        """How many verdicts on objects are not known."""
        return sum(each.objects.unknown for each in self.crds if each.objects)

    @property
    def ignored(self) -> int:
        """How many findings the configuration ignores."""
        return sum(each.ignored for each in self.crds)

    def worst_first(self) -> list[CheckedCrd]:
        """The CRDs of which there is something to say."""
        found = [each for each in self.crds if each.told]
        return sorted(found, key=_rank)

    def document(self, *, everything: bool = False) -> dict[str, Any]:
        """As JSON has it; ``everything``: also the objects that only get defaults."""
        sides = {"from": dict(self.old)}
        if self.rehearsed:
            sides["against"] = dict(self.old)
        return {
            **sides,
            "to": dict(self.new),
            "level": self.level,
            "complete": self.complete,
            **({"unknown": self.unknown} if self.rehearsed else {}),
            "crds": [each.document(everything=everything) for each in self.crds],
        }


def _rank(crd: CheckedCrd) -> tuple[int, int, str]:
    hurt = crd.objects.hurt if crd.objects else 0
    return SEVERITIES.index(crd.level), -hurt, crd.name


def checked_crds(
    pairs: Iterable[Pair], settings: CheckSettings, unnamed: frozenset[str] = frozenset()
) -> Iterator[CheckedCrd]:
    """Judge pairs of CRDs; of those that are ``unnamed`` nothing is said."""
    for pair in pairs:
        name = str(pair.key["name"])
        if pair.equal:
            yield CheckedCrd(name, "unchanged")
        elif name in unnamed:
            yield CheckedCrd(name, "removed")
        else:
            yield checked_crd(name, pair.old, pair.new, settings)


def checked_crd(name: str, old: Row | None, new: Row | None, settings: CheckSettings) -> CheckedCrd:
    """Judge a CRD by its rows before and after."""
    found = list(findings(old, new, settings))
    counting = [each for each in found if not ignored(name, each, settings)]
    change: Change = "added" if old is None else "removed" if new is None else "changed"
    if not found and change == "changed" and not any(findings(old, new, _EVERYTHING)):
        change = "unchanged"
    return CheckedCrd(name, change, ordered_findings(counting), len(found) - len(counting))


def unjudgeable(row: Row) -> str:
    """Why nobody can say what a CRD means; empty if one can."""
    if not text(row.get("name")):
        return "it has no name"
    spec = mapping(mapping(row.get("spec")).get("spec"))
    versions = sequence(spec.get("versions"))
    if not versions and not text(spec.get("version")):
        return "it has no versions"
    if not all(text(mapping(each).get("name")) for each in versions):
        return "a version of it has no name"
    return ""

"""The result of a check: each CRD of either side with what its change means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from k8s_datamodel.api import SEVERITIES, Finding, Row, Severity, ordered_findings, worst
from k8s_datamodel.commands import Pair
from k8s_datamodel_plugins.checks.check_settings import CheckSettings
from k8s_datamodel_plugins.checks.crd_grading import findings, ignored
from k8s_datamodel_plugins.grading import GradingSettings
from k8s_datamodel_plugins.object_parts import mapping, sequence, text

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
    """

    name: str
    change: Change
    findings: Sequence[Finding] = ()
    ignored: int = 0

    @property
    def level(self) -> Severity:
        """The worst of its findings."""
        return worst(each.level for each in self.findings)

    def document(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "name": self.name,
            "change": self.change,
            "level": self.level,
            "schema_level": self.level,
            "findings": [{**each.document(), "objects": None} for each in self.findings],
        }


@dataclass(frozen=True)
class Checked:
    """All of it.

    Attributes:
        old: what documents say of the old side.
        new: and of the new one.
        crds: by name.
        lacks: what could not be read or judged, a text each.
        unnamed: how many CRDs of a cluster the new manifests say nothing of.
    """

    old: Mapping[str, Any]
    new: Mapping[str, Any]
    crds: Sequence[CheckedCrd]
    lacks: Sequence[str] = ()
    unnamed: int = 0

    @cached_property
    def level(self) -> Severity:
        """The worst of all findings."""
        return worst(each.level for each in self.crds)

    @property
    def complete(self) -> bool:
        """Whether all was read and judged."""
        return not self.lacks

    @property
    def ignored(self) -> int:
        """How many findings the configuration ignores."""
        return sum(each.ignored for each in self.crds)

    def worst_first(self) -> list[CheckedCrd]:
        """The CRDs that have findings."""
        found = [each for each in self.crds if each.findings]
        return sorted(found, key=lambda each: (SEVERITIES.index(each.level), each.name))

    def document(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "from": dict(self.old),
            "to": dict(self.new),
            "level": self.level,
            "complete": self.complete,
            "crds": [each.document() for each in self.crds],
        }


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
            yield _checked(name, pair.old, pair.new, settings)


def _checked(name: str, old: Row | None, new: Row | None, settings: CheckSettings) -> CheckedCrd:
    found = list(findings(old, new, settings))
    counting = [each for each in found if not ignored(name, each, settings)]
    change: Change = "added" if old is None else "removed" if new is None else "changed"
    if not found and change == "changed" and not any(findings(old, new, _EVERYTHING)):
        change = "unchanged"
    return CheckedCrd(name, change, ordered_findings(counting), len(found) - len(counting))


def unjudgeable(row: Row) -> str:
    """Why nobody can say what a CRD means; empty if one can."""
    spec = mapping(mapping(row.get("spec")).get("spec"))
    versions = sequence(spec.get("versions"))
    if not versions and not text(spec.get("version")):
        return "it has no versions"
    if not all(text(mapping(each).get("name")) for each in versions):
        return "a version of it has no name"
    return ""

"""Which findings are shown where there is room for some: the worst first, whole levels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from k8s_datamodel.api import SEVERITIES, Finding
from k8s_datamodel_plugins.checks.checked import Checked, CheckedCrd

Part = tuple[CheckedCrd, list[Finding]]
"""A CRD, and findings on it, the worst first."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What is shown, and what is folded.

    Attributes:
        shown: the CRDs with findings that are shown, the worst first.
        folded: the same of those that are not.
    """

    shown: Sequence[Part]
    folded: Sequence[Part]

    def folded_findings(self) -> list[Finding]:
        """The findings that are not shown."""
        return [each for _, findings in self.folded for each in findings]


def selection(checked: Checked, room: int, around: int = 1) -> Selection:
    """Choose the findings to show.

    Args:
        checked: all of them.
        room: how many lines there are.
        around: how many lines a CRD takes beside those of its findings.
    """
    parts = [(crd, _worst_first(crd)) for crd in checked.worst_first()]
    limit = _lowest_level(parts, room, around)
    shown: list[Part] = []
    folded: list[Part] = []
    for crd, findings in parts:
        wanted = [each for each in findings if SEVERITIES.index(each.level) <= limit]
        fitting = wanted[: max(0, room - around)]
        if fitting:
            room -= around + len(fitting)
            shown.append((crd, fitting))
        if rest := findings[len(fitting) :]:
            folded.append((crd, rest))
    return Selection(shown, folded)


def _worst_first(crd: CheckedCrd) -> list[Finding]:
    return sorted(crd.findings, key=lambda each: SEVERITIES.index(each.level))


def _lowest_level(parts: Sequence[Part], room: int, around: int) -> int:
    """The lowest level of which all findings fit; the worst that there is if none does."""
    there = sorted({SEVERITIES.index(each.level) for _, found in parts for each in found})
    fitting = there[0] if there else 0
    for level in there:
        numbers = [sum(SEVERITIES.index(e.level) <= level for e in found) for _, found in parts]
        if sum(around + number for number in numbers if number) > room:
            break
        fitting = level
    return fitting

"""Which findings are shown where there is room for some: the worst first, whole levels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from k8s_datamodel.api import SEVERITIES, Finding
from k8s_datamodel_plugins.checks.checked import Checked, CheckedCrd
from k8s_datamodel_plugins.checks.reports.folding import Fold, folded, unfolded

Part = tuple[CheckedCrd, list[Fold]]
"""A CRD, and findings on it, the worst first."""

Around = Callable[[CheckedCrd], int]
"""How many lines a CRD takes beside those of its findings."""

_LOUD = SEVERITIES.index("unclassified")
"""Levels up to this one are worth a line that leaves places out."""


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
        return [each for _, folds in self.folded for fold in folds for each in fold.findings]

    def has_places_left_out(self) -> bool:
        """Whether a line that is shown stands for several places."""
        return any(len(fold.findings) > 1 for _, folds in self.shown for fold in folds)


def selection(
    checked: Checked,
    room: int,
    around: Around,
    *,
    every_place: bool = False,
) -> Selection:
    """Choose the findings to show.

    Args:
        checked: all of them.
        room: how many lines there are.
        around: how many lines a CRD takes beside those of its findings.
        every_place: no line stands for several places.
    """
    crds = checked.worst_first()
    if every_place:
        parts = [(crd, _worst_first(unfolded(crd.findings))) for crd in crds]
    else:
        parts = _parts(crds, room, around)
    worst = SEVERITIES.index(checked.level)
    limit = max(worst, _lowest_level(parts, room, around))
    shown: list[Part] = []
    folded: list[Part] = []
    for crd, findings in parts:
        wanted = [each for each in findings if SEVERITIES.index(each.level) <= limit]
        above = around(crd)
        fitting = wanted[: max(0, room - above)]
        there = bool(fitting) or (crd.has_objects and room >= above)
        if there:
            room -= above + len(fitting)
            shown.append((crd, fitting))
        rest = findings[len(fitting) :]
        if rest or not there:
            folded.append((crd, rest))
    return Selection(shown, folded)


def _parts(crds: Sequence[CheckedCrd], room: int, around: Around) -> list[Part]:
    """The CRDs with their findings, folded by name where that lets all of a level fit."""
    ways = [_folded(crds, mild) for mild in range(len(SEVERITIES), -1, -1)]
    fitting = [min(_LOUD, _lowest_level(parts, room, around)) for parts in ways]
    return ways[fitting.index(max(fitting))] if max(fitting) >= 0 else ways[-1]


def _folded(crds: Sequence[CheckedCrd], mild: int) -> list[Part]:
    """The CRDs with their findings, folded by name above a level, from there on by change only."""
    parts = []
    for crd in crds:
        kept = [each for each in crd.findings if SEVERITIES.index(each.level) < mild]
        rest = [each for each in crd.findings if SEVERITIES.index(each.level) >= mild]
        folds = [*folded(kept, by_name=True), *folded(rest, by_name=False)]
        parts.append((crd, _worst_first(folds)))
    return parts


def _worst_first(folds: Sequence[Fold]) -> list[Fold]:
    return sorted(folds, key=lambda each: SEVERITIES.index(each.level))


def _lowest_level(parts: Sequence[Part], room: int, around: Around) -> int:
    """The lowest level of which all findings fit; -1 if those of the worst do not."""
    there = sorted({SEVERITIES.index(each.level) for _, found in parts for each in found})
    fitting = -1
    for level in there:
        lines = 0
        for crd, found in parts:
            number = sum(SEVERITIES.index(each.level) <= level for each in found)
            lines += around(crd) + number if number or crd.has_objects else 0
        if lines > room:
            break
        fitting = level
    return fitting

"""Findings that say the same of several places, as one line with the first place."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from k8s_datamodel.api import Finding, Severity


@dataclass(frozen=True, slots=True)
class Fold:
    """Findings of one CRD with the same rule and the same change.

    Attributes:
        findings: in order; the first is the example.
    """

    findings: tuple[Finding, ...]

    @property
    def example(self) -> Finding:
        """The finding that stands for all."""
        return self.findings[0]

    @property
    def level(self) -> Severity:
        """Of each of them."""
        return self.example.level


def unfolded(findings: Iterable[Finding]) -> list[Fold]:
    """Each finding for itself."""
    return [Fold((each,)) for each in findings]


def folded(findings: Iterable[Finding], *, by_name: bool) -> list[Fold]:
    """Findings that say the same of several places become one.

    Args:
        findings: of one CRD, in order.
        by_name: only fields of one name are one: a type that is used in many places.
            Otherwise any fields are.
    """
    found: dict[tuple[Any, ...], list[Finding]] = {}
    for each in findings:
        found.setdefault(_same(each, by_name=by_name), []).append(each)
    return [Fold(tuple(same)) for same in found.values()]


def _same(finding: Finding, *, by_name: bool) -> tuple[Any, ...]:
    change = json.dumps([finding.old, finding.new], sort_keys=True, default=str)
    if finding.path is None:
        place = finding.version or ""
    else:
        place = finding.path.rpartition(".")[2] if by_name else "."
    return finding.rule, finding.level, finding.message, finding.objects, change, place

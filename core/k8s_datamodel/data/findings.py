"""What a change means to those who store, write and read objects: findings, and their levels."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from k8s_datamodel.data.objects import Row

Severity = Literal["blocked", "breaking", "risky", "unclassified", "additive", "cosmetic", "none"]
"""How bad a finding is, see ``SEVERITIES``."""

SEVERITIES: tuple[Severity, ...] = (
    "blocked",
    "breaking",
    "risky",
    "unclassified",
    "additive",
    "cosmetic",
    "none",
)
"""Levels, the worst first. ``docs/checking.md`` says what each means."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one change of one thing means. Fields may be added.

    Attributes:
        rule: id of the rule that found it, in kebab-case.
        level: how bad it is.
        message: one sentence for people.
        version: the version of the API that it is about, ``v1 -> v2`` across versions; None for
            the whole thing.
        path: of the field, as ``diff`` writes it, with ``[*]`` for items and ``.*`` for keys; empty
            for the root, None for what is no field.
        old: the value before, as JSON has it; None if there was none.
        new: the value after; None if there is none.
        objects: how many stored objects it hurts; None if nobody knows. A command that rehearses
            a change on them says so.
    """

    rule: str
    level: Severity
    message: str
    version: str | None = None
    path: str | None = None
    old: Any = None
    new: Any = None
    objects: int | None = None

    def document(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "rule": self.rule,
            "level": self.level,
            "version": self.version,
            "path": self.path,
            "from": self.old,
            "to": self.new,
            "message": self.message,
        }


Grader: TypeAlias = Callable[[Row | None, Row | None], Iterable[Finding]]
"""Function of a row before and after that says what its change means; None where there is none."""


def ordered_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings by version, path and rule; what is about the whole thing comes first."""
    return tuple(sorted(findings, key=_place))


def reaches(level: Severity, limit: Severity) -> bool:
    """Whether a level is as bad as another one, or worse."""
    return SEVERITIES.index(level) <= SEVERITIES.index(limit)


def _place(finding: Finding) -> tuple[tuple[bool, str], ...]:
    parts = (finding.version, finding.path, finding.rule, finding.message)
    return tuple((part is not None, part or "") for part in parts)


def worst(levels: Iterable[Severity]) -> Severity:
    """The worst of some levels; ``none`` of none."""
    return min(levels, key=SEVERITIES.index, default="none")

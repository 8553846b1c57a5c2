"""Findings that a project knows of and accepts, until a day or for ever."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from functools import lru_cache

from k8s_datamodel.api import AnyItem, AnyKey, Finding, parsed_path

_parsed = lru_cache(maxsize=1024)(parsed_path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignore:
    """Findings that do not count; what is None matches everything.

    Attributes:
        rule: the id of their rule.
        crd: the name of their CRD; ``*`` and ``?`` match.
        path: of their field, or of one that it is a part of; ``*`` is any key, ``[*]`` any item.
        reason: why they are accepted.
        by: who accepted them.
        until: the last day on which they do not count.
        where: the file and line that say so.
    """

    rule: str | None = None
    crd: str | None = None
    path: str | None = None
    reason: str
    by: str | None = None
    until: date | None = None
    where: str = ""

    def covers(self, crd: str, finding: Finding) -> bool:
        """Whether a finding on a CRD is one of these."""
        return (
            self.rule in (None, finding.rule)
            and (self.crd is None or fnmatchcase(crd, self.crd))
            and (self.path is None or _within(finding.path, self.path))
        )

    def expired(self, today: date) -> bool:
        """Whether the findings count again."""
        return self.until is not None and self.until < today

    def text(self) -> str:
        """What is ignored, in a few words."""
        parts = (self.rule, self.crd, self.path)
        return " ".join(part for part in parts if part) or "everything"


def _within(path: str | None, pattern: str) -> bool:
    if path is None:
        return False
    steps, wanted = _parsed(path), _parsed(pattern)
    return len(steps) >= len(wanted) and all(map(_matches, wanted, steps))


def _matches(wanted: str | int | AnyKey | AnyItem, step: str | int | AnyKey | AnyItem) -> bool:
    if isinstance(wanted, AnyKey):
        return isinstance(step, str | AnyKey)
    return wanted == step

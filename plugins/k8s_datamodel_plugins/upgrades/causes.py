"""Which finding on a CRD explains what would happen to an object."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from k8s_datamodel.api import AnyItem, AnyKey, Finding, parsed_path
from k8s_datamodel_plugins.grading import RULES
from k8s_datamodel_plugins.rehearsal import Reason
from k8s_datamodel_plugins.structural import Path

MANAGED = "version-removed-managedfields"
"""The rule whose findings only objects can tell."""

_BOUNDS = ("bound-tightened", "metadata-name-constraint")
_BRANCHES = ("combinator-tightened", "combinator-changed")
_LOST = (
    *("field-removed", "additional-properties-removed", "preserve-unknown-removed"),
    *("schema-added", "storage-none-conversion-schema-differs", "nullable-removed"),
)

_CAUSES: Mapping[str, Sequence[str]] = {
    "required": ("required-added", "default-removed"),
    "enum": ("enum-value-removed", "enum-added"),
    "type": ("type-changed", "int-or-string-changed", "nullable-removed"),
    "pattern": ("pattern-added", "pattern-changed", "metadata-name-constraint"),
    "format": ("format-added", "format-changed"),
    "listType": ("list-type-changed",),
    "objectMeta": ("embedded-resource-added",),
    "cel": ("cel-rule-added", "cel-rule-changed", "cel-optional-oldself", "cel-transition-added"),
    "lost": _LOST,
    "unknownField": _LOST,
    "added": ("default-added", "default-changed", "required-added-with-default"),
    "changed": ("default-changed", "nullable-removed", "type-changed"),
    "status": ("status-subresource-removed",),
    "version": ("version-removed", "version-unserved", "stored-version-removed"),
    "apply": (MANAGED, "version-removed", "type-changed", "list-type-changed"),
    "conversion": ("conversion-strategy-changed", "conversion-webhook-changed"),
    "scale": ("scale-path-changed",),
    **dict.fromkeys(("allOf", "anyOf", "oneOf", "not"), _BRANCHES),
    **dict.fromkeys(("minimum", "maximum", "multipleOf", "uniqueItems"), _BOUNDS),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems"), _BOUNDS),
    **dict.fromkeys(("minProperties", "maxProperties"), _BOUNDS),
}
"""Ids of rules whose findings may explain a failure, by what failed."""

_ON_VERSIONS = frozenset(("version-removed", "version-unserved", "stored-version-removed", MANAGED))
"""Rules whose findings are about a version that objects leave."""

_Pattern = tuple[str | int | AnyKey | AnyItem, ...]


@dataclass(frozen=True)
class Causes:
    """The findings on one CRD, to be asked for the one behind a reason."""

    _places: Sequence[tuple[Finding, _Pattern | None]]

    @classmethod
    def of(cls, findings: Sequence[Finding], version: str | None) -> Causes:
        """The findings that concern objects of a version."""
        here = (each for each in findings if _concerns(each, version))
        return cls([(each, _pattern(each)) for each in here])

    def behind(self, reason: Reason) -> Finding | None:
        """The finding that explains a reason; None if no change of the CRD does."""
        rules = _CAUSES.get(reason.rule, ())
        fitting = [
            ((len(pattern or ()), -rules.index(finding.rule)), finding)
            for finding, pattern in self._places
            if finding.rule in rules and _fits(finding, pattern, reason)
        ]
        return max(fitting, key=lambda each: each[0], default=((0, 0), None))[1]

    def concerned(self, obj: Mapping[str, Any]) -> list[Path]:
        """The paths in an object that findings concern; a missing last step is there, too.

        Findings of rules that only allow more concern none, whatever level a milder one has.
        """
        found = (
            path
            for finding, pattern in self._places
            if pattern and RULES[finding.rule].level not in ("additive", "cosmetic")
            for path in _paths(obj, pattern, ())
        )
        return list(dict.fromkeys(found))


def _fits(finding: Finding, pattern: _Pattern | None, reason: Reason) -> bool:
    if finding.rule == MANAGED:
        return reason.api_version.endswith(f"/{finding.version}")
    return pattern is None or _leads(pattern, reason.path)


def _concerns(finding: Finding, version: str | None) -> bool:
    if finding.version is None or version is None or finding.rule in _ON_VERSIONS:
        return True
    return version in finding.version.split(" -> ")


def _pattern(finding: Finding) -> _Pattern | None:
    if finding.path is None:
        return None
    try:
        return parsed_path(finding.path)
    except ValueError:
        return None


def _leads(pattern: _Pattern, path: Path) -> bool:
    """Whether a finding's place is the reason's, or above it."""
    return len(pattern) <= len(path) and all(map(_is, pattern, path))


def _is(step: str | int | AnyKey | AnyItem, part: str | int) -> bool:
    if isinstance(step, AnyKey):
        return isinstance(part, str)
    return isinstance(part, int) if isinstance(step, AnyItem) else step == part


def _paths(value: Any, pattern: _Pattern, above: Path) -> Iterator[Path]:
    step, below = pattern[0], pattern[1:]
    for key in _keys(value, step):
        if not below:
            yield (*above, key)
        elif isinstance(value, list) or key in value:
            yield from _paths(value[key], below, (*above, key))


def _keys(value: Any, step: str | int | AnyKey | AnyItem) -> Iterator[Any]:
    if isinstance(value, list):
        if isinstance(step, AnyItem):
            yield from range(len(value))
    elif isinstance(value, Mapping):
        if isinstance(step, AnyKey):
            yield from value
        elif isinstance(step, str):
            yield step

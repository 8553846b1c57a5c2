"""Operators whose rights or admission webhooks name what a CRD loses.

Rights name groups and resources and no version; rules of webhooks name versions, too. A wildcard
names nothing. A webhook is called for objects of any version while the CRD has a version that it
names, served or not: the API server converts them (``matchPolicy: Equivalent``, the default).

Sources: RBAC and ``matchPolicy`` of admission webhooks in the documentation of Kubernetes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from k8s_datamodel.api import Severity
from k8s_datamodel_plugins.grading.definition.crd_versions import OfVersion
from k8s_datamodel_plugins.grading.schema.found import Found
from k8s_datamodel_plugins.object_parts import mapping, sequence, texts
from k8s_datamodel_plugins.upgrades.touched.losses import Loss, enumerated

_ALL = "*"
_HARMLESS: Severity = "cosmetic"

_Rules = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class KnownOperator:
    """An operator, and what its rights and webhooks name.

    Attributes:
        name: with its namespace.
        rights: rules with ``groups`` and ``resources``; None if not known.
        webhooks: rules with ``groups``, ``resources``, ``versions`` and ``operations``; None if not
            known.
    """

    name: str
    rights: _Rules | None = None
    webhooks: _Rules | None = None

    @classmethod
    def of(cls, name: str, beside: Mapping[str, Any]) -> KnownOperator:
        """What is kept beside its record, of which earlier snapshots have nothing."""
        found = [
            [mapping(each) for each in sequence(beside[key])] if key in beside else None
            for key in ("rights", "webhooks")
        ]
        return cls(name, *found)


def operators_naming(loss: Loss, operators: Iterable[KnownOperator]) -> Iterator[OfVersion]:
    """One finding for the kind if it goes, else one for each version that goes and is named."""
    known = list(operators)
    if loss.whole:
        yield from _kind(loss, known)
        return
    for version in loss.versions:
        yield from _version(loss, version, known)


def _kind(loss: Loss, operators: Sequence[KnownOperator]) -> Iterator[OfVersion]:
    by_rights = [each.name for each in operators if _names_kind(loss, each.rights)]
    by_hooks = [each.name for each in operators if _names_kind(loss, each.webhooks)]
    parts = [f"rights of {enumerated(by_rights)}"] if by_rights else []
    parts += [f"webhooks of {enumerated(by_hooks)}"] if by_hooks else []
    if parts:
        said = f"The {' and the '.join(parts)} name {loss.plural}, which are gone."
        both = sorted({*by_rights, *by_hooks})
        yield OfVersion(None, Found("operator-names-removed-kind", said, None, both, None))


def _names_kind(loss: Loss, rules: _Rules | None) -> bool:
    return any(
        loss.group in texts(rule.get("groups")) and loss.plural in _resources(rule)
        for rule in rules or ()
    )


def _version(loss: Loss, version: str, operators: Sequence[KnownOperator]) -> Iterator[OfVersion]:
    silent: list[str] = []
    covered: list[str] = []
    for each in operators:
        named = [rule for rule in _about(loss, each) if version in texts(rule.get("versions"))]
        if named:
            left_out = [rule for rule in named if not _covered(loss, rule, _about(loss, each))]
            (silent if left_out else covered).append(each.name)
    if silent:
        said = (
            f"Webhooks of {enumerated(silent)} name {version} and no version that stays: they are "
            f"no longer called for {loss.plural}, so nothing checks or completes them."
        )
        yield OfVersion(version, Found("operator-names-removed-version", said, None, silent, None))
    if covered:
        said = f"Webhooks of {enumerated(covered)} name {version}, " + (
            "which stays in the CRD." if version in loss.stay else "and a version that stays."
        )
        found = Found("operator-names-removed-version", said, None, covered, None, _HARMLESS)
        yield OfVersion(version, found)


def _about(loss: Loss, operator: KnownOperator) -> Iterator[Mapping[str, Any]]:
    """The rules of its webhooks on the objects of the CRD."""
    for rule in operator.webhooks or ():
        if loss.group in texts(rule.get("groups")) and {loss.plural, _ALL} & _resources(rule):
            yield rule


def _covered(loss: Loss, rule: Mapping[str, Any], others: Iterable[Mapping[str, Any]]) -> bool:
    """Whether what a rule sends is sent at a version that stays, by this rule or another one."""
    open_ones = set(texts(rule.get("operations")))
    for each in others:
        if {_ALL, *loss.stay} & set(texts(each.get("versions"))):
            sent = set(texts(each.get("operations")))
            open_ones = set() if _ALL in sent else open_ones - sent
            if not open_ones:
                return True
    return False


def _resources(rule: Mapping[str, Any]) -> set[str]:
    """What a rule names, without subresources: ``widgets`` of ``widgets/status``."""
    return {each.partition("/")[0] for each in texts(rule.get("resources"))}

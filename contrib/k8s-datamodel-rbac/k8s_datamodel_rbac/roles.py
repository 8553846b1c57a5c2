"""What roles allow on custom resources.

https://kubernetes.io/docs/reference/access-authn-authz/rbac/
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from k8s_datamodel_rbac.facts import Definition, Role, Rule


@dataclass(frozen=True, slots=True)
class Grant:
    """What a role allows on one kind, or on one subresource of it.

    Attributes:
        resource: the plural, or ``plural/subresource``.
        names: of the objects that it is limited to, with commas between; empty for all.
        verbs: sorted; ``*`` alone when it is among them.
        subresources: of all subresources as well.
        wildcard: a rule that does not name the kind allows all of it.
    """

    group: str
    resource: str
    namespaced: bool
    names: str
    verbs: tuple[str, ...]
    subresources: bool
    wildcard: bool


class Grants:
    """What each role allows; worked out once for each that is bound.

    Args:
        definitions: of the cluster's CRDs.
        roles: Roles and ClusterRoles.
    """

    def __init__(self, definitions: Iterable[Definition], roles: Iterable[Role]) -> None:
        self._definitions = sorted(definitions, key=lambda each: (each.group, each.plural))
        self._roles = {(each.namespace, each.name): each for each in _filled(list(roles))}
        self.of = lru_cache(maxsize=None)(self._of)

    def _of(self, namespace: str, name: str) -> Sequence[Grant]:
        """Grants of a role by its namespace (empty for a ClusterRole) and name; none if missing."""
        role = self._roles.get((namespace, name))
        if role is None:
            return ()
        merged: dict[tuple[Definition, str, str], list[Rule]] = defaultdict(list)
        for rule in role.rules:
            names = ",".join(sorted(set(rule.names)))
            for definition in self._matching(rule):
                for part in _parts(rule, definition):
                    merged[definition, part, names].append(rule)
        return [_grant(*key, rules) for key, rules in merged.items()]

    def _matching(self, rule: Rule) -> Iterator[Definition]:
        anywhere = "*" in rule.groups
        return (each for each in self._definitions if anywhere or each.group in rule.groups)


def _parts(rule: Rule, definition: Definition) -> Iterator[str]:
    """What of a kind a rule is about: ``""`` for its objects, or a subresource."""
    if {"*", definition.plural} & set(rule.resources):
        yield ""
    for part in definition.subresources:
        if {f"*/{part}", f"{definition.plural}/{part}"} & set(rule.resources):
            yield part


def _grant(definition: Definition, part: str, names: str, rules: Sequence[Rule]) -> Grant:
    plural = definition.plural
    verbs = {verb for rule in rules for verb in rule.verbs}
    return Grant(
        definition.group,
        f"{plural}/{part}" if part else plural,
        definition.namespaced,
        names,
        ("*",) if "*" in verbs else tuple(sorted(verbs)),
        any("*" in rule.resources for rule in rules),
        all(_is_wildcard(rule, plural) for rule in rules),
    )


def _is_wildcard(rule: Rule, plural: str) -> bool:
    named = any(each.partition("/")[0] == plural for each in rule.resources)
    return "*" in rule.groups or not named


def _filled(roles: Sequence[Role]) -> list[Role]:
    """The roles, with the rules of aggregated ones that have none worked out.

    A controller writes the rules of an aggregated role, and what it wrote is what the API server
    acts on. In a manifest there are none yet.
    """
    cluster = [each for each in roles if not each.namespace]
    return [
        replace(each, rules=tuple(_aggregated(each, cluster, set()))) if _is_empty(each) else each
        for each in roles
    ]


def _is_empty(role: Role) -> bool:
    return bool(role.selectors) and not role.rules


def _aggregated(role: Role, others: Sequence[Role], seen: set[str]) -> Iterator[Rule]:
    """Rules of all roles that it selects; these may be aggregated ones themselves, in circles."""
    seen.add(role.name)
    for other in others:
        if other.name not in seen and any(_selects(s, other.labels) for s in role.selectors):
            yield from _aggregated(other, others, seen) if _is_empty(other) else other.rules


def _selects(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    wanted = selector.get("matchLabels") or {}
    if any(labels.get(key) != value for key, value in wanted.items()):
        return False
    return all(_meets(each, labels) for each in selector.get("matchExpressions") or ())


def _meets(expression: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    value, values = labels.get(str(expression.get("key"))), expression.get("values") or ()
    tests = {
        "In": value in values,
        "NotIn": value not in values,
        "Exists": value is not None,
        "DoesNotExist": value is None,
    }
    return tests.get(str(expression.get("operator")), False)

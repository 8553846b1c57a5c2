"""Fill aggregated ClusterRoles as a controller of a live cluster does.

https://kubernetes.io/docs/reference/access-authn-authz/rbac/#aggregated-clusterroles
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from k8s_datamodel_plugins.operators.facts.fact_types import Role, Rule, Selector


def filled(roles: Sequence[Role]) -> list[Role]:
    """The roles, with the rules of the selected roles added to aggregated ones.

    In a live cluster a controller does this; in a manifest aggregated roles are empty. An aggregate
    may select aggregates.
    """
    for _ in range(2):
        roles = [replace(role, rules=_aggregated(role, roles)) for role in roles]
    return list(roles)


def _aggregated(role: Role, roles: Sequence[Role]) -> tuple[Rule, ...]:
    if not role.aggregates:
        return role.rules
    added = (rule for part in parts_of(role, roles) for rule in part.rules)
    return tuple(dict.fromkeys((*role.rules, *added)))


def parts_of(role: Role, roles: Iterable[Role]) -> Iterator[Role]:
    """The roles that an aggregated ClusterRole selects; none for others."""
    for other in roles if role.aggregates else ():
        labels = dict(other.labels)
        selected = any(_selects(selector, labels) for selector in role.aggregates)
        if selected and other.kind == role.kind and other.name != role.name:
            yield other


def _selects(selector: Selector, labels: Mapping[str, str]) -> bool:
    """Whether a label selector matches; an empty one matches everything."""
    if any(labels.get(key) != value for key, value in selector.labels):
        return False
    return all(_meets(labels.get(key), operator, v) for key, operator, v in selector.expressions)


def _meets(value: str | None, operator: str, values: Sequence[str]) -> bool:
    """Whether labels meet a set-based requirement.

    https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/
    """
    tests = {
        "In": value in values,
        "NotIn": value not in values,
        "Exists": value is not None,
        "DoesNotExist": value is None,
    }
    return tests.get(operator, False)

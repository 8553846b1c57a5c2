"""Reduce roles and their bindings to what concerns custom resources."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from k8s_datamodel.api import KubernetesObject
from k8s_datamodel_plugins.object_parts import labels_of, mapping, sequence, text, texts
from k8s_datamodel_plugins.operators.facts import marks
from k8s_datamodel_plugins.operators.facts.fact_types import Binding, Name, Role, Rule, Selector
from k8s_datamodel_plugins.operators.facts.object_marks import name_of, text_pairs

_ACTED_ON = (
    ("", {"pods", "pods/eviction"}),
    ("apps", {"deployments", "statefulsets", "daemonsets"}),
    ("batch", {"jobs"}),
)
"""Built-in kinds that a controller changes; webhook servers and readers do not."""


def role(item: KubernetesObject) -> Role:
    """The fact of a Role or ClusterRole."""
    rules = [mapping(each) for each in sequence(item.get("rules"))]
    selectors = sequence(mapping(item.get("aggregationRule")).get("clusterRoleSelectors"))
    return Role(
        kind=text(item.get("kind")) or "",
        name=name_of(item),
        rules=tuple(rule for each in rules if (rule := _rule(each))),
        labels=text_pairs(labels_of(item)),
        aggregates=tuple(_selector(mapping(each)) for each in selectors),
        leases=any(_writes(each, "coordination.k8s.io", {"leases"}) for each in rules),
        passes_on=any(_writes(each, marks.RBAC_GROUP, {"roles", "clusterroles"}) for each in rules),
        acts=any(_writes(each, group, kinds) for each in rules for group, kinds in _ACTED_ON),
    )


def _rule(rule: Mapping[str, Any]) -> Rule | None:
    """The fact of a rule; None for built-in kinds and for single objects.

    Groups of built-in kinds have no dot. A rule with ``resourceNames`` covers single objects, which
    is not enough to manage a kind.
    """
    groups = tuple(group for group in texts(rule.get("apiGroups")) if "." in group or group == "*")
    resources = tuple(texts(rule.get("resources")))
    if not groups or not resources or rule.get("resourceNames"):
        return None
    return Rule(groups, resources, frozenset(texts(rule.get("verbs"))))


def _writes(rule: Mapping[str, Any], group: str, resources: Set[str]) -> bool:
    """Whether a rule names the resources and allows writing them."""
    return (
        group in texts(rule.get("apiGroups"))
        and bool(resources & set(texts(rule.get("resources"))))
        and bool({"update", "create", "patch", "*"} & set(texts(rule.get("verbs"))))
    )


def _selector(selector: Mapping[str, Any]) -> Selector:
    expressions = (mapping(each) for each in sequence(selector.get("matchExpressions")))
    return Selector(
        tuple(sorted(text_pairs(selector.get("matchLabels")))),
        tuple(
            (str(e.get("key")), str(e.get("operator")), tuple(texts(e.get("values"))))
            for e in expressions
        ),
    )


def binding(item: KubernetesObject) -> Binding | None:
    """The fact of a binding; None if it binds neither service accounts nor groups of them."""
    where = name_of(item).namespace
    reference = mapping(item.get("roleRef"))
    subjects = [mapping(subject) for subject in sequence(item.get("subjects"))]
    accounts = tuple(dict.fromkeys(a for s in subjects if (a := _account(s, where))))
    name = text(reference.get("name"))
    groups = any(map(_is_own_group, subjects))
    everyone = tuple(each for s in subjects if (each := _everyone_of(s)) is not None)
    if not (accounts or groups or everyone) or not name:
        return None
    kind = text(reference.get("kind")) or ""
    within = item.get("kind") == "RoleBinding"
    return Binding(where, kind, name, accounts, name_of(item).name, groups, everyone, within)


def _everyone_of(subject: Mapping[str, Any]) -> str | None:
    """The namespace whose accounts a group holds, empty for all; None if it is no such group."""
    name = text(subject.get("name")) or ""
    if subject.get("kind") != "Group":
        return None
    if name in (marks.ACCOUNTS, marks.AUTHENTICATED):
        return ""
    own = f"{marks.ACCOUNTS}:"
    return name[len(own) :] or None if name.startswith(own) else None


def _is_own_group(subject: Mapping[str, Any]) -> bool:
    """Whether a subject is a group of programs: one of their own, or that of the nodes."""
    name = text(subject.get("name")) or ""
    own = bool(name) and not name.startswith(marks.SYSTEM)
    return subject.get("kind") == "Group" and (own or name == marks.NODES)


def _account(subject: Mapping[str, Any], where: str) -> Name | None:
    """Service accounts appear as such or as the user name that they authenticate with."""
    name = text(subject.get("name")) or ""
    if subject.get("kind") == "ServiceAccount" and name:
        return Name(text(subject.get("namespace")) or where, name)
    parts = name.split(":")
    if subject.get("kind") == "User" and parts[:2] == ["system", "serviceaccount"]:
        return Name(parts[2], parts[3]) if len(parts) == 4 else None  # noqa: PLR2004
    return None

"""Reduce services, webhooks, leases and packages to the facts that the rules need."""

from __future__ import annotations

from typing import Any

from k8s_datamodel.api import KubernetesObject
from k8s_datamodel_plugins.csvs import is_copy
from k8s_datamodel_plugins.definitions import webhook_service
from k8s_datamodel_plugins.object_parts import mapping, sequence, text, texts
from k8s_datamodel_plugins.operators.facts.fact_types import (
    Csv,
    HookRule,
    Lease,
    Name,
    Service,
    Webhook,
)
from k8s_datamodel_plugins.operators.facts.object_marks import name_of, text_pairs


def tokenless(item: KubernetesObject) -> Name | None:
    """The name of a service account that mounts no token; None for the usual kind."""
    return name_of(item) if item.get("automountServiceAccountToken") is False else None


def service(item: KubernetesObject) -> Service:
    """The fact of a service; only one that selects pods has a selector."""
    return Service(name_of(item), text_pairs(mapping(item.get("spec")).get("selector")))


def webhooks(item: KubernetesObject) -> tuple[Webhook, ...] | None:
    """The webhooks of a configuration that a service answers; None without any."""
    found = tuple(hook for each in sequence(item.get("webhooks")) if (hook := _webhook(each)))
    return found or None


def lease(item: KubernetesObject) -> Lease | None:
    """The fact of a lease; None if nobody holds it."""
    holder = text(mapping(item.get("spec")).get("holderIdentity"))
    return Lease(name_of(item), holder) if holder else None


def csv(item: KubernetesObject) -> Csv | None:
    """The fact of a ClusterServiceVersion; None for a copy."""
    if is_copy(item):
        return None
    spec = mapping(item.get("spec"))
    install = mapping(mapping(spec.get("install")).get("spec"))
    deployments = (mapping(each) for each in sequence(install.get("deployments")))
    crds = (
        mapping(each)
        for each in sequence(mapping(spec.get("customresourcedefinitions")).get("owned"))
    )
    return Csv(
        name=name_of(item),
        version=text(spec.get("version")),
        deployments=tuple(name for d in deployments if (name := text(d.get("name")))),
        owned=tuple(dict.fromkeys(name for c in crds if (name := text(c.get("name"))))),
    )


def _webhook(value: Any) -> Webhook | None:
    hook = mapping(value)
    where = webhook_service(hook.get("clientConfig"))
    rules = [mapping(each) for each in sequence(hook.get("rules"))]
    groups = {g for rule in rules for g in texts(rule.get("apiGroups")) if "." in g}
    resources = {r for rule in rules for r in texts(rule.get("resources"))}
    if not where:
        return None
    named = tuple(
        HookRule(
            tuple(texts(rule.get("apiGroups"))),
            tuple(texts(rule.get("resources"))),
            tuple(texts(rule.get("apiVersions"))),
            tuple(texts(rule.get("operations"))),
        )
        for rule in rules
        if any("." in group for group in texts(rule.get("apiGroups")))
    )
    return Webhook(Name(*where), tuple(sorted(groups)), tuple(sorted(resources)), named)

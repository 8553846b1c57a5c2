"""Makes records of bindings: one for each subject and kind of custom resource."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from k8s_datamodel.api import KubernetesObject, Record, TypeReader
from k8s_datamodel_rbac import BINDINGS, CLUSTER_BINDINGS, CLUSTER_ROLES, CRDS, ROLES
from k8s_datamodel_rbac.roles import Grant, Grants


def collect(reader: TypeReader) -> Iterator[Record]:
    """One record for each right; the binding is its ``spec``."""
    roles = [*reader.facts(CLUSTER_ROLES), *reader.facts(ROLES)]
    grants = Grants(reader.facts(CRDS), roles)
    for resource in (CLUSTER_BINDINGS, BINDINGS):
        for binding in reader.objects(resource):
            yield from _rights(binding, grants)


def _rights(binding: KubernetesObject, grants: Grants) -> Iterator[Record]:
    namespace = binding["metadata"].get("namespace")
    role = binding.get("roleRef") or {}
    kind, name = role.get("kind"), role.get("name")
    if not (kind and name):
        return
    found = grants.of((namespace or "") if kind == "Role" else "", name)
    for subject in _subjects(binding):
        for grant in found:
            if grant.namespaced or not namespace:  # a namespace holds no cluster-scoped object
                yield Record({**subject, **_of(grant)}, binding)


def _of(grant: Grant) -> dict[str, Any]:
    return {
        "api_group": grant.group,
        "resource": grant.resource,
        "object_names": grant.names,
        "verbs": list(grant.verbs),
        "subresources": grant.subresources,
        "wildcard": grant.wildcard,
    }


def _subjects(binding: KubernetesObject) -> list[Mapping[str, Any]]:
    """Each subject once; a ServiceAccount without a namespace is in the binding's."""
    found = {}
    for each in binding.get("subjects") or ():
        kind, name = each.get("kind"), each.get("name")
        account = kind == "ServiceAccount"
        namespace = each.get("namespace") or binding["metadata"].get("namespace")
        found[kind, namespace if account else None, name] = {
            "subject_kind": kind,
            "subject_namespace": namespace if account else None,
            "subject": name,
        }
    return list(found.values())

"""``cluster rbac``: the smallest roles with which everything can be collected."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import click

from k8s_datamodel.api import KubernetesObject, Resource, ResourceType, builtin
from k8s_datamodel.commands import (
    App,
    Command,
    allow_incomplete_option,
    inventory,
    output_option,
    snapshot_option,
    write_value,
)
from k8s_datamodel_plugins.objects import mapping, text

_API = "rbac.authorization.k8s.io/v1"
_LIST, _GET = "list", "get"

_NODES = Resource("", "v1", "nodes", "Node", False)
_API_SERVICES = Resource("apiregistration.k8s.io", "v1", "apiservices", "APIService", False)
_IDENTITY = {
    "apiGroups": [""],
    "resources": ["namespaces"],
    "resourceNames": ["kube-system"],
    "verbs": [_GET],
}


@dataclass(slots=True)
class Rights:
    """Verbs by API group and plural, for what is cluster-wide and for what is in a namespace.

    Attributes:
        in_namespace: namespaced resources are read in one namespace only.
    """

    in_namespace: bool = False
    _verbs: dict[tuple[bool, str, str], set[str]] = field(default_factory=lambda: defaultdict(set))

    def grant(self, resource: Resource, *verbs: str) -> None:
        """Add verbs on a resource."""
        scoped = self.in_namespace and resource.namespaced
        self._verbs[scoped, resource.group, resource.plural].update(verbs)

    def rules(self, *, scoped: bool) -> list[dict[str, Any]]:
        """Rules, one for each group and set of verbs, sorted."""
        merged: dict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
        for (each, group, plural), verbs in sorted(self._verbs.items()):
            if each is scoped:
                merged[group, tuple(sorted(verbs))].append(plural)
        return [
            {"apiGroups": [group], "resources": plurals, "verbs": list(verbs)}
            for (group, verbs), plurals in merged.items()
        ]


def grant_reads(rights: Rights, types: Iterable[ResourceType], *, optional: bool) -> None:
    """Add what the types list.

    Complete objects of built-in kinds are also fetched one by one, when few of them changed since
    the last snapshot; custom resources and what is reduced to facts are always listed.
    """
    for read in (read for each in types for read in each.reads):
        if optional or not read.optional:
            fetched = not read.fact and builtin(read.resource)
            rights.grant(read.resource, _LIST, *([_GET] if fetched else []))


def grant_instances(rights: Rights, crd: KubernetesObject, *, whole_groups: bool) -> None:
    """Add what counting the custom resources of a CRD needs."""
    spec = mapping(crd.get("spec"))
    group = text(spec.get("group"))
    plural = text(mapping(spec.get("names")).get("plural"))
    if group and plural:
        namespaced = spec.get("scope") != "Cluster"
        rights.grant(Resource(group, "", "*" if whole_groups else plural, "", namespaced), _LIST)


def roles(rights: Rights, name: str, namespace: str | None, *, optional: bool) -> dict[str, Any]:
    """A ClusterRole; in a namespace a List of it and a Role."""
    rules = [*rights.rules(scoped=False), *([_IDENTITY] if optional else [])]
    cluster_role = _role("ClusterRole", {"name": name}, rules)
    if not namespace:
        return cluster_role
    metadata = {"name": name, "namespace": namespace}
    items = [cluster_role, _role("Role", metadata, rights.rules(scoped=True))]
    return {"apiVersion": "v1", "kind": "List", "items": items}


def _role(kind: str, metadata: Mapping[str, str], rules: list[dict[str, Any]]) -> dict[str, Any]:
    return {"apiVersion": _API, "kind": kind, "metadata": dict(metadata), "rules": rules}


@click.pass_context
def _run(
    ctx: click.Context,
    /,
    name: str,
    required_only: bool,
    whole_groups: bool,
    output: str,
    snapshot: str | None,
    allow_incomplete: bool,
) -> None:
    app = ctx.ensure_object(App)
    types = app.registry.types
    namespace = app.settings.namespace
    rights = Rights(in_namespace=namespace is not None)
    grant_reads(rights, types, optional=not required_only)
    if not required_only:
        rights.grant(_NODES, _LIST)
        rights.grant(_API_SERVICES, _LIST)
    defining = [each.name for each in types if _lists_crds(each)]
    with inventory(ctx, defining, snapshot) as found:
        for _, row in found.rows():
            if mapping(row.get("spec")).get("kind") == "CustomResourceDefinition":
                grant_instances(rights, row["spec"], whole_groups=whole_groups)
    write_value(ctx, output, roles(rights, name, namespace, optional=not required_only))
    found.end(ctx, allow_incomplete=allow_incomplete)


def _lists_crds(resource_type: ResourceType) -> bool:
    """Whether complete CRDs are among a type's records: then their instances are counted."""
    return any(
        read.resource.name == "customresourcedefinitions.apiextensions.k8s.io" and not read.fact
        for read in resource_type.reads
    )


command = Command(
    "rbac",
    callback=_run,
    params=[
        click.Option(
            ["--name"], default="k8s-datamodel", show_default=True, help="Name of the role."
        ),
        click.Option(
            ["--required-only"],
            is_flag=True,
            help="Without what only enriches: a snapshot is complete, but tells less.",
        ),
        click.Option(
            ["--whole-groups"],
            is_flag=True,
            help="All resources of the CRDs' API groups, so that later CRDs are counted too.",
        ),
        output_option("yaml"),
        snapshot_option(),
        allow_incomplete_option(),
    ],
    help="Print the smallest ClusterRole that collecting needs, plugins' types included.\n\n"
    "The custom resources there are come from the cluster, read by whoever may, or from a dump "
    "or a snapshot. With --namespace it is a ClusterRole and a Role.",
    epilog="Example: k8s-datamodel cluster rbac --name inventory-reader | kubectl apply -f -",
)

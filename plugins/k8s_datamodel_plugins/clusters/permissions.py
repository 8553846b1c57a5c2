"""The reads of the enabled resource types, and the role that allows them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from k8s_datamodel.api import Read, Resource, ResourceType

_API = "rbac.authorization.k8s.io"
# A list that is known in part is completed by reading what changed, object by object.
_READ = ("get", "list")

# What the source of live clusters asks for to tell identity, size and platform of a cluster, and
# whether its counts are exact.
_DESCRIBE: tuple[dict[str, Any], ...] = (
    {"apiGroups": [""], "resources": ["nodes"], "verbs": ["list"]},
    {
        "apiGroups": [""],
        "resources": ["namespaces"],
        "resourceNames": ["kube-system"],
        "verbs": ["get"],
    },
    {"apiGroups": ["apiregistration.k8s.io"], "resources": ["apiservices"], "verbs": ["list"]},
)
# An API that is not served is told from one that may not be read by what a group serves.
_PATHS = ("/apis", "/apis/*")
_DESCRIBE_PATHS = ("/version", *_PATHS)
# https://kubernetes.io/docs/reference/labels-annotations-taints/#description
_DESCRIPTION = "kubernetes.io/description"
_RAW = "Read as they are, credentials included: {}. What is stored of them holds none."


@dataclass(frozen=True, slots=True)
class Need:
    """A list that types of these names read.

    Attributes:
        optional: all of them do without.
        raw: those that read its objects as they are, credentials included.
    """

    resource: Resource
    types: tuple[str, ...]
    optional: bool
    raw: tuple[str, ...] = ()


def needs(types: Iterable[ResourceType]) -> list[Need]:
    """Every list that types read, once, in order of need: those that none does without first."""
    reads: dict[Resource, list[tuple[str, Read]]] = defaultdict(list)
    for each in types:
        for read in each.reads:
            reads[read.resource].append((each.name, read))
    found = [
        Need(
            resource,
            tuple(name for name, _ in of),
            all(read.optional for _, read in of),
            tuple(name for name, read in of if read.raw),
        )
        for resource, of in reads.items()
    ]
    return sorted(found, key=lambda need: need.optional)


def naming(types: Iterable[ResourceType]) -> list[tuple[ResourceType, Read]]:
    """The reads whose objects name further lists, each with its type."""
    return [(each, read) for each in types for read in each.reads if read.also_lists]


def cluster_role(
    name: str, needed: Sequence[Need], groups: Sequence[str], *, optional: bool
) -> dict[str, Any]:
    """The smallest ClusterRole for these lists, and to list everything of some API groups.

    ``*`` is every group; ``optional`` is what only enriches.
    """
    plurals: dict[str, list[str]] = defaultdict(list)
    raw: list[str] = []
    for need in needed:
        if optional or not need.optional:
            plurals[need.resource.group].append(need.resource.plural)
            raw += [f"{need.resource.name} (for {', '.join(need.raw)})"] if need.raw else []
    rules: list[Mapping[str, Any]] = [
        {"apiGroups": [group], "resources": sorted(plurals[group]), "verbs": list(_READ)}
        for group in sorted(plurals)
    ]
    if groups:
        rules.append({"apiGroups": list(groups), "resources": ["*"], "verbs": ["list"]})
    if optional:
        rules += _DESCRIBE
    paths = _DESCRIBE_PATHS if optional else _PATHS
    rules.append({"nonResourceURLs": list(paths), "verbs": ["get"]})
    metadata: dict[str, Any] = {"name": name}
    if raw:
        metadata["annotations"] = {_DESCRIPTION: _RAW.format(", ".join(raw))}
    return {
        "apiVersion": f"{_API}/v1",
        "kind": "ClusterRole",
        "metadata": metadata,
        "rules": rules,
    }


def bound_role(role: Mapping[str, Any], namespace: str, account: str) -> dict[str, Any]:
    """A ``List`` of a ServiceAccount, a ClusterRole and the binding that gives it to the account.

    The namespace of the account is not in it: it is there before.
    """
    name = role["metadata"]["name"]
    return {
        "apiVersion": "v1",
        "kind": "List",
        "items": [
            {
                "apiVersion": "v1",
                "kind": "ServiceAccount",
                "metadata": {"name": account, "namespace": namespace},
            },
            dict(role),
            {
                "apiVersion": f"{_API}/v1",
                "kind": "ClusterRoleBinding",
                "metadata": {"name": name},
                "roleRef": {"apiGroup": _API, "kind": "ClusterRole", "name": name},
                "subjects": [{"kind": "ServiceAccount", "name": account, "namespace": namespace}],
            },
        ],
    }

"""Derive what a file in a dump holds from its path.

``oc adm must-gather`` (``oc adm inspect``) writes
``cluster-scoped-resources/GROUP/PLURAL/NAME.yaml``, ``namespaces/NAMESPACE/GROUP/PLURAL.yaml`` and
``namespaces/NAMESPACE/GROUP/PLURAL/NAME.yaml``, with ``core`` for the core group.

A support bundle (https://troubleshoot.sh, collector ``clusterResources``) writes
``cluster-resources/NAME.json`` or ``cluster-resources/NAME/NAMESPACE.json``, custom resources below
``custom-resources/PLURAL.GROUP``, and its failed reads as ``...-errors.json``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_MANIFEST = re.compile(r"\.(?:ya?ml|json)$", re.IGNORECASE)
_ERRORS = "-errors"
_CUSTOM = "custom-resources"


@dataclass(frozen=True, slots=True)
class Place:
    """The content of a file, by its path.

    Attributes:
        resource: ``plural.group`` of its objects, ``""`` for other content.
        api_version: of objects that do not state it, ``""`` if unknown.
        kind: the same.
        namespace: the only namespace of its objects, ``""`` for the cluster's.
        errors: it holds no objects but why they could not be read.
        bundle: a support bundle's, else a must-gather's.
        custom: a support bundle's, of custom resources.
        single: the file holds one object of several.
    """

    resource: str
    api_version: str = ""
    kind: str = ""
    namespace: str = ""
    errors: bool = False
    bundle: bool = False
    custom: bool = False
    single: bool = False


_NAMES = {
    "clusterrolebindings": ("rbac.authorization.k8s.io/v1", "ClusterRoleBinding"),
    "clusterroles": ("rbac.authorization.k8s.io/v1", "ClusterRole"),
    "configmaps": ("v1", "ConfigMap"),
    "cronjobs": ("batch/v1", "CronJob"),
    "custom-resource-definitions": ("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
    "daemonsets": ("apps/v1", "DaemonSet"),
    "deployments": ("apps/v1", "Deployment"),
    "endpoints": ("v1", "Endpoints"),
    "endpointslices": ("discovery.k8s.io/v1", "EndpointSlice"),
    "events": ("v1", "Event"),
    "ingress": ("networking.k8s.io/v1", "Ingress"),
    "ingress-classes": ("networking.k8s.io/v1", "IngressClass"),
    "jobs": ("batch/v1", "Job"),
    "leases": ("coordination.k8s.io/v1", "Lease"),
    "limitranges": ("v1", "LimitRange"),
    "namespaces": ("v1", "Namespace"),
    "network-policy": ("networking.k8s.io/v1", "NetworkPolicy"),
    "nodes": ("v1", "Node"),
    "pod-disruption-budgets": ("policy/v1", "PodDisruptionBudget"),
    "pods": ("v1", "Pod"),
    "priorityclasses": ("scheduling.k8s.io/v1", "PriorityClass"),
    "pvcs": ("v1", "PersistentVolumeClaim"),
    "pvs": ("v1", "PersistentVolume"),
    "replicasets": ("apps/v1", "ReplicaSet"),
    "resource-quota": ("v1", "ResourceQuota"),
    "rolebindings": ("rbac.authorization.k8s.io/v1", "RoleBinding"),
    "roles": ("rbac.authorization.k8s.io/v1", "Role"),
    "serviceaccounts": ("v1", "ServiceAccount"),
    "services": ("v1", "Service"),
    "statefulsets": ("apps/v1", "StatefulSet"),
    "storage-classes": ("storage.k8s.io/v1", "StorageClass"),
    "volumeattachments": ("storage.k8s.io/v1", "VolumeAttachment"),
}
"""Names in a support bundle: ``pkg/constants`` and ``pkg/collect`` of replicatedhq/troubleshoot."""

_IRREGULAR = {
    "Endpoints": "endpoints",
    "Ingress": "ingresses",
    "IngressClass": "ingressclasses",
    "NetworkPolicy": "networkpolicies",
    "PriorityClass": "priorityclasses",
    "StorageClass": "storageclasses",
}


def locate(path: str) -> Place | None:
    """What a file's path, with ``/``, says about its content; None if it says nothing."""
    if not _MANIFEST.search(path):
        return None
    parts = path.split("/")
    for index, part in enumerate(parts[:-1]):
        below = [*parts[index + 1 : -1], _MANIFEST.sub("", parts[-1])]
        if part == "cluster-scoped-resources":
            return _gathered("", below)
        if part == "namespaces":
            return _gathered(below[0], below[1:])
        if part == "cluster-resources":
            return _bundled(below)
    return None


def builtin_kinds() -> dict[str, tuple[str, str]]:
    """``apiVersion`` and kind of Kubernetes' own resources, by ``plural.group``."""
    return {_resource(*names): names for names in _NAMES.values()}


def _gathered(namespace: str, below: list[str]) -> Place | None:
    """GROUP, PLURAL and optional NAME, below a folder of a must-gather."""
    if len(below) not in (2, 3):
        return None
    group, plural = below[:2]
    resource = plural if group == "core" else f"{plural}.{group}"
    return Place(resource, namespace=namespace, single=len(below) == 3)  # noqa: PLR2004


def _bundled(below: list[str]) -> Place | None:
    """NAME and optional NAMESPACE, below ``cluster-resources``."""
    name, *rest = below
    if name == _CUSTOM:
        return _custom(rest)
    errors = name.endswith(_ERRORS) and not rest
    names = _NAMES.get(name.removesuffix(_ERRORS) if errors else name.split(_ERRORS)[0])
    if names is None or len(rest) > 1:
        return None
    if _ERRORS in name and rest:  # some releases wrote the ReplicaSets to such a folder
        return Place("", namespace=rest[0], bundle=True)
    resource = _resource(*names)
    if errors:
        return Place(resource, errors=True, bundle=True)
    return Place(resource, *names, namespace="".join(rest), bundle=True)


def _custom(rest: list[str]) -> Place | None:
    if rest == [_CUSTOM + _ERRORS]:
        return Place("", errors=True, bundle=True, custom=True)
    if len(rest) not in (1, 2):
        return None
    return Place(rest[0], namespace="".join(rest[1:]), bundle=True, custom=True)


def _resource(api_version: str, kind: str) -> str:
    plural = _IRREGULAR.get(kind) or f"{kind.lower()}s"
    group = api_version.rpartition("/")[0]
    return f"{plural}.{group}" if group else plural

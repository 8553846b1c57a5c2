"""Derive what a file in a dump holds from its path.

``oc adm must-gather`` (``oc adm inspect``) writes
``cluster-scoped-resources/GROUP/PLURAL/NAME.yaml``, ``namespaces/NAMESPACE/GROUP/PLURAL.yaml`` and
``namespaces/NAMESPACE/GROUP/PLURAL/NAME.yaml``, with ``core`` for the core group.

A support bundle (https://troubleshoot.sh, collector ``clusterResources``) writes
``cluster-resources/NAME.json`` or ``cluster-resources/NAME/NAMESPACE.json``, custom resources below
``custom-resources/PLURAL.GROUP``, and its failed reads as ``...-errors.json``.

A Velero backup (https://velero.io/docs/main/output-file-format/) has
``resources/PLURAL.GROUP/cluster/NAME.json`` and ``resources/PLURAL.GROUP/namespaces/NAMESPACE/
NAME.json``, and since format 1.1 the same once more below ``resources/PLURAL.GROUP/VERSION``, for
each version of the API; the preferred one ends in ``-preferredversion``.

``kubectl gather`` (https://github.com/nirs/kubectl-gather) has a folder for each cluster, with
``cluster/GROUP/PLURAL/NAME.yaml`` and ``namespaces/NAMESPACE/GROUP/PLURAL/NAME.yaml``, without
GROUP for the core group. With it, the latter is a must-gather's, too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

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
        maker: what wrote it, where only one program writes such paths; its objects are whole.
        root: the folder of the dump, which may be one of several; only with ``maker``.
        copy: it holds an object once more: 0 for no, 1 for as it is, 2 for in another version.
    """

    resource: str
    api_version: str = ""
    kind: str = ""
    namespace: str = ""
    errors: bool = False
    bundle: bool = False
    custom: bool = False
    single: bool = False
    maker: Literal["", "velero", "gather"] = ""
    root: str = ""
    copy: int = 0


_VERSION = re.compile(r"[a-z][a-z0-9-]*\Z")
_PREFERRED = "-preferredversion"
_CORE = "core"
_CLUSTERWIDE = frozenset(("namespaces", "nodes", "persistentvolumes"))
"""The kinds of the core group without namespaces that can be listed, but for deprecated ones."""


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

_GROUPS = {_CORE, "autoscaling", "extensions"} | {
    api_version.partition("/")[0] for api_version, _ in _NAMES.values() if "/" in api_version
}

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
        found = _made(part, below, parts[-1])
        if found:
            return replace(found, root="/".join(parts[:index]))
        if part == "namespaces":
            return _gathered(below[0], below[1:])
        if part == "cluster-resources":
            return _bundled(below)
    return None


def _made(part: str, below: list[str], name: str) -> Place | None:
    """What only one program writes, below a folder of its dump."""
    if part == "resources" and name.endswith(".json"):
        return _backed_up(below)
    if part == "cluster" and (len(below) > 2 or below[0] in _CLUSTERWIDE):  # noqa: PLR2004
        return _clusterwide(below)
    if part == "namespaces" and len(below) == 3 and not _is_group(below[1]):  # noqa: PLR2004
        return Place(below[1], namespace=below[0], single=True, maker="gather")
    return None


def _backed_up(below: list[str]) -> Place | None:
    """PLURAL.GROUP, optional VERSION, ``cluster`` or ``namespaces`` and NAMESPACE, NAME."""
    resource, *rest = below
    copy = 0
    if len(rest) > 1 and rest[0] not in ("cluster", "namespaces") and _VERSION.match(rest[0]):
        copy = 1 if rest[0].endswith(_PREFERRED) else 2
        del rest[0]
    match rest:
        case ["cluster", _]:
            return Place(resource, single=True, maker="velero", copy=copy)
        case ["namespaces", namespace, _]:
            return Place(resource, namespace=namespace, single=True, maker="velero", copy=copy)
    return None


def _clusterwide(below: list[str]) -> Place | None:
    """Optional GROUP, PLURAL and NAME, as ``kubectl gather`` sorts them."""
    match below:
        case [plural, _]:
            return Place(plural, single=True, maker="gather")
        case [group, plural, _] if _is_group(group):
            return Place(f"{plural}.{group}", single=True, maker="gather")
    return None


def _is_group(name: str) -> bool:
    """Whether a folder is that of an API group; most have a dot."""
    return "." in name or name in _GROUPS


def builtin_kinds() -> dict[str, tuple[str, str]]:
    """``apiVersion`` and kind of Kubernetes' own resources, by ``plural.group``."""
    return {_resource(*names): names for names in _NAMES.values()}


def _gathered(namespace: str, below: list[str]) -> Place | None:
    """GROUP, PLURAL and optional NAME, below a folder of a must-gather."""
    if len(below) not in (2, 3):
        return None
    group, plural = below[:2]
    resource = plural if group == _CORE else f"{plural}.{group}"
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

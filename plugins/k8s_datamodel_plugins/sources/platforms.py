"""Detect the platform of a cluster by the marks of distributions and providers."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from k8s_datamodel.api import KubernetesObject

UNKNOWN = "unknown"

# Operators bring many groups of this family to any cluster; this one is made by OpenShift itself.
_OPENSHIFT = "config.openshift.io"

# Keys of node labels that providers set on each node of a managed cluster, by how they begin.
_PROVIDER_LABELS = {
    "eks.amazonaws.com/": "eks",
    "cloud.google.com/gke-": "gke",
    "kubernetes.azure.com/": "aks",
    "doks.digitalocean.com/": "doks",
    "lke.linode.com/": "lke",
    "k8s.scaleway.com/": "kapsule",
    "vke.vultr.com/": "vke",
    "kubernetes.civo.com/": "civo",
    "oke.oraclecloud.com/": "oke",
    "ibm-cloud.kubernetes.io/": "iks",
    "alibabacloud.com/nodepool": "ack",
    "ack.aliyun.com": "ack",
    "tke.cloud.tencent.com/": "tke",
    "node.tke.cloud.tencent.com/": "tke",
    "cce.cloud.com/": "cce",
    "worker.gardener.cloud/": "gardener",
    "run.tanzu.vmware.com/": "tanzu",
}

# How builds mark their version: v1.33.4+k3s1, v1.32.1-eks-5d632ec, v1.31.2-gke.1115000.
_VERSION_MARKS = {
    "eks": "eks",
    "gke": "gke",
    "k3s": "k3s",
    "rke2r": "rke2",
    "k0s": "k0s",
    "iks": "iks",
    "aliyun": "ack",
    "tke": "tke",
    "cce": "cce",
    "vmware": "tanzu",
    "mirantis": "mke",
    "docker": "mke",
    "orb": "orbstack",
}
_VERSION_MARK = re.compile(
    rf"[-+.]({'|'.join(sorted(_VERSION_MARKS, key=len, reverse=True))})(?![a-z])", re.IGNORECASE
)

# The same as above for what people run themselves, on whatever the marks above say nothing of.
_DISTRIBUTION_LABELS = {
    "minikube.k8s.io/": "minikube",
    "microk8s.io/": "microk8s",
    "node.k0sproject.io/": "k0s",
    "harvesterhci.io/": "harvester",
    "kops.k8s.io/": "kops",
}
_PROVIDER_IDS = {"kind://": "kind", "k3s://": "k3s", "rke2://": "rke2"}
_OS_IMAGES = {"Talos": "talos"}
_ANNOTATIONS = {"rke.cattle.io/": "rke", "kubeadm.alpha.kubernetes.io/": "kubeadm"}
_NODE_NAMES = {"docker-desktop": "docker-desktop"}


def platform(
    version: str | None,
    nodes: Sequence[KubernetesObject] = (),
    groups: Collection[str] = (),
) -> str:
    """The platform of a cluster, such as ``eks`` or ``openshift``, by its ``gitVersion``.

    The kubelets of some nodes stand in for an unknown version; ``groups`` are names of API groups.
    """
    marks: Iterable[str | None] = (
        "openshift" if _OPENSHIFT in groups else None,
        _by_prefix(_keys(nodes, "labels"), _PROVIDER_LABELS),
        *(_by_version(each) for each in (version, *_kubelet_versions(nodes))),
        _by_prefix((str(_part(node, "spec").get("providerID")) for node in nodes), _PROVIDER_IDS),
        _by_prefix(_keys(nodes, "labels"), _DISTRIBUTION_LABELS),
        _by_prefix((str(_node_info(node).get("osImage")) for node in nodes), _OS_IMAGES),
        _by_prefix((str(_part(node, "metadata").get("name")) for node in nodes), _NODE_NAMES),
        _by_prefix(_keys(nodes, "annotations"), _ANNOTATIONS),
    )
    return next((mark for mark in marks if mark), UNKNOWN)


def _by_prefix(texts: Iterable[str], names: Mapping[str, str]) -> str | None:
    found = list(texts)
    for prefix, name in names.items():
        if any(text.startswith(prefix) for text in found):
            return name
    return None


def _by_version(version: str | None) -> str | None:
    mark = _VERSION_MARK.search(version or "")
    return mark and _VERSION_MARKS[mark[1].lower()]


def _kubelet_versions(nodes: Sequence[KubernetesObject]) -> Iterator[str]:
    return (str(_node_info(node).get("kubeletVersion")) for node in nodes)


def _keys(nodes: Sequence[KubernetesObject], what: str) -> Iterator[str]:
    for node in nodes:
        yield from _part(_part(node, "metadata"), what)


def _node_info(node: KubernetesObject) -> Mapping[str, Any]:
    return _part(_part(node, "status"), "nodeInfo")


def _part(of: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    part = of.get(key)
    return part if isinstance(part, Mapping) else {}

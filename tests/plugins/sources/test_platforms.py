"""Platforms by their marks."""

from __future__ import annotations

from typing import Any

import pytest

from k8s_datamodel_plugins.sources.platforms import platform


def node(
    *,
    name: str = "node",
    labels: tuple[str, ...] = (),
    annotations: tuple[str, ...] = (),
    provider: str = "",
    **info: str,
) -> dict[str, Any]:
    return {
        "metadata": {
            "name": name,
            "labels": dict.fromkeys(labels, "x"),
            "annotations": dict.fromkeys(annotations, "x"),
        },
        "spec": {"providerID": provider},
        "status": {"nodeInfo": info},
    }


@pytest.mark.parametrize(
    ("version", "name"),
    [
        ("v1.32.1-eks-5d632ec", "eks"),
        ("v1.31.2-gke.1115000", "gke"),
        ("v1.33.4+k3s1", "k3s"),
        ("v1.33.4-rc1+k3s1", "k3s"),
        ("v1.32.5+rke2r1", "rke2"),
        ("v1.31.1+k0s.0", "k0s"),
        ("v1.30.1-aliyun.1", "ack"),
        ("v1.30.0-tke.3", "tke"),
        ("v1.29.1-r0-29.0.10.2-CCE", "cce"),
        ("v1.30.9+IKS", "iks"),
        ("v1.28.8+vmware.1-fips.1", "tanzu"),
        ("v1.27.6+f67aeb3", "unknown"),
        ("v1.33.4", "unknown"),
        ("v1.33.4-eksperiment", "unknown"),
        (None, "unknown"),
    ],
)
def test_by_version(version: str | None, name: str) -> None:
    assert platform(version) == name


@pytest.mark.parametrize(
    ("mark", "name"),
    [
        (node(labels=("kubernetes.io/os", "kubernetes.azure.com/cluster")), "aks"),
        (node(labels=("cloud.google.com/gke-nodepool",)), "gke"),
        (node(labels=("doks.digitalocean.com/node-id",)), "doks"),
        (node(labels=("microk8s.io/cluster",)), "microk8s"),
        (node(labels=("minikube.k8s.io/version",)), "minikube"),
        (node(provider="kind://docker/kind/kind-control-plane"), "kind"),
        (node(osImage="Talos (v1.11.0)"), "talos"),
        (node(kubeletVersion="v1.32.5+rke2r1"), "rke2"),
        (node(name="docker-desktop"), "docker-desktop"),
        (node(annotations=("kubeadm.alpha.kubernetes.io/cri-socket",)), "kubeadm"),
        (node(provider="aws:///eu-west-1a/i-0123"), "unknown"),
        (node(), "unknown"),
        ({}, "unknown"),
        ({"metadata": None, "spec": {"providerID": None}, "status": []}, "unknown"),
    ],
)
def test_by_node(mark: dict[str, Any], name: str) -> None:
    assert platform("v1.33.4", [node(), mark]) == name


def test_openshift_is_so_on_anybodys_machines() -> None:
    nodes = [node(labels=("eks.amazonaws.com/nodegroup",), provider="aws:///a/i-1")]
    assert platform("v1.32.1-eks-5d632ec", nodes, {"apps", "config.openshift.io"}) == "openshift"


def test_an_operator_of_openshift_makes_no_openshift() -> None:
    assert platform("v1.33.4+k3s1", [], {"hive.openshift.io"}) == "k3s"


def test_a_provider_says_more_than_the_distribution_it_runs() -> None:
    nodes = [node(labels=("kubernetes.civo.com/civo-node-pool",))]
    assert platform("v1.33.4+k3s1", nodes) == "civo"


def test_what_makes_a_cluster_says_more_than_the_tool_it_uses() -> None:
    annotations = ("kubeadm.alpha.kubernetes.io/cri-socket",)
    nodes = [node(annotations=annotations, provider="kind://docker/kind/kind-worker")]
    assert platform("v1.33.4", nodes) == "kind"

"""The real cluster the main job is tried on: CRDs, operators and CSVs of the corpora, instances."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cluster import manifests
from cluster.client import Client
from cluster.fixtures import MakeCluster
from cluster.server import Cluster

INSTANCES = {"issuers.cert-manager.io": 7, "certificates.cert-manager.io": 23}
"""How many custom resources of which CRD the loaded cluster has, besides those of the corpora."""


def unpacked(archive: Path, target: Path) -> Path:
    with tarfile.open(archive) as tar:
        tar.extractall(target, filter="data")
    return target


@pytest.fixture(scope="module")
def corpora(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("corpora")
    for name in ("crds", "operators", "must-gather"):
        unpacked(shared / "corpora" / f"{name}.tar.xz", target / name)
    return target


@pytest.fixture(scope="module")
def loaded(make_cluster: MakeCluster, corpora: Path) -> Iterator[Cluster]:
    """A cluster with the corpora's CRDs, two installs, some CSVs and custom resources."""
    cluster = make_cluster(
        "prod-cluster", users=("viewer",), apiserver_args=("--allow-privileged=true",)
    )
    with Client(cluster.kubeconfig) as client:
        for folder in ("crds", "operators/cert-manager/base/upstream", "operators/longhorn@v1.4.4"):
            client.apply(_without_webhooks(manifests.read(corpora / folder)), strict=False)
        client.apply(_csvs(corpora / "must-gather"), strict=False)
        for name, number in INSTANCES.items():
            client.apply(_instances(name, number))
        yield cluster


def _without_webhooks(objects: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Nothing answers them here, so they would refuse everything that is loaded after them."""
    return [o for o in objects if not o["kind"].endswith("WebhookConfiguration")]


def _csvs(folder: Path) -> list[dict[str, Any]]:
    wanted = ("ClusterServiceVersion", "Namespace")
    found = [o for o in manifests.read(folder) if o["kind"] in wanted]
    crd = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "clusterserviceversions.operators.coreos.com"},
        "spec": {
            "group": "operators.coreos.com",
            "scope": "Namespaced",
            "names": {"kind": "ClusterServiceVersion", "plural": "clusterserviceversions"},
            "versions": [
                {
                    "name": "v1alpha1",
                    "served": True,
                    "storage": True,
                    "subresources": {"status": {}},
                    "schema": {
                        "openAPIV3Schema": {
                            "type": "object",
                            "x-kubernetes-preserve-unknown-fields": True,
                        }
                    },
                }
            ],
        },
    }
    return [crd, *found]


def _instances(crd: str, number: int) -> list[dict[str, Any]]:
    plural, _, group = crd.partition(".")
    kind = {"issuers": "Issuer", "certificates": "Certificate"}[plural]
    spec: dict[str, Any] = {
        "Issuer": {"selfSigned": {}},
        "Certificate": {"secretName": "s", "issuerRef": {"name": "i"}},
    }[kind]
    return [
        {
            "apiVersion": f"{group}/v1",
            "kind": kind,
            "metadata": {"name": f"one-{i}", "namespace": "default"},
            "spec": spec,
        }
        for i in range(number)
    ]

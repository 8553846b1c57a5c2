"""Images in every form, the operator's own container, and where its version stands."""

from __future__ import annotations

from typing import Any

import pytest

from k8s_datamodel_plugins.operators.facts.images import (
    Container,
    Image,
    own_container,
    parse_image,
)
from k8s_datamodel_plugins.operators.versions import version_of
from truth.shapes import WRITE, allowed, crd, records, workload

DIGEST = "sha256:" + "0f" * 32


@pytest.mark.parametrize(
    ("reference", "parts"),
    [
        ("moor", Image("", "moor", "", "")),
        ("moor:v1", Image("", "moor", "v1", "")),
        ("harbour/moor", Image("", "harbour/moor", "", "")),
        ("reg.example/harbour/moor:1.2.3", Image("reg.example", "harbour/moor", "1.2.3", "")),
        ("reg.example:5000/moor", Image("reg.example:5000", "moor", "", "")),
        ("reg.example:5000/moor:1.2", Image("reg.example:5000", "moor", "1.2", "")),
        ("localhost/moor:1", Image("localhost", "moor", "1", "")),
        (f"reg.example/moor@{DIGEST}", Image("reg.example", "moor", "", DIGEST)),
        (f"reg.example:5000/a/b/moor@{DIGEST}", Image("reg.example:5000", "a/b/moor", "", DIGEST)),
        (f"reg.example/moor:v2@{DIGEST}", Image("reg.example", "moor", "v2", DIGEST)),
        ("", Image("", "", "", "")),
    ],
)
def test_parts_of_a_reference(reference: str, parts: Image) -> None:
    assert parse_image(reference) == parts


def container(name: str, image: str = "reg.example/other:v1") -> Container:
    return Container(name, image)


@pytest.mark.parametrize(
    ("containers", "default", "own"),
    [
        ([container("kube-rbac-proxy"), container("manager")], "", "manager"),
        ([container("proxy", "reg.example/kube-rbac-proxy:v0.15"), container("x")], "", "x"),
        ([container("kube-rbac-proxy"), container("manager")], "kube-rbac-proxy", "manager"),
        ([container("first"), container("second")], "", "first"),
        ([container("first"), container("second")], "second", "second"),
        ([container("side"), container("moor")], "", "moor"),
        ([container("kfam"), container("manager")], "", "manager"),
        ([container("a"), container("b", "reg.example/harbour/moor-image:v2")], "", "b"),
        ([container("kube-rbac-proxy")], "", "kube-rbac-proxy"),
    ],
)
def test_own_container(containers: list[Container], default: str, own: str) -> None:
    found = own_container("moor", containers, default)
    assert found is not None
    assert found.name == own


def test_no_container_is_nobodys() -> None:
    assert own_container("moor", ()) is None


TAGGED = Image("", "moor", "v1.2.3", "")


@pytest.mark.parametrize(
    ("labels", "image", "csv", "version"),
    [
        ({"app.kubernetes.io/version": "1.0"}, TAGGED, "2.0.0", ("2.0.0", "CSV")),
        ({"olm.owner": "moor.v2.1.0"}, TAGGED, None, ("2.1.0", "label olm.owner")),
        (
            {"app.kubernetes.io/version": "1.0"},
            TAGGED,
            None,
            ("1.0", "label app.kubernetes.io/version"),
        ),
        ({"app.kubernetes.io/version": "latest"}, TAGGED, None, ("v1.2.3", "image tag")),
        ({"helm.sh/chart": "moor-0.4.1"}, TAGGED, None, ("v1.2.3", "image tag")),
        (
            {"helm.sh/chart": "moor-0.4.1"},
            Image("", "moor", "main", ""),
            None,
            ("0.4.1", "label helm.sh/chart"),
        ),
        ({}, Image("", "moor", "operator-0.8.7", ""), None, ("operator-0.8.7", "image tag")),
        ({}, Image("", "moor", "latest", ""), None, ("latest", "image tag")),
        ({}, Image("", "moor", "", DIGEST), None, (None, None)),
        ({}, Image("", "moor", "", ""), None, (None, None)),
        ({"app.kubernetes.io/version": 7}, Image("", "moor", "", ""), None, (None, None)),
    ],
)
def test_version(labels: dict[str, Any], image: Image, csv: str | None, version: Any) -> None:
    assert version_of(labels, image, csv) == version


def moor(**more: Any) -> dict[str, Any]:
    rights = allowed("port", "moor", (["harbour.example"], ["boats", "boats/status"], WRITE))
    objects = [
        crd("boats.harbour.example"),
        *rights,
        workload("moor", "port", account="moor", **more),
    ]
    return records(objects)["moor"]


def test_the_records_image_is_its_own_containers() -> None:
    proxy = {"name": "kube-rbac-proxy", "image": "reg.example/kube-rbac-proxy:v0.15.0"}
    own = {"name": "manager", "image": f"reg.example:5000/harbour/moor:v1.2.3@{DIGEST}"}
    found = moor(pod={"containers": [proxy, own]})
    assert found["container"] == "manager"
    assert found["image"] == own["image"]
    assert found["version"] == "v1.2.3"

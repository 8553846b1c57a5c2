"""docs/sources.md: dumps of several makers, each small and of its true layout."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import yaml

from manual.pages import Told
from manual.world import Place, Ran

_GIT = """
set -e
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
git init -q fleet
cp -r manifests fleet/deploy
git -C fleet add -A
git -C fleet commit -qm 'As it was'
git -C fleet tag v1.2
cp docs/sample-cluster/upgrade/*.yaml fleet/deploy/
git -C fleet add -A
git -C fleet commit -qm 'As it is'
"""


def _repository(place: Place) -> None:
    ran = place.bash(_GIT)
    assert ran.code == 0, ran.err


def _objects(place: Place) -> Iterator[tuple[str, dict[str, Any]]]:
    """Namespaces and CRDs as a cluster has them, with the plurals and groups of their kinds."""
    crds = "customresourcedefinitions.apiextensions.k8s.io"
    for name in ("default", "kube-node-lease", "kube-public", "kube-system"):
        yield "namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
        metadata = {"name": "default", "namespace": name}
        yield (
            "serviceaccounts",
            {"apiVersion": "v1", "kind": "ServiceAccount"} | {"metadata": metadata},
        )
    for path in sorted((place.work / "manifests").rglob("*.yaml")):
        for each in yaml.safe_load_all(path.read_text()):
            if each and each["kind"] == "CustomResourceDefinition":
                yield crds, each


def _written(place: Place, form: str) -> None:
    """Those objects in files; ``form`` is of a path, from resource, group, plural and place."""
    for number, (resource, item) in enumerate(_objects(place)):
        metadata = item["metadata"] | {"uid": f"uid-{number}"}
        plural, _, group = resource.partition(".")
        namespace = metadata.get("namespace")
        path = place.work / form.format(
            resource=resource,
            sort=f"{group}/{plural}" if group else plural,
            place=f"namespaces/{namespace}" if namespace else "cluster",
            name=metadata["name"],
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(item | {"metadata": metadata}))


def _backup(place: Place) -> None:
    _written(place, "b/resources/{resource}/{place}/{name}.json")
    ran = place.bash("tar -C b -czf nightly-20240301.tar.gz resources")
    assert ran.code == 0, ran.err


def _gathered(place: Place) -> None:
    for cluster in ("hub", "dr1"):
        _written(place, f"gather.all/{cluster}/{{place}}/{{sort}}/{{name}}.yaml")
    ran = place.bash("tar -czf gather.all.tar.gz gather.all")
    assert ran.code == 0, ran.err


def bundles(place: Place) -> None:
    """A bundle, and a catalogue with it, of the CRDs of the sample upgrade."""
    crds = [
        each
        for path in sorted((place.work / "docs/sample-cluster/upgrade").rglob("*.yaml"))
        for each in yaml.safe_load_all(path.read_text())
    ]
    name, package = "fleet-operator.v2.0.0", "fleet-operator"
    csv = {
        "apiVersion": "operators.coreos.com/v1alpha1",
        "kind": "ClusterServiceVersion",
        "metadata": {"name": name},
        "spec": {"version": "2.0.0"},
    }
    annotations = {"operators.operatorframework.io.bundle.package.v1": package}
    manifests = place.work / "bundle" / "manifests"
    manifests.mkdir(parents=True)
    for number, each in enumerate((csv, *crds)):
        (manifests / f"{number}.yaml").write_text(yaml.safe_dump(each))
    (place.work / "bundle" / "metadata").mkdir()
    (place.work / "bundle" / "metadata" / "annotations.yaml").write_text(
        yaml.safe_dump({"annotations": annotations})
    )
    properties = [
        {"type": "olm.bundle.object", "value": {"data": _base64(each)}} for each in (csv, *crds)
    ]
    documents = (
        {"schema": "olm.package", "name": package, "defaultChannel": "stable"},
        {"schema": "olm.channel", "package": package, "name": "stable"}
        | {"entries": [{"name": name}]},
        {"schema": "olm.bundle", "package": package, "name": name, "properties": properties},
    )
    (place.work / "catalog.yaml").write_text(yaml.safe_dump_all(documents))


def _base64(item: dict[str, Any]) -> str:
    return base64.b64encode(json.dumps(item).encode()).decode()


def _stored(*names: str) -> Any:
    def check(place: Place, _: Ran) -> None:
        assert {row["cluster_context"] for row in place.listed()} >= set(names)

    return check


BLOCKS = {
    "docs/sources.md: OLM bundles and catalogues: bash 1": Told(before=bundles),
    "docs/sources.md: A Velero backup: bash 1": Told(before=_backup, check=_stored("prod")),
    "docs/sources.md: Folders of kubectl gather: bash 1": Told(
        before=_gathered, check=_stored("hub", "dr1")
    ),
    "docs/sources.md: A git repository at a revision: bash 1": Told(before=_repository),
}

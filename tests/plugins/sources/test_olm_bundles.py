"""Bundles of OLM and file-based catalogues: which bundle is meant, what it holds, what it lacks."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from k8s_datamodel.api import SourceError
from support.opened import CRDS, CSVS, Opened, write

IMAGE = "registry.example/widgets-bundle@sha256:1"
NOT_HEAD = (
    "a bundle that is not the head of its package's default channel is not read; ?bundle=NAME "
    "names it"
)


def crd(plural: str, version: str) -> dict[str, Any]:
    kind = plural[:-1].title()
    names = {"plural": plural, "singular": plural[:-1], "kind": kind, "listKind": f"{kind}List"}
    schema = {"openAPIV3Schema": {"type": "object"}}
    served = {"name": version, "served": True, "storage": True, "schema": schema}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.example.com"},
        "spec": {"group": "example.com", "names": names, "scope": "Namespaced"}
        | {"versions": [served]},
    }


def csv(name: str, day: str = "01") -> dict[str, Any]:
    return {
        "apiVersion": "operators.coreos.com/v1alpha1",
        "kind": "ClusterServiceVersion",
        "metadata": {"name": name, "annotations": {"createdAt": f"2024-01-{day}T10:00:00Z"}},
        "spec": {"version": name.partition(".v")[2]},
    }


def bundle(name: str, *manifests: dict[str, Any], package: str = "widgets") -> dict[str, Any]:
    version = {"packageName": package, "version": name.partition(".v")[2]}
    objects = [
        {
            "type": "olm.bundle.object",
            "value": {"data": base64.b64encode(json.dumps(each).encode()).decode()},
        }
        for each in manifests
    ]
    return {
        "schema": "olm.bundle",
        "name": name,
        "package": package,
        "image": IMAGE,
        "properties": [{"type": "olm.package", "value": version}, *objects],
    }


PACKAGE = {"schema": "olm.package", "name": "widgets", "defaultChannel": "stable"}
CHANNEL = {
    "schema": "olm.channel",
    "package": "widgets",
    "name": "stable",
    "entries": [
        {"name": "widgets.v2"},
        {"name": "widgets.v3", "replaces": "widgets.v1", "skips": ["widgets.v2"]},
        {"name": "widgets.v1"},
    ],
}
FAST = {"schema": "olm.channel", "package": "widgets", "name": "fast"}
FAST["entries"] = [{"name": "widgets.v4", "replaces": "widgets.v3"}]  # type: ignore[assignment]
BUNDLES = [
    bundle(f"widgets.v{n}", csv(f"widgets.v{n}", f"0{n}"), crd("widgets", f"v{n}"))
    for n in (3, 1, 2, 4)
]
DOCUMENTS = [PACKAGE, *BUNDLES, CHANNEL, FAST]
STREAMS = {
    "catalog.json": "\n".join(json.dumps(each, indent=1) for each in DOCUMENTS),
    "catalog.jsonl": "\n".join(json.dumps(each) for each in DOCUMENTS),
    "catalog.yaml": yaml.safe_dump_all(DOCUMENTS),
}


def versions(there: Opened) -> list[str]:
    return [each["spec"]["versions"][0]["name"] for each in there.objects(CRDS)]


@pytest.mark.parametrize("name", STREAMS)
def test_the_head_of_the_default_channel_is_meant(tmp_path: Path, name: str) -> None:
    there = Opened(write(tmp_path, {name: STREAMS[name]}) / name, CRDS, CSVS)
    assert (versions(there), there.names(CSVS)) == (["v3"], ["widgets.v3"])
    assert there.info.source_timestamp == "2024-01-03 10:00:00"
    assert there.entries("skipped") == {"widgets.v1 and 2 more": NOT_HEAD}
    assert not there.incomplete
    assert there.count(CRDS).value is None
    named = Opened(f"file://{tmp_path / name}?bundle=widgets.v1", CRDS, CSVS)
    assert versions(named) == ["v1"]
    with pytest.raises(SourceError, match=r"no bundle widgets.v9; there are widgets.v1, .* 1 more"):
        Opened(f"file://{tmp_path / name}?bundle=widgets.v9", CRDS)


def test_a_catalogue_in_files_of_a_folder(tmp_path: Path) -> None:
    files = {f"configs/widgets/{n}.json": json.dumps(d) for n, d in enumerate(DOCUMENTS)}
    other = bundle("others.v1", crd("others", "v1"), package="others")
    there = Opened(write(tmp_path, {**files, "configs/others/x.json": json.dumps(other)}), CRDS)
    assert there.names(CRDS) == ["others.example.com", "widgets.example.com"]
    assert versions(there) == ["v1", "v3"]


METADATA = {
    "schema": "olm.bundle",
    "name": "widgets.v5",
    "package": "widgets",
    "image": IMAGE,
    "properties": [
        {"type": "olm.package", "value": {"packageName": "widgets", "version": "5.0.0"}},
        {
            "type": "olm.csv.metadata",
            "value": {
                "annotations": {"createdAt": "2024-01-05T10:00:00Z"},
                "displayName": "Widgets",
                "crdDescriptions": {"owned": [{"name": "widgets.example.com", "kind": "Widget"}]},
            },
        },
    ],
}


def test_metadata_alone_gives_the_csv_and_no_crd(tmp_path: Path) -> None:
    there = Opened(write(tmp_path, {"c.json": json.dumps(METADATA)}), CRDS, CSVS)
    (found,) = there.objects(CSVS)
    assert found["spec"]["customresourcedefinitions"]["owned"][0]["kind"] == "Widget"
    assert (found["spec"]["version"], found["spec"]["displayName"]) == ("5.0.0", "Widgets")
    assert there.outcome(CRDS).status == "failed"
    assert there.count(CRDS).value is None
    assert there.entries("failed") == {
        "c.json": "bundle widgets.v5 has no manifests in the catalogue: they are in its image "
        + IMAGE
    }


BAD: dict[str, tuple[Any, str]] = {
    "no base64": ({"data": "%%%"}, "is not text in base64"),
    "no text": ({"data": base64.b64encode(b"\xff\xfe\xfa").decode()}, "is not text in base64"),
    "no JSON": ({"data": base64.b64encode(b'{"kind": ').decode()}, "bundle widgets.v1: "),
    "another file": ({"ref": "objects/x.yaml"}, "in another file, objects/x.yaml, .* opm render"),
    "a reference to nothing": ({"ref": 7}, "is not text in base64"),
    "no mapping": (7, "is not text in base64"),
    "too deep": ({"data": base64.b64encode(b'{"apiVersion":' * 2000).decode()}, "bundle widgets"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_broken_manifest_leaves_the_others(tmp_path: Path, case: str) -> None:
    whole = bundle("widgets.v1", crd("widgets", "v1"))
    whole["properties"].insert(0, {"type": "olm.bundle.object", "value": BAD[case][0]})
    there = Opened(write(tmp_path, {"c.json": json.dumps(whole)}), CRDS)
    assert there.names(CRDS) == ["widgets.example.com"]
    assert there.outcome(CRDS).status == "failed"
    assert re.search(BAD[case][1], there.entries("failed")["c.json"])
    assert there.incomplete


@pytest.mark.parametrize(
    "entries",
    [
        [{"name": "widgets.v1"}, {"name": "widgets.v2"}],
        [{"name": f"widgets.v{n}", "replaces": f"widgets.v{3 - n}"} for n in (1, 2)],
        "none",
    ],
)
def test_a_channel_without_one_head_says_so(tmp_path: Path, entries: Any) -> None:
    documents = [PACKAGE, *BUNDLES, {**CHANNEL, "entries": entries}, csv("other.v1")]
    text = "\n".join(map(json.dumps, documents))
    there = Opened(write(tmp_path, {"c.json": text}), CRDS, CSVS)
    assert there.names(CRDS) == []
    assert "newest bundles: name one by ?bundle=NAME" in there.entries("failed")["catalogue"]


ANNOTATIONS = {
    "annotations": {
        "operators.operatorframework.io.bundle.mediatype.v1": "registry+v1",
        "operators.operatorframework.io.bundle.manifests.v1": "manifests/",
        "operators.operatorframework.io.bundle.package.v1": "widgets",
    }
}
BUNDLE = {
    "manifests/widgets.clusterserviceversion.yaml": yaml.safe_dump(csv("widgets.v3", "03")),
    "manifests/example.com_widgets.yaml": yaml.safe_dump(crd("widgets", "v3")),
    "metadata/annotations.yaml": yaml.safe_dump(ANNOTATIONS),
    "metadata/dependencies.yaml": yaml.safe_dump(
        {"dependencies": [{"type": "olm.package", "value": {"packageName": "x"}}]}
    ),
    "metadata/properties.yaml": yaml.safe_dump(
        {"properties": [{"type": "olm.maxOpenShiftVersion", "value": "4.16"}]}
    ),
}


def test_a_bundle_is_read_without_remainder(tmp_path: Path) -> None:
    there = Opened(write(tmp_path, {**BUNDLE}), CRDS, CSVS)
    assert (versions(there), there.names(CSVS)) == (["v3"], ["widgets.v3"])
    assert there.info.source_timestamp == "2024-01-03 10:00:00"
    assert len(there.ledger) == 1


@pytest.mark.parametrize("key", ["annotations", "dependencies", "properties"])
def test_what_only_looks_like_a_note_of_a_bundle(tmp_path: Path, key: str) -> None:
    values = yaml.safe_dump({key: [{"name": "a chart's"}]})
    there = Opened(write(tmp_path, {**BUNDLE, "x.yaml": values}), CRDS)
    assert there.entries("unrecognised") == {"x.yaml": "holds no Kubernetes object"}

"""Velero backups and folders of ``kubectl gather``: their layouts, times, and what they lack."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from k8s_datamodel.api import SourceError
from support.opened import CRDS, DEPLOYMENTS, GADGETS, WIDGETS, Opened, live, stored, write

ALWAYS = ("default", "kube-node-lease", "kube-public", "kube-system")
SOME = "the dump holds those of some namespaces only: "
MADE = 1_700_000_000
LISTED = (WIDGETS, GADGETS, CRDS, DEPLOYMENTS)


def of(version: str, kind: str, name: str, namespace: str = "") -> dict[str, Any]:
    return {**live(kind, name, namespace), "apiVersion": version}


def backed_up(*items: tuple[str, dict[str, Any]], versions: bool) -> dict[str, str]:
    """As Velero writes them: each as it is, and since 1.1 in the folder of its version."""
    files = {"metadata/version": "1.1.0\n" if versions else "1\n"}
    for resource, item in items:
        metadata, version = item["metadata"], item["apiVersion"].rpartition("/")[2]
        namespace = metadata.get("namespace")
        place = f"namespaces/{namespace}" if namespace else "cluster"
        folders = ["", f"{version}-preferredversion/"] if versions else [""]
        for folder in folders:
            files[f"resources/{resource}/{folder}{place}/{metadata['name']}.json"] = json.dumps(
                item
            )
    return files


def packed(path: Path, files: dict[str, str]) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for number, (name, text) in enumerate(files.items()):
            header = tarfile.TarInfo(name)
            header.size, header.mtime = len(text.encode()), MADE + number
            tar.addfile(header, io.BytesIO(text.encode()))
    return path


def spaces(*names: str) -> list[tuple[str, dict[str, Any]]]:
    return [("namespaces", of("v1", "Namespace", name)) for name in names]


ITEMS = (
    ("widgets.example.com", of("example.com/v1", "Widget", "w", "shop")),
    ("gadgets.example.com", of("example.com/v1", "Gadget", "g")),
    ("deployments.apps", of("apps/v1", "Deployment", "d", "shop")),
)


@pytest.mark.parametrize("versions", [False, True])
def test_a_backup_of_all_namespaces(tmp_path: Path, versions: bool) -> None:
    files = backed_up(*ITEMS, *spaces(*ALWAYS, "shop"), versions=versions)
    there = Opened(packed(tmp_path / "nightly.tar.gz", files), *LISTED)
    assert [there.names(each) for each in LISTED] == [["w"], ["g"], [], ["d"]]
    assert there.info.context == "nightly"
    assert there.info.source_timestamp == f"2023-11-14 22:13:{20 + len(files) - 1}"
    assert not there.incomplete
    assert there.entries("unrecognised") == {}
    copies = {each.read: each.outcome.objects for each in there.ledger[1:]}
    assert copies == ({"resources": 3} if versions else {})
    assert (there.outcome(WIDGETS).status, there.outcome(WIDGETS).whole) == ("complete", False)
    assert there.count(WIDGETS).value is None
    count = there.count(GADGETS)
    assert (count.value, count.method) == (1, "estimate")
    assert "backup" in count.outcome.reason
    assert there.outcome(CRDS).objects is None


@pytest.mark.parametrize("versions", [False, True])
def test_a_backup_of_some_namespaces(tmp_path: Path, versions: bool) -> None:
    files = backed_up(*ITEMS, *spaces("shop"), versions=versions)
    there = Opened(packed(tmp_path / "shop.tar.gz", files), *LISTED)
    assert there.info.source_timestamp == f"2023-11-14 22:13:{20 + len(files) - 1}"
    for resource in (WIDGETS, GADGETS, DEPLOYMENTS):
        outcome, count = there.outcome(resource), there.count(resource)
        assert (outcome.status, outcome.reason) == ("partial", SOME + "shop")
        assert count.value is None
    assert there.outcome(WIDGETS, "shop").status == "complete"
    assert there.outcome(WIDGETS, "other").status == "partial"


@pytest.mark.parametrize("turned", [False, True])
def test_the_preferred_version_wins(tmp_path: Path, turned: bool) -> None:
    folder = "resources/widgets.example.com/{}namespaces/shop/w.json"
    files = {
        folder.format(""): json.dumps(of("example.com/v2", "Widget", "w", "shop")),
        folder.format("v2-preferredversion/"): json.dumps(
            of("example.com/v2", "Widget", "w", "shop")
        ),
        folder.format("v1/"): json.dumps(of("example.com/v1", "Widget", "w", "shop")),
        folder.format("v3alpha1/"): json.dumps(of("example.com/v3alpha1", "Widget", "w", "shop")),
    }
    ordered = dict(reversed(files.items())) if turned else files
    there = Opened(packed(tmp_path / "x.tgz", ordered), WIDGETS)
    assert [each["apiVersion"] for each in there.objects(WIDGETS)] == ["example.com/v2"]
    assert [each.outcome.objects for each in there.ledger if each.read == "resources"] == [3]


def test_a_broken_file_of_a_backup(tmp_path: Path) -> None:
    files = backed_up(*ITEMS, *spaces(*ALWAYS), versions=False)
    files["resources/widgets.example.com/namespaces/shop/bad.json"] = '{"kind": "Wid'
    there = Opened(packed(tmp_path / "x.tar.gz", files), *LISTED)
    assert there.outcome(WIDGETS).status == "failed"
    assert there.outcome(DEPLOYMENTS).reason.startswith("what could not be read may hold some")
    assert there.incomplete


def test_a_backup_that_was_cut_off_or_would_expand(tmp_path: Path) -> None:
    path = packed(tmp_path / "x.tar.gz", backed_up(*ITEMS, *spaces(*ALWAYS), versions=True))
    tar = gzip.decompress(path.read_bytes())
    path.write_bytes(gzip.compress(tar[: len(tar) // 2]))
    assert Opened(path, *LISTED).incomplete
    names = {f"resources/{'../' * 9}etc/namespaces/x/{n}.json": "{}" for n in range(2)}
    files = backed_up(*ITEMS, versions=False) | names
    assert Opened(packed(path, files), WIDGETS).names(WIDGETS) == ["w"]


def gathered(cluster: str, *items: tuple[str, dict[str, Any]]) -> dict[str, str]:
    """As ``kubectl gather`` writes them: GROUP/PLURAL, without GROUP for the core group."""
    files = {}
    for resource, item in items:
        metadata = item["metadata"]
        namespace = metadata.get("namespace")
        place = f"namespaces/{namespace}" if namespace else "cluster"
        plural, _, group = resource.partition(".")
        folder = f"{group}/{plural}" if group else plural
        files[f"{cluster}{place}/{folder}/{metadata['name']}.yaml"] = yaml.safe_dump(item)
    return files


LOG = (
    '2024-05-27T23:03:58.838+0300\tINFO\tgather\tGathering from cluster "hub"\n'
    '2024-05-27T23:03:59.000+0300\tWARN\thub\tCannot list "apps/deployments": deployments.apps is '
    "forbidden\n"
)


def accounts(*names: str) -> list[tuple[str, dict[str, Any]]]:
    return [("serviceaccounts", of("v1", "ServiceAccount", "default", name)) for name in names]


def test_a_gathered_cluster(tmp_path: Path) -> None:
    items = (*ITEMS[:2], *spaces(*ALWAYS, "shop", "cluster"), *accounts(*ALWAYS, "cluster"))
    files = gathered("hub/", *items)
    files["hub/namespaces/kube-system/pods/p/c/current.log"] = "apiVersion: no\n"
    there = Opened(write(tmp_path / "g", {**files, "gather.log": LOG}), *LISTED)
    assert [there.names(each) for each in LISTED] == [["w"], ["g"], [], []]
    assert there.info.source_timestamp == "2024-05-27 20:03:58"
    assert there.outcome(WIDGETS).status == there.outcome(GADGETS).status == "complete"
    assert there.count(GADGETS).method == "estimate"
    assert there.outcome(DEPLOYMENTS).status == "forbidden"
    assert there.count(DEPLOYMENTS).value is None
    assert Opened(tmp_path / "g" / "hub", *LISTED).info.context == "hub"


LEASE = of("coordination.k8s.io/v1", "Lease", "node-1", "kube-node-lease")
CRD = of("apiextensions.k8s.io/v1", "CustomResourceDefinition", "widgets.example.com")
CRD["spec"] = {
    "group": "example.com",
    "names": {"plural": "widgets", "kind": "Widget"},
    "scope": "Namespaced",
    "versions": [{"name": "v1", "served": True, "storage": True}],
}


@pytest.mark.parametrize(
    ("log", "when", "deployments"),
    [(LOG, "2024-05-27 20:03:58", "forbidden"), ("", "2024-05-27 21:00:01", "skipped")],
)
def test_a_gathered_cluster_is_stored_as_of_its_time(
    tmp_path: Path, log: str, when: str, deployments: str
) -> None:
    """That of the log, else of the newest lease: files were written when they were copied."""
    renewed = {**LEASE, "spec": {"renewTime": "2024-05-27T21:00:01.5Z"}}
    items = [
        *ITEMS[:1],
        *spaces(*ALWAYS, "shop"),
        *accounts(*ALWAYS),
        ("customresourcedefinitions.apiextensions.k8s.io", CRD),
        ("leases.coordination.k8s.io", renewed),
    ]
    place = write(
        tmp_path / "hub", {**gathered("", *items), **({"gather.log": log} if log else {})}
    )
    row, ledger = stored(tmp_path / "x.db", place)
    assert (row["cluster_context"], row["source_timestamp"]) == ("hub", when)
    assert (row["complete"], row["crd_count"]) == (not log, 1)
    assert ledger["customresourcedefinitions.apiextensions.k8s.io"]["status"] == "complete"
    assert ledger["deployments.apps"]["status"] == deployments


def test_some_gathered_namespaces(tmp_path: Path) -> None:
    files = gathered("", ITEMS[0], ITEMS[2], *accounts("shop"))
    there = Opened(write(tmp_path, {**files}), *LISTED)
    assert there.outcome(WIDGETS).reason == there.outcome(DEPLOYMENTS).reason == SOME + "shop"
    assert (there.outcome(CRDS).status, there.outcome(CRDS).objects) == ("skipped", None)


def test_several_clusters_are_read_one_at_a_time(tmp_path: Path) -> None:
    files = gathered("all/hub/", *ITEMS, *accounts("x"))
    files |= gathered("all/dr1/", ITEMS[1], *spaces("y"))
    folder = write(tmp_path, {**files}) / "all"
    archive = packed(tmp_path / "all.tar.gz", files)
    for place in (folder, archive):
        with pytest.raises(SourceError, match=r"holds 2 dumps: .*dr1, .*hub; read one at a time"):
            Opened(place, *LISTED)
    for place in (f"file://{archive}?dir=all/dr1", f"file://{folder}?dir=dr1", folder / "dr1"):
        there = Opened(place, *LISTED)
        assert (there.info.context, there.names(GADGETS)) == ("dr1", ["g"])
        assert there.names(WIDGETS) == []
    with pytest.raises(SourceError, match="no Kubernetes object"):
        Opened(f"file://{archive}?dir=all/dr2", *LISTED)


def test_two_layouts_in_one_folder(tmp_path: Path) -> None:
    files = {f"velero/{name}": text for name, text in backed_up(*ITEMS, versions=True).items()}
    files |= gathered("hub/", *ITEMS)
    with pytest.raises(SourceError, match="holds 2 dumps: hub, velero"):
        Opened(write(tmp_path, {**files}), *LISTED)


def test_manifests_in_such_folders_are_manifests(tmp_path: Path) -> None:
    manifest = "apiVersion: example.com/v1\nkind: Gadget\nmetadata: {name: %s}\n"
    files = {
        f"{root}/{folder}/{root}{end}": manifest % (root + end[:-5])
        for root in ("a", "b")
        for folder, end in (
            ("cluster/example.com/gadgets", "x.yaml"),
            ("resources/gadgets/cluster", "y.json"),
        )
    }
    there = Opened(write(tmp_path, {**files}), GADGETS)
    assert there.names(GADGETS) == ["ax", "ay", "bx", "by"]
    assert there.outcome(GADGETS).status == "complete"

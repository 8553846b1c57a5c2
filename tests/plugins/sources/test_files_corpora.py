"""Every archive of the corpora, packed and unpacked, against an independent parse."""

from __future__ import annotations

import json
import re
import tarfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from k8s_datamodel.api import Resource
from support.opened import CRDS, CSVS, DEPLOYMENTS, Opened

STATEFULSETS = Resource("apps", "v1", "statefulsets", "StatefulSet")
DAEMONSETS = Resource("apps", "v1", "daemonsets", "DaemonSet")
NAMESPACES = Resource("", "v1", "namespaces", "Namespace", False)
LISTED = (CRDS, CSVS, DEPLOYMENTS, STATEFULSETS, DAEMONSETS, NAMESPACES)
ARCHIVES = ("crds", "operators", "csvs", "must-gather", "dumps", "live-objects")

USED = re.compile(r"cluster_version\.json$|pod-disruption-budgets-errors\.json$")
"""Files without objects that say something nevertheless."""


class Tolerant(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """PyYAML, without making other things of texts than texts."""


Tolerant.add_constructor("tag:yaml.org,2002:value", yaml.SafeLoader.construct_yaml_str)
Tolerant.add_constructor("tag:yaml.org,2002:timestamp", yaml.SafeLoader.construct_yaml_str)


def parsed(path: Path) -> Iterator[Any]:
    if path.suffix == ".json":
        yield json.loads(path.read_text())
    else:
        with path.open("rb") as file:
            yield from yaml.load_all(file, Tolerant)


def flat(value: Any, kind: str = "") -> Iterator[dict[str, Any]]:
    """The objects in a document; a list's items have the list's kind if none of their own."""
    if isinstance(value, list):
        for item in value:
            yield from flat(item, kind)
    elif isinstance(value, dict) and str(value.get("kind", "List")).endswith("List"):
        for item in value.get("items") or ():
            yield from flat(item, str(value.get("kind", ""))[: -len("List")])
    elif isinstance(value, dict) and value.get("kind", kind) and ("apiVersion" in value or kind):
        yield {"kind": kind, **value}


@dataclass
class Parsed:
    """What an archive holds, by an independent parse.

    Attributes:
        packed: the archive.
        folder: unpacked.
        objects: how often each stands there, by kind, namespace and name.
        others: files with neither objects nor lists.
    """

    packed: Path
    folder: Path
    objects: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    others: set[str] = field(default_factory=set)

    def read(self) -> None:
        for path in sorted(self.folder.rglob("*")):
            if path.is_file() and path.suffix in (".yaml", ".yml", ".json"):
                self._file(path)

    def _file(self, path: Path) -> None:
        useful = False
        for document in parsed(path):
            useful |= isinstance(document, dict) and "items" in document
            for item in flat(document):
                useful = True
                metadata = item.get("metadata") or {}
                name = metadata.get("name", f"{path} {len(self.objects)}")
                self.objects[item["kind"], metadata.get("namespace", ""), name] += 1
        if not useful:
            self.others.add(path.relative_to(self.folder).as_posix())


@pytest.fixture(scope="module", params=ARCHIVES)
def archive(
    request: pytest.FixtureRequest, shared: Path, tmp_path_factory: pytest.TempPathFactory
) -> Parsed:
    packed = shared / "corpora" / f"{request.param}.tar.xz"
    found = Parsed(packed, tmp_path_factory.mktemp(request.param))
    with tarfile.open(packed) as tar:
        tar.extractall(found.folder, filter="data")
    found.read()
    return found


@pytest.mark.parametrize("form", ["packed", "unpacked"])
def test_each_kind_has_as_many_objects_as_an_independent_parse_finds(
    archive: Parsed, form: str
) -> None:
    opened = Opened(archive.packed if form == "packed" else archive.folder, *LISTED)
    assert [e for e in opened.ledger if e.outcome.status == "failed" and not e.optional] == []
    assert not opened.incomplete
    assert opened.ledger[0].outcome.objects == len(archive.objects)
    for resource in LISTED:
        theirs = {key: n for key, n in archive.objects.items() if key[0] == resource.kind}
        items = opened.objects(resource)
        mine = {(resource.kind, namespace(item), item["metadata"]["name"]) for item in items}
        doubles = next((e.outcome.objects for e in opened.ledger if e.read == resource.name), 0)
        assert mine == theirs.keys()
        assert len(items) + (doubles or 0) == sum(theirs.values())


def namespace(item: dict[str, Any]) -> str:
    found: str = item["metadata"].get("namespace", "")
    return found


def test_files_without_objects_are_named(archive: Parsed) -> None:
    named = Opened(archive.packed, *LISTED).entries("unrecognised").keys()
    assert {name for name in named if " more" not in name and not name.endswith(".txt")} == {
        name for name in archive.others if not USED.search(name)
    }


def test_the_scale_corpus_is_read_packed(shared: Path) -> None:
    opened = Opened(shared / "corpora" / "crds-scale.tar.xz", CRDS)
    outcome = opened.outcome(CRDS)
    assert (outcome.status, outcome.objects, outcome.requests) == ("complete", 2065, 2065)
    assert 55_000_000 < outcome.bytes < 65_000_000
    assert opened.entries("failed") == opened.entries("unrecognised") == {}


def test_the_odd_cases_of_the_corpora_are_values_not_faults(shared: Path) -> None:
    crds = Opened(shared / "corpora" / "crds.tar.xz", CRDS).objects(CRDS)
    alertmanager = next(c for c in crds if c["metadata"]["name"].startswith("alertmanagerconfigs"))
    assert '"="' in json.dumps(alertmanager)
    csvs = Opened(shared / "corpora" / "csvs.tar.xz", CSVS).objects(CSVS)
    assert len(csvs) == 809
    created = [csv["metadata"].get("annotations", {}).get("createdAt") for csv in csvs]
    assert all(moment is None or isinstance(moment, str) for moment in created)


def test_the_dumps_say_which_cluster_they_are_of(shared: Path, tmp_path: Path) -> None:
    with tarfile.open(shared / "corpora" / "dumps.tar.xz") as tar:
        tar.extractall(tmp_path, filter="data")
    bundle = Opened(tmp_path / "replicated-k3s-supportbundle-2025", *LISTED)
    info = bundle.info
    assert (info.version, info.platform, info.nodes) == ("v1.33.4+k3s1", "k3s", 1)
    assert info.uid == "f260d96b-865d-432b-afe6-d346c7063d2a"
    assert info.source_timestamp == "2025-09-11 20:55:09"
    addons = Resource("k3s.cattle.io", "v1", "addons", "Addon")
    assert (bundle.count(addons).value, bundle.count(addons).method) == (13, "exact")
    assert bundle.outcome(STATEFULSETS).objects == 0
    gathered = Opened(shared / "corpora" / "must-gather.tar.xz", *LISTED).info
    assert (gathered.version, gathered.source_timestamp) == ("4.18.0", "2025-01-02 03:04:05")

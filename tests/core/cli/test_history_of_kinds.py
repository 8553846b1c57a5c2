"""Custom resources of a kind whose CRD a snapshot lacks, or of which it was not asked for."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from k8s_datamodel.cli import run

ALL = ("--with-instances",)
SOME = ("--with-instances", "buoys.x.example")
BUOY, GULL = "buoys", "gulls"

CSV: dict[str, Any] = {
    "apiVersion": "operators.coreos.com/v1alpha1",
    "kind": "ClusterServiceVersion",
    "metadata": {"name": "harbour.v1.0.0", "namespace": "sea"},
    "spec": {},
}


@dataclass(frozen=True)
class Stored:
    """What a snapshot is made of: CRDs, lists of custom resources, and how it is stored.

    A ``manifest`` has objects that no server gave.
    """

    crds: Sequence[str]
    lists: Sequence[str]
    more: Sequence[str] = ALL
    broken: bool = False
    manifest: bool = False

    def write(self, folder: Path) -> None:
        """The files that it is read from."""
        folder.mkdir()
        files = {f"crd-{each}": _crd(each) for each in self.crds}
        files |= {f"list-{each}": _list(each) for each in self.lists}
        if self.manifest:
            files["csv"] = CSV
        for name, content in files.items():
            if self.manifest:
                content["metadata"].pop("uid", None)
            (folder / f"{name}.json").write_text(json.dumps(content))
        if self.broken:
            (folder / "broken.yaml").write_text("a: [\n")


def _kind(plural: str) -> str:
    return plural[:-1].capitalize()


def _crd(plural: str) -> dict[str, Any]:
    kind = _kind(plural)
    names = {"plural": plural, "singular": plural[:-1], "kind": kind, "listKind": f"{kind}List"}
    schema = {"openAPIV3Schema": {"type": "object"}}
    version = {"name": "v1", "served": True, "storage": True, "schema": schema}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.x.example", "uid": plural},
        "spec": {
            "group": "x.example",
            "scope": "Cluster",
            "names": names,
            "versions": [version],
        },
    }


def _list(plural: str) -> dict[str, Any]:
    """One as a server gives it, so that it is known to be whole; gulls have one item."""
    metadata = {"name": "one", "uid": "one"}
    one = {"apiVersion": "x.example/v1", "kind": _kind(plural), "metadata": metadata}
    return {
        "apiVersion": "x.example/v1",
        "kind": f"{_kind(plural)}List",
        "metadata": {"resourceVersion": "1"},
        "items": [one] if plural == GULL else [],
    }


BEFORE = Stored([BUOY], [BUOY])
AFTER = Stored([BUOY, GULL], [BUOY, GULL])
THERE = ("there", "")
ABSENT = ("absent", "")
UNSURE = "uncovered: gulls.x.example was not asked for, or is not known, as not all CRDs were read"
UNHELD = "skipped: the source holds none, which does not mean that the cluster has none"

CASES = {
    "it came with its CRD": (BEFORE, AFTER, ["added"], ABSENT, THERE),
    "it went with its CRD": (AFTER, BEFORE, ["removed"], THERE, ABSENT),
    "other kinds were asked for, and it had no CRD": (
        Stored([BUOY], [BUOY], SOME),
        AFTER,
        ["added"],
        ABSENT,
        THERE,
    ),
    "other kinds were asked for, and it had its CRD": (
        Stored([BUOY, GULL], [BUOY, GULL], SOME),
        AFTER,
        [],
        ("unread", "uncovered: gulls.x.example was not asked for"),
        THERE,
    ),
    "its CRD may be in what could not be read": (
        Stored([BUOY], [BUOY], broken=True),
        AFTER,
        [],
        ("unread", UNSURE),
        THERE,
    ),
    "no CRD is held": (Stored([], [BUOY], SOME), AFTER, [], ("unread", UNSURE), THERE),
    "CRDs were left out": (
        Stored([BUOY], [BUOY], (*ALL, "--no-crds")),
        AFTER,
        [],
        ("unread", UNSURE),
        THERE,
    ),
    "a manifest holds its CRD": (
        Stored([BUOY, GULL], [BUOY], manifest=True),
        AFTER,
        [],
        ("unread", UNHELD),
        THERE,
    ),
    "a manifest holds no CRD": (
        Stored([], [BUOY], SOME, manifest=True),
        AFTER,
        [],
        ("unread", UNSURE),
        THERE,
    ),
    "the source does not hold its list": (
        Stored([BUOY, GULL], [BUOY]),
        AFTER,
        [],
        ("unread", UNHELD),
        THERE,
    ),
}
"""What is stored, what is told of the gull, and where it is."""


@pytest.mark.parametrize("case", CASES)
def test_a_kind_without_its_crd_had_no_custom_resources(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("K8S_DATAMODEL_DB", str(tmp_path / "x.db"))
    *snapshots, told, first, last = CASES[case]

    def out(*words: object) -> str:
        capsys.readouterr()
        run([str(each) for each in words])
        found: str = capsys.readouterr().out
        return found

    for number, each in enumerate(snapshots):
        folder = tmp_path / str(number)
        each.write(folder)
        out("--source", folder, "--cluster-name", "sea", "database", "store", *each.more)
    logged = out("log", "--only", "instances", "-o", "json").splitlines()
    assert [json.loads(each)["change"] for each in logged] == told
    compared = json.loads(out("diff", "1", "2", "--only", "instances", "-o", "json"))
    assert [each["change"] for each in compared["changes"]] == told
    rows = csv.DictReader(io.StringIO(out("instances", "history", "one", "-o", "csv")))
    assert [(each["presence"], each["reason"]) for each in rows] == [first, last]

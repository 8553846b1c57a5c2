"""Dumps hold who wrote: must-gathers and support bundles, and runs that list the instances."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.forked import ok
from support.opened import write
from truth.shapes import WRITE, Object, allowed, crd, workload

NAME = "boats.harbour.example"
SECRET = "ghp_16C7e42F292c6912E7710c838347Ae178B4a"
MUST_GATHER = "quay-io-x-sha256-00/{}"


def boats(manager: str) -> list[Object]:
    written = {"apiVersion": "harbour.example/v1", "operation": "Update", "manager": manager}
    return [
        {
            "apiVersion": "harbour.example/v1",
            "kind": "Boat",
            "metadata": {
                "name": f"boat-{number}",
                "namespace": "port",
                "uid": f"uid-{number}",
                "managedFields": [{**written, "subresource": "status"}],
            },
        }
        for number in range(3)
    ]


def cluster() -> list[Object]:
    """Two programs with one account and equal rights."""
    found = crd(NAME)
    found["spec"]["versions"][0] |= {"served": True, "storage": True}
    rights = allowed("port", "all", (["harbour.example"], ["boats", "boats/status"], WRITE))
    programs = (
        workload(f"harbour-{name}", "port", account="all", args=[f"/{name}"])
        for name in ("keeper", "pilot")
    )
    return [found, *rights, *programs]


def manifests(folder: Path, manager: str) -> Path:
    text = yaml.safe_dump_all([*cluster(), *boats(manager)])
    return write(folder, {"all.yaml": text})


def must_gather(folder: Path, manager: str) -> Path:
    where = MUST_GATHER.format("namespaces/port/harbour.example/boats")
    files: dict[str, str | bytes] = {
        f"{where}/{each['metadata']['name']}.yaml": yaml.safe_dump(each) for each in boats(manager)
    }
    rest = MUST_GATHER.format("cluster-scoped-resources/all.yaml")
    return write(folder, {**files, rest: yaml.safe_dump_all(cluster())})


def support_bundle(folder: Path, manager: str) -> Path:
    where = f"cluster-resources/custom-resources/{NAME}/port.json"
    text = json.dumps(boats(manager))
    return write(folder, {where: text, "cluster-resources/all.yaml": yaml.safe_dump_all(cluster())})


def listed(*arguments: Any) -> dict[str, Any]:
    rows = ok("operators", "list", "-o", "json", "--allow-incomplete", *arguments).json
    return {row["name"]: row for row in rows}


@pytest.mark.parametrize("made", [manifests, must_gather, support_bundle])
def test_all_that_a_dump_holds_are_looked_at(
    made: Callable[[Path, str], Path], tmp_path: Path
) -> None:
    found = listed("--source", made(tmp_path, "pilot"))
    assert list(found) == ["harbour-pilot"]
    reasons = [each["reason"] for each in found["harbour-pilot"]["evidence"]]
    assert 'wrote the status of 3 of 3 sampled boats as "pilot"' in reasons


@pytest.mark.parametrize("more", [(), ("--with-instances",)])
def test_what_is_stored_says_the_same(more: tuple[str, ...], tmp_path: Path) -> None:
    source, db = manifests(tmp_path / "dump", "pilot"), tmp_path / "inventory.db"
    for _ in range(2):  # the second finds the objects in the first
        stored = ("database", "store", "--allow-incomplete", "--source", source, "--db-path", db)
        ok(*stored, *more)
        found = listed("--snapshot", "latest", "--db-path", db)
        assert {name: row["managed_crds"] for name, row in found.items()} == {
            "harbour-pilot": [NAME]
        }
        assert found == listed("--source", source)


def test_a_credential_in_a_name_is_not_stored(tmp_path: Path) -> None:
    source, db = manifests(tmp_path / "dump", f"harbour-pilot/{SECRET}"), tmp_path / "inventory.db"
    assert SECRET in json.dumps(listed("--source", source))
    for more in ((), ("--with-instances",)):
        ok("database", "store", "--allow-incomplete", "--source", source, "--db-path", db, *more)
    assert SECRET.encode() not in db.read_bytes()
    stored = json.dumps(listed("--snapshot", "latest", "--db-path", db))
    assert 'as \\"harbour-pilot/[redacted:' in stored

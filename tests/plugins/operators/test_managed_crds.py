"""``operators managed-crds`` on the sample cluster, whose truth is written down."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from support.forked import ok

SAMPLE = Path(__file__).parents[3] / "docs" / "sample-cluster" / "before"


@pytest.fixture(params=["source", "snapshot"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Any, ...]:
    if request.param == "source":
        return ("--source", SAMPLE)
    path = tmp_path / "inventory.db"
    ok("database", "store", "--source", SAMPLE, "--db-path", path)
    return ("--snapshot", "latest", "--db-path", path)


def test_each_with_its_counts(where: tuple[Any, ...]) -> None:
    rows = ok("operators", "managed-crds", "-o", "json", *where).json
    found = {(row["operator"], row["crd"]): row["instances"] for row in rows}
    assert found["certwright", "certificates.certs.certwright.example"] == 4
    assert found["keelvol-node", "nodedisks.storage.keelvol.example"] == 3
    # How many there are cannot be known from manifests: unknown, not none.
    assert found["fleet-operator", "berths.fleet.skerrywater.example"] is None
    listed = ok("operators", "list", "-o", "json", *where).json
    assert set(found) == {(row["name"], crd) for row in listed for crd in row["managed_crds"]}
    assert yaml.safe_load(ok("operators", "managed-crds", "-o", "yaml", *where).out) == rows


def test_filters() -> None:
    narrowed = ("--name", "turn*", "--source", SAMPLE)
    rows = ok("operators", "managed-crds", "-o", "json", *narrowed).json
    assert [row["crd"] for row in rows] == ["accesspasses.gates.skerrywater.example"]
    assert "accesspasses" in ok("operators", "managed-crds", *narrowed).out


def test_without_the_plugin_that_counts() -> None:
    ok("plugins", "disable", "crds")
    rows = ok("operators", "managed-crds", "--source", SAMPLE, "-o", "json").json
    assert {row["instances"] for row in rows} == {None}
    assert len(rows) > 10

"""``olm status``: present, absent and unknown are three things."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from cluster.fixtures import MakeCluster
from support.forked import ok, run

SAMPLE = Path(__file__).parents[3] / "docs" / "sample-cluster" / "before"


@pytest.fixture(params=["source", "snapshot"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Any, ...]:
    if request.param == "source":
        return ("--source", SAMPLE)
    path = tmp_path / "inventory.db"
    ok("database", "store", "--source", SAMPLE, "--db-path", path)
    return ("--snapshot", "latest", "--db-path", path)


def test_present(where: tuple[Any, ...]) -> None:
    status = ok("olm", "status", "-o", "json", *where).json
    assert (status["olm"], status["csvs"]) == ("present", 2)
    assert status["phases"] == {"Failed": 1, "Succeeded": 1}
    (failed,) = status["failed"]
    assert failed["name"] == "tidewatch-operator.v0.4.0"
    assert failed["reason"] == "InstallCheckFailed"
    assert "progress deadline" in failed["message"]
    assert yaml.safe_load(ok("olm", "status", "-o", "yaml", *where).out) == status
    assert "InstallCheckFailed" in ok("olm", "status", *where).out


def test_a_dump_without_csvs_says_nothing() -> None:
    done = run("olm", "status", "-o", "json", "--source", SAMPLE / "apps")
    assert (done.code, "it is not known whether there are CSVs" in done.err) == (3, True)
    assert done.json == {"olm": "unknown", "csvs": None, "phases": None, "failed": []}


def test_absent_from_a_real_server_and_unknown_without_rights(make_cluster: MakeCluster) -> None:
    cluster = make_cluster(users=("nobody",))  # on the shared one, other tests install OLM's CRDs
    status = ok("olm", "status", "-o", "json", "--kubeconfig", cluster.kubeconfig).json
    assert (status["olm"], status["csvs"], status["phases"]) == ("absent", 0, {})
    nobody = run("olm", "status", "-o", "json", "--kubeconfig", cluster.kubeconfig_for("nobody"))
    assert nobody.code == 3
    assert (nobody.json["olm"], nobody.json["csvs"]) == ("unknown", None)

"""Whoever mistypes a name is told the one that may be meant, wherever it is typed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from k8s_datamodel.base.near_names import hint, near_names, near_options
from k8s_datamodel.cli import run

BEFORE = Path(__file__).parents[3] / "docs" / "sample-cluster" / "before"

TOLD = {
    "crd get Sailng --source {before}": (1, "is it sailings.fleet.skerrywater.example?"),
    "operators get turnstle --source {before}": (1, "is it gates/turnstile?"),
    "crd history brokers.beaconmq.exmple": (1, "is it brokers.beaconmq.example?"),
    "crd count --source {before} --kind Sailin": (0, 'no kind "Sailin"; there is Sailing'),
    "crd diagram --source {before} --kind Sailin": (0, 'no kind "Sailin"; there is Sailing'),
    "crd export-all --source {before} --kind Sailin": (0, 'no kind "Sailin"; there is Sailing'),
    "operators managed-crds --source {before} --name turnstle": (0, "there is turnstile"),
    "crd list --source {before} --columns knd": (2, "is it kind;"),
    "crd list --source {before} --sort-by knd": (2, "is it kind;"),
    "crd list --source {before} -o jsn": (2, "perhaps json is meant; there are table"),
    "crd list --source {before} -o custom-colums=a:.b": (2, "perhaps custom-columns"),
    "diff 1 2 --only crdz": (2, "perhaps crds is meant; there are crds, operators"),
    "log --only operatrs": (2, "perhaps operators is meant"),
    "database baseline unset uprade": (1, "no baseline uprade; perhaps upgrade is meant"),
    "database query operator-version": (2, "perhaps operator-versions is meant"),
    "database list --cluster-context befor": (
        0,
        "no snapshot of befor; there are of before",
    ),
    "check rules explain requird-added": (2, "perhaps required-added is meant"),
    "database store --source {before} --with-instances Saling": (3, "perhaps Sailing is meant"),
    "database store --source {before} --with-instances fleet.skerywater.example/Sailing": (
        3,
        "perhaps fleet.skerrywater.example/Sailing is meant",
    ),
    "crd lst": (2, "Did you mean 'list'?"),
    "crd list --wid": (2, "Did you mean '--wide'?"),
    "crd list --scop Cluster": (2, "Did you mean '--scope'?"),
    "database store --no-crd": (2, "Did you mean '--no-crds'?"),
    "database cleanup --keep-dayly 2": (2, "Did you mean '--keep-daily'?"),
    "database list --ful": (2, "No such option '--ful'."),
    "crd list --a": (2, "No such option '--a'."),
}
"""What is typed, the exit code, and what stderr says."""


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("near") / "inventory.db"
    where = ["-q", "--db-path", str(path)]
    for _ in range(2):
        assert run(["database", "store", "--source", str(BEFORE), *where]) == 0
    assert run(["database", "baseline", "set", "upgrade", "1", *where]) == 0
    return path


@pytest.mark.parametrize("line", TOLD)
def test_what_may_be_meant_is_said(
    line: str, database: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("K8S_DATAMODEL_DB", str(database))
    code = run([word.format(before=BEFORE) for word in line.split()])
    err = _words(capfd.readouterr().err)
    said = _words(TOLD[line][1])
    assert (code, said in err) == (TOLD[line][0], True), err
    if said.startswith("No such option"):
        assert "Did you mean" not in err


def _words(text: str) -> str:
    """A message without what versions of click write otherwise."""
    return re.sub(r"[\"'.:?]", "", text.replace("\n", " "))


def test_what_is_much_farther_than_the_nearest_is_not_meant() -> None:
    assert near_names("sailngs.x.example", ["sailings.x.example", "berths.x.example"]) == [
        "sailings.x.example"
    ]
    assert near_names("eest", ["east", "west"]) == ["west", "east"]
    assert near_options("--ful", ["--until", "--limit"]) == []
    assert near_options("--namspace", ["--name", "--namespace", "--all-namespaces"]) == [
        "--namespace"
    ]
    assert hint("nothing", ["like", "it"]) == ""

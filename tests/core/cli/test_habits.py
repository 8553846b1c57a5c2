"""Habits of kubectl's users: each works, or says what works."""

from __future__ import annotations

from pathlib import Path

import pytest

from k8s_datamodel.cli import run

SAMPLE = Path(__file__).parents[3] / "docs" / "sample-cluster" / "before"
BROKER, TOPIC = "brokers.beaconmq.example", "topics.beaconmq.example"

WORKS = {
    "crds list -o=json": '"name": "accesspasses.gates.skerrywater.example"',
    "crd list -o yml": "- name: accesspasses.gates.skerrywater.example",
    "crd get Broker -o name": BROKER,
    "crd get broker -o=name": BROKER,
    "crd get brokers -o name": BROKER,
    "crd get Broker.beaconmq.example -oname": BROKER,
    "crd get Broker topics -o name": f"{BROKER}\n{TOPIC}",
    "crd describe Broker -o jsonpath={.spec.names.kind}": "Broker",
    'crd list -o jsonpath={.items[?(@.spec.names.kind=="Broker")].metadata.name}': BROKER,
    "crd list --kind Broker -o custom-columns=K:.spec.names.kind,N:.instance_count": "Broker   1",
    "crd list --kind Broker --no-headers -o custom-columns=K:.spec.names.kind": "Broker\n",
    "crd list --sort-by=.spec.names.kind -o jsonpath={.items[0].spec.names.kind}": "AccessPass",
    "crd list --sort-by instance_count -o jsonpath={.items[-1:].instance_count}": "4",
    "crd list --instances >3 --columns kind,instance_count -o csv": "kind,instance_count\n",
    "operators list -A -n nowhere -o name": "certwright/certwright/Deployment",
    "operators list -n=certwright -o name": "certwright/certwright/Deployment",
    "operator list -l app=turnstile --columns name --no-headers -o csv": "turnstile\n",
    "instances get Broker/timetable -o table": "quorum",
    "csv count": "2",
}
"""What is typed, and what stdout then has."""

TOLD = {
    "get crds": (2, "the type comes first: k8s-datamodel crd get"),
    "databse list": (2, "No such command 'databse'. Did you mean 'database'?"),
    "crd lst": (2, "Did you mean 'list'?"),
    "nothing-like-it": (2, "No such command 'nothing-like-it'."),
    "crd get": (2, "'crd list' lists all"),
    "crd get beaconmq.example": (1, f"{BROKER}, {TOPIC}"),
    "crd get brokrs": (1, f"is it {BROKER}"),
    "crd get Broker nothing -o name": (1, "there is no CRD 'nothing'"),
    "crd list -w": (2, "watch -n 60"),
    "crd get Broker -l a=b": (2, "list and count take it"),
    "crd list -l ,=": (2, "invalid label selector"),
    "crd list -o go-template={{.}}": (2, "use -o jsonpath="),
    "crd list -o wide=x": (2, "wide takes no argument"),
    "crd list -o jsonpath": (2, "-o jsonpath=TEMPLATE"),
    "crd list -o jsonpath={.x": (2, "a { has no }"),
    "crd list -o jsonpath={.items[99]}": (2, "has no position 99"),
    "crd list -o custom-columns=NAME": (2, "HEADING:.path"),
    "crd list --columns knd": (2, "is it kind; there are name, group"),
    "crd list --columns name -o custom-columns=N:.name": (2, "cannot be used with"),
    "crd list --sort-by knd": (2, "a JSONPath begins with a dot"),
    "crd list --sort-by .spec.nope": (2, "no object has this"),
    "crd list --sort-by .spec": (2, "name one of their fields"),
    "crd list --group beacon -o name": (0, 'no group "beacon"; there is beaconmq.example'),
    "crd count --instances >1000": (0, 'no instances ">1000"; there are 1 to 4'),
    "crd count --instances many": (2, "'many' is no comparison: use 0, '>100'"),
    "crd list --show-labels": (2, "--columns name,labels"),
}
"""What is typed, the exit code, and what stderr then has."""


def typed(line: str, capfd: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = run(["--source", str(SAMPLE), *line.split(" ")])
    return (code, *capfd.readouterr())


@pytest.fixture(autouse=True)
def _no_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("K8S_DATAMODEL_DB", str(tmp_path / "none.db"))


@pytest.mark.parametrize("line", WORKS)
def test_it_works(line: str, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = typed(line, capfd)
    assert code in (0, 3), err
    assert WORKS[line] in out


@pytest.mark.parametrize("line", TOLD)
def test_it_says_what_works(line: str, capfd: pytest.CaptureFixture[str]) -> None:
    code, _, err = typed(line, capfd)
    assert (code, TOLD[line][1] in err) == (TOLD[line][0], True), err


def test_a_miss_is_quiet_when_told(capfd: pytest.CaptureFixture[str]) -> None:
    assert typed("crd list -q --group beacon -o name", capfd) == (0, "", "")


def test_a_verb_alone_names_a_type_that_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("K8S_DATAMODEL_CONFIG_DIR", str(tmp_path / "config"))
    assert run(["plugins", "disable", "crds"]) == 0
    code, _, err = typed("get", capfd)
    assert (code, "the type comes first: k8s-datamodel operators get" in err) == (2, True), err


def test_without_a_backend_nobody_opens_a_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("K8S_DATAMODEL_CONFIG_DIR", str(tmp_path / "config"))
    assert run(["plugins", "disable", "sql"]) == 0
    code, err = run(["database", "list"]), capfd.readouterr().err
    assert (code, "no plugin that is enabled opens any" in err) == (2, True), err

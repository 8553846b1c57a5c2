"""What is said when nothing matches."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import pytest

from k8s_datamodel.base.near_names import near_names
from k8s_datamodel.cli import run
from k8s_datamodel.cli.params.filters import matching_of
from k8s_datamodel.cli.params.misses import misses, unknown
from k8s_datamodel.data.columns import Column
from k8s_datamodel.types.resource_types import ResourceType

WIDGETS = ResourceType(
    name="widgets",
    columns=(
        Column("group", show="table", filter="group"),
        Column("kind", filter="kind"),
        Column("count", "integer", filter="instances"),
    ),
    identity=("kind",),
    collector="nowhere:collect",
)
ROWS = [
    {"group": "cert-manager.io", "kind": "Certificate", "count": 3},
    {"group": "cert-manager.io", "kind": "Issuer", "count": 12},
    {"group": "acme.cert-manager.io", "kind": "Order", "count": None},
]


@pytest.mark.parametrize(
    ("given", "lines"),
    [
        (
            {"group": ("Cert-Manager",)},
            ['no group "Cert-Manager"; there are cert-manager.io, acme.cert-manager.io'],
        ),
        ({"kind": ("Certificat*s",)}, ['no kind "Certificat*s"; there is Certificate']),
        ({"kind": ("a", "b")}, ['no kind "a" or "b"; there are Certificate, Issuer, Order']),
        ({"instances": (">100",)}, ['no instances ">100"; there are 3 to 12']),
        (
            {"kind": ("Order",), "group": ("cert-manager.io",)},
            ["none of 3 widgets has --group cert-manager.io, --kind Order, --orphans"],
        ),
        ({}, ["none of 3 widgets has --orphans"]),
    ],
)
def test_the_nearest_is_named(given: dict[str, Any], lines: list[str]) -> None:
    test = matching_of(WIDGETS, given)
    for row in ROWS:
        test(row)
    assert misses(WIDGETS, [test], ["--orphans"], len(ROWS)) == lines


def test_nothing_at_all_is_said_so() -> None:
    test = matching_of(WIDGETS, {"group": ("x",)})
    assert misses(WIDGETS, [test], [], 0) == ["there are no widgets"]


def test_of_several_clusters_one_line() -> None:
    tests = [matching_of(WIDGETS, {"kind": ("Orde",)}) for _ in range(2)]
    for test, rows in zip(tests, (ROWS[:2], ROWS[2:]), strict=True):
        for row in rows:
            test(row)
    assert misses(WIDGETS, tests, [], 3) == ['no kind "Orde"; there is Order']


def test_rows_known_in_part_name_the_nearest_too() -> None:
    test = matching_of(WIDGETS, {"group": ("acme",)})
    assert not test.conceivable({"group": "acme.cert-manager.io"})
    assert misses(WIDGETS, [test], [], 0) == ['no group "acme"; there is acme.cert-manager.io']


def test_numbers_that_are_not_known_are_told() -> None:
    test = matching_of(WIDGETS, {"instances": (">5",)})
    assert [row["kind"] for row in ROWS if test(row)] == ["Issuer"]
    assert list(unknown(WIDGETS, [test])) == [
        "--instances leaves out 1 widget whose count is not known"
    ]


def test_far_texts_are_not_near() -> None:
    assert near_names("zzz", ["cert-manager.io"]) == []
    assert near_names("*", ["cert-manager.io"]) == []


SAMPLE = Path(__file__).parents[3] / "docs" / "sample-cluster" / "before"
SAILINGS = 'no name "sailngs"; there is sailings.fleet.skerrywater.example\n'
FLEET = 'no name "fleet-oprator"; there is fleet-operator\n'
TIDEWATCH = 'no name "tidewatch-operatr*"; there is tidewatch-operator.v0.4.0\n'
TIMETABLE = 'no name "timetabel"; there is timetable\n'
NAMING = [
    ("crd list", "sailngs", 0, SAILINGS),
    ("crd count", "sailngs", 0, SAILINGS),
    ("crd matrix", "sailngs", 0, SAILINGS),
    ("crd diagram", "sailngs", 0, SAILINGS),
    ("crd export-all", "sailngs", 0, SAILINGS),
    ("operators list", "fleet-oprator", 0, FLEET),
    ("operators count", "fleet-oprator", 0, FLEET),
    ("operators matrix", "fleet-oprator", 0, FLEET),
    ("operators managed-crds", "fleet-oprator", 0, FLEET),
    ("olm list", "tidewatch-operatr*", 0, TIDEWATCH),
    ("olm count", "tidewatch-operatr*", 0, TIDEWATCH),
    ("olm matrix", "tidewatch-operatr*", 0, TIDEWATCH),
    ("instances list", "timetabel", 0, TIMETABLE),
    ("instances count", "timetabel", 0, TIMETABLE),
    ("instances matrix", "timetabel", 3, TIMETABLE),
    ("diff", "fleet-oprator", 0, FLEET),
    ("log", "fleet-oprator", 0, FLEET),
    ("check compat", "sailngs", 2, SAILINGS),
    ("check objects", "sailngs", 2, SAILINGS),
    ("check upgrade", "sailngs", 2, SAILINGS),
]
"""A command with ``--name``, a name that is misspelt, the exit code, and what stderr ends with."""

MORE = {
    "diff": ["1", "2", "--only", "operators"],
    "log": ["--only", "operators"],
    "check compat": ["1", "2"],
    "check upgrade": [str(SAMPLE / "crds"), "--against", "latest"],
}


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("misses")
    found = folder / "x.db"
    shutil.copytree(SAMPLE, folder / "harbour")
    place = ["--source", str(folder / "harbour"), "--db-path", str(found), "--quiet"]
    for _ in range(2):
        store = ["database", "store", "--with-instances", "--allow-incomplete"]
        assert run([*place, *store]) == 0
    return found


@pytest.mark.parametrize(("command", "word", "code", "said"), NAMING, ids=[e[0] for e in NAMING])
def test_a_name_that_nothing_has_is_told_with_a_near_one(
    command: str,
    word: str,
    code: int,
    said: str,
    database: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    of_cluster = ("list", "count", "diagram", "export-all", "managed-crds")
    live = command.endswith(of_cluster)
    place = ["--source", str(SAMPLE)] if live else ["--db-path", str(database)]
    words = [*place, *command.split(), *MORE.get(command, []), "--name", word]
    assert run(words) == code
    assert said in capsys.readouterr().err


def test_every_command_with_names_is_above(
    parameters: Mapping[str, list[click.Parameter]],
) -> None:
    named = {
        path
        for path, taken in parameters.items()
        if any("--name" in each.opts and each.metavar == "PATTERN" for each in taken)
    }
    assert named == {each[0] for each in NAMING}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["diff", "1", "2", "--group", "fleet"], 'no group "fleet"; there is fleet.skerrywater'),
        (["-n", "fleet-systm", "diff", "1", "2"], 'no namespace "fleet-systm"; there is fleet-sys'),
        (["-n", "fleet-systm", "log"], 'no namespace "fleet-systm"; there is fleet-system'),
        (
            ["diff", "1", "2", "--only", "crds", "--name", "sail*", "--group", "beaconmq.example"],
            "none of 18 things has --name sail*, --group beaconmq.example",
        ),
        (["check", "compat", "1", "2", "--group", "fleet"], 'no group "fleet"; there is fleet.'),
        (["diff", "1", "2", "--only", "operators", "--name", "fleet-operator"], ""),
        (["log", "--name", "fleet-operator"], "Nothing is known to have changed."),
    ],
)
def test_a_scope_in_which_nothing_is_is_told(
    words: list[str], said: str, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["--db-path", str(database), *words])
    err = capsys.readouterr().err
    assert said in err
    assert said or not err
    assert not (said.startswith("Nothing") and "no name" in err)

"""``crd groups``, ``diagram``, ``export-all`` and ``get --properties`` on the sample cluster."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.forked import ok, run

SAMPLE = Path(__file__).parents[3] / "docs" / "sample-cluster" / "before"
SAILING = "sailings.fleet.skerrywater.example"


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("stored") / "inventory.db"
    ok("database", "store", "--source", SAMPLE, "--db-path", path)
    return path


@pytest.fixture(params=["source", "snapshot"])
def where(request: pytest.FixtureRequest, db: Path) -> tuple[Any, ...]:
    if request.param == "source":
        return ("--source", SAMPLE)
    return ("--snapshot", "latest", "--db-path", db)


def test_groups(where: tuple[Any, ...]) -> None:
    rows = {row["group"]: row for row in ok("crd", "groups", "-o", "json", *where).json}
    assert len(rows) == 9
    assert rows["certs.certwright.example"] == {
        "group": "certs.certwright.example",
        "crds": 2,
        "instances": 6,
        "uncounted": 0,
        "kinds": ["Certificate", "ClusterIssuer"],
    }
    # How many berths there are cannot be known, so their group's sum is not known either.
    fleet = rows["fleet.skerrywater.example"]
    assert (fleet["crds"], fleet["instances"], fleet["uncounted"]) == (3, None, 1)
    listed = yaml.safe_load(ok("crd", "groups", "-o", "yaml", *where).out)
    assert [row["group"] for row in listed] == sorted(rows)


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("name", "beaconmq.example"),
        ("count", "operators.coreos.com"),
        ("instances", "certs.certwright.example"),
    ],
)
def test_groups_sorted(sort: str, first: str) -> None:
    rows = ok("crd", "groups", "--sort-by", sort, "-o", "json", "--source", SAMPLE).json
    assert rows[0]["group"] == first
    if sort == "instances":
        known = [row["instances"] for row in rows]
        numbers = [number for number in known if number is not None]
        assert known == sorted(numbers, reverse=True) + [None] * (len(known) - len(numbers))


def test_groups_in_a_table(where: tuple[Any, ...]) -> None:
    done = ok("crd", "groups", *where)
    assert "sensors.tidewatch.example" in done.out
    assert "unknown" in done.err


def test_properties(where: tuple[Any, ...]) -> None:
    rows = ok("crd", "get", SAILING, "--properties", "-o", "json", *where).json
    found = {row["path"]: row for row in rows}
    assert found["spec.route.from"]["type"] == "string"
    assert found["spec.route.from"]["required"] is True
    assert found["spec.weatherPolicy"]["default"] == '"AskMaster"'
    assert found["spec.vesselName"]["description"].startswith("Name of a Vessel")
    listed = yaml.safe_load(ok("crd", "get", SAILING, "--properties", "-o", "yaml", *where).out)
    assert listed == rows
    assert "spec.departure" in ok("crd", "get", SAILING, "--properties", *where).out


def test_properties_to_a_depth() -> None:
    def paths(*options: object) -> list[str]:
        command = ("crd", "get", SAILING, "--properties", "-o", "json", "--source", SAMPLE)
        return [row["path"] for row in ok(*command, *options).json]

    assert paths("--max-depth", 1) == ["spec", "status"]
    assert "spec.route" in paths("--max-depth", 2)
    assert "spec.route.from" not in paths("--max-depth", 2)
    required = paths("--required-only")
    assert "spec.route.to" in required
    assert not {"status", "spec.weatherPolicy"} & set(required)


def test_options_of_a_view_need_the_view() -> None:
    assert run("crd", "get", SAILING, "--max-depth", 1, "--source", SAMPLE).code == 2
    wrong = run(
        "crd", "get", SAILING, "--properties", "--api-version", "v9", "--source", SAMPLE
    )  # fmt: skip
    assert wrong.code == 2
    assert "v9" in wrong.err


def test_diagram(where: tuple[Any, ...]) -> None:
    text = ok("crd", "diagram", *where).out
    assert text.startswith("classDiagram\n")
    assert text.count("\n  namespace ") == 9
    assert 'class Sailing_fleet_skerrywater_example["Sailing"]' in text
    assert "*-- Sailing_fleet_skerrywater_example_spec : spec" in text


def test_diagram_of_some(tmp_path: Path) -> None:
    path = tmp_path / "some.mmd"
    narrowed = ("--group", "fleet*", "--kind", "sailing", "--max-depth", 0, "--source", SAMPLE)
    assert ok("crd", "diagram", *narrowed, "--file", path).out == ""
    classes = re.findall(r'class \w+\["(.+)"\]', path.read_text())
    assert classes == ["Sailing"]
    rows = ok("crd", "diagram", *narrowed, "-o", "json").json
    assert [(row["kind"], row["path"]) for row in rows] == [("Sailing", "")]


def test_export_all(where: tuple[Any, ...]) -> None:
    text = ok("crd", "export-all", *where).out
    assert text.startswith("# Custom resource definitions\n")
    links = set(re.findall(r"\]\(#([^)]+)\)", text))
    anchors = set(re.findall(r'<a id="([^"]+)"></a>', text))
    assert links == anchors
    assert len(links) == 9 + 18
    assert "| spec.route.from | string | yes |" in text
    deeper = ok("crd", "export-all", "--max-depth", 0, *where).out
    assert len(deeper) >= len(text)


def test_export_all_as_rows_is_what_properties_gives() -> None:
    both = ("--source", SAMPLE, "-o", "json")
    rows = ok("crd", "export-all", "--max-depth", 0, "--kind", "Sailing", *both).json
    alone = ok("crd", "get", SAILING, "--properties", *both).json
    assert {row["crd"] for row in rows} == {SAILING}
    assert [row["path"] for row in rows] == [row["path"] for row in alone]


def test_export_all_into_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "crds"
    ok("crd", "export-all", "--directory", folder, "--source", SAMPLE)
    files = {path.name for path in folder.iterdir()}
    assert len(files) == 9 + 1
    linked = re.findall(r"\]\(([^)#]+)#([^)]+)\)", (folder / "README.md").read_text())
    assert len(linked) == 9 + 18
    for name, anchor in linked:
        assert f'<a id="{anchor}"></a>' in (folder / name).read_text()
    wrong = run("crd", "export-all", "--directory", folder, "--file", "x.md", "--source", SAMPLE)
    assert wrong.code == 2

"""What `-o json` prints is as the schemas in docs/schemas say, and has no key that they lack."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from manual.world import Place

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"
SAMPLE = ("--source", str(SCHEMAS.parent / "sample-cluster" / "before"))

COMMANDS = [
    ("crds", "crd list"),
    ("crds", "crd list --include-specs"),
    ("crds", "crd list --orphans"),
    ("crds", "crd list --snapshot latest"),
    ("operators", "operators list --include-specs"),
    ("operators", "operators list --snapshot latest"),
    ("csvs", "olm list --include-specs"),
    ("csvs", "olm list --snapshot latest"),
    ("instances", "instances list --group *.skerrywater.example"),
    ("snapshots", "database list"),
    ("snapshot", "database show latest --ledger"),
    ("snapshot", "database export latest --no-specs"),
    ("snapshot", "cluster export --ledger"),
    ("stats", "database stats"),
    ("summary", "database summary"),
    ("summary", "database summary 1"),
    ("diff", "diff latest latest --all --allow-incomplete"),
    ("history", "crd history sailings.fleet.skerrywater.example"),
    ("history", "operators history fleet-operator --path image"),
    ("check", "check compat latest latest"),
    ("upgrade", "check upgrade latest --against latest"),
    ("matrix", "crd matrix"),
    ("matrix", "operators matrix --contexts prod,staging"),
    ("matrix", "olm matrix --skew"),
    ("matrix", "instances matrix --contexts prod,staging --group *.skerrywater.example"),
    ("cluster-info", "cluster info"),
    ("cluster-info", "cluster info --snapshot 1"),
    ("cluster-summary", "cluster summary"),
]


def closed(schema: Any) -> Any:
    """The same schema, but objects have no other keys than it names."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: closed(value) for key, value in schema.items()}
    if isinstance(inner.get("properties"), dict):
        inner["additionalProperties"] = False
    return inner


def faults(name: str, document: Any) -> list[str]:
    schema = json.loads((SCHEMAS / f"{name}.json").read_text())
    Draft202012Validator.check_schema(schema)
    found = Draft202012Validator(closed(schema)).iter_errors(document)
    return [f"{error.json_path}: {error.message[:200]}" for error in found]


LINES = [("log", "log --allow-incomplete")]
"""Commands whose ``-o json`` is one document a line."""


@pytest.mark.cluster
@pytest.mark.parametrize(("name", "command"), LINES)
def test_each_line_is_as_its_schema_says(name: str, command: str, stocked: Place) -> None:
    for line in stocked.ok(*command.split(), "-o", "json").splitlines():
        assert faults(name, json.loads(line)) == []


@pytest.mark.cluster
@pytest.mark.parametrize(("name", "command"), COMMANDS)
def test_output_is_as_its_schema_says(name: str, command: str, stocked: Place) -> None:
    document = json.loads(stocked.ok(*command.split(), "-o", "json"))
    assert faults(name, document) == []
    assert document not in ([], {})


def test_what_a_dump_does_not_tell_is_in_the_schemas_too(tmp_path: Path) -> None:
    place = Place.make(tmp_path, Path("/dev/null"))
    for name, command in (
        ("crds", "crd list"),
        ("operators", "operators list"),
        ("cluster-info", "cluster info"),
        ("snapshot", "cluster export --no-crds --ledger"),
    ):
        assert faults(name, json.loads(place.ok(*SAMPLE, *command.split(), "-o", "json"))) == []


def test_where_the_time_went_is_in_the_schemas_too(tmp_path: Path) -> None:
    place = Place.make(tmp_path, Path("/dev/null"))
    store = ("--source", SAMPLE[1], "database", "store", "--timings", "--allow-incomplete")
    stored = json.loads(place.ok(*store, "-o", "json"))
    assert faults("snapshot", {"snapshot": stored}) == []
    shown = json.loads(place.ok("database", "show", "1", "--ledger", "-o", "json"))
    assert faults("snapshot", shown) == []
    assert shown["snapshot"]["timings"]["stages"]


def test_every_schema_is_held_against_something() -> None:
    names = {path.stem for path in SCHEMAS.glob("*.json")}
    assert names == {name for name, _ in (*COMMANDS, *LINES)}

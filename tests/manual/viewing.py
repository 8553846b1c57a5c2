"""The manual's blocks that list, show and export snapshots, and what they say a user will see."""

from __future__ import annotations

import json
import re
from typing import Any

import yaml

from manual.case import Case
from manual.storing import counts
from manual.world import PRODUCTION_HOLDS, Place, Ran

_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
_NOTES = [
    "Production cluster before upgrade",
    "Development cluster inventory",
    "Production cluster after upgrade",
]


def is_production(document: dict[str, Any]) -> None:
    """Asserts that a document has all that the production cluster holds, as its own counts say."""
    crds = {crd["name"]: crd["instance_count"] for crd in document["crds"]}
    assert crds == PRODUCTION_HOLDS.crds
    assert {row["name"] for row in document["operators"]} == PRODUCTION_HOLDS.operators
    assert len(document["csvs"]) == PRODUCTION_HOLDS.csvs
    snapshot = document["snapshot"]
    assert {key: snapshot[key] for key in counts(PRODUCTION_HOLDS)} == counts(PRODUCTION_HOLDS)
    assert snapshot["cluster_info"] == {"version": "v1.36.3", "platform": "rke2", "nodes": 3}
    assert _TIMESTAMP.fullmatch(snapshot["timestamp"])


def texts_for_jq(document: dict[str, Any]) -> None:
    """Asserts that what the recipes search with `contains` is text everywhere, never null."""
    for row in document["operators"]:
        assert isinstance(row["managed_crds"], str)
    for row in document["csvs"]:
        assert isinstance(row["owned_crds"], str)
        assert isinstance(row["required_crds"], str)


def _header(table: str) -> list[str]:
    line = next(line for line in table.splitlines() if line.startswith("┃"))
    return [cell.strip() for cell in line.strip("┃").split("┃")]


def _cells(text: str) -> list[list[str]]:
    lines = [line for line in text.splitlines() if line.startswith("│")]
    return [[cell.strip() for cell in line.strip("│").split("│")] for line in lines]


def _listings(_: Place, ran: Ran) -> None:
    """The first two list all, then those of prod-cluster, then all again, then all as JSON."""
    table, _, array = ran.out.partition("\n[\n")
    found = [(row[0], row[2], row[-1]) for row in _cells(table)]
    contexts = ("prod-cluster", "dev-cluster", "prod-cluster")
    every = [(str(n + 1), contexts[n], _NOTES[n]) for n in range(3)]
    assert found == [*every, *every, every[0], every[2], *every]
    rows = json.loads("[" + array)
    assert [row["id"] for row in rows] == [1, 2, 3]
    assert [row["notes"] for row in rows] == _NOTES
    assert all(_TIMESTAMP.fullmatch(row["timestamp"]) for row in rows)


def _shown_text(place: Place, text: str) -> Ran:
    """An example of output: the command it is an example of runs, beside it the example is kept."""
    (place.work / "example").write_text(text)
    return place.bash("k8s-datamodel database list")


def _as_drawn(place: Place, ran: Ran) -> None:
    example = (place.work / "example").read_text()
    assert _header(ran.out) == _header(example)
    for drawn, row in zip(_cells(example), _cells(ran.out), strict=True):
        assert [re.sub(r"\d", "0", cell) for cell in drawn[:2]] == [
            re.sub(r"\d", "0", cell) for cell in row[:2]
        ]
    assert _cells(ran.out)[0][3:6] == ["22", "13", "3"]
    borders = {line[0] for line in example.splitlines()}
    assert {line[0] for line in ran.out.splitlines()} == borders


def _details(_: Place, ran: Ran) -> None:
    first, _, second = ran.out.partition("\n{\n")
    in_yaml, in_json = yaml.safe_load(first), json.loads("{" + second)
    for document in (in_yaml, in_json):
        assert document["snapshot"]["id"] == 1
        is_production(document)
        texts_for_jq(document)
    specs = [row["spec"] for name in ("crds", "operators", "csvs") for row in in_json[name]]
    assert {spec["kind"] for spec in specs} >= {"CustomResourceDefinition", "Deployment"}
    assert all(spec["metadata"]["name"] for spec in specs)


def _yaml_example(place: Place, text: str) -> Ran:
    (place.work / "example").write_text(text)
    return place.bash("k8s-datamodel database show 1")


def _like_the_example(place: Place, ran: Ran) -> None:
    """Whatever the example names is there, of the same type."""
    example = yaml.safe_load((place.work / "example").read_text())
    shown = yaml.safe_load(ran.out)
    assert list(shown)[: len(example)] == list(example)
    _has(shown["snapshot"], example["snapshot"])
    for name in ("crds", "operators", "csvs"):
        for row in shown[name]:
            _has(row, example[name][0])
    mine = next(row for row in shown["operators"] if row["name"] == "cert-manager")
    assert {key: mine[key] for key in example["operators"][0]} == example["operators"][0]


def _has(found: dict[str, Any], example: dict[str, Any]) -> None:
    for key, value in example.items():
        assert key in found
        if found[key] is not None:
            assert type(found[key]) is type(value), key


def _exports(place: Place, _: Ran) -> None:
    whole = place.json("snapshot-1.json")
    is_production(whole)
    assert yaml.safe_load((place.work / "snapshot-1.yaml").read_text()) == whole
    crds, operators = place.json("crds-snapshot-1.json"), place.json("operators-snapshot-1.json")
    assert list(crds) == ["snapshot", "crds"]
    assert crds["crds"] == whole["crds"]
    assert list(operators) == ["snapshot", "operators"]
    assert operators["operators"] == whole["operators"]
    assert len(list(place.work.iterdir())) == 4


_TABLE = re.compile(r"^    (\w+) \{\n(.*?)^    \}", re.M | re.S)
_TYPES = {"int": {"INTEGER"}, "text": {"TEXT"}, "datetime": {"TEXT", "DATETIME"}}


def _diagram(place: Place, text: str) -> Ran:
    (place.work / "diagram").write_text(text)
    return place.bash("k8s-datamodel database list -o json")


def _schema(place: Place, _: Ran) -> None:
    """Every table and column of the diagram answers in SQL, and what it holds has that type."""
    tables = _TABLE.findall((place.work / "diagram").read_text())
    assert [name for name, _ in tables] == ["inventory_snapshots", "crds", "operators", "csvs"]
    for table, body in tables:
        columns = {row[1]: row[2] for row in place.rows(f"PRAGMA table_info({table})")}
        for line in body.splitlines():
            kind, column = line.split()[:2]
            assert columns[column].upper() in _TYPES[kind], f"{table}.{column}"
            held = {kind for (kind,) in place.rows(f"SELECT typeof({column}) FROM {table}")}
            assert held <= {"null", "integer" if kind == "int" else "text"}, f"{table}.{column}"
        if table != "inventory_snapshots":
            linked = f"SELECT count(*) FROM {table} t JOIN inventory_snapshots s ON s.id = "
            assert place.rows(linked + "t.snapshot_id")[0][0] > 0


CASES = {
    "Database Schema: mermaid 1": Case(_schema, _diagram),
    "Listing Snapshots: bash 1": Case(_listings),
    "Listing Snapshots: text 1": Case(_as_drawn, _shown_text),
    "Viewing Snapshot Details: bash 1": Case(_details),
    "Viewing Snapshot Details: yaml 1": Case(_like_the_example, _yaml_example),
    "Exporting Snapshots: bash 1": Case(_exports),
}

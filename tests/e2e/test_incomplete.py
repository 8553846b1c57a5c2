"""Complete is told from incomplete: by every command, in every format, by the exit code."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.forked import Forked

SAMPLE = Path(__file__).parents[2] / "docs" / "sample-cluster" / "before"
WEB = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {template: {spec: {containers: [{name: web, image: "reg.example/web:1"}]}}}
"""
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: one}\n"
FORMATS = ("table", "wide", "rich", "json", "yaml", "csv", "name")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dump of which one file cannot be read."""
    folder = tmp_path_factory.mktemp("broken")
    (folder / "good.yaml").write_bytes((SAMPLE / "crds" / "sailings.yaml").read_bytes())
    (folder / "bad.yaml").write_text("kind: [")
    return folder


@pytest.fixture(scope="module")
def db(command: Forked, source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Snapshot 1 is incomplete, snapshot 2 is not."""
    path = tmp_path_factory.mktemp("stored") / "inventory.db"
    done = command.run("database", "store", "--source", source, "--db-path", path)
    assert done.code == 3
    assert "It is incomplete." in done.err
    assert "could not read bad.yaml" in done.err
    command.ok("database", "store", "--source", SAMPLE / "crds", "--db-path", path)
    return path


def test_allow_incomplete_makes_it_0(command: Forked, source: Path, tmp_path: Path) -> None:
    where = ("--source", source, "--db-path", tmp_path / "inventory.db")
    done = command.ok("database", "store", "--allow-incomplete", "-o", "json", *where)
    assert done.json["complete"] is False
    assert "could not read bad.yaml" in done.err


@pytest.mark.parametrize("output", FORMATS)
def test_a_listing(command: Forked, source: Path, output: str) -> None:
    """A listing is data only: stderr and the exit code tell."""
    done = command.run("crd", "list", "-o", output, "--source", source)
    assert done.code == 3
    assert "could not read bad.yaml" in done.err
    assert "sailings" in done.out
    whole = command.ok("crd", "list", "-o", output, "--source", source / "good.yaml")
    assert whole.err == ""


@pytest.mark.parametrize("output", FORMATS)
def test_a_stored_snapshot(command: Forked, db: Path, output: str) -> None:
    only = ("--crds-only",) if output in ("csv", "name") else ()
    bad = command.ok("database", "show", "1", "-o", output, *only, "--db-path", db)
    good = command.ok("database", "show", "2", "-o", output, *only, "--db-path", db)
    assert "Snapshot 1 is incomplete" in bad.err
    assert good.err == ""
    told = {
        "json": lambda text: json.loads(text)["snapshot"]["complete"],
        "yaml": lambda text: yaml.safe_load(text)["snapshot"]["complete"],
        "csv": lambda text: None,
        "name": lambda text: None,
    }.get(output, lambda text: "yes" if "complete:         yes" in text else "no")
    expected = {"json": (False, True), "yaml": (False, True), "csv": (None, None)}
    assert (told(bad.out), told(good.out)) == expected.get(
        output, (None, None) if output == "name" else ("no", "yes")
    )


@pytest.mark.parametrize("output", ["table", "rich", "json", "yaml", "csv"])
def test_the_ledger(command: Forked, db: Path, output: str) -> None:
    out = command.ok("database", "show", "1", "--ledger", "-o", output, "--db-path", db).out
    readers: dict[str, Any] = {
        "json": lambda: json.loads(out)["ledger"],
        "yaml": lambda: yaml.safe_load(out)["ledger"],
        "csv": lambda: list(csv.DictReader(io.StringIO(out))),
    }
    if output in readers:
        rows = {row["read"]: row for row in readers[output]()}
        assert rows["bad.yaml"]["status"] == "failed"
        assert rows["bad.yaml"]["reason"]
        assert len(rows) > 10
    else:
        line = next(line for line in out.splitlines() if "bad.yaml" in line)
        assert "failed" in line
        assert "deployments.apps" in out


def test_the_list_of_snapshots(command: Forked, db: Path) -> None:
    done = command.ok("database", "list", "--db-path", db)
    first, second = (line for line in done.out.splitlines() if line.startswith("│"))
    assert "│ no " in first
    assert "│ yes " in second
    assert "Incomplete: 1" in done.err
    rows = command.ok("database", "list", "-o", "json", "--db-path", db).json
    assert [row["complete"] for row in rows] == [False, True]


def test_an_export_says_so_and_carries_the_ledger(command: Forked, db: Path) -> None:
    done = command.ok("database", "export", "1", "--ledger", "--no-specs", "--db-path", db)
    assert done.json["snapshot"]["complete"] is False
    assert "failed" in {row["status"] for row in done.json["ledger"]}
    assert "Snapshot 1 is incomplete" in done.err
    every = command.ok("database", "export-all", "--no-specs", "--db-path", db).json
    assert [each["snapshot"]["complete"] for each in every] == [False, True]


def test_a_stored_listing_and_the_summary(command: Forked, db: Path) -> None:
    for words in (("crd", "list"), ("crd", "count"), ("cluster", "summary")):
        done = command.run(*words, "--snapshot", "1", "--db-path", db)
        assert done.code == 3, words
        assert "snapshot 1 is incomplete: database show 1 --ledger" in done.err
        command.ok(*words, "--snapshot", "1", "--allow-incomplete", "--db-path", db)
    for words in (("crd", "list"), ("crd", "count")):
        command.ok(*words, "--snapshot", "2", "--db-path", db)
    # The whole snapshot of a dump that holds CRDs alone tells of nothing else that is counted.
    done = command.run("cluster", "summary", "--snapshot", "2", "--db-path", db)
    assert done.code == 3
    assert "the number of operators, csvs is not known" in done.err


LOST = {
    "a file": {"web.yaml": WEB, "bad.yaml": "kind: ["},
    "a document of a file": {"web.yaml": WEB, "bad.yaml": f"{POD}---\nkind: ["},
    "two files": {"web.yaml": WEB, "bad.yaml": "kind: [", "worse.json": "{"},
    "the end of a file": {"web.yaml": f"{WEB}---\nkind: ["},
}
"""Files by name; what could not be read of them may be an operator."""


@pytest.mark.parametrize("case", LOST)
def test_what_could_not_be_read_is_in_no_number(command: Forked, tmp_path: Path, case: str) -> None:
    for name, text in LOST[case].items():
        (tmp_path / name).write_text(text)
    where, db = ("--source", tmp_path), tmp_path.with_suffix(".db")
    counted = command.run("operators", "count", *where)
    assert (counted.code, counted.out) == (3, "unknown\n")
    assert "may hold some: " in counted.err
    assert command.run("operators", "get", "no-such", *where).code == 3
    stored = command.run("database", "store", "-o", "json", *where, "--db-path", db)
    assert (stored.code, stored.json["operator_count"]) == (3, None)

"""``database summary``: what it is of, what is new, what needs attention, what is not known."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from support.command import PROGRAM
from support.forked import ok, run

SAMPLE = Path(__file__).parents[2] / "docs" / "sample-cluster"
ORPHAN = "harbourslots.legacy.harbourmaster.example"
WHERE = "K8S_DATAMODEL_DB"


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> str:
    """1 and 3: the sample cluster before and after its change; 2: another one, 4: CRDs of it."""
    folder = tmp_path_factory.mktemp("summary")
    after, other = folder / "after", folder / "other"
    shutil.copytree(SAMPLE / "before", after)
    shutil.copytree(SAMPLE / "change", after, dirs_exist_ok=True)
    shutil.copytree(SAMPLE / "before" / "operators", other)
    (other / "bad.yaml").write_text("kind: [\n")
    path = str(folder / "inventory.db")
    for code, *words in (
        (0, "--source", SAMPLE / "before", "--notes", "before the upgrade"),
        (3, "--source", other),
        (0, "--source", after),
        (0, "--source", after, "--no-operators", "--no-olm"),
    ):
        done = run("database", "store", *words, "--db-path", path)
        assert done.code == code, done.err
    return path


def document(db: str, *words: str) -> Any:
    return ok("database", "summary", *words, "-o", "json", **{WHERE: db}).json


def page(db: str, *words: str) -> str:
    return ok("database", "summary", *words, **{WHERE: db}).out


@pytest.mark.parametrize(
    ("number", "before", "amounts"),
    [
        ("1", None, {"crds": (18, None, None, None), "csvs": (2, None, None, None)}),
        ("3", 1, {"crds": (19, 18, 1, 0), "operators": (10, 10, 0, 0), "csvs": (2, 2, 1, 1)}),
        ("4", 3, {"crds": (19, 19, 0, 0), "operators": (None, 10, None, None)}),
        ("2", None, {"operators": (None, None, None, None)}),
    ],
)
def test_how_much_there_is_and_what_is_new(
    db: str, number: str, before: int | None, amounts: dict[str, Any]
) -> None:
    found = document(db, number)
    assert (found["before"] or {}).get("id") == before
    told = {name: tuple(each.values()) for name, each in found["amounts"].items()}
    assert told == told | amounts


def test_what_needs_attention(db: str) -> None:
    found = {each["key"]: each for each in document(db, "1")["attention"]}
    assert {key: each["names"] for key, each in found.items()} == {
        "orphans": [ORPHAN],
        "deprecated": [
            "quillclusters.db.quillstore.example",
            "topics.beaconmq.example",
            "vessels.fleet.skerrywater.example",
        ],
        "to_migrate": [
            "quillclusters.db.quillstore.example",
            "topics.beaconmq.example",
            "vessels.fleet.skerrywater.example",
        ],
        "terminating": [],
        "not_ready": ["tidewatch/tidewatch-operator"],
        "failed": ["tidewatch/tidewatch-operator.v0.4.0"],
    }
    assert {each["unknown"] for each in found.values()} == {None}


def test_latest_is_the_default_and_the_breakdowns_are_sorted(db: str) -> None:
    found = document(db)
    assert found["snapshot"]["id"] == 4
    (groups,) = [each["numbers"] for each in found["breakdowns"] if each["key"] == "groups"]
    assert list(groups.values()) == sorted(groups.values(), reverse=True)
    assert sum(groups.values()) == 19


def test_the_page(db: str) -> None:
    lines = page(db, "3").splitlines()
    assert lines[0] == "Snapshot 3 of after"
    assert [line for line in lines if line.startswith("  complete")] == ["  complete   yes"]
    assert any(line.startswith("Since snapshot 1 (") for line in lines)
    assert "  CRDs        19      18    1     0" in lines
    assert "Operators by framework: GitOps 3, Manual 3, Helm 2, OLM 2" in lines
    assert f"    {ORPHAN}" in lines
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize("name", ["wide", "plain", "rich"])
def test_every_format_for_people_shows_the_page(db: str, name: str) -> None:
    assert page(db, "1", "-o", name) == page(db, "1")


def test_what_could_not_be_read_is_named_and_its_number_is_not_known(db: str) -> None:
    text = page(db, "2")
    assert "  complete   no, " in text
    assert "    bad.yaml: " in text
    assert "see k8s-datamodel database show 2 --ledger" in text
    assert "  Operators    -" in text
    assert "Operators by framework" not in text
    assert "  not known of " in text


def test_an_orphan_is_not_known_where_operators_were_left_out(db: str) -> None:
    (orphans,) = [each for each in document(db, "4")["attention"] if each["key"] == "orphans"]
    assert orphans["names"] == []
    assert orphans["unknown"] == "of 19: operators could not be read"
    assert "no operator manages: -\n    not known of 19: operators could not be read" in page(
        db, "4"
    )


@pytest.mark.parametrize("words", [("crd", "list"), ("olm", "count"), ("cluster", "info")])
def test_what_is_read_of_a_snapshot_names_it_on_stderr(db: str, words: tuple[str, ...]) -> None:
    told = ok(*words, "--snapshot", "1", **{WHERE: db})
    assert told.err.startswith("Snapshot 1 of before, ")
    assert "Snapshot" not in told.out
    assert ok(*words, "--snapshot", "1", "--quiet", **{WHERE: db}).err == ""


def test_show_names_the_page_for_people_on_a_terminal_only(db: str) -> None:
    words = [str(PROGRAM), "database", "show", "1", "--csvs-only"]
    reader, writer = pty.openpty()
    with os.fdopen(reader, "rb"), os.fdopen(writer, "wb") as terminal:
        world = {**os.environ, WHERE: db}
        done = subprocess.run(words, stdout=terminal, stderr=subprocess.PIPE, env=world, check=True)
    assert done.stderr.decode() == "A page for people: database summary 1\n"
    assert ok(*words[1:], **{WHERE: db}).err == ""


BROKEN = """
from k8s_datamodel.api import Column, Read, Resource, ResourceType, hookimpl

def summary(moment):
    {body}

@hookimpl
def register_resource_types():
    return [
        ResourceType(
            reads=(Read(Resource("coast.example", "v1", "buoys", "Buoy")),),
            columns=(Column("light", show="table", path=".spec.light"),),
            summary="k8s_datamodel_local.buoys:summary",
        )
    ]
"""


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("yield 1 / 0", "ZeroDivisionError"),
        ("raise SystemExit(7)", "SystemExit"),
        ("yield 'a buoy'", "is no Breakdown or Concern"),
        ("return 5", "not iterable"),
    ],
)
def test_a_type_whose_summary_fails_keeps_nothing_else_from_the_page(
    tmp_path: Path, body: str, why: str
) -> None:
    plugins = tmp_path / "config" / "plugins"
    plugins.mkdir(parents=True)
    (plugins / "buoys.py").write_text(BROKEN.format(body=body))
    metadata = {"name": "red", "namespace": "sea", "uid": "1"}
    buoy = {"apiVersion": "coast.example/v1", "kind": "Buoy", "metadata": metadata}
    items = {"apiVersion": "coast.example/v1", "kind": "BuoyList", "metadata": {}, "items": [buoy]}
    (tmp_path / "buoys.json").write_text(json.dumps(items))
    world = {
        "K8S_DATAMODEL_CONFIG_DIR": str(tmp_path / "config"),
        "K8S_DATAMODEL_NO_EXTERNAL_PLUGINS": "",
        WHERE: str(tmp_path / "inventory.db"),
    }
    run("database", "store", "--source", tmp_path / "buoys.json", **world)
    done = run("database", "summary", **world)
    assert done.code == 1
    assert "no summary of Buoys: " in done.err
    assert why in done.err
    assert "Traceback" not in done.err
    assert "  Buoys" in done.out

"""Plugins that misbehave while they work: the others' snapshot is whole, and each is told of."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from support.command import Done, run

FOLDER = Path(__file__).parents[1] / "data" / "rude"
SAMPLE = Path(__file__).parents[2] / "docs" / "sample-cluster" / "before" / "crds" / "others.yaml"
WIDGETS = """\
apiVersion: acme.example/v1
kind: Widget
metadata: {name: one, namespace: shop, uid: u1}
---
apiVersion: acme.example/v1
kind: Widget
metadata: {name: two, namespace: shop, uid: u2}
"""

FAULTY = {
    # name: (part of the reason, how many of its records are stored)
    "raises": ("LookupError: the price list is gone (raises.py:10)", 1),
    "exits": ("SystemExit: 0 (exits.py:10)", 1),
    "recursion": ("RecursionError: maximum recursion depth exceeded (recursion.py:9)", 2),
    "returns_nothing": ("TypeError: 'NoneType' object is not iterable", 0),
    "no_records": ("TypeError: yielded str in place of a Record", 0),
    "wrong_type": ("TypeError: column 'size' is integer, a record has str", 0),
    "unknown_column": ("ValueError: a record has a value for 'colour', which is no column", 0),
    "no_identity": ("ValueError: a record lacks 'namespace', which is part of its identity", 0),
    "twice": ("ValueError: two records have the identity shop/one", 1),
    "no_json": ("TypeError: column 'data' is json, a record has set", 0),
    "not_a_number": ("TypeError: column 'data' is json, a record has float", 0),
    "number_too_large": ("column 'size' is integer, a record has one of more than 64 bits", 0),
    "spec_is_no_object": ("TypeError: spec of a record is str, not an object", 0),
    "spec_is_no_json": ("spec of a record cannot be stored: datetime is nothing that JSON has", 0),
    "spec_in_a_circle": ("spec of a record cannot be stored: Circular reference detected", 0),
    "fact_raises": ("ZeroDivisionError: nothing to divide (fact_raises.py:9)", 0),
    "gives_up": ("GeneratorExit: enough (gives_up.py:10)", 1),
    "is_cancelled": ("CancelledError", 1),
    "strange_end": ("Halt: no more (strange_end.py:14)", 2),
    "fact_gives_up": ("GeneratorExit: enough (fact_gives_up.py:11)", 0),
    "fact_missing": ("cannot load k8s_datamodel_local.gone:fact", 0),
}

RUDE = (
    "changes_objects",
    "prints_while_collecting",
    "moves_away",
    "leaves_a_thread",
    "own_table",
    "undeclared_read",
)


PARTS = ("bad_formats", "bad_backends", "bad_sources")


class World:
    """A configuration folder with some of the plugins, and a dump to read."""

    def __init__(self, folder: Path, *names: str) -> None:
        self.folder = folder
        plugins = folder / "config" / "plugins"
        plugins.mkdir(parents=True)
        for name in ("_common", *names):
            shutil.copy(FOLDER / f"{name}.py", plugins)
        dump = folder / "dump"
        dump.mkdir()
        shutil.copy(SAMPLE, dump)
        (dump / "widgets.yaml").write_text(WIDGETS)
        self.env = {
            "K8S_DATAMODEL_CONFIG_DIR": str(folder / "config"),
            "K8S_DATAMODEL_NO_EXTERNAL_PLUGINS": "",
            "K8S_DATAMODEL_CACHE_DIR": str(folder / "cache"),
            "K8S_DATAMODEL_DB": str(folder / "inventory.db"),
            "K8S_DATAMODEL_SOURCE": str(dump),
            "HOME": str(folder),
        }

    def run(self, *arguments: object) -> Done:
        done = run(*arguments, timeout=60, **self.env)
        assert "Traceback" not in done.err
        return done


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> tuple[Done, dict[str, Any]]:
    """All faulty plugins at once: how storing ended, and what was stored."""
    world = World(tmp_path_factory.mktemp("faulty"), *FAULTY)
    done = world.run("database", "store")
    shown = world.run("database", "show", "latest", "--ledger", "-o", "json")
    return done, shown.json


def test_each_rude_plugin_is_expected_to_do_something() -> None:
    there = {path.stem for path in FOLDER.glob("[a-z]*.py")}
    assert there == {*FAULTY, *RUDE, *PARTS}


@pytest.mark.parametrize("name", FAULTY)
def test_a_faulty_collector_is_told_and_its_count_unknown(
    stored: tuple[Done, dict[str, Any]], name: str
) -> None:
    _, shown = stored
    reason, number = FAULTY[name]
    (entry,) = [
        entry
        for entry in shown["ledger"]
        if entry["resource_type"] == name and entry["read"] == "collector"
    ]
    assert entry["status"] == "failed"
    assert entry["reason"].startswith(f"the collector of {name} (plugin {name} of ")
    assert reason in entry["reason"]
    assert shown["snapshot"][f"{name}_count"] is None
    assert len(shown[name]) == number


def test_the_others_snapshot_is_whole(stored: tuple[Done, dict[str, Any]]) -> None:
    done, shown = stored
    assert (done.code, done.out) == (3, "")
    assert len(shown["crds"]) == shown["snapshot"]["crd_count"] == 3
    assert not shown["snapshot"]["complete"]
    ours = [e for e in shown["ledger"] if e["resource_type"] in ("crds", "operators", "csvs")]
    assert ours
    assert "failed" not in {entry["status"] for entry in ours}


def test_what_rude_collectors_do_is_put_right(tmp_path: Path) -> None:
    world = World(tmp_path, *RUDE)
    for _ in range(2):  # from the cache the second time
        done = world.run("database", "store")
        assert (done.code, done.out) == (0, "")
    shown = world.run("database", "show", "latest", "-o", "json").json
    assert {name: len(shown[name]) for name in RUDE} == dict.fromkeys(RUDE, 2)
    assert len(shown["crds"]) == 3
    assert world.run("database", "verify").code == 0
    with closing(sqlite3.connect(tmp_path / "inventory.db")) as connection, connection:
        assert connection.execute("SELECT count(*) FROM mine").fetchone() == (2,)


@pytest.mark.parametrize(
    "name",
    ["prints_while_collecting", "leaves_a_thread"],
)
def test_stdout_is_the_datas_while_collectors_work(tmp_path: Path, name: str) -> None:
    world = World(tmp_path, name)
    done = world.run(name.replace("_", "-"), "list", "-o", "json")
    assert done.code == 0
    assert [row["name"] for row in done.json] == ["one", "two"]
    stored = world.run(name.replace("_", "-"), "list", "--store-db", "-o", "json")
    assert [row["name"] for row in stored.json] == ["one", "two"]
    assert "Stored snapshot 1 " in stored.err


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The formats, backends and sources that fail."""
    return World(tmp_path_factory.mktemp("parts"), *PARTS)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-o", "fails"), "plugin bad_formats of {} failed: KeyError: 'colour' ({}:13)"),
        (("-o", "exits"), "plugin bad_formats of {} failed: SystemExit: 0 ({}:19)"),
        (("-o", "deep"), "plugin bad_formats of {} failed: RecursionError"),
        (
            ("-o", "half"),
            "plugin bad_formats of {}: k8s_datamodel_local.bad_formats:Half is no f",
        ),
        (
            ("--source", "fails://"),
            "plugin bad_sources of {} failed: ValueError: no such vendor ({}:11",
        ),
        (("--source", "exits://"), "plugin bad_sources of {} failed: SystemExit: 0"),
        (
            ("--source", "nothing://"),
            "plugin bad_sources of {}: k8s_datamodel_local.bad_sources:nothing ga",
        ),
    ],
)
def test_what_fails_in_a_plugin_is_its_fault(
    parts: World, arguments: tuple[str, ...], said: str
) -> None:
    done = parts.run("crd", "list", *arguments)
    assert done.code == 1
    name = said.split()[1]
    path = str(parts.folder / "config" / "plugins" / f"{name}.py")
    assert said.replace("{}", path) in done.err
    assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("scheme", "said"),
    [
        ("fails", "failed: ArithmeticError: the vendor lost count"),
        ("exits", "failed: SystemExit: 0"),
        ("nothing", ": k8s_datamodel_local.bad_backends:nothing gave None, which is no Store: no "),
        ("lazy", "failed: NotImplementedError: come back tomorrow"),
    ],
)
def test_a_backend_that_fails_is_told_and_others_work(parts: World, scheme: str, said: str) -> None:
    done = parts.run("database", "store", "--db-path", f"{scheme}://x")
    assert done.code == 1
    assert said in done.err
    assert "plugin bad_backends of" in done.err
    assert parts.run("database", "store").code == 0


def test_a_file_stays_as_it_was_when_a_format_fails(parts: World, tmp_path: Path) -> None:
    parts.run("database", "store")
    file = tmp_path / "export.json"
    file.write_text("before")
    done = parts.run("database", "export", "latest", "-o", "fails", "--file", file)
    assert done.code == 1
    assert file.read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["export.json"]


def test_a_source_that_fails_midway_makes_an_incomplete_snapshot(parts: World) -> None:
    done = parts.run("database", "store", "--source", "half://x")
    assert done.code == 3
    assert "the vendor lost count" in done.err

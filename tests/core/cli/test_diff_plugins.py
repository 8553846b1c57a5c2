"""A plugin's type has its section in ``diff``, and an upgrade of its columns is no change."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from k8s_datamodel.cli import run

YAML = """
apiVersion: k8s-datamodel/v1
kind: ResourceType
spec:
  group: parts.example.org
  version: v1
  kind: Valve
  plural: valves
  columns:
  - name: size
    jsonPath: {path}
    show: table
"""
MODULE = """
from k8s_datamodel.api import Column, Read, Resource, ResourceType, hookimpl

TYPE = ResourceType(
    reads=(Read(Resource("parts.example.org", "v1", "pumps", "Pump")),),
    columns=(Column("power", "integer", show="table", path=".spec.power"),),
)


@hookimpl
def register_resource_types():
    return [TYPE]
"""


def thing(kind: str, name: str, **spec: Any) -> dict[str, Any]:
    metadata = {"name": name, "namespace": "works", "uid": f"{kind}-{name}"}
    return {"apiVersion": "parts.example.org/v1", "kind": kind, "metadata": metadata, "spec": spec}


class Works:
    """A configuration with two plugins, and manifests that they read."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._folder, self._capsys = folder, capsys
        (folder / "config" / "plugins").mkdir(parents=True)
        (folder / "config" / "types").mkdir()
        (folder / "config" / "plugins" / "pumps.py").write_text(MODULE)
        self.declare(".spec.size")

    def declare(self, path: str) -> None:
        (self._folder / "config" / "types" / "valves.yaml").write_text(YAML.format(path=path))

    def store(self, *things: dict[str, Any], database: str = "x.db") -> None:
        items = {"apiVersion": "v1", "kind": "List", "items": list(things)}
        (self._folder / "works.json").write_text(json.dumps(items))
        source = ("--source", str(self._folder / "works.json"))
        self.run(*source, "database", "store", database=database)

    def run(self, *arguments: str, database: str = "x.db") -> str:
        code = run(["--db-path", str(self._folder / database), "-q", *arguments])
        out, err = self._capsys.readouterr()
        assert code == 0, err
        return out


@pytest.fixture
def works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Works:
    monkeypatch.setenv("K8S_DATAMODEL_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.delenv("K8S_DATAMODEL_NO_EXTERNAL_PLUGINS", raising=False)
    return Works(tmp_path, capsys)


def test_types_of_plugins_have_their_sections(works: Works) -> None:
    works.store(thing("Valve", "a", size="s"), thing("Pump", "p", power=1), thing("Pump", "q"))
    works.store(thing("Valve", "a", size="l"), thing("Pump", "p", power=7), thing("Valve", "b"))
    only = ("--only", "valves,pumps")
    found = json.loads(works.run("diff", *only, "-o", "json"))
    assert list(found["summary"]) == ["pumps", "valves"]
    assert [(each["type"], each["key"]["name"], each["change"]) for each in found["changes"]] == [
        ("pumps", "p", "changed"),
        ("pumps", "q", "removed"),
        ("valves", "a", "changed"),
        ("valves", "b", "added"),
    ]
    assert [(each["in"], each["path"]) for each in found["changes"][0]["fields"]] == [
        ("column", "power"),
        ("object", "spec.power"),
    ]
    lines = works.run("diff", *only).splitlines()
    assert "  ~ works/p: spec.power 1 -> 7" in lines
    assert "  - works/q" in lines


def test_an_upgrade_of_the_rules_alone_is_no_change(works: Works) -> None:
    valve = thing("Valve", "a", size="s", bore="wide")
    works.store(valve)
    works.declare(".spec.bore")
    works.store(valve)
    only = ("--only", "valves")
    found = json.loads(works.run("diff", *only, "-o", "json"))
    assert (found["changes"], found["complete"]) == ([], True)
    assert found["summary"]["valves"]["unchanged"] == 1
    text = works.run("diff", *only)
    assert "1 rederived from equal objects by another version of the rules (size)" in text
    assert "rederived" in works.run("diff", *only, "-o", "markdown")
    assert "size s -> wide" in works.run("diff", *only, "--all")


def test_many_unknown_fields_of_a_type_are_counted(works: Works, tmp_path: Path) -> None:
    pumps = [thing("Pump", f"p{number}", password=f"word-{number}") for number in range(7)]
    works.store(*pumps)
    works.store(*pumps, database="y.db")
    moments = ("diff", "--allow-incomplete", f"{tmp_path}/y.db:latest", "latest")
    more = "pumps: 2 more fields not known; --all shows each"
    for output in ("table", "markdown"):
        said = works.run(*moments, "-o", output)
        assert said.count("spec.password not known in FROM and TO") == 5
        assert more in said
    everything = works.run(*moments, "--all")
    assert everything.count("spec.password not known in FROM and TO") == 7
    assert more not in everything
    assert len(json.loads(works.run(*moments, "-o", "json"))["unknown"]) == 7


WORDS = """
from k8s_datamodel.api import ComparisonRules, Difference, Fold, Saying


def said(difference: Difference) -> Saying | None:
    match difference.steps:
        case ["spec", "power"]:
            return Saying("kilowatts")
        case ["spec", "seals", item]:
            return Saying(f"seal {item.names[0]}", "of rubber")
        case ["spec", "notes", _]:
            return Saying("note", fold=Fold("paper", "note", "notes"))
    return None


def rules():
    return ComparisonRules(says={"pumps": said})
"""


def test_a_type_says_its_fields(
    works: Works, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "words_of_pumps.py").write_text(WORDS)
    named = MODULE.replace("    reads=", '    comparison="words_of_pumps:rules",\n    reads=')
    (tmp_path / "config" / "plugins" / "pumps.py").write_text(named)
    works.store(thing("Pump", "p1", power=1, seals=["a"], notes={"a": "1", "b": "2"}, size=1))
    works.store(thing("Pump", "p1", power=2, seals=["a", "b"], notes={"a": "2", "b": "3"}, size=2))
    lines = ["kilowatts 1 -> 2", "+ seal 1 of rubber", "spec.size 1 -> 2"]
    moments = ("diff", "1", "2", "--only", "pumps", "--allow-incomplete")
    said = [line.strip() for line in works.run(*moments).splitlines()]
    assert said[-4:] == [*lines, "paper: 2 notes"]
    everything = [line.strip() for line in works.run(*moments, "--all").splitlines()]
    assert set(everything) >= {*lines, "note 1 -> 2", "note 2 -> 3"}
    [change] = json.loads(works.run(*moments, "-o", "json"))["changes"]
    assert [each["path"] for each in change["fields"] if each["in"] == "object"] == [
        *("spec.notes.a", "spec.notes.b", "spec.power", "spec.seals[1]", "spec.size")
    ]

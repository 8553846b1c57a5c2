"""A plugin's type has its section in ``diff``, and an upgrade of its columns is no change."""

from __future__ import annotations

import csv
import io
import json
import sys
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


GRADES = """
from k8s_datamodel.api import Finding


def grading(configuration):
    def graded(old, new):
        powers = [row and row["power"] for row in (old, new)]
        if None in powers:
            level = "additive" if old is None else "blocked"
        elif powers[0] == powers[1]:
            return
        else:
            level = "risky" if powers[0] < powers[1] else "breaking"
        yield Finding(rule="a-milder-one", level="cosmetic", message="Words.", path="z")
        said = {"rule": "power-changed", "level": level, "message": "Pumps."}
        for path in ("spec.power", None):
            yield Finding(**said, path=path, old=powers[0], new=powers[1])
        for rule in {"blocked": ("b", "c"), "breaking": ("b",)}.get(level, ()):
            yield Finding(**said | {"rule": rule}, path="spec.power")

    return graded
"""


@pytest.fixture
def graded(works: Works, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Works:
    """Two snapshots of pumps whose changes are graded, and of a valve whose are not."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "grades_of_pumps", raising=False)
    (tmp_path / "grades_of_pumps.py").write_text(GRADES)
    named = MODULE.replace("    reads=", '    grading="grades_of_pumps:grading",\n    reads=')
    (tmp_path / "config" / "plugins" / "pumps.py").write_text(named)
    same, old = thing("Pump", "same", power=3), thing("Pump", "old", power=3)
    more, less = thing("Pump", "more", power=1), thing("Pump", "less", power=9)
    words = thing("Pump", "words", power=1, note="a")
    works.store(same, old, more, less, words, thing("Valve", "v", size="s"))
    changed = [thing("Pump", "more", power=2), thing("Pump", "less", power=8)]
    words = thing("Pump", "words", power=1, note="b")
    new = thing("Pump", "new", power=1)
    works.store(same, *changed, words, new, thing("Valve", "v", size="l"))
    return works


DIFF = ("diff", "1", "2", "--only", "pumps,valves")


def test_a_type_grades_its_changes(graded: Works) -> None:
    lines = graded.run(*DIFF).splitlines()
    assert [line for line in lines if line.startswith("  ")] == [
        "  ~ works/less: spec.power 9 -> 8 [breaking: power-changed, +1]",
        "  ~ works/more: spec.power 1 -> 2 [risky: power-changed]",
        "  + works/new [additive: power-changed]",
        "  - works/old [blocked: power-changed, +2]",
        "  ~ works/words: spec.note a -> b",
        "  ~ works/v: spec.size s -> l",
    ]
    line = "- changed `works/less` **breaking** (`power-changed`, +1)"
    assert line in graded.run(*DIFF, "-o", "markdown").splitlines()
    line = "  ~ works/less [breaking: power-changed, +1]"
    assert line in graded.run(*DIFF, "--full").splitlines()
    rows = list(csv.DictReader(io.StringIO(graded.run(*DIFF, "-o", "csv"))))
    assert {(row["type"], row["level"]) for row in rows} == {
        *(("pumps", level) for level in ("breaking", "risky", "additive", "blocked", "none")),
        ("valves", ""),
    }
    less, *_, words, valve = json.loads(graded.run(*DIFF, "-o", "json"))["changes"]
    assert less["level"] == "breaking"
    assert [each["path"] for each in less["findings"]] == [None, "spec.power", "spec.power", "z"]
    assert less["findings"][2] == {
        "rule": "power-changed",
        "level": "breaking",
        "version": None,
        "path": "spec.power",
        "from": 9,
        "to": 8,
        "message": "Pumps.",
    }
    assert (words["level"], words["findings"]) == ("none", [])
    assert not {"level", "findings"} & valve.keys()


def test_only_what_is_as_bad_as_asked_for_is_told(graded: Works) -> None:
    said = graded.run(*DIFF, "--severity", "breaking")
    assert [line for line in said.splitlines()[3:] if line] == [
        "Pumps  1 removed, 1 changed, 3 milder, 1 unchanged",
        "Pumps",
        "  ~ works/less: spec.power 9 -> 8 [breaking: power-changed, +1]",
        "  - works/old [blocked: power-changed, +2]",
    ]
    found = json.loads(graded.run(*DIFF, "--severity", "blocked", "-o", "json"))
    assert [each["key"]["name"] for each in found["changes"]] == ["old"]
    assert found["summary"] == {
        "pumps": {"added": 0, "removed": 1, "changed": 0, "recreated": 0, "unchanged": 1}
    }
    milder = graded.run(*DIFF, "--severity", "blocked", "--name", "more")
    assert milder.splitlines()[-1] == "All changes are milder."


@pytest.mark.parametrize(("level", "code"), [("blocked", 1), ("cosmetic", 1)])
def test_the_exit_code_is_of_what_is_told(
    graded: Works, level: str, code: int, tmp_path: Path
) -> None:
    database = ("-q", "--db-path", str(tmp_path / "x.db"))
    asked = (*DIFF, "--exit-code", "--severity", level)
    assert run([*database, *asked, "--name", "more"]) == (0 if level == "blocked" else 1)
    assert run([*database, *asked]) == code


def test_the_level_of_what_has_none_cannot_be_asked_for(
    graded: Works, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = ("-q", "--db-path", str(tmp_path / "x.db"))
    assert run([*database, "diff", "1", "2", "--only", "valves", "--severity", "risky"]) == 2
    assert "changes of Valves have no level" in capsys.readouterr().err


KEYS = """
diff:
  noise: [{path: spec.note, kinds: [Pump.parts.example.org]}, "*.power"]
  keys:
    Pump.parts.example.org:
      spec.seals: [at]
"""


def test_the_configuration_names_noise_and_keys(works: Works, tmp_path: Path) -> None:
    seals = [{"at": f"{n}", "name": "same", "of": "rubber"} for n in range(3)]
    works.store(thing("Pump", "p", power=1, note="a", seals=seals), thing("Valve", "v", note="a"))
    seals = [{**each, "of": "steel" if each["at"] == "1" else "rubber"} for each in seals]
    changed = thing("Pump", "p", power=2, note="b", seals=seals[::-1])
    works.store(changed, thing("Valve", "v", note="b"))
    (tmp_path / "k.yaml").write_text(KEYS)
    asked = ("diff", "1", "2", "--only", "pumps,valves", "--config", str(tmp_path / "k.yaml"))
    found = [line for line in works.run(*asked).splitlines() if line.startswith("  ")]
    assert found == [
        '  ~ works/p: spec.seals[at="1"].of rubber -> steel',
        "  ~ works/v: spec.note a -> b",
    ]
    assert "spec.power 1 -> 2" in works.run(*asked, "--all")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("diff: {noice: []}", "k.yaml:1: diff.noice: is no field of this; perhaps noise is meant"),
        ("dif: {}", "k.yaml:1: dif: is no field of this; perhaps diff is meant"),
        ("diff:\n  noise:\n  - a..b", "k.yaml:3: diff.noise[0]: 'a..b' is no path"),
        ("diff:\n  noise: [{kinds: [A]}]", "k.yaml:2: diff.noise[0]: needs path"),
        ("diff:\n  noise: [{path: a, kinds: [1]}]", "k.yaml:2: diff.noise[0].kinds: must be a"),
        ("diff:\n  noise: [7]", "k.yaml:2: diff.noise[0]: must be a mapping, not 7"),
        ("diff:\n  keys: {A: {7: [d]}}", "k.yaml:2: diff.keys.A[7]: must be a text"),
        ("diff:\n  keys: {A.b: [c]}", "k.yaml:2: diff.keys.A.b: must be a mapping"),
        ("diff:\n  keys: {A: {c: d}}", "k.yaml:2: diff.keys.A.c: must be a list of keys"),
        ("diff:\n  keys: {A: {'c[0]': [d]}}", "k.yaml:2: diff.keys.A.c[0]: [0] names one item"),
        ("diff: [", "k.yaml:1: is no YAML"),
    ],
)
def test_a_wrong_configuration_is_named_with_its_line(
    works: Works, tmp_path: Path, text: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "k.yaml").write_text(text)
    database = ("--db-path", str(tmp_path / "x.db"))
    assert run([*database, "diff", "1", "2", "--config", str(tmp_path / "k.yaml")]) == 2
    assert said in capsys.readouterr().err

"""``diff`` tells what changed between two moments, in each form, and its exit codes tell it too."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from jsonschema import Draft202012Validator

from k8s_datamodel.cli import run
from k8s_datamodel.cli.commands import diff_command
from k8s_datamodel.cli.completing import completions
from k8s_datamodel.cli.diffs.compared_names import both_names
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.frame.output import colored

DOCS = Path(__file__).parents[3] / "docs"
SAMPLE = DOCS / "sample-cluster"
SCHEMA = json.loads((DOCS / "schemas" / "diff.json").read_text())
SAILINGS = "sailings.fleet.skerrywater.example"
FLEET = {"namespace": "fleet-system", "name": "fleet-operator", "type": "Deployment"}


class Stored(NamedTuple):
    """A database with two snapshots of the sample cluster, and its manifests as they are now."""

    database: Path
    manifests: Path


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Stored:
    folder = tmp_path_factory.mktemp("diff")
    found = Stored(folder / "x.db", folder / "harbour")
    place = ["--source", str(found.manifests), "--db-path", str(found.database), "--quiet"]
    for part in ("before", "change"):
        shutil.copytree(SAMPLE / part, found.manifests, dirs_exist_ok=True)
        assert run([*place, "database", "store"]) == 0
    return found


class Told(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def diff(stored: Stored, capsys: pytest.CaptureFixture[str]) -> Any:
    def call(*arguments: object) -> Told:
        code = run(["diff", "--db-path", str(stored.database), *map(str, arguments)])
        return Told(code, *capsys.readouterr())

    return call


def document(told: Told) -> Any:
    found = json.loads(told.out)
    Draft202012Validator(SCHEMA).validate(found)
    return found


def test_the_document(diff: Any) -> None:
    told = diff("1", "2", "-o", "json")
    found = document(told)
    assert told.code == 3
    assert list(found) == SCHEMA["required"]
    assert (found["from"]["id"], found["to"]["id"]) == (1, 2)
    assert found["complete"] is False
    assert found["incomparable"] == []
    assert [each["key"]["name"] for each in found["unknown"]] == [
        "tidegauges.sensors.tidewatch.example"
    ]
    assert found["summary"]["crds"] == {
        "added": 1,
        "removed": 0,
        "changed": 3,
        "recreated": 0,
        "unchanged": 14,
    }
    changes = found["changes"]
    orders = {"crds": 0, "operators": 1, "csvs": 2}
    names = [(orders[each["type"]], tuple(each["key"].values())) for each in changes]
    assert names == sorted(names)
    keys, graded = ["type", "key", "change", "fields"], ["level", "findings"]
    for each in changes:
        assert list(each) == (keys + graded if each["type"] == "crds" else keys)
    assert [each["level"] for each in changes if each["type"] == "crds"][-1] == "risky"
    assert [each["fields"] for each in changes if each["change"] in ("added", "removed")] == [
        [],
        [],
        [],
    ]
    [fleet] = [each for each in changes if each["key"] == FLEET]
    images = [each for each in fleet["fields"] if each["path"].endswith(".image")]
    assert [each["in"] for each in images] == ["object"]
    assert [each["path"] for each in fleet["fields"]] == sorted(
        each["path"] for each in fleet["fields"]
    )
    assert yaml.safe_load(diff("1", "2", "-o", "yaml").out)["changes"] == changes


@pytest.mark.parametrize(
    ("moments", "numbers"),
    [((), (1, 2)), (("1",), (1, 2)), (("latest", "1"), (2, 1)), (("latest~1", "latest"), (1, 2))],
)
def test_which_moments(diff: Any, moments: tuple[str, ...], numbers: tuple[int, int]) -> None:
    found = document(diff(*moments, "-o", "json"))
    assert (found["from"]["id"], found["to"]["id"]) == numbers


def test_one_name_is_compared_with_the_newest_of_its_cluster(diff: Any, stored: Stored) -> None:
    found = document(diff(stored.manifests, "-o", "json"))
    assert (found["from"]["id"], found["to"]["id"]) == (None, 2)
    app = App()
    app.settings.db_path = str(stored.database)
    assert both_names(app, ["live:prod"]) == ("live:prod", "prod:latest")
    assert both_names(app, ["live"]) == ("live", "latest")
    assert both_names(app, [f"{stored.database}:1"]) == (f"{stored.database}:1", "latest")


def test_a_path_and_another_database_are_sides(diff: Any, stored: Stored, tmp_path: Path) -> None:
    found = document(diff("2", stored.manifests, "-o", "json"))
    assert (found["to"]["id"], found["to"]["source"]) == (None, "file")
    assert (found["changes"], found["incomparable"]) == ([], [])
    other = tmp_path / "other.db"
    shutil.copy(stored.database, other)
    crossed = document(diff(f"{other}:1", "2", "-o", "json"))
    assert crossed["changes"] == document(diff("1", "2", "-o", "json"))["changes"]
    same = document(diff(f"{other}:2", "latest", "-o", "json"))
    assert (same["changes"], same["complete"]) == ([], True)


CODES: list[Any] = [
    (("2", "2"), 0, ""),
    (("2", "2", "--exit-code"), 0, ""),
    (("1", "2"), 3, "it is not known"),
    (("1", "2", "--allow-incomplete"), 0, "it is not known"),
    (("1", "2", "--exit-code"), 1, "it is not known"),
    (("1", "2", "--only", "csvs", "--exit-code"), 1, ""),
    (("7",), 1, "no snapshot 7"),
    (("7", "--exit-code"), 4, "no snapshot 7"),
    (("1", "nonsense", "--exit-code"), 2, "no snapshot 'nonsense'"),
    (("1", "2", "1"), 2, "at most two"),
    (("--only", "crds,boats"), 2, "boats: there is no such type; there are crds, operators"),
    (("--ignore", "spec["), 2, "spec["),
    (("--full", "--stat"), 2, "give one of them"),
    (("--full", "-o", "json"), 2, "--full is for people"),
    (("--stat", "-o", "csv"), 2, "--stat is for people"),
    (("2", "--source", "nowhere"), 2, "--source cannot be used with diff"),
]


@pytest.mark.parametrize(("arguments", "code", "said"), CODES)
def test_exit_codes(diff: Any, arguments: tuple[str, ...], code: int, said: str) -> None:
    told = diff(*arguments)
    assert (told.code, said in told.err) == (code, True), told.err


@pytest.mark.parametrize(("more", "code"), [((), 1), (("--exit-code",), 4)])
def test_without_a_database(tmp_path: Path, more: tuple[str, ...], code: int) -> None:
    assert run(["diff", "--db-path", str(tmp_path / "none.db"), "1", "2", *more]) == code


def test_the_only_snapshot_has_none_before_it(
    stored: Stored, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = ["--db-path", str(tmp_path / "one.db"), "--quiet"]
    assert run([*other, "--source", str(SAMPLE / "before" / "olm"), "database", "store"]) == 0
    assert run([*other, "diff"]) == 1
    assert "the only one of olm" in capsys.readouterr().err


def test_lines_for_people(diff: Any) -> None:
    lines = diff("1", "2").out.splitlines()
    assert lines[0].startswith("From  snapshot 1 of harbour, 20")
    assert "CRDs       1 added, 3 changed, 1 not known, 14 unchanged" in lines
    at = lines.index(f"  ~ {SAILINGS} [risky: storage-version-changed]")
    assert "      + version v2 (served, stored)" in lines[at:]
    assert "  + crewassignments.fleet.skerrywater.example [additive: crd-added]" in lines
    assert "  ~ certwright/certwright/Deployment: spec.replicas 1 -> 2" in lines
    assert "      image 1.14.2 -> 1.15.0" in lines
    assert "      + managed CRD crewassignments.fleet.skerrywater.example" in lines
    assert not any("evidence" in line for line in lines)
    assert lines[-2:] == [
        "Not known",
        "  tidegauges.sensors.tidewatch.example: instances not known in FROM: the source need not "
        "hold all of them",
    ]
    assert "Nothing changed." in diff("2", "2").out
    for output in ("plain", "table", "wide", "rich"):
        assert diff("1", "2", "-o", output).out.splitlines() == lines


@pytest.mark.parametrize(
    ("typed", "found"),
    [(["l"], ["latest"]), (["1", "l"], ["latest"]), (["--only", "op"], ["operators"])],
)
def test_moments_and_types_are_completed(
    stored: Stored, typed: list[str], found: list[str]
) -> None:
    items = completions(App(), ["diff", "--db-path", str(stored.database), *typed])
    assert [each.value for each in items] == found


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["diff", "latest"], "snapshot 2 of harbour"),
        (["diff", "1", "1"], "snapshot 1 of harbour"),
        (["diff", "1", "latest~1", "-o", "json"], "snapshot 1 of harbour"),
        (["report", "2", "latest"], "snapshot 2 of harbour"),
        (["check", "compat", "2", "latest"], "snapshot 2 of harbour"),
        (["check", "upgrade", "2"], "snapshot 2 of harbour"),
        (["check", "compat", "PATH", "PATH"], "PATH"),
        (["diff", "PATH", "PATH"], "PATH"),
        (["diff", "1"], ""),
        (["check", "compat", "1", "2"], ""),
        (["check", "compat", "1", "PATH"], ""),
    ],
)
def test_one_moment_on_both_sides_is_told(
    stored: Stored, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [str(SAMPLE / "upgrade") if each == "PATH" else each for each in words]
    code = run(["--db-path", str(stored.database), *words])
    err = capsys.readouterr().err
    if not said:
        assert "Both sides" not in err
        return
    assert code == 0
    said = said.replace("PATH", str(SAMPLE / "upgrade"))
    assert f"Both sides are {said}" in err
    assert ("`k8s-datamodel diff` alone tells what changed last" in err) is ("snapshot" in said)


def test_colour_is_for_terminals(diff: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b" not in diff("1", "2").out
    monkeypatch.setattr(diff_command, "colored", lambda *_: True)
    lines = diff("1", "2").out.splitlines()
    added = "  + crewassignments.fleet.skerrywater.example [additive: crd-added]"
    assert f"\x1b[32m{added}\x1b[0m" in lines
    assert "\x1b[31m  - tidewatch/tidewatch-operator.v0.4.0\x1b[0m" in lines
    monkeypatch.undo()
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    app = App()
    assert colored(app)
    assert not colored(app, "change.txt")
    monkeypatch.setenv("NO_COLOR", "1")
    assert not colored(app)


def test_the_summary_only(diff: Any) -> None:
    lines = diff("1", "2", "--stat", "--only", "operator").out.splitlines()
    assert lines[3:] == ["Operators  3 changed, 7 unchanged"]


def test_hunks(diff: Any) -> None:
    lines = diff("1", "2", "--full", "--name", "sailings*", "--path", "spec.versions[name=v1]").out
    assert lines.splitlines()[-6:] == [
        f"  ~ {SAILINGS} [risky: storage-version-changed]",
        "      spec:",
        "        versions:",
        "          - name: v1",
        "    -       storage: true",
        "    +       storage: false",
    ]
    removed = diff("1", "2", "--full", "--only", "csvs").out
    assert "    - kind: ClusterServiceVersion" in removed
    assert "    + kind: ClusterServiceVersion" in removed


def test_names_and_rows(diff: Any) -> None:
    assert diff("1", "2", "-o", "name", "--only", "csvs").out.splitlines() == [
        "olm/tidewatch/tidewatch-operator.v0.4.0",
        "olm/tidewatch/tidewatch-operator.v0.4.1",
    ]
    rows = list(csv.DictReader(io.StringIO(diff("1", "2", "-o", "csv").out)))
    assert list(rows[0]) == ["type", "key", "change", "in", "path", "op", "from", "to", "level"]
    assert (rows[0]["change"], rows[0]["path"]) == ("added", "")
    [replicas] = [each for each in rows if each["path"] == "spec.replicas"]
    assert (replicas["op"], replicas["from"], replicas["to"]) == ("replace", "1", "2")
    assert json.loads(replicas["key"])["name"] == "certwright"


def test_markdown(diff: Any, tmp_path: Path) -> None:
    text = diff("1", "2", "-o", "markdown").out
    assert "| CRDs | 1 | 0 | 3 | 0 | 14 |" in text
    assert "\nCRDs: 1 not known.\n" in text
    assert f"- changed `{SAILINGS}` **risky** (`storage-version-changed`)\n" in text
    assert "  - `+ version v2 (served, stored)`\n" in text
    file = tmp_path / "change.md"
    diff("1", "2", "--file", file)
    assert file.read_text() == text
    hunks = diff("1", "2", "-o", "markdown", "--full", "--only", "operators").out
    assert "  ```diff\n" in hunks
    assert "\n  -  replicas: 1\n" in hunks.replace("    ", "  ")


@pytest.mark.parametrize(
    ("options", "names"),
    [
        (("--group", "fleet.*"), ["crewassignments.fleet.skerrywater.example", SAILINGS]),
        (("--name", "SAIL*"), [SAILINGS]),
        (("-n", "certwright"), ["certwright"]),
        (("--only", "crds", "--path", "spec"), [
            "crewassignments.fleet.skerrywater.example", SAILINGS]),
        (("--only", "operators", "--ignore", "spec", "--ignore", "metadata", "--ignore", "labels",
          "--ignore", "evidence", "--ignore", "status", "--ignore", "managed_crds",
          "--ignore", "version", "--ignore", "*"), []),
    ],
)  # fmt: skip
def test_only_a_part(diff: Any, options: tuple[str, ...], names: list[str]) -> None:
    found = document(diff("1", "2", "-o", "json", *options))
    assert [each["key"]["name"] for each in found["changes"]] == names


def test_nothing_that_moves_a_cursor_is_written(diff: Any, stored: Stored, tmp_path: Path) -> None:
    name = "boats.evil.example"
    crd = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": name, "uid": "u", "labels": {"a": "\x1b[2Jred\u202e"}},
        "spec": {
            "group": "evil.example",
            "scope": "Cluster",
            "names": {"plural": "boats", "kind": "Boat"},
            "versions": [{"name": "v1", "served": True, "storage": True}],
        },
    }
    folder = tmp_path / "evil"
    folder.mkdir()
    (folder / "crd.json").write_text(json.dumps(crd))
    for more in ((), ("--full",), ("-o", "markdown"), ("-o", "markdown", "--full")):
        out = diff("2", folder, "--only", "crds", "--name", name, *more).out
        assert name in out
        assert not {"\x1b", "\u202e"} & set(out)


@pytest.mark.parametrize(
    "command",
    [
        ("diff", "1", "2"),
        ("diff", "1", "2", "--stat"),
        ("diff", "1", "2", "--full"),
        ("diff", "1", "2", "-o", "markdown"),
        ("log",),
        ("log", "--stat"),
        ("crd", "history", SAILINGS),
        ("database", "list"),
        ("database", "cleanup", "--keep", "1", "--dry-run"),
        ("database", "cleanup", "--keep-daily", "1", "--dry-run"),
        ("database", "copy", "DATABASE", "to.db", "--dry-run"),
    ],
    ids=" ".join,
)
def test_no_name_of_a_cluster_or_note_moves_a_cursor(
    stored: Stored,
    command: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(stored.database, "evil.db")
    with closing(sqlite3.connect("evil.db")) as database, database:
        said = {"cluster_context": "ferries\x1b[2J\x07\u202e\nSpoof", "notes": "\x1b[31m\tred"}
        for column, text in said.items():
            database.execute(f"UPDATE kdm_snapshots SET {column} = ?", [text])
    place = [] if "copy" in command else ["--db-path", "evil.db"]
    assert run([*place, *("evil.db" if each == "DATABASE" else each for each in command)]) in (0, 3)
    out = capsys.readouterr().out
    assert "ferries" in out
    assert not {"\x1b", "\x07", "\u202e"} & set(out)
    assert "\nSpoof" not in out


UNASKED = {
    ("diff", "1", "2"): 0,
    ("diff", "2", "1"): 0,
    ("diff", "2", "3"): 0,
    ("diff", "1", "2", "--exit-code"): 0,
    ("diff", "1", "2", "--only", "crds"): 0,
    ("diff", "1", "2", "--only", "instances"): 3,
    ("diff", "2", "3", "--only", "instances"): 3,
    ("diff", "1", "2", "--only", "instances", "--allow-incomplete"): 0,
    ("log",): 0,
    ("report", "1", "2"): 0,
    ("report", "2", "1"): 0,
    ("report", "2", "3"): 0,
}
"""Exit codes where 1 holds no custom resources, 2 all of a kind, and 3 those of another kind."""


def test_what_nobody_asked_for_is_named_and_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("K8S_DATAMODEL_DB", str(tmp_path / "x.db"))
    sample = Path(__file__).parents[3] / "docs" / "sample-cluster" / "before"
    for more in ((), ("--with-instances", "QuillCluster"), ("--with-instances", "TideGauge")):
        assert run(["database", "store", "-q", "--source", str(sample), *more]) == 0
    for words, code in UNASKED.items():
        capfd.readouterr()
        assert run([*words]) == code, words
        told = capfd.readouterr()
        assert ("could be compared" in told.err) is ("instances" in words)
        if words == ("diff", "1", "2"):
            assert "instances in FROM: no-type: it has no instances" in told.out


@pytest.mark.parametrize("broken", [["old"], ["new"], ["old", "new"]])
def test_what_a_file_that_cannot_be_read_may_hold_is_not_said_to_have_changed(
    diff: Any, tmp_path: Path, broken: list[str]
) -> None:
    made = (
        "apiVersion: apiextensions.k8s.io/v1\n"
        "kind: CustomResourceDefinition\n"
        "metadata: {name: %s}\n"
    )
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "tugs.yaml").write_text(made % "tugs.x.example", "utf-8")
    other = tmp_path / ("old" if "new" in broken else "new")
    (other / "buoys.yaml").write_text(made % "buoys.x.example", "utf-8")
    for name in broken:
        (tmp_path / name / "bad.yaml").write_text("a: b: c\n", "utf-8")
    told = diff(tmp_path / "old", tmp_path / "new", "-o", "json")
    found = document(told)
    assert told.code == 3
    assert found["changes"] == []
    assert found["complete"] is False
    gaps = {each["type"]: each["status"] for each in found["incomparable"]}
    assert gaps == {"crds": "partial", "operators": "skipped", "csvs": "skipped"}
    for name in broken:
        assert f"{tmp_path / name}: could not read bad.yaml" in told.err
    lines = diff(tmp_path / "old", tmp_path / "new").out
    assert "CRDs       not known what was added or removed, 1 unchanged" in lines
    assert "Nothing changed" not in lines
    for plural in ("operators", "csvs"):
        part = diff(tmp_path / "old", tmp_path / "new", "--only", plural, "-o", "json")
        assert document(part)["complete"] is False

"""``history`` tells how one object changed, and ``log`` what happened; gaps are told as gaps."""

from __future__ import annotations

import csv
import io
import json
import uuid
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple, cast

import pytest
import yaml
from jsonschema import Draft202012Validator

from k8s_datamodel.api import (
    ClusterInfo,
    LedgerEntry,
    Outcome,
    Record,
    ResourceType,
    Snapshot,
    Status,
    StorageRequest,
)
from k8s_datamodel.cli import run
from k8s_datamodel.cli.histories.sparklines import range_text, sparkline
from k8s_datamodel_plugins.sql.store import open_store

DOCS = Path(__file__).parents[3] / "docs"
SCHEMAS = DOCS / "schemas"
SAMPLE = DOCS / "sample-cluster" / "before"
UID = "11111111-2222-3333-4444-555555555555"


def _module_of(text: str) -> Any:
    module = ModuleType("pumps")
    exec(text, vars(module))
    return module


MODULE = """
from k8s_datamodel.api import Column, Read, Resource, ResourceType, hookimpl

PUMPS = ResourceType(
    reads=(Read(Resource("parts.example.org", "v1", "pumps", "Pump")),),
    columns=(
        Column("power", "integer", show="table", path=".spec.power"),
        Column("turns", "integer", volatile=True, path=".spec.turns"),
    ),
    found_by=("name",),
)


@hookimpl
def register_resource_types():
    return [PUMPS]
"""


TYPE: ResourceType = _module_of(MODULE).PUMPS
READ = "pumps.parts.example.org"


def pump(name: str, uid: str = "1", **spec: Any) -> dict[str, Any]:
    metadata = {"name": name, "namespace": "works", "uid": f"{name}-{uid}"}
    return {
        "apiVersion": "parts.example.org/v1",
        "kind": "Pump",
        "metadata": metadata,
        "spec": spec,
    }


def _record(thing: dict[str, Any]) -> Record:
    metadata, spec = thing["metadata"], thing["spec"]
    names = {name: metadata[name] for name in ("namespace", "name")}
    return Record({**names, "power": spec.get("power"), "turns": spec.get("turns")}, thing)


class Told(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def documents(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


class Works:
    """A database of snapshots of clusters that have pumps, and the plugin of that type."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._folder, self._capsys = folder, capsys
        (folder / "config" / "plugins").mkdir(parents=True)
        (folder / "config" / "plugins" / "pumps.py").write_text(MODULE)

    def store(
        self,
        day: int,
        *things: dict[str, Any],
        cluster: str = "works",
        status: str = "complete",
        uid: str | None = "",
    ) -> None:
        """A snapshot of a day; an unread one holds nothing."""
        whole = status == "complete"
        made = Snapshot(
            timestamp=f"2026-11-{day:02} 08:00:00",
            cluster=ClusterInfo(
                cluster, f"{cluster}-{UID}" if uid == "" else uid, source="kubernetes"
            ),
            counts={TYPE.name: len(things) if whole else None},
            complete=whole,
            uuid=str(uuid.uuid4()),
            stamps={TYPE.name: "made by a test"},
        )
        outcome = Outcome(cast(Status, status), "" if whole else "HTTP 403")
        url = str(self._folder / "x.db")
        store = open_store(StorageRequest(url, (TYPE,), create=True))
        with closing(store), store.begin([TYPE]) as writer:
            writer.write(TYPE, [_record(each) for each in things])
            writer.commit(made, [LedgerEntry(TYPE.name, READ, outcome)])

    def run(self, *arguments: object, quiet: bool = True) -> Told:
        words = ["--db-path", self._folder / "x.db", *(["-q"] if quiet else []), *arguments]
        code = run([str(each) for each in words])
        return Told(code, *self._capsys.readouterr())

    def history(self, *arguments: object) -> list[dict[str, Any]]:
        told = self.run("pump", "history", *arguments, "-o", "json")
        assert told.code in (0, 3), told.err
        schema = json.loads((SCHEMAS / "history.json").read_text())
        Draft202012Validator(schema).validate(told.json)
        incomplete = any("reason" in each or "unknown" in each for each in told.json)
        assert incomplete is (told.code == 3)
        found: list[dict[str, Any]] = told.json
        return found

    def log(self, *arguments: object) -> list[dict[str, Any]]:
        told = self.run("log", *arguments, "-o", "json", "--allow-incomplete")
        assert told.code == 0, told.err
        schema = json.loads((SCHEMAS / "log.json").read_text())
        for each in told.documents:
            Draft202012Validator(schema).validate(each)
            assert set(each) <= set(schema["properties"])
        return told.documents


@pytest.fixture
def works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Works:
    monkeypatch.setenv("K8S_DATAMODEL_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.delenv("K8S_DATAMODEL_NO_EXTERNAL_PLUGINS", raising=False)
    return Works(tmp_path, capsys)


@pytest.fixture
def past(works: Works) -> Works:
    """Six snapshots: unread in one, gone in one, then made anew."""
    works.store(1, pump("east", power=1, turns=3))
    works.store(2, pump("east", power=1, turns=3), pump("west", power=5))
    works.store(3, status="forbidden")
    works.store(4, pump("east", power=2, turns=9), pump("west", power=5))
    works.store(5, pump("west", power=5))
    works.store(6, pump("east", "2", power=2), pump("west", "2", power=5))
    return works


def at(number: int) -> dict[str, Any]:
    return {"id": number, "timestamp": f"2026-11-{number:02} 08:00:00"}


def brief(found: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [
        (each["change"], each["from"] and each["from"]["id"], each["to"]["id"]) for each in found
    ]


def test_each_change_lies_between_two_snapshots(past: Works) -> None:
    found = past.history("east")
    assert brief(found) == [
        ("added", 5, 6),
        ("removed", 4, 5),
        ("changed", 2, 4),
        ("gap", 3, 3),
        ("first-seen", None, 1),
    ]
    changed, gap, first = found[2:]
    assert (changed["from"], changed["to"]) == (at(2), at(4))
    assert {each["path"]: (each["from"], each["to"]) for each in changed["fields"]} == {
        "power": (1, 2),
        "turns": (3, 9),
        "spec.power": (1, 2),
        "spec.turns": (3, 9),
    }
    assert list(gap) == ["from", "to", "change", "status", "reason"]
    assert (gap["status"], gap["reason"]) == ("forbidden", "HTTP 403")
    assert first == {
        "from": None,
        "to": at(1),
        "change": "first-seen",
        "fields": [],
        "absent": None,
    }
    west = past.history("works/west")
    assert brief(west) == [("recreated", 5, 6), ("gap", 3, 3), ("first-seen", None, 2)]
    assert west[-1]["absent"] == at(1)
    assert yaml.safe_load(past.run("pump", "history", "east", "-o", "yaml").out) == found


def test_since_when_a_field_has_its_value(past: Works) -> None:
    found = past.history("east", "--path", "spec.power")
    assert brief(found)[2:] == [("changed", 2, 4), ("gap", 3, 3), ("first-seen", None, 1)]
    assert [[each["path"] for each in one.get("fields", ())] for one in found] == [
        ["spec.power"],
        [],
        ["spec.power"],
        [],
        ["spec.power"],
    ]
    assert found[-1]["fields"][0] | {"op": "add", "to": 1} == found[-1]["fields"][0]
    assert brief(past.history("east", "--path", "spec.colour"))[2:] == brief(found)[3:]
    told = past.run("pump", "history", "east", "--path", "power=", "-o", "json")
    assert (told.code, "is no path" in told.err) == (2, True)


@pytest.mark.parametrize(
    ("limits", "numbers"),
    [
        (("--since", "2026-11-04"), [6, 5, 4]),
        (("--since", "2026-11-05 08:00:01"), [6]),
        (("--until", "2026-11-02"), [4, 1]),
        (("--since", "2026-11-03", "--until", "2026-11-03"), [4, 3]),
        (("--since", "2026-12-01"), []),
    ],
)
def test_what_may_have_happened_between_two_times(
    past: Works, limits: tuple[str, ...], numbers: list[int]
) -> None:
    assert [each["to"]["id"] for each in past.history("east", *limits)] == numbers
    seen = {each["to"]["id"] for each in past.log("--name", "east", *limits)}
    assert seen == {number for number in numbers if number not in (1, 3)}


def test_lines_for_people(past: Works) -> None:
    told = past.run("pump", "history", "east")
    assert told.code == 3
    assert told.err.count("\n") == 1
    lines = told.out.splitlines()
    assert lines[0].endswith("Pump works/east in works: 6 snapshots, "
                             "2026-11-01 08:00:00 to 2026-11-06 08:00:00 UTC")  # fmt: skip
    assert lines[1] == "Turns  ▁▁?█ ?  3 to 9, last not known"
    assert "~ 2026-11-02 08:00:00 to 2026-11-04 08:00:00 UTC, snapshots 2 to 4  changed" in lines
    assert "      spec.power 1 -> 2" in lines
    assert lines[-1] == "+ 2026-11-01 08:00:00 UTC, snapshot 1  first seen"
    none = past.run("pump", "history", "east", "--since", "2026-12-01").out.splitlines()
    assert none[0] == "Pump works/east in works: no snapshot is of that time"
    assert none[-1] == "Nothing of it is known to have changed then."
    full = past.run("pump", "history", "east", "--full").out
    assert "    -   power: 1" in full
    assert past.run("pump", "history", "east", "--full", "-o", "json").code == 2


def test_counts_as_csv(past: Works) -> None:
    rows = list(csv.DictReader(io.StringIO(past.run("pump", "history", "east", "-o", "csv").out)))
    assert [(row["snapshot"], row["presence"], row["turns"]) for row in rows] == [
        ("1", "there", "3"),
        ("2", "there", "3"),
        ("3", "unread", ""),
        ("4", "there", "9"),
        ("5", "absent", ""),
        ("6", "there", ""),
    ]


def test_a_number_that_was_unknown_for_a_while_is_compared_across(works: Works) -> None:
    for day, more in enumerate(({"turns": 3}, {}, {"turns": 5}, {}, {"turns": 5}), start=1):
        works.store(day, pump("east", power=1, label="x", **more))
    found = works.history("east", "--path", "turns")
    assert brief(found) == [("changed", 1, 3), ("first-seen", None, 1)]
    works.store(6, pump("east", power=1, label="x"))
    [last, *_] = works.history("east")
    assert [each["path"] for each in last["unknown"]] == ["turns"]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("works/eest", "there is no Pump 'works/eest'; is it works/west or works/east?"),
        ("nothing-like-it", "there is no Pump 'nothing-like-it'"),
        ("other", "there is no Pump 'other'"),
    ],
)
def test_names_that_nothing_has(past: Works, name: str, says: str) -> None:
    past.store(7, pump("other"), cluster="elsewhere")
    told = past.run("pump", "history", name, "--cluster-context", "works")
    assert told.code == 1
    assert says in told.err


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    """A folder with a pump, and with a file that cannot be read."""
    folder = tmp_path / "dump"
    folder.mkdir()
    (folder / "east.json").write_text(json.dumps(pump("east")))
    (folder / "broken.yaml").write_text("a: [\n")
    return folder


@pytest.mark.parametrize("command", ["crd", "operators", "olm", "instances", "pump"])
def test_what_may_be_among_what_was_not_read_is_not_denied(
    works: Works, dump: Path, command: str
) -> None:
    assert works.run("--source", dump, "database", "store").code == 3
    told = works.run(command, "history", "nothing-like-it")
    assert told == works.run(command, "get", "nothing-like-it", "--snapshot", "1")
    assert (told.code, told.out) == (3, "")
    assert "there is no" not in told.err
    allowed = works.run(command, "history", "nothing-like-it", "--allow-incomplete")
    assert (allowed.code, allowed.err) == (0, told.err)


@pytest.mark.parametrize(
    ("endings", "code", "says"),
    [
        (("forbidden", "forbidden"), 3, "Pump 'nothing' is not among what could be read"),
        (("partial", "forbidden"), 3, "Pump 'nothing' is not among what could be read"),
        (("complete", "forbidden"), 1, "there is no Pump 'nothing'"),
        (("forbidden", "complete"), 1, "there is no Pump 'nothing'"),
    ],
)
def test_one_snapshot_that_read_all_knows_that_there_is_none(
    works: Works, endings: Sequence[str], code: int, says: str
) -> None:
    for day, status in enumerate(endings, start=1):
        works.store(day, pump("east"), status=status)
    told = works.run("pump", "history", "nothing")
    assert (told.code, told.out) == (code, "")
    assert says in told.err


def test_the_newest_snapshot_that_was_asked_for_the_type_is_named(works: Works, dump: Path) -> None:
    for more in ((), ("--with-instances",), ()):
        assert works.run("--source", dump, "database", "store", *more).code == 3
    told = works.run("instances", "history", "nothing-like-it")
    assert told == works.run("instances", "get", "nothing-like-it", "--snapshot", "2")
    assert "is not among what could be read" in told.err


def test_what_is_gone_has_a_history_too(past: Works) -> None:
    past.store(7, pump("west", "2", power=5))
    assert brief(past.history("east"))[0] == ("removed", 6, 7)
    assert past.run("pump", "history", "east", "-n", "other").code == 1


def test_the_cluster(past: Works) -> None:
    past.store(7, pump("east", power=1), cluster="elsewhere")
    assert brief(past.history("east")) == [("first-seen", None, 7)]
    assert len(past.history("east", "--cluster-context", "works")) == 5
    assert len(past.history("east", "--context", "works")) == 5


def test_log_has_a_line_for_each_change(past: Works) -> None:
    past.store(7, pump("north"), cluster="elsewhere")
    past.store(8, pump("north", power=3), cluster="elsewhere")
    found = past.log()
    assert [(e["to"]["id"], e["key"]["name"], e["change"], e["from"]["id"]) for e in found] == [
        (8, "north", "changed", 7),
        (6, "east", "added", 5),
        (6, "west", "recreated", 5),
        (5, "east", "removed", 4),
        (4, "east", "changed", 2),
        (2, "west", "added", 1),
    ]
    assert found[0]["cluster"] == {"context": "elsewhere", "uid": f"elsewhere-{UID}"}
    assert found[4]["from"] == at(2)
    lines = past.run("log", "--allow-incomplete").out.splitlines()
    assert len(lines) == len(found)
    assert lines[1] == "+ 2026-11-06 08:00:00  works 5..6  pump/works/east  added"
    stat = past.run("log", "--stat", "--allow-incomplete").out.splitlines()
    assert stat[1] == "2026-11-06 08:00:00  works 6  Pumps 1 added 1 re-created"
    rows = list(csv.DictReader(io.StringIO(past.run("log", "-o", "csv").out)))
    assert [row["change"] for row in rows] == [each["change"] for each in found]
    names = past.run("log", "-o", "name").out.splitlines()
    assert names == [f"pump/{'/'.join(each['key'].values())}" for each in found]
    samples = past.run("log", "-o", "prometheus").out.splitlines()
    assert len([line for line in samples if line.startswith("k8s_datamodel_")]) == len(found)


@pytest.mark.parametrize(
    ("options", "seen"),
    [
        (("--cluster-context", "works"), {6, 5, 4, 2}),
        (("--context", "elsewhere"), {8}),
        (("--only", "pumps", "--name", "w*"), {6, 2}),
        (("--only", "crds"), set()),
        (("-n", "other"), set()),
        (("--since", "2026-11-06"), {8, 6}),
    ],
)
def test_log_is_narrowed(past: Works, options: tuple[str, ...], seen: set[int]) -> None:
    past.store(7, pump("north"), cluster="elsewhere")
    past.store(8, pump("north", power=3), cluster="elsewhere")
    assert {each["to"]["id"] for each in past.log(*options)} == seen


def test_exit_codes_of_log(past: Works) -> None:
    assert past.run("log", "--only", "pumps").code == 0  # a later snapshot tells what one lacks
    assert past.run("log", "--only", "pumps", "--exit-code").code == 1
    past.store(7, status="forbidden")
    told = past.run("log", "--only", "pumps")
    assert (told.code, "not all pumps could be compared" in told.err) == (3, True)
    assert past.run("log", "--only", "crds", "--exit-code", "--allow-incomplete").code == 0
    assert past.run("log", "--only", "nothing").code == 2
    assert past.run("log", "--stat", "-o", "json").code == 2
    assert past.run("log", "--since", "tomorrow").code == 2
    told = past.run("log", "--since", "2026-11-03", "--until", "2026-11-02")
    assert (told.code, "--since is later than --until" in told.err) == (2, True)
    assert past.run("--db-path", "/nowhere.db", "log", "--exit-code").code == 4


@pytest.mark.parametrize(
    ("values", "there", "drawn", "told"),
    [
        ([], [], "", "not known"),
        ([3], [True], "▁", "3, last 3"),
        ([0, 7, None, None], [True, True, True, False], "▁█? ", "0 to 7, last not known"),
        ([None], [True], "?", "not known"),
        (list(range(120)), [True] * 120, None, "0 to 119, last 119"),
    ],
)
def test_sparklines(values: list[Any], there: list[bool], drawn: str | None, told: str) -> None:
    line = sparkline(values, there)
    assert line == drawn if drawn is not None else (len(line), line[-1]) == (60, "█")
    assert range_text(values) == told if values else True


def test_clusters_of_one_context_have_histories_of_their_own(works: Works) -> None:
    works.store(1, pump("east", power=1), cluster="admin", uid="here")
    works.store(2, pump("east", power=9), cluster="admin", uid="there")
    works.store(3, pump("east", power=5), cluster="admin", uid=None)
    works.store(4, pump("east", power=2), cluster="ours", uid="here")
    works.store(5, pump("east", power=8), cluster="admin", uid="there")
    works.store(6, pump("east", power=6), cluster="admin", uid=None)
    for cluster, first, last in (("here", 1, 4), ("there", 2, 5), ("admin", 3, 6)):
        found = works.history("east", "--cluster-context", cluster)
        assert brief(found) == [("changed", first, last), ("first-seen", None, first)], cluster
    assert brief(works.log()) == [("changed", 3, 6), ("changed", 2, 5), ("changed", 1, 4)]


def test_what_does_not_say_its_uid_is_of_the_only_cluster_of_its_context(works: Works) -> None:
    works.store(1, pump("east", power=1), cluster="mine", uid=None)
    works.store(2, pump("east", power=2), cluster="mine", uid="here")
    works.store(3, pump("east", power=3), cluster="ours", uid="here")
    told = [("changed", 2, 3), ("changed", 1, 2)]
    assert brief(works.log()) == told
    for cluster in ("mine", "ours"):
        found = works.history("east", "--cluster-context", cluster)
        assert brief(found) == [*told, ("first-seen", None, 1)]


def test_log_of_a_cluster_that_is_not_there_is_no_answer(works: Works) -> None:
    works.store(1, pump("east", power=1))
    for arguments in (["--cluster-context", "work"], ["--context", "work", "--stat"]):
        told = works.run("log", *arguments)
        assert (told.code, told.out) == (1, "")
        assert "there is no snapshot of work; there are of works" in told.err
    assert works.run("log", "--cluster-context", "work", "--exit-code").code == 4
    assert works.run("database", "delete", "1", "--yes").code == 0
    told = works.run("log")
    assert (told.code, told.out) == (1, "")
    assert "the database has no snapshot" in told.err


def test_where_nothing_is_told_that_is_said(works: Works) -> None:
    works.store(1, pump("east", power=1))
    works.store(2, pump("east", power=1))
    nothing = "Nothing is known to have changed."
    no_path = "No snapshot has anything at this --path."
    for arguments, said in (
        (("log", "--only", "pumps"), nothing),
        (("log", "--only", "pumps", "--stat"), nothing),
        (("log", "--only", "pumps", "--output", "json"), ""),
        (("pump", "history", "east", "--path", "spec.powr"), no_path),
        (("pump", "history", "east", "--path", "spec.power"), ""),
        (("pump", "history", "east", "--path", "power", "--since", "2026-11-02"), ""),
    ):
        told = works.run(*arguments, quiet=False)
        assert (told.code, told.err.strip()) == (0, said), arguments


def test_a_clock_that_was_set_back_hides_no_change(works: Works) -> None:
    works.store(1, pump("east", power=1))
    works.store(9, pump("east", power=1))
    works.store(5, pump("east", power=2))
    for limits in (("--until", "2026-11-06"), ("--since", "2026-11-04")):
        assert brief(works.history("east", *limits))[0] == ("changed", 2, 3)
        assert brief(works.log(*limits)) == [("changed", 2, 3)]
    assert ("changed", 2, 3) in brief(works.history("east", "--since", "2026-11-08"))


@pytest.mark.parametrize("option", ["--since", "--until"])
def test_an_empty_time_is_none(works: Works, option: str) -> None:
    works.store(1, pump("east", power=1))
    for words in (("log",), ("pump", "history", "east")):
        told = works.run(*words, option, "")
        assert (told.code, told.out) == (2, "")
        assert "no time ''" in told.err


def test_a_count_of_one_namespace_is_none_of_the_cluster(works: Works) -> None:
    for limit in ((), ("-n", "ticketing"), ()):
        stored = works.run("--source", SAMPLE, *limit, "database", "store", "--allow-incomplete")
        assert stored.code == 0, stored.err
    name = "sailings.fleet.skerrywater.example"
    told = works.run("crd", "history", name, "-o", "csv", "--allow-incomplete")
    assert [line.rpartition(",")[2] for line in told.out.splitlines()[1:]] == ["4", "", "4"]


def test_the_namespace_that_numbers_are_of_is_said(works: Works) -> None:
    stores = ("--source", SAMPLE, "--cluster-name", "prod", "-n", "olm", "database", "store")
    for _ in range(2):
        assert works.run(*stores, "--allow-incomplete").code == 0
    name = "sailings.fleet.skerrywater.example"
    told = works.run("crd", "history", name, "--allow-incomplete")
    assert f"CRD {name} in prod, namespace olm: 2 snapshots" in told.out
    compared = works.run("diff", "1", "2", "--allow-incomplete").out
    assert "snapshot 1 of prod, namespace olm, " in compared
    assert "snapshot 2 of prod, namespace olm, " in compared

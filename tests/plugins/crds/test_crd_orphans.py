"""Who manages a CRD, and which CRDs nobody manages: since when, and when last used."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from support.command import Done
from support.forked import Forked
from truth.shapes import WRITE, allowed, crd, workload

BOATS, PIERS = "boats.harbour.example", "piers.harbour.example"
KUBE_SYSTEM = {
    "apiVersion": "v1",
    "kind": "Namespace",
    "metadata": {"name": "kube-system", "uid": "11111111-2222-3333-4444-555555555555"},
}
OPERATOR = (
    workload("harbour-operator", "port", account="moor"),
    *allowed("port", "moor", (["harbour.example"], ["boats", "boats/status"], WRITE)),
)
OTHER = (workload("kite", "sky"), *allowed("sky", "kite", ([""], ["pods"], WRITE)))
"""Somebody else: workloads and RBAC could be read, and say nothing of the CRDs."""


def instances(number: int) -> dict[str, Any]:
    items = [
        {
            "apiVersion": "harbour.example/v1",
            "kind": "Boat",
            "metadata": {"name": f"boat-{n}", "namespace": "port"},
        }
        for n in range(number)
    ]
    kind = {"apiVersion": "harbour.example/v1", "kind": "BoatList"}
    return {**kind, "metadata": {"resourceVersion": "1"}, "items": items}


class World:
    """A folder of manifests, and a database for what it was."""

    def __init__(self, command: Forked, folder: Path) -> None:
        self.command = command
        self.folder = folder / "source"
        self.folder.mkdir()
        self.path = self.folder / "all.json"
        self.db = folder / "inventory.db"

    def hold(self, *objects: dict[str, Any], boats: int | None = None) -> None:
        held = [KUBE_SYSTEM, crd(BOATS), *OTHER, *objects]
        self.path.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": held}))
        listing = self.folder / "boats.json"
        listing.unlink(missing_ok=True)
        if boats is not None:
            listing.write_text(json.dumps(instances(boats)))

    def store(self, *arguments: str) -> str:
        where = ("--source", self.folder, "--db-path", self.db)
        head = self.command.ok("database", "store", *where, *arguments, "-o", "json").json
        return str(head["timestamp"])

    def ask(self, *arguments: str) -> Done:
        return self.command.run(*arguments, "--source", self.folder, K8S_DATAMODEL_DB=str(self.db))

    def orphans(self, *arguments: str) -> dict[str, dict[str, Any]]:
        done = self.command.ok(
            *("crd", "list", "--orphans", "-o", "json", "--db-path", self.db),
            *(arguments or ("--source", self.folder)),
        )
        return {row["name"]: row for row in done.json}


@pytest.fixture
def world(command: Forked, tmp_path: Path) -> World:
    return World(command, tmp_path)


def names(rows: Iterable[dict[str, Any]]) -> set[str]:
    return {row["name"] for row in rows}


def test_who_manages_it(world: World) -> None:
    world.hold(crd(PIERS), *OPERATOR)
    shown = world.ask("crd", "get", BOATS, "-o", "json").json
    assert (shown["managed_by"], shown["orphan"]) == (["port/harbour-operator"], False)
    alone = world.ask("crd", "get", PIERS, "-o", "json").json
    assert (alone["managed_by"], alone["orphan"]) == ([], True)
    assert "Managed By:         port/harbour-operator" in world.ask("crd", "get", BOATS).out
    assert list(world.orphans()) == [PIERS]
    assert world.ask("crd", "count", "--orphans").out == "1\n"
    assert world.ask("crd", "list", "--orphans", "--name", "b*", "-o", "name").out == ""


def test_the_columns_are_there_only_when_asked_for(world: World) -> None:
    world.hold(*OPERATOR)
    [row] = world.ask("crd", "list", "-o", "json").json
    assert not {"orphan", "orphan_since"} & set(row)
    assert (row["managed_by"], row["managed_by_reason"]) == (None, "operators were not read")


def test_a_stored_snapshot_tells_the_same(world: World) -> None:
    world.hold(crd(PIERS), *OPERATOR)
    world.store()
    found = world.orphans("--snapshot", "1")
    assert names(found.values()) == {PIERS}
    assert found[PIERS]["orphan_since_snapshot"] == 1
    shown = world.command.ok(
        "crd", "get", BOATS, "--snapshot", "1", "--db-path", world.db, "-o", "json"
    ).json
    assert shown["managed_by"] == ["port/harbour-operator"]


def test_since_when_and_when_an_instance_was_last_seen(world: World) -> None:
    world.hold(boats=3)
    world.store()  # 1: an orphan, but see 2
    world.hold(*OPERATOR, boats=3)
    world.store()  # 2
    world.hold(boats=2)
    third = world.store()  # 3
    world.store("--no-operators")  # 4 says nothing of who manages it
    world.hold(boats=0)
    world.store()  # 5
    since = ("orphan_since", "orphan_since_snapshot", "instance_seen_snapshot")
    row = world.orphans()[BOATS]
    assert [row[name] for name in since] == [third, 3, 4]
    stored = world.orphans("--snapshot", "3")[BOATS]
    assert [stored[name] for name in since] == [third, 3, 3]
    assert stored["instance_seen"] == third
    for _ in range(2):  # 6 and 7 have the rows of 5, which are read once
        world.store()
    once = [world.orphans(), world.orphans("--snapshot", "5"), world.orphans("--snapshot", "7")]
    with closing(sqlite3.connect(world.db)) as db, db:
        sums = db.execute("SELECT count(DISTINCT sum), count(sum) FROM kdm_counts").fetchone()
        db.execute("UPDATE kdm_counts SET sum = NULL")
    assert sums[0] < sums[1]
    assert [world.orphans(), *(world.orphans("--snapshot", n) for n in ("5", "7"))] == once


def test_a_crd_that_came_back_is_an_orphan_since_then_only(world: World) -> None:
    world.hold(crd(PIERS))
    world.store()
    world.hold()
    world.store()
    world.hold(crd(PIERS))
    world.store()
    row = world.orphans()[PIERS]
    assert row["orphan_since_snapshot"] == 3
    assert (row["instance_seen"], row["instance_seen_snapshot"]) == (None, None)


NO_HISTORY: dict[str, Callable[[World], object]] = {
    "nothing is stored": lambda world: None,
    "operators were left out": lambda world: world.store("--no-operators"),
    "one namespace only": lambda world: world.store("--namespace", "port"),
    "another cluster is stored": lambda world: (
        world.store(),
        world.path.write_text(world.path.read_text().replace("11111111-", "99999999-")),
    ),
}
"""What is stored before; nothing of it tells who managed the CRD."""


@pytest.mark.parametrize("case", NO_HISTORY)
def test_without_history_nobody_knows_since_when(case: str, world: World) -> None:
    world.hold(boats=1)
    NO_HISTORY[case](world)
    row = world.orphans()[BOATS]
    since = ("orphan_since", "orphan_since_snapshot", "orphan_since_reason")
    assert [row[name] for name in since] == [None, None, "no history yet"]
    assert row["instance_seen"] is not None
    shown = world.ask("crd", "list", "--orphans", "-o", "table").out
    assert "no history yet" in shown
    assert world.ask("crd", "get", BOATS, "-o", "json").json["orphan_since"] is None


def test_who_was_managed_in_the_last_snapshot_is_an_orphan_since_now(world: World) -> None:
    world.hold(*OPERATOR)
    world.store()
    world.hold()
    row = world.orphans()[BOATS]
    assert row["orphan_since"] is not None
    assert (row["orphan_since_snapshot"], row["orphan_since_reason"]) == (None, None)


@pytest.mark.parametrize(
    ("unread", "why"),
    [
        ("no RBAC", "there is no RBAC"),
        ("namespace", "in namespace port only"),
        ("plugin", "operators were not read"),
        ("broken", "deployments.json failed"),
    ],
)
def test_where_operators_could_not_be_read_it_is_unknown(
    world: World, unread: str, why: str
) -> None:
    world.hold()
    more: tuple[str, ...] = ()
    if unread == "no RBAC":
        held = {"apiVersion": "v1", "kind": "List", "items": [KUBE_SYSTEM, crd(BOATS), OTHER[0]]}
        (world.folder / "all.json").write_text(json.dumps(held))
    elif unread == "namespace":
        more = ("--namespace", "port")
    elif unread == "plugin":
        world.command.ok("plugins", "disable", "operators")
    else:
        broken = '{"apiVersion": "apps/v1", "kind": "DeploymentList", "items": [{"kind": '
        (world.folder / "deployments.json").write_text(broken)
    done = world.ask("crd", "list", "--orphans", "-o", "json", *more)
    assert (done.code, done.json) == (3, [])
    assert "--orphans: not known for 1 CRD" in done.err
    assert why in done.err
    counted = world.ask("crd", "count", "--orphans", "--allow-incomplete", *more)
    assert (counted.code, counted.out) == (0, "unknown\n")
    shown = world.ask("crd", "get", BOATS, "-o", "json", *more).json
    assert (shown["managed_by"], shown["orphan"]) == (None, None)
    assert why in shown["managed_by_reason"]
    assert world.ask("database", "store", *more).code in (0, 3)
    where = ("--snapshot", "latest", "--allow-incomplete", "--db-path", world.db)
    rows = world.command.ok("crd", "list", "-o", "json", *where).json
    assert [(row["managed_by"], row["managed_by_reason"]) for row in rows] == [
        (None, shown["managed_by_reason"])
    ]


def test_what_is_listed_can_be_stored_on_the_way(world: World) -> None:
    world.hold(crd(PIERS), *OPERATOR)
    done = world.ask("crd", "list", "--orphans", "--store-db", "-o", "name")
    assert (done.code, done.out) == (0, f"{PIERS}\n")
    document = world.command.ok("database", "show", "1", "-o", "json", "--db-path", world.db).json
    assert (document["snapshot"]["crd_count"], document["snapshot"]["operator_count"]) == (2, 1)


def test_a_snapshot_keeps_who_manages_what(world: World) -> None:
    leaving = crd("moles.harbour.example")
    leaving["metadata"]["deletionTimestamp"] = "2024-03-15T10:30:15Z"
    world.hold(crd(PIERS), leaving, *OPERATOR)
    world.store()
    stored = ("crd", "list", "--snapshot", "1", "--db-path", world.db)
    rows = {row["name"]: row for row in world.command.ok(*stored, "-o", "json").json}
    assert {name: row["managed_by"] for name, row in rows.items()} == {
        BOATS: ["port/harbour-operator"],
        PIERS: [],
        leaving["metadata"]["name"]: [],
    }
    assert {row["managed_by_reason"] for row in rows.values()} == {None}
    assert {name: row["terminating"] for name, row in rows.items()} == {
        BOATS: None,
        PIERS: None,
        leaving["metadata"]["name"]: "2024-03-15 10:30:15",
    }
    wide = world.command.ok(*stored, "-o", "wide").out
    assert "Managed By" in wide
    assert "2024-03-15 10:30:15" in wide
    with closing(sqlite3.connect(world.db)) as database:
        query = "SELECT managed_by, managed_by_reason FROM crds WHERE name = ?"
        assert database.execute(query, (BOATS,)).fetchone() == ("port/harbour-operator", None)
    copied = world.db.with_name("copy.db")
    world.command.ok("database", "copy", world.db, copied)
    for db in (world.db, copied):
        document = world.command.ok("database", "show", "1", "-o", "json", "--db-path", db).json
        assert {row["name"]: row["managed_by"] for row in document["crds"]} == {
            BOATS: "port/harbour-operator",
            PIERS: "",
            leaving["metadata"]["name"]: "",
        }
        world.command.ok("database", "verify", "--db-path", db)


def test_a_snapshot_without_operators_does_not_know(world: World) -> None:
    world.hold(*OPERATOR)
    world.store("--no-operators")
    stored = ("crd", "list", "--snapshot", "1", "--db-path", world.db, "-o", "json")
    [row] = world.command.ok(*stored).json
    assert (row["managed_by"], row["managed_by_reason"]) == (None, "operators were not read")


def test_a_change_of_managers_is_kept_while_the_crd_stays(world: World) -> None:
    """The next snapshot has another state, and stores neither CRDs nor rows again."""
    world.hold(boats=1)
    world.store()
    world.hold(*OPERATOR, boats=1)
    world.store()
    world.store()
    with closing(sqlite3.connect(world.db)) as database:
        assert database.execute("SELECT managed_by FROM crds ORDER BY snapshot_id").fetchall() == [
            ("",),
            ("port/harbour-operator",),
            ("port/harbour-operator",),
        ]
        for table, number in (("kdm_crds_rows", 1), ("kdm_crds_states", 2)):
            assert database.execute(f"SELECT count(*) FROM {table}").fetchone() == (number,)

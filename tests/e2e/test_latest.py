"""``latest`` is what was stored last, whatever a clock said, and the same wherever it is said."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from k8s_datamodel.api import StorageRequest
from k8s_datamodel_plugins.sql.store import SqlStore, open_store
from seed import sample
from support.forked import Forked
from support.servers.postgres import Postgres
from support.sql_stores import CLUSTER, LEDGER, WIDGETS, snapshot

SOURCE = sample.FOLDER / "before" / "crds" / "others.yaml"
AHEAD = "2999-01-01 00:00:00"
COPIED = "2024-06-01 00:00:00"


def stored(store: SqlStore, time: str, *, copied: bool = False, context: str = "others") -> int:
    """A snapshot as a run stores it, whose machine's clock says this time, or as a copy."""
    cluster = replace(CLUSTER, context=context, uid=None)
    given = snapshot(timestamp=time, cluster=cluster, created_at=COPIED if copied else "")
    with store.begin([WIDGETS]) as writer:
        return writer.commit(replace(given, uuid=str(uuid.uuid4())), LEDGER)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return str(tmp_path / "inventory.db")
    server: Postgres = request.getfixturevalue("postgres")
    return server.new_database()


def opened(db: str) -> SqlStore:
    return open_store(StorageRequest(db, (WIDGETS,), create=True))


DAYS = [f"2024-03-{day:02} 00:00:00" for day in range(1, 9)]


@pytest.mark.parametrize(
    ("steps", "order"),
    [
        ([(DAYS[0], False), (DAYS[1], False)], [1, 2]),
        ([(AHEAD, False), (DAYS[0], False), (DAYS[1], False)], [1, 2, 3]),
        ([(DAYS[1], False), (DAYS[0], False)], [1, 2]),
        ([(DAYS[0], False), (DAYS[0], False)], [1, 2]),
        ([(DAYS[1], True), (DAYS[0], True)], [2, 1]),
        ([(DAYS[3], False), (DAYS[0], True), (DAYS[1], False)], [2, 1, 3]),
        ([(DAYS[0], False), (AHEAD, True), (DAYS[1], False)], [1, 2, 3]),
        ([(AHEAD, False), (DAYS[1], False), (DAYS[0], True), (DAYS[2], False)], [3, 1, 2, 4]),
        ([(DAYS[0], False), ("1970-01-01 00:00:00", False)], [1, 2]),
    ],
)
def test_stored_ones_come_last_and_copies_where_their_time_is(
    db: str, steps: Sequence[tuple[str, bool]], order: list[int]
) -> None:
    with closing(opened(db)) as store:
        for time, copied in steps:
            stored(store, time, copied=copied)
        assert [each.id for each in store.snapshots()] == order
        assert store.verify() == []


def latest(command: Forked, db: str) -> set[int]:
    """What every way to say it means."""
    place = ("--db-path", db)
    listed = command.ok("database", "list", *place, "--limit", 1, "-o", "json").json
    shown = command.ok("database", "show", "latest", *place, "-o", "json").json
    exported = command.ok("database", "export", "latest", *place).json
    summary = command.run("cluster", "summary", "--snapshot", "latest", *place, "-o", "json").json
    every = command.ok("database", "list", *place, "-o", "json").json
    gone = command.ok("database", "cleanup", "--keep", 1, "--dry-run", *place).out
    kept = {each["id"] for each in every} - {int(line.split()[0]) for line in gone.splitlines()}
    ids = [listed[0], shown["snapshot"], exported["snapshot"], every[-1]]
    return {each["id"] for each in ids} | kept | ({summary["id"]} if "id" in summary else set())


def test_everybody_means_the_same_one(command: Forked, db: str) -> None:
    with closing(opened(db)) as store:
        ahead = stored(store, AHEAD)
    assert latest(command, db) == {ahead}
    for number in (2, 3):
        done = command.ok("--source", SOURCE, "database", "store", "--db-path", db)
        assert f"Ahead of now, as a clock was wrong: 1 ({AHEAD})." in done.err
        assert latest(command, db) == {number}
    for back, number in (("latest~1", 2), ("latest~2", ahead)):
        shown = command.ok("database", "show", back, "--db-path", db, "-o", "json")
        assert shown.json["snapshot"]["id"] == number
        assert ("is ahead of now" in shown.err) is (number == ahead)
    command.ok("database", "cleanup", "--keep", 1, "--db-path", db)
    listed = command.ok("database", "list", "--db-path", db, "-o", "json")
    assert ([each["id"] for each in listed.json], listed.err) == ([3], "")


@pytest.mark.parametrize(
    "arguments",
    [
        ("database", "show", "latest"),
        ("database", "export", "latest"),
        ("database", "delete", "latest", "--yes"),
        ("cluster", "export", "--snapshot", "latest"),
        ("cluster", "summary", "--snapshot", "latest"),
    ],
)
def test_a_latest_of_tomorrow_is_said(
    command: Forked, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    db = str(tmp_path / "inventory.db")
    with closing(opened(db)) as store:
        stored(store, AHEAD)
    done = command.run(*arguments, "--db-path", db)
    assert f"latest is snapshot 1, whose time {AHEAD} is ahead of now" in done.err
    assert done.code in (0, 3)


def test_listings_say_which_are_ahead(command: Forked, tmp_path: Path) -> None:
    db = str(tmp_path / "inventory.db")
    with closing(opened(db)) as store:
        for time in (DAYS[0], AHEAD, DAYS[1]):
            stored(store, time)
    listed = ("database", "list", "--db-path", db)
    assert f"Ahead of now, as a clock was wrong: 2 ({AHEAD})." in command.ok(*listed).err
    assert "Ahead" not in command.ok(*listed, "--limit", 1).err


def test_copies_keep_their_order_by_time(command: Forked, tmp_path: Path) -> None:
    one, two = str(tmp_path / "one.db"), str(tmp_path / "two.db")
    with closing(opened(one)) as store:
        for time in (AHEAD, DAYS[1]):
            stored(store, time)
    with closing(opened(two)) as store:
        stored(store, DAYS[0])
        stored(store, DAYS[2])
    command.ok("database", "copy", one, two)
    with closing(opened(two)) as store:
        assert [each.timestamp for each in store.snapshots()] == [*DAYS[:3], AHEAD]


@pytest.fixture(scope="module")
def one_snapshot(tmp_path_factory: pytest.TempPathFactory) -> str:
    db = str(tmp_path_factory.mktemp("one") / "inventory.db")
    with closing(opened(db)) as store:
        stored(store, DAYS[0])
    return db


HUGE = ["9" * 19, "9" * 40, "9" * 5000]


@pytest.mark.parametrize("number", HUGE, ids=len)
@pytest.mark.parametrize(
    ("arguments", "codes"),
    [
        (("database", "show", "{}"), {1}),
        (("database", "show", "latest~{}"), {1}),
        (("database", "export", "{}"), {1}),
        (("database", "delete", "{}", "--yes"), {1}),
        (("cluster", "summary", "--snapshot", "{}"), {1}),
        (("database", "list", "--limit", "{}"), {0, 2}),
        (("database", "cleanup", "--keep", "{}"), {0, 2}),
        (("database", "cleanup", "--older-than", "{} days"), {2}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_huge_numbers_are_no_fault_of_ours(
    command: Forked, one_snapshot: str, arguments: tuple[str, ...], codes: set[int], number: str
) -> None:
    place = ("--db-path", one_snapshot)
    done = command.run(*(each.format(number) for each in arguments), *place)
    assert done.code in codes, done
    assert "fault of k8s-datamodel" not in done.err
    assert "plugin" not in done.err
    assert bool(done.err) == (done.code != 0) or "cleanup" in arguments

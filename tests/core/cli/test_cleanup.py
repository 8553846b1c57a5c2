"""``database cleanup`` by a plan, and ``database delete`` of several and of ranges."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from k8s_datamodel.api import ClusterInfo, StorageRequest
from k8s_datamodel_plugins.sql.keeping import leases
from k8s_datamodel_plugins.sql.store import open_store
from support.command import Done
from support.forked import run
from support.sql_stores import WIDGETS, record, store_widgets, widget

SIZE = 100_000
PROD, STAGING = ClusterInfo("prod", "1"), ClusterInfo("staging", "2")


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """Six days of prod, 1 to 6, the last one incomplete; then 7 of staging, on the first day."""
    path = tmp_path / "inventory.db"
    with closing(open_store(StorageRequest(str(path), (WIDGETS,), create=True))) as store:
        for day in range(1, 7):
            made = [record(widget("one", text=f"{day}" * SIZE))]
            time = f"2024-03-0{day} 10:00:00"
            store_widgets(store, made, timestamp=time, cluster=PROD, complete=day < 6)
        store_widgets(store, [], timestamp="2024-03-01 10:00:00", cluster=STAGING)
    return path


@pytest.fixture
def command(db: Path, tmp_path: Path) -> Callable[..., Done]:
    env = {"HOME": str(tmp_path), "K8S_DATAMODEL_DB": str(db)}
    return lambda *arguments: run("database", *arguments, **env)


def ids(command: Callable[..., Done]) -> list[int]:
    return [row["id"] for row in command("list", "-o", "json").json]


def test_a_plan_says_why_each_goes_or_stays(command: Callable[..., Done]) -> None:
    command("baseline", "set", "gold", "1")
    done = command("cleanup", "--keep-daily", "1", "--dry-run", "-o", "json")
    assert {row["id"]: row["reasons"] for row in done.json} == {
        1: ["baseline gold"],
        2: ["no rule keeps it"],
        3: ["no rule keeps it"],
        4: ["no rule keeps it"],
        5: ["newest complete of its cluster"],
        6: ["day 2024-03-06"],
        7: ["newest complete of its cluster", "day 2024-03-01"],
    }
    assert {row["id"] for row in done.json if row["stays"]} == {1, 5, 6, 7}
    assert done.json[0] | {"reasons": []} == {
        "id": 1,
        "timestamp": "2024-03-01 10:00:00",
        "cluster_context": "prod",
        "cluster_uid": "1",
        "complete": True,
        "baseline": "gold",
        "stays": True,
        "reasons": [],
        "notes": None,
    }
    table = command("cleanup", "--keep-daily", "1", "--dry-run").out
    assert "no rule keeps it" in table
    assert "Would delete 3 of 7 snapshots.\nKept, as they are baselines: gold (1)." in done.err
    assert ids(command) == [1, 2, 3, 4, 5, 6, 7]
    assert command("cleanup", "--keep-daily", "1").out == ""
    assert ids(command) == [1, 5, 6, 7]


def test_a_limit_of_size_removes_the_oldest(command: Callable[..., Done], db: Path) -> None:
    command("baseline", "set", "gold", "1")
    limit = ("cleanup", "--max-size", "600KB")
    foreseen = command(*limit, "--dry-run", "-o", "json")
    assert db.stat().st_size > 600 * 1024
    done = command(*limit)
    assert (foreseen.code, done.code) == (0, 0)
    assert db.stat().st_size <= 600 * 1024
    left = ids(command)
    assert left in ([1, 4, 5, 6, 7], [1, 5, 6, 7])
    assert [row["id"] for row in foreseen.json if row["stays"]] == left
    assert foreseen.json[1]["reasons"] == ["among the oldest, and the database is above 600KB"]


@pytest.mark.parametrize(
    "words",
    [
        ("cleanup", "--keep", "1"),
        ("cleanup", "--keep-daily", "1"),
        ("cleanup", "--max-size", "1KB", "--dry-run"),
        ("export-all",),
        ("copy", "inventory.db", "to.db"),
        ("copy", "inventory.db", "to.db", "--dry-run"),
    ],
    ids=" ".join,
)
def test_a_cluster_without_snapshots_is_an_error(
    command: Callable[..., Done], db: Path, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(db.parent)
    done = command(*words, "--cluster-context", "prodd")
    assert (done.code, done.out) == (1, "")
    assert "there is no snapshot of prodd; there are of prod" in done.err
    assert not Path("to.db").exists()
    assert ids(command) == [1, 2, 3, 4, 5, 6, 7]


def test_a_limit_that_cannot_be_kept_is_told(command: Callable[..., Done]) -> None:
    command("baseline", "set", "gold", "2")
    for more in (("--dry-run",), ()):
        done = command("cleanup", "--keep", "3", "--max-size", "1KB", *more)
        assert done.code == 1
        assert "more than 1KB: what is left must stay: baselines" in done.err
    assert ids(command) == [2, 5, 7]


def test_what_is_too_young_is_not_removed_for_its_size(command: Callable[..., Done]) -> None:
    done = command("cleanup", "--max-size", "1KB", "--older-than", "90000 days")
    assert done.code == 1
    assert ids(command) == [1, 2, 3, 4, 5, 6, 7]


def test_while_another_stores_no_more_is_removed_for_its_size(
    command: Callable[..., Done], db: Path
) -> None:
    with closing(open_store(StorageRequest(str(db), (WIDGETS,)))) as store:
        lease = leases.take(store._database)
        done = command("cleanup", "--keep", "5", "--max-size", "1KB")
        leases.abandon(store._database, lease)
    assert done.code == 1
    assert "another program is storing" in done.err
    assert ids(command) == [2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize(
    ("words", "gone", "said"),
    [
        (["3", "5"], [3, 5], "Deleted snapshots 3, 5."),
        (["2..4"], [2, 4], "Passed over, as they are baselines: gold (3)."),
        (["4..2000", "1"], [1, 4, 5, 6, 7], "Deleted snapshots 4, 5, 6, 7, 1."),
        (["prod:latest~1..prod:latest"], [5, 6], "Deleted snapshots 5, 6."),
        (["prod:@2024-03-04..5"], [4, 5], "Deleted snapshots 4, 5."),
        (["3..3"], [], "Nothing was deleted."),
    ],
)
def test_several_are_deleted(
    command: Callable[..., Done], words: list[str], gone: list[int], said: str
) -> None:
    if "3" not in words:
        command("baseline", "set", "gold", "3")
    foreseen = command("delete", *words, "--dry-run", "-o", "json")
    assert sorted(row["id"] for row in foreseen.json) == gone
    assert ids(command) == [1, 2, 3, 4, 5, 6, 7]
    done = command("delete", *words, "--yes")
    assert (done.code, done.out) == (0, "")
    assert said in done.err
    assert ids(command) == sorted({1, 2, 3, 4, 5, 6, 7} - set(gone))


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["1..2", "3"], 1, "snapshot 3 is the baseline gold, and nothing was deleted"),
        (["8..9"], 1, "there is no snapshot 8..9"),
        (["4..2"], 2, "4..2 ends before it begins"),
        (["latest..prod:latest"], 2, "is of two clusters, staging and prod"),
        (["1..nothing"], 2, "no snapshot '1..nothing'"),
        (["1..latest~99"], 1, "there is no snapshot latest~99"),
    ],
)
def test_a_wrong_range_deletes_nothing(
    command: Callable[..., Done], words: list[str], code: int, said: str
) -> None:
    command("baseline", "set", "gold", "3")
    done = command("delete", *words, "--yes")
    assert done.code == code
    assert said in done.err
    assert ids(command) == [1, 2, 3, 4, 5, 6, 7]


def test_no_baseline_has_the_name_of_a_range(command: Callable[..., Done]) -> None:
    assert command("baseline", "set", "1..2", "1").code == 2

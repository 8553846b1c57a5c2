"""A lake holds each snapshot once, whoever writes, dies or reads when."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from lakes import (
    LATER,
    LATER_SHIP,
    MONDAY,
    SHIP,
    SHIPS,
    TUESDAY,
    Database,
    KilledError,
    Watched,
    bucket,
    compacted,
    dying,
    fleet,
    folder,
    rows_in,
    seen,
    told,
    whole,
    written,
)

from k8s_datamodel.api import DatamodelError, UsageError
from k8s_datamodel_parquet.lake.lakes import Lake
from k8s_datamodel_parquet.lake.storage import Folder, Storage, storage_at

RELATIONS = ("inventory_ledger", "inventory_snapshots", "ships")


@pytest.fixture(params=["folder", "object store"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    return folder(tmp_path) if request.param == "folder" else bucket()


def test_what_is_written_is_read_typed(place: Storage) -> None:
    database = Database()
    snapshot = database.add(MONDAY, rows=[SHIP, {"name": "unknown"}])
    assert written(place, database).new == 1
    files = {each["relation"]: each for each in told(place)}
    assert sorted(files) == sorted(RELATIONS)
    first, second = rows_in(place, [files["ships"]])
    common = {
        "snapshot_id": snapshot.uuid,
        "snapshot_timestamp": datetime(2026, 11, 23, 10, 0, 1),
        "cluster_context": "prod",
        "cluster_uid": "uid-of-prod",
        "day": date(2026, 11, 23),
        "cluster": "uid-of-prod",
    }
    assert json.loads(first.pop("cargo")) == SHIP["cargo"]
    assert first == {**common, **{k: v for k, v in SHIP.items() if k != "cargo"}}
    unknown = dict.fromkeys(("tons", "afloat", "flags", "cargo"))
    assert second == {**common, **unknown, "name": "unknown"}
    (about,) = rows_in(place, [files["inventory_snapshots"]])
    assert (about["id"], about["ship_count"], about["complete"]) == (snapshot.uuid, 2, True)
    assert files["ships"]["file"].startswith("tables/ships/day=2026-11-23/cluster=uid-of-prod/")


def test_twice_is_once(place: Storage) -> None:
    database = fleet()
    assert (written(place, database).new, written(place, database).there) == (4, 4)
    before = [each.path for each in place.files("")]
    database.add(TUESDAY, "lab", [SHIP] * 3)
    assert written(place, database).new == 1
    assert set(before) < {each.path for each in place.files("")}, "what is there stays as it is"
    assert seen(place) == whole(database)


def test_several_databases_go_into_one_lake(place: Storage) -> None:
    one, other = fleet(), fleet()
    other.moments = {f"{name}'": each for name, each in other.moments.items()}
    for name, each in other.moments.items():
        each.snapshot = type(each.snapshot)(**{**_fields(each.snapshot), "uuid": name})
    copied = next(iter(one.moments))
    other.moments[copied] = one.moments[copied]
    written(place, one)
    done = written(place, other)
    assert (done.new, done.there) == (4, 1)
    assert seen(place) == whole(one, other)


def _fields(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__slots__}


@pytest.mark.parametrize(("partition", "parts"), [("day,cluster", 3), ("day", 2)])
def test_a_compaction_leaves_one_file_of_each_partition(
    place: Storage, partition: str, parts: int
) -> None:
    database = fleet()
    written(place, database, partition)
    before = sorted(map(str, rows_in(place, told(place))))
    done = compacted(place)
    assert (done.partitions, done.removed) == (1, 6 if partition != "day" else 9)
    assert len(told(place)) == 3 * parts
    assert sorted(map(str, rows_in(place, told(place)))) == before
    data = place.files("tables")
    assert len(data) == 3 * parts, "what nobody reads any more is gone"
    again = compacted(place)
    assert (again.partitions, again.removed) == (0, 0)
    assert written(place, database).new == 0, "a compacted snapshot is known"


def test_old_files_stay_for_those_who_were_told_of_them(place: Storage) -> None:
    written(place, fleet())
    before = told(place)
    assert compacted(place, grace=3600).removed == 0
    assert seen(place) == whole(fleet())
    assert len(rows_in(place, before)) == len(rows_in(place, told(place)))
    assert compacted(place, grace=3600, later=3500).removed == 0
    assert compacted(place, grace=3600, later=3700).removed == 6
    assert seen(place) == whole(fleet())


Act = Callable[[Storage], object]


def _write_more(place: Storage) -> object:
    return written(place, _more())


def _more() -> Database:
    database = fleet()
    database.add(TUESDAY, "lab", [SHIP] * 3)
    return database


@pytest.mark.parametrize("act", [_write_more, compacted], ids=["write", "compact"])
def test_a_kill_at_any_point_loses_nothing_and_doubles_nothing(act: Act) -> None:
    """Killed before its first change, its second one, and so on, until it comes to its end."""
    kills = 0
    while True:
        place = bucket()
        written(place, fleet())
        watched = Watched(place, dying(kills))
        try:
            act(watched)
        except KilledError:
            assert not whole(fleet()) - seen(place), "a row is lost"
            assert not seen(place) - whole(_more()), "a row is there twice"
            act(place)
            expected = whole(_more() if act is _write_more else fleet())
            for relation in RELATIONS[1:]:
                found = seen(place, relation)
                assert found == (expected if relation == "ships" else Counter(list(expected)))
            compacted(place, later=100_000)
            assert {each.path for each in place.files("tables")} == {
                each["file"] for each in told(place)
            }, "what a killed run left is removed"
            kills += 1
            continue
        assert kills == watched.changes > 4
        return


def test_a_reader_sees_each_row_once_while_files_are_compacted(place: Storage) -> None:
    """Between any two changes, by the list of files; and by a list from before all of them."""
    written(place, fleet())
    before = told(place)
    looks = []

    def look(number: int) -> None:
        looks.append(number)
        assert seen(place) == whole(fleet())
        assert len(rows_in(place, before)) == 4 * 5

    compacted(Watched(place, look), grace=3600)
    assert len(looks) == 5
    assert seen(place) == whole(fleet())


def _compact(place: Storage) -> object:
    return compacted(place, grace=3600)


@pytest.mark.parametrize("first", [_write_more, _compact], ids=["write", "compact"])
@pytest.mark.parametrize("second", [_write_more, _compact], ids=["write", "compact"])
def test_two_at_once_where_there_is_no_lock(first: Act, second: Act) -> None:
    """The second one runs, whole, before the first one's first change, second change, and so on."""
    at = 0
    while True:
        place = bucket()
        written(place, fleet())

        def before(number: int, place: Storage = place, at: int = at) -> None:
            assert not seen(place) - whole(_more()), "a row is there twice"
            if number == at:
                second(place)

        watched = Watched(place, before)
        first(watched)
        wrote = _write_more in (first, second)
        assert seen(place) == whole(_more() if wrote else fleet())
        compacted(place, later=100_000)
        assert seen(place) == whole(_more() if wrote else fleet())
        at += 1
        if at >= watched.changes:
            return


def test_what_a_writer_has_not_committed_yet_is_not_removed() -> None:
    """By a compaction that gives readers no time, before each of the writer's changes."""
    place = bucket()
    written(place, fleet())
    written(Watched(place, lambda number: compacted(place) and None), _more())
    assert seen(place) == whole(_more())


def test_two_writers_of_a_folder_wait_for_each_other(tmp_path: Path) -> None:
    """With threads, whose order nobody decides: what is read in the end is the same."""
    from concurrent.futures import ThreadPoolExecutor

    databases = [fleet(), _more(), fleet()]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda each: written(folder(tmp_path), each), databases))
    assert seen(folder(tmp_path)) == whole(_more())


def test_compactions_that_overlap_are_told_and_repaired(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of snapshots a, b, c one holds a and b, the other b and c: no list says which counts."""
    from k8s_datamodel_parquet.lake import lakes
    from k8s_datamodel_parquet.lake.compacting import Compacted, _anew

    place, database = bucket(), Database()
    for _ in range(3):
        database.add(MONDAY, rows=[SHIP] * 3)
    written(place, database)
    lake = Lake.opened(place)
    a, b, c = lakes.counting(lake.commits(MONDAY))
    for some in ([a, b], [b, c]):
        _anew(lake, MONDAY, some, lake.kinds(), Compacted())
    with pytest.raises(DatamodelError, match="two compactions of 2026-11-23 ran at once"):
        lake.tell(MONDAY)
    assert seen(place) == whole(database), "the list from before still holds"
    compacted(place)
    assert seen(place) == whole(database)


def test_a_later_version_adds_columns_and_widens_them(place: Storage) -> None:
    old, new, older = Database(), Database([LATER]), Database()
    old.add(MONDAY, rows=[SHIP])
    new.add(TUESDAY, rows=[LATER_SHIP])
    older.add(TUESDAY, "lab", rows=[SHIP])
    for each in (old, new, older):
        written(place, each)
    kinds = Lake.opened(place).kinds()["ships"]
    ships = [each for each in told(place) if each["relation"] == "ships"]
    for each in ships:
        with place.opened(each["file"]) as file:
            import pyarrow.parquet as pq

            from k8s_datamodel_parquet.lake.kinds import TYPES

            assert all(field.type == TYPES[kinds[field.name]] for field in pq.read_schema(file))
    by_snapshot = {row["snapshot_id"]: row for row in rows_in(place, ships)}
    wide = {"tons": 5.0, "afloat": "true", "flags": '["a", "b, c"]'}
    for snapshot in (*old.moments, *older.moments):
        row = by_snapshot[snapshot]
        assert {name: row[name] for name in wide} == wide
        assert row.get("port") is None
    (latest,) = new.moments
    assert by_snapshot[latest]["tons"] == 7.25
    assert (by_snapshot[latest]["afloat"], by_snapshot[latest]["port"]) == ("half", "Oslo")
    assert json.loads(by_snapshot[latest]["flags"]) == {"a": 1}
    compacted(place)
    assert {
        row["snapshot_id"]: row["tons"]
        for row in rows_in(place, [each for each in told(place) if each["relation"] == "ships"])
    } == {**dict.fromkeys((*old.moments, *older.moments), 5.0), latest: 7.25}


def test_a_number_that_a_wider_column_cannot_hold_is_an_error(place: Storage) -> None:
    old, new = Database(), Database([LATER])
    old.add(MONDAY, rows=[{**SHIP, "tons": 2**53 + 1}])
    new.add(TUESDAY, rows=[LATER_SHIP])
    written(place, old)
    with pytest.raises(DatamodelError, match="tons: 9007199254740993 is too large"):
        written(place, new)
    assert seen(place) == Counter(list(old.moments)), "the lake stays as it was"


def test_what_may_hold_credentials_is_left_out(place: Storage) -> None:
    database = Database()
    kept = database.add(MONDAY)
    database.add(MONDAY, redaction="none")
    done = written(place, database)
    assert (done.new, done.unredacted) == (1, [2])
    assert seen(place) == Counter([kept.uuid])


def test_names_of_clusters_are_no_paths(tmp_path: Path) -> None:
    place, database = folder(tmp_path), Database()
    from k8s_datamodel.api import ClusterInfo

    name = "../prod/eu west:1=[*]%"
    database.add(MONDAY, about=ClusterInfo(name))
    written(place, database)
    (file,) = [each["file"] for each in told(place) if each["relation"] == "ships"]
    assert file.count("/") == 4
    path = tmp_path / "lake" / file
    query = f"SELECT DISTINCT cluster FROM read_parquet('{path}', hive_partitioning = true)"
    assert duckdb.sql(query).fetchall() == [(name,)]


def test_what_is_no_lake_is_told(tmp_path: Path) -> None:
    place = folder(tmp_path)
    with pytest.raises(UsageError, match="there is no lake"):
        Lake.opened(place)
    written(place, fleet())
    with pytest.raises(UsageError, match="is partitioned by day,cluster, which stays"):
        Lake.made(place, "day")
    commit = next(each for each in place.files("commits"))
    place.write(commit.path, b'{"name": 1}')
    with pytest.raises(DatamodelError, match=f"{commit.path}: is no commit of a lake"):
        written(place, fleet())
    place.write("lake.json", b'{"format": 2, "partition": []}')
    with pytest.raises(UsageError, match="the lake has format 2: a newer"):
        Lake.opened(place)
    place.write("lake.json", b"[]")
    with pytest.raises(DatamodelError, match=r"lake.json: does not say"):
        Lake.opened(place)


def test_places_that_nothing_opens_are_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing opens abacus://"), storage_at("abacus://x/lake"):
        pass
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written to"):  # noqa: SIM117
        with storage_at(str(tmp_path / "file" / "lake")) as storage:
            Lake.made(storage)
    with storage_at((tmp_path / "by-url").as_uri()) as storage:
        assert isinstance(storage, Folder)


def test_columns_of_types_make_room_for_the_lakes(place: Storage) -> None:
    from dataclasses import replace

    from k8s_datamodel.api import Column

    database = Database([replace(SHIPS, columns=(Column("name"), Column("cluster")))])
    database.add(MONDAY, rows=[{"name": "x", "cluster": "of ships"}])
    written(place, database)
    (row,) = rows_in(place, [each for each in told(place) if each["relation"] == "ships"])
    assert (row["cluster"], row["cluster_"]) == ("uid-of-prod", "of ships")

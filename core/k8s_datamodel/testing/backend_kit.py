"""What every storage backend must keep."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from k8s_datamodel.base.errors import (
    DatamodelError,
    SnapshotNotFoundError,
    StorageError,
    UnstorableError,
)
from k8s_datamodel.contracts.specs import StorageSpec
from k8s_datamodel.contracts.stores import SnapshotQuery, StorageRequest, Store
from k8s_datamodel.data.ledger import LedgerEntry
from k8s_datamodel.data.objects import Record
from k8s_datamodel.reading.copying import copy_snapshot, lacking
from k8s_datamodel.reading.holding import begin
from k8s_datamodel.testing import parts
from k8s_datamodel.testing.alone import alone, unloadable
from k8s_datamodel.testing.parts import LEDGER, PARTS, UNICODE, part, snapshot


class StorageBackendContract:
    """Tests of a storage backend, to subclass as ``Test<Something>``.

    A backend that is no file overrides ``url``, and gives each test a database of its own.

    Attributes:
        storage: what is tested.
    """

    storage: ClassVar[StorageSpec]

    def url(self, path: Path) -> str:
        """What ``--db-path`` says for a database at a path where there is nothing yet."""
        return f"{self.storage.scheme}:///{path}"

    @pytest.fixture(autouse=True)
    def _database(self, tmp_path: Path) -> Iterator[None]:
        self._path = tmp_path / "kit.db"
        self._opened: list[Store] = []
        yield
        for store in self._opened:
            store.close()

    def open(self, path: Path | None = None, *, create: bool = True) -> Store:
        """The test's database, or the one at a path; closed when the test ends."""
        factory = alone(self.storage).load_target(self.storage)
        store: Store = factory(StorageRequest(self.url(path or self._path), (PARTS,), create))
        self._opened.append(store)
        return store

    def test_description_is_valid(self) -> None:
        """The host accepts the backend, and it can be imported."""
        assert unloadable(self.storage) == []

    def test_round_trip(self) -> None:
        """Every column of every type comes back as it was, and so does the object."""
        given = part(7)
        assert _values(self._stored([given])) == [dict(given.values)]
        (row,) = self._stored([given], specs=True)
        assert _plain(row["spec"]) == _plain(given.spec)

    def test_types_of_values(self) -> None:
        """Booleans, numbers and texts keep their types; false and zero are not null."""
        given = part(0, polished=False, weight=0.0, used=0, internal="")
        (row,) = _values(self._stored([given]))
        assert row == dict(given.values)
        assert {name: type(row[name]) for name in ("polished", "size", "weight")} == {
            "polished": bool,
            "size": int,
            "weight": float,
        }

    def test_nulls(self) -> None:
        """Columns that a record leaves out, or has as None, are None."""
        bare = Record({"namespace": "shop", "name": "bare"}, part().spec)
        (row,) = _values(self._stored([bare]))
        assert row == parts.nothing()

    def test_unicode(self) -> None:
        """Any text comes back as it was: scripts, quotes, commas, lines."""
        lists = [UNICODE, "", "a,b", "back\\slash"]
        given = part(1, internal=UNICODE, colours=lists, labels={UNICODE: UNICODE})
        (row,) = self._stored([given], specs=True)
        assert _values([row]) == [dict(given.values)]
        assert row["spec"]["spec"]["text"] == UNICODE

    def test_specs_only_where_asked_for(self) -> None:
        """Objects are large: a listing does not read them."""
        assert all("spec" not in row for row in self._stored(parts.parts(2)))

    def test_paging(self) -> None:
        """Many records, written in parts, come back all, each once, in order of identity."""
        records = parts.parts(1203)
        store = self.open()
        with store.begin([PARTS]) as writer:
            for start in range(0, len(records), 100):
                writer.write(PARTS, records[start : start + 100][::-1])
            number = writer.commit(snapshot(counts={PARTS.name: 1203}), LEDGER)
        names = [row["name"] for row in store.records(number, PARTS.name, specs=False)]
        assert names == [record.values["name"] for record in records]

    def test_empty_database(self) -> None:
        """A new database has no snapshots, and nothing is wrong with it."""
        store = self.open()
        assert list(store.snapshots()) == []
        assert store.stats().snapshots == 0
        assert store.stats().first is None
        assert list(store.verify()) == []
        with pytest.raises(SnapshotNotFoundError):
            store.snapshot(1)

    def test_empty_snapshot(self) -> None:
        """A snapshot without records is one."""
        store = self.open()
        number = self._store(store, [])
        assert [each.id for each in store.snapshots()] == [number]
        assert list(store.records(number, PARTS.name, specs=True)) == []

    def test_missing_database_is_not_made(self) -> None:
        """Without ``create`` a missing database is an error for the user."""
        with pytest.raises(StorageError):
            self.open(create=False)

    def test_what_is_stored_lasts(self) -> None:
        """Another opening of the database finds the snapshot and the same redaction key."""
        first = self.open()
        key = first.redaction_key
        number = self._store(first, parts.parts(3))
        again = self.open(create=False)
        assert len(list(again.records(number, PARTS.name, specs=True))) == 3
        assert key
        assert again.redaction_key == key

    def test_snapshot_comes_back(self) -> None:
        """Everything a snapshot says of itself, unknown counts as well."""
        given = snapshot(
            counts={PARTS.name: None},
            namespace_filter="shop",
            notes=UNICODE,
            complete=False,
            uuid=str(uuid.uuid4()),
        )
        store = self.open()
        with store.begin([PARTS]) as writer:
            number = writer.commit(given, LEDGER)
        found = self.open().snapshot(number)
        names = ("timestamp", "cluster", "namespace_filter", "notes", "complete", "redaction")
        for name in (*names, "seconds", "uuid"):
            assert getattr(found, name) == getattr(given, name), name
        assert found.counts[PARTS.name] is None
        assert found.id == number
        assert found.created_at

    def test_ledger_comes_back(self) -> None:
        """What was read, and how it ended."""
        store = self.open()
        number = self._store(store, [])
        assert sorted(store.ledger(number), key=repr) == sorted(LEDGER, key=repr)

    def test_types(self) -> None:
        """What is stored can be read when its plugin is gone: the database knows the type."""
        self._store(self.open(), parts.parts(1))
        (found,) = [each for each in self.open(create=False).types() if each.name == PARTS.name]
        assert found.columns == PARTS.columns
        assert found.identity == PARTS.identity

    def test_copy(self) -> None:
        """A snapshot copied into another database is the same there; copied twice, it is once."""
        source, target = self.open(), self.open(self._path.with_name("other.db"))
        self._store(target, parts.parts(1))
        number = self._store(source, parts.parts(203), notes=UNICODE, redaction="salt-of-source")
        self._copy(source, target)
        self._copy(source, target)
        (copy,) = [each for each in target.snapshots() if each.notes == UNICODE]
        original = source.snapshot(number)
        assert replace(copy, id=0, counts={}) == replace(original, id=0, counts={})
        assert copy.counts[PARTS.name] == 203
        assert list(target.ledger(copy.id)) == list(source.ledger(number))
        rows = [
            _values(list(s.records(n, PARTS.name, specs=False)))
            for s, n in ((source, number), (target, copy.id))
        ]
        assert rows[0] == rows[1]
        (spec, *_) = (row["spec"] for row in target.records(copy.id, PARTS.name, specs=True))
        assert _plain(spec) == _plain(part(0).spec)
        assert list(target.verify()) == []

    def test_what_cannot_be_held_is_left_out(self) -> None:
        """A type, or a record, that the database cannot hold is said; the others are stored."""
        store = self.open()
        try:
            number, left_out = self._store_odd(store)
        except UnstorableError:  # of a backend that leaves nothing out
            assert list(store.snapshots()) == []
            return
        names = [row["name"] for row in store.records(number, PARTS.name, specs=True)]
        missing = [entry for entry in left_out if entry.resource_type == PARTS.name]
        assert len(names) == 4 - len(missing)
        assert all(entry.outcome.status == "failed" for entry in left_out)
        assert all(entry.outcome.reason for entry in left_out)
        assert list(store.verify()) == []

    def test_uncommitted_is_invisible(self) -> None:
        """Nobody sees a snapshot before it is committed, and nothing of one that gave up."""
        store, other = self.open(), self.open()
        with store.begin([PARTS]) as writer:
            writer.write(PARTS, parts.parts(3))
            assert list(other.snapshots()) == []
        assert list(store.snapshots()) == []
        assert list(self.open().snapshots()) == []
        assert list(store.verify()) == []

    def test_failed_writing_leaves_nothing(self) -> None:
        """An error while collecting leaves the snapshots that were there, whole."""
        store = self.open()
        before = self._store(store, parts.parts(2))
        with pytest.raises(ZeroDivisionError):
            self._fail_while_writing(store)
        assert [each.id for each in store.snapshots()] == [before]
        assert len(list(store.records(before, PARTS.name, specs=True))) == 2

    def test_snapshots_are_apart(self) -> None:
        """A later snapshot changes nothing in an earlier one."""
        store = self.open()
        first = self._store(store, [part(1, internal="old", used=1)])
        second = self._store(store, [part(1, internal="new", used=2)])
        assert self._column(store, first, "internal") == ["old"]
        assert self._column(store, second, "internal") == ["new"]
        assert self._column(store, first, "used") == [1]

    def test_order_of_snapshots(self) -> None:
        """Copied ones stand where their time puts them; a limit leaves the newest."""
        store = self.open()
        copied = {"created_at": "2024-05-02 00:00:00"}
        late = self._store(store, [], timestamp="2024-05-01 00:00:00", **copied)
        early = self._store(store, [], timestamp="2024-04-01 00:00:00", **copied)
        assert [each.id for each in store.snapshots()] == [early, late]
        assert [each.id for each in store.snapshots(SnapshotQuery(limit=1))] == [late]

    def test_what_is_stored_is_the_latest(self) -> None:
        """A clock that was ahead once does not stay the latest; nor do its copies."""
        store = self.open()
        ahead = self._store(store, [], timestamp="2999-01-01 00:00:00")
        now = self._store(store, [], timestamp="2024-04-02 00:00:00")
        assert [each.id for each in store.snapshots()] == [ahead, now]
        copied = {"created_at": "2024-05-02 00:00:00"}
        early = self._store(store, [], timestamp="2024-04-01 00:00:00", **copied)
        again = self._store(store, [], timestamp="2024-04-03 00:00:00")
        assert [each.id for each in self.open().snapshots()] == [early, ahead, now, again]
        assert [each.id for each in store.snapshots(SnapshotQuery(limit=1))] == [again]
        later = store.snapshots(SnapshotQuery(later_than="2024-04-03 00:00:00"))
        assert ahead in [each.id for each in later]

    def test_snapshots_of_one_cluster(self) -> None:
        """A query for a cluster finds its snapshots only."""
        store = self.open()
        self._store(store, [])
        assert len(store.snapshots(SnapshotQuery(cluster_context="kit"))) == 1
        assert list(store.snapshots(SnapshotQuery(cluster_context="other"))) == []

    def test_delete(self) -> None:
        """A deleted snapshot is gone, the others are whole, and one that is not there is none."""
        store = self.open()
        gone, kept = self._store(store, parts.parts(3)), self._store(store, parts.parts(2))
        assert store.delete([gone]) == 1
        assert [each.id for each in store.snapshots()] == [kept]
        assert len(list(store.records(kept, PARTS.name, specs=True))) == 2
        assert store.stats().records[PARTS.name] == 2
        with pytest.raises(SnapshotNotFoundError):
            store.snapshot(gone)
        assert store.delete([gone]) == 0
        assert list(store.verify()) == []

    def test_ids_are_never_used_twice(self) -> None:
        """Not even after the newest, or all, were deleted."""
        store = self.open()
        first, second = self._store(store, []), self._store(store, [])
        store.delete([second])
        third = self._store(store, [])
        store.delete([first, third])
        assert first < second < third < self._store(self.open(), [])

    def test_two_writers(self) -> None:
        """Two that store at the same time both succeed, and neither has rows of the other."""
        self.open()
        together = threading.Barrier(2, timeout=60)
        stores = [self.open(), self.open()]
        numbers: dict[int, int] = {}
        faults: list[Exception] = []
        threads = [
            threading.Thread(target=self._write, args=(stores[n], n, together, numbers, faults))
            for n in range(2)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert faults == []
        assert len(set(numbers.values())) == 2
        for turn, number in numbers.items():
            assert self._column(stores[0], number, "internal") == [f"writer {turn}"] * 300
        assert list(stores[0].verify()) == []

    def test_stats_add_up(self) -> None:
        """Counts are those of the snapshots, and the parts of the size are all of it."""
        store = self.open()
        self._store(store, parts.parts(3), timestamp="2024-03-01 00:00:00")
        self._store(store, parts.parts(4), timestamp="2024-03-02 00:00:00")
        stats = store.stats()
        assert (stats.snapshots, dict(stats.clusters)) == (2, {"kit": 2})
        assert stats.records[PARTS.name] == 7
        assert (stats.first, stats.last) == ("2024-03-01 00:00:00", "2024-03-02 00:00:00")
        assert sum(stats.storage.values()) == stats.size
        assert stats.size > 0

    def test_verify_is_clean(self) -> None:
        """Nothing is wrong with what was just written."""
        store = self.open()
        self._store(store, parts.parts(5))
        assert list(store.verify()) == []

    def test_known_objects(self) -> None:
        """Only the same version with the same redaction is known; knowing nothing is allowed."""
        store = self.open()
        given = part(1)
        self._store(store, [given])
        uid = given.spec["metadata"]["uid"]
        assert self._known(store, "another", {uid: "2"}) == {}
        assert self._known(store, "kit-salt", {uid: "changed", "new": "2"}) == {}
        found = self._known(store, "kit-salt", {uid: "2"})
        assert found in ({}, {uid: given.spec})

    def test_backup(self, tmp_path: Path) -> None:
        """A copy opens and holds the same; a backend that makes none says so."""
        store = self.open()
        number = self._store(store, parts.parts(3))
        copy = tmp_path / "copy.db"
        try:
            store.backup(copy)
        except DatamodelError:
            return
        assert self._column(self.open(copy, create=False), number, "size") == [0, 1, 2]

    def test_restore(self, tmp_path: Path) -> None:
        """A backup is the database again, also where none is left; it stays as it is."""
        if not self.storage.restore:
            return
        store = self.open()
        number = self._store(store, parts.parts(3))
        copy = tmp_path / "copy.db"
        store.backup(copy)
        self._store(store, parts.parts(1))
        restore = alone(self.storage).load_named(self.storage, "restore")
        for place in (self._path, self._path.with_name("new.db")):
            restore(StorageRequest(self.url(place), (PARTS,), create=True), copy)
            again = self.open(place, create=False)
            assert [each.id for each in again.snapshots()] == [number]
            assert self._column(again, number, "size") == [0, 1, 2]
            assert list(again.verify()) == []
        with pytest.raises(DatamodelError):
            restore(StorageRequest(self.url(self._path), (PARTS,), create=True), self._path)
        assert [each.id for each in self.open(create=False).snapshots()] == [number]

    def _store(self, store: Store, records: Sequence[Record], **changes: Any) -> int:
        """Store one snapshot; its number."""
        counts = {PARTS.name: len(records)}
        changes.setdefault("uuid", str(uuid.uuid4()))
        with store.begin([PARTS]) as writer:
            writer.write(PARTS, records)
            return writer.commit(snapshot(counts=counts, **changes), LEDGER)

    def _store_odd(self, store: Store) -> tuple[int, Sequence[LedgerEntry]]:
        """Store, as the host does, what many databases cannot hold beside what all can."""
        writer, unheld = begin(store, [PARTS, parts.wide()])
        with writer:
            writer.write(PARTS, [*parts.parts(3), parts.endless()])
            left_out = [*unheld, *getattr(writer, "finish", tuple)()]
            counts = {PARTS.name: None if left_out else 4}
            said = snapshot(counts=counts, complete=not left_out, uuid=str(uuid.uuid4()))
            return writer.commit(said, [*LEDGER, *left_out]), left_out

    def _copy(self, source: Store, target: Store) -> None:
        for each in lacking(source.snapshots(), target):
            copy_snapshot(source, target, each)

    def _fail_while_writing(self, store: Store) -> None:
        with store.begin([PARTS]) as writer:
            writer.write(PARTS, parts.parts(3))
            raise ZeroDivisionError

    def _stored(self, records: Sequence[Record], *, specs: bool = False) -> list[Mapping[str, Any]]:
        """The rows after records were stored and read by another opening."""
        number = self._store(self.open(), records)
        return list(self.open(create=False).records(number, PARTS.name, specs=specs))

    def _column(self, store: Store, number: int, name: str) -> list[Any]:
        return [row[name] for row in store.records(number, PARTS.name, specs=False)]

    def _known(self, store: Store, redaction: str, versions: dict[str, str]) -> dict[str, Any]:
        known = store.known(parts.CLUSTER, redaction)
        return {} if known is None else dict(known.find(parts.RESOURCE, versions))

    def _write(
        self,
        store: Store,
        turn: int,
        together: threading.Barrier,
        numbers: dict[int, int],
        faults: list[Exception],
    ) -> None:
        records = [part(number, internal=f"writer {turn}") for number in range(300)]
        together.wait()
        try:
            with store.begin([PARTS]) as writer:
                for start in range(0, 300, 100):
                    writer.write(PARTS, records[start : start + 100])
                numbers[turn] = writer.commit(snapshot(counts={PARTS.name: 300}), LEDGER)
        except Exception as fault:
            faults.append(fault)


def _values(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows without what a backend may add to the columns."""
    names = [column.name for column in PARTS.columns]
    return [{name: row[name] for name in names} for row in rows]


def _plain(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The object without its resourceVersion, which need not be kept."""
    metadata = {key: v for key, v in spec["metadata"].items() if key != "resourceVersion"}
    return {**spec, "metadata": metadata}

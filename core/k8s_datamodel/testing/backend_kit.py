"""Tests for every storage backend."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from k8s_datamodel.base.errors import SnapshotNotFoundError, StorageError, UnstorableError
from k8s_datamodel.contracts.stores import AbleStore, SnapshotQuery
from k8s_datamodel.data.ledger import LedgerEntry
from k8s_datamodel.data.objects import Record
from k8s_datamodel.reading.storing import begin
from k8s_datamodel.testing import parts
from k8s_datamodel.testing.alone import unloadable
from k8s_datamodel.testing.backend_base import numbers, plain, values
from k8s_datamodel.testing.capability_kit import CapabilityTests
from k8s_datamodel.testing.parts import LEDGER, OWNED, PARTS, UNICODE, part, snapshot


class StorageBackendContract(CapabilityTests):
    """Tests of a storage backend, to subclass as ``Test<Something>``.

    A backend that is no file overrides ``url``, and gives each test a database of its own. Tests
    of a capability run where ``storage.can`` declares it.

    Attributes:
        storage: what is tested.
    """

    def test_description_is_valid(self) -> None:
        """The host accepts the backend, and it can be imported."""
        assert unloadable(self.storage) == []

    def test_round_trip(self) -> None:
        """Every column of every type comes back as it was, and so does the object."""
        given = part(7)
        assert values(self._stored([given])) == [dict(given.values)]
        (row,) = self._stored([given], objects=True)
        assert plain(row["spec"]) == plain(given.spec)

    def test_types_of_values(self) -> None:
        """Booleans, numbers and texts keep their types; false and zero are not null."""
        given = part(0, polished=False, weight=0.0, used=0, internal="")
        (row,) = values(self._stored([given]))
        assert row == dict(given.values)
        assert {name: type(row[name]) for name in ("polished", "size", "weight")} == {
            "polished": bool,
            "size": int,
            "weight": float,
        }

    def test_nulls(self) -> None:
        """Columns that a record leaves out, or has as None, are None."""
        bare = Record({"namespace": "shop", "name": "bare"}, part().spec)
        (row,) = values(self._stored([bare]))
        assert row == parts.nothing()

    def test_unicode(self) -> None:
        """Any text comes back as it was: scripts, quotes, commas, lines."""
        lists = [UNICODE, "", "a,b", "back\\slash"]
        given = part(1, internal=UNICODE, colours=lists, labels={UNICODE: UNICODE})
        (row,) = self._stored([given], objects=True)
        assert values([row]) == [dict(given.values)]
        assert row["spec"]["spec"]["text"] == UNICODE

    def test_specs_only_where_asked_for(self) -> None:
        """Objects are large: a listing does not read them."""
        assert all("spec" not in row for row in self._stored(parts.parts(2)))

    def test_paging(self) -> None:
        """Many records, written in parts, come back all, each once, in order of identity."""
        records = parts.parts(1203)
        store = self.open()
        names = self._column(store, self._store(store, records), "name")
        assert names == [record.values["name"] for record in records]

    def test_empty_database(self) -> None:
        """A new database has no snapshots, and a snapshot without records is one."""
        store = self.open()
        assert numbers(store) == []
        with pytest.raises(SnapshotNotFoundError):
            store.snapshot(1)
        number = self._store(store, [])
        assert numbers(store) == [number]
        assert self._rows(store, number) == []

    def test_missing_database_is_not_made(self) -> None:
        """Without ``create`` a missing database is an error for the user."""
        with pytest.raises(StorageError):
            self.open(create=False)

    def test_what_is_stored_lasts(self) -> None:
        """Another opening of the database finds the snapshot."""
        number = self._store(self.open(), parts.parts(3))
        assert len(self._rows(self.open(create=False), number)) == 3

    def test_snapshot_comes_back(self) -> None:
        """Everything a snapshot says of itself, unknown counts as well."""
        given: dict[str, Any] = {
            "counts": {PARTS.name: None},
            "namespace_filter": "shop",
            "notes": UNICODE,
            "complete": False,
            "uuid": str(uuid.uuid4()),
        }
        number = self._store(self.open(), [], **given)
        found = self.open().snapshot(number)
        assert found.counts[PARTS.name] is None
        assert found.created_at
        same = replace(found, id=0, counts=given["counts"], created_at="", digest="")
        assert same == snapshot(**given)

    def test_ledger_comes_back(self) -> None:
        """What was read, and how it ended."""
        store = self.open()
        number = self._store(store, [])
        assert sorted(store.ledger(number), key=repr) == sorted(LEDGER, key=repr)

    def test_what_cannot_be_held_is_left_out(self) -> None:
        """A type, or a record, that the database cannot hold is said; the others are stored."""
        store = self.open()
        try:
            number, left_out = self._store_odd(store)
        except UnstorableError:  # of a backend that leaves nothing out
            assert numbers(store) == []
            return
        names = [row["name"] for row in self._rows(store, number)]
        missing = [entry for entry in left_out if entry.resource_type == PARTS.name]
        assert len(names) == 4 - len(missing)
        assert all(each.outcome.status == "failed" and each.outcome.reason for each in left_out)
        self._insist_on_well(store)

    def test_deferred_columns(self) -> None:
        """A writer with ``amend`` completes records, also of an earlier part, and only these.

        Without it they stay as they were written.
        """
        store = self.open()
        given = [part(number, owners_reason="not yet") for number in range(203)]
        identities = [tuple(each.values[name] for name in OWNED.identity) for each in given]
        known = {each: {"owners": [each[1], "b,c"], "owners_reason": None} for each in identities}
        del known[identities[1]]
        known |= {identities[2]: {}, identities[3]: {"owners": []}}
        with store.begin([OWNED]) as writer:
            for start in (100, 0, 200):
                writer.write(OWNED, given[start : start + 100])
            amend = getattr(writer, "amend", None)
            if amend:
                amend(OWNED, known)
            getattr(writer, "finish", tuple)()
            number = writer.commit(snapshot(counts={OWNED.name: 203}), LEDGER)
        rows = list(self.open().records(number, OWNED.name, objects=False))
        completed = known if amend else {}
        expected = [
            {**each.values, "owners": None, **completed.get(identity, {})}
            for identity, each in zip(identities, given, strict=True)
        ]
        names = [column.name for column in OWNED.columns]
        assert [{name: row[name] for name in names} for row in rows] == expected
        self._insist_on_well(store)

    def test_uncommitted_is_invisible(self) -> None:
        """Nobody sees a snapshot before it is committed, and nothing of one that gave up."""
        store, other = self.open(), self.open()
        with store.begin([PARTS]) as writer:
            writer.write(PARTS, parts.parts(3))
            assert numbers(other) == []
        assert numbers(store) == []
        assert numbers(self.open()) == []
        self._insist_on_well(store)

    def test_failed_writing_leaves_nothing(self) -> None:
        """An error while collecting leaves the snapshots that were there, whole."""
        store = self.open()
        before = self._store(store, parts.parts(2))
        with pytest.raises(ZeroDivisionError):
            self._fail_while_writing(store)
        assert numbers(store) == [before]
        assert len(self._rows(store, before)) == 2

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
        assert numbers(store) == [early, late]
        assert [each.id for each in store.snapshots(SnapshotQuery(limit=1))] == [late]

    def test_what_is_stored_is_the_latest(self) -> None:
        """A clock that was ahead once does not stay the latest; nor do its copies."""
        store = self.open()
        ahead = self._store(store, [], timestamp="2999-01-01 00:00:00")
        now = self._store(store, [], timestamp="2024-04-02 00:00:00")
        assert numbers(store) == [ahead, now]
        copied = {"created_at": "2024-05-02 00:00:00"}
        early = self._store(store, [], timestamp="2024-04-01 00:00:00", **copied)
        again = self._store(store, [], timestamp="2024-04-03 00:00:00")
        assert numbers(self.open()) == [early, ahead, now, again]
        assert [each.id for each in store.snapshots(SnapshotQuery(limit=1))] == [again]
        later = store.snapshots(SnapshotQuery(later_than="2024-04-03 00:00:00"))
        assert ahead in [each.id for each in later]

    def test_snapshots_of_one_cluster(self) -> None:
        """A query for a cluster finds its snapshots only."""
        store = self.open()
        self._store(store, [])
        assert len(store.snapshots(SnapshotQuery(cluster_context="kit"))) == 1
        assert list(store.snapshots(SnapshotQuery(cluster_context="other"))) == []
        assert len(store.snapshots(SnapshotQuery(other_than="other"))) == 1

    def test_two_writers(self) -> None:
        """Two that store at the same time both succeed, and neither has rows of the other."""
        stores = [self.open(), self.open()]
        together = threading.Barrier(2, timeout=60)

        def write(turn: int) -> int:
            records = [part(number, internal=f"writer {turn}") for number in range(300)]
            together.wait()
            return self._store(stores[turn], records)

        with ThreadPoolExecutor(2) as pool:
            stored = list(pool.map(write, range(2)))
        assert len(set(stored)) == 2
        for turn, number in enumerate(stored):
            assert self._column(stores[0], number, "internal") == [f"writer {turn}"] * 300
        self._insist_on_well(stores[0])

    def _store_odd(self, store: AbleStore) -> tuple[int, Sequence[LedgerEntry]]:
        """Store, as the host does, what many databases cannot hold beside what all can."""
        writer, unheld = begin(store, [PARTS, parts.wide()])
        with writer:
            writer.write(PARTS, [*parts.parts(3), parts.endless()])
            left_out = [*unheld, *getattr(writer, "finish", tuple)()]
            counts = {PARTS.name: None if left_out else 4}
            said = snapshot(counts=counts, complete=not left_out, uuid=str(uuid.uuid4()))
            return writer.commit(said, [*LEDGER, *left_out]), left_out

    def _fail_while_writing(self, store: AbleStore) -> None:
        with store.begin([PARTS]) as writer:
            writer.write(PARTS, parts.parts(3))
            raise ZeroDivisionError

    def _stored(
        self, records: Sequence[Record], *, objects: bool = False
    ) -> list[Mapping[str, Any]]:
        """The rows after records were stored and read by another opening."""
        number = self._store(self.open(), records)
        return list(self.open(create=False).records(number, PARTS.name, objects=objects))

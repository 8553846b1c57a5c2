"""Tests for each capability that a storage backend declares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from k8s_datamodel.base.errors import DatamodelError, SnapshotNotFoundError, UsageError
from k8s_datamodel.contracts.stores import AbleStore
from k8s_datamodel.data.fingerprints import ListFingerprint, UnchangedList
from k8s_datamodel.data.objects import Record
from k8s_datamodel.reading.copying import copy_snapshot, lacking
from k8s_datamodel.testing import parts
from k8s_datamodel.testing.alone import alone
from k8s_datamodel.testing.backend_base import BackendTests, needs, numbers, plain, values
from k8s_datamodel.testing.parts import PARTS, UNICODE, part

_DEFINITION = "uid-of-a-crd/1"


class CapabilityTests(BackendTests):
    """Tests that run where ``storage`` declares what they need."""

    @needs("delete")
    def test_delete(self) -> None:
        """A deleted snapshot is gone, the others are whole, and one that is not there is none."""
        store = self.open()
        gone, kept = self._store(store, parts.parts(3)), self._store(store, parts.parts(2))
        assert store.delete([gone]) == 1
        assert numbers(store) == [kept]
        assert len(self._rows(store, kept)) == 2
        with pytest.raises(SnapshotNotFoundError):
            store.snapshot(gone)
        assert store.delete([gone]) == 0
        self._insist_on_well(store)

    @needs("delete")
    def test_ids_are_never_used_twice(self) -> None:
        """Not even after the newest, or all, were deleted."""
        store = self.open()
        first, second = self._store(store, []), self._store(store, [])
        store.delete([second])
        third = self._store(store, [])
        store.delete([first, third])
        assert first < second < third < self._store(self.open(), [])

    @needs("stats")
    def test_stats_add_up(self) -> None:
        """Counts are those of the snapshots, and the parts of the size are all of it."""
        store = self.open()
        assert (store.stats().snapshots, store.stats().first) == (0, None)
        self._store(store, parts.parts(3), timestamp="2024-03-01 00:00:00")
        self._store(store, parts.parts(4), timestamp="2024-03-02 00:00:00")
        stats = store.stats()
        assert (stats.snapshots, dict(stats.clusters)) == (2, {"kit": 2})
        assert stats.records[PARTS.name] == 7
        assert (stats.first, stats.last) == ("2024-03-01 00:00:00", "2024-03-02 00:00:00")
        assert sum(stats.storage.values()) == stats.size
        assert stats.size > 0

    @needs("space")
    def test_space(self) -> None:
        """What removals give back adds up, never falls, and is no more than what is in use."""
        store = self.open()
        numbers = [self._store(store, parts.parts(each)) for each in (3, 30, 30)]
        space = store.space([*numbers[1:], numbers[0] + 999])
        assert list(space.freed) == sorted(space.freed)
        assert (len(space.freed), space.pending) == (3, False)
        assert 0 <= space.freed[0] <= space.freed[-1] <= space.used
        assert list(store.space().freed) == []
        if "delete" in self.storage.can:
            store.delete(numbers[1:])
            assert store.space().used <= space.used

    @needs("verify")
    def test_verify_is_clean(self) -> None:
        """Nothing is wrong with an empty database, nor with what was just written."""
        store = self.open()
        self._insist_on_well(store)
        self._store(store, parts.parts(5))
        self._insist_on_well(store)

    @needs("query")
    def test_what_is_no_query(self) -> None:
        """It is refused, and the database is as it was."""
        store = self.open()
        self._store(store, parts.parts(2))
        for text in ("", "this is no query?"):
            with pytest.raises(UsageError), store.query(text, {}, 60):
                pass
        assert len(self._rows(store, 1)) == 2

    @needs("reusable")
    def test_known_objects(self) -> None:
        """Only the same version with the same redaction is known; knowing nothing is allowed."""
        store = self.open()
        given = part(1)
        self._store(store, [given])
        uid = given.spec["metadata"]["uid"]
        assert self._known(store, "another", {uid: "2"}) == {}
        assert self._known(store, "kit-salt", {uid: "changed", "new": "2"}) == {}
        assert self._known(store, "kit-salt", {uid: "2"}) in ({}, {uid: given.spec})

    @needs("reusable")
    def test_unchanged_lists(self) -> None:
        """A list that is kept whole has the records that it had; keeping none is allowed."""
        store = self.open()
        given = parts.parts(3)
        before = self._with_list(store, given)
        find = getattr(store.reusable(parts.CLUSTER, "kit-salt"), "unchanged_list", None)
        if find is None:
            return
        assert find(PARTS.name, parts.RESOURCE, "another definition") is None
        known = find(PARTS.name, parts.RESOURCE, _DEFINITION)
        if known is None:
            return
        assert (known.fingerprint, known.number, known.note) == (_state(given), 3, UNICODE)
        assert self._with_list(store, known) == before
        self._insist_on_well(store)

    def _with_list(self, store: AbleStore, given: Sequence[Record] | UnchangedList) -> list[Any]:
        """Store a snapshot of one list; its rows, without their numbers."""
        with store.begin([PARTS]) as begun:
            writer: Any = begun  # each of these methods may be missing
            if hasattr(writer, "note_definition"):
                writer.note_definition(parts.RESOURCE, _DEFINITION)
            if hasattr(writer, "note_list"):
                writer.note_list(PARTS, parts.RESOURCE, UNICODE)
            if isinstance(given, UnchangedList):
                writer.keep(PARTS, given)
            else:
                writer.write(PARTS, given)
            number = writer.commit(parts.snapshot(counts={PARTS.name: 3}), parts.LEDGER)
        rows = store.records(number, PARTS.name, objects=True)
        return [{name: row[name] for name in row if name != "id"} for row in rows]

    def _known(self, store: AbleStore, redaction: str, versions: dict[str, str]) -> dict[str, Any]:
        reusable = store.reusable(parts.CLUSTER, redaction)
        return {} if reusable is None else dict(reusable.find(parts.RESOURCE, versions))

    @needs("baselines")
    def test_baselines(self) -> None:
        """A name is of one snapshot, moves, lasts, and keeps its snapshot from being deleted."""
        store = self.open()
        first, second = self._store(store, parts.parts(2)), self._store(store, [])
        assert dict(store.baselines()) == {}
        assert store.set_baseline("gold", second) is None
        assert store.set_baseline("gold", first) == second
        store.set_baseline("silver", first)
        assert dict(self.open().baselines()) == {"gold": first, "silver": first}
        with pytest.raises(SnapshotNotFoundError):
            store.set_baseline("gold", second + 1)
        if "delete" in self.storage.can:
            assert store.delete([first, second]) == 1
            assert numbers(store) == [first]
            assert len(self._rows(store, first)) == 2
        self._insist_on_well(store)
        assert store.unset_baseline("gold")
        assert not store.unset_baseline("gold")
        assert dict(store.baselines()) == {"silver": first}

    @needs("note")
    def test_note(self) -> None:
        """Words replace those that are there, or are added; they are no part of the digest."""
        store = self.open()
        number = self._store(store, parts.parts(1), notes="before")
        digest = store.snapshot(number).digest
        store.note(number, UNICODE)
        assert store.snapshot(number).notes == UNICODE
        store.note(number, "more", append=True)
        notes = self.open().snapshot(number).notes or ""
        assert notes.startswith(UNICODE)
        assert notes.endswith("more")
        assert store.snapshot(number).digest == digest
        self._insist_on_well(store)
        with pytest.raises(SnapshotNotFoundError):
            store.note(number + 1, "nothing")

    @needs("beside")
    def test_what_is_beside(self) -> None:
        """It comes back in the order of the records, and is no part of them; so do the stamps."""
        store = self.open()
        beside = {"field_managers": [["v1", "kit", "Apply", ""]], "more": {UNICODE: [1, None]}}
        given = [part(2), Record(part(1).values, part(1).spec, beside)]
        kept = {"stamps": {PARTS.name: "kit"}, "redaction_rules": 7}
        number = self._store(store, given, **kept)
        assert list(store.beside(number, PARTS.name)) == [beside, {}]
        if hasattr(store, "digests"):
            keys = [each.key for each in store.digests(number, PARTS.name)]
            chosen = store.beside(number, PARTS.name, only=[keys[1], keys[0], keys[1]])
            assert list(chosen) == [{}, beside, {}]
            assert list(store.beside(number, PARTS.name, only=[])) == []
        plainly = self._store(store, parts.parts(3)[1:])
        assert self._rows(store, number)[0].keys() == self._rows(store, plainly)[0].keys()
        assert list(store.beside(plainly, PARTS.name)) == [{}, {}]
        found = self.open().snapshot(number)
        assert (found.stamps, found.redaction_rules) == (kept["stamps"], 7)
        assert store.snapshot(plainly).redaction_rules is None
        with pytest.raises(SnapshotNotFoundError):
            next(store.beside(plainly + 1, PARTS.name), None)
        self._insist_on_well(store)

    @needs("digests")
    def test_digests_are_in_order(self) -> None:
        """By code point, null before the empty text, whatever order the database has itself."""
        texts = (None, "", "Z", "a", "a b", "a-b", "a.b", "Ä", "ß", "\uffee", "\U0001d11e")
        named = [(namespace, name) for namespace in texts for name in texts[1:]]
        store = self.open()
        records = [part(7, namespace=each[0], name=each[1]) for each in named]
        number = self._store(store, records)
        found = list(store.digests(number, PARTS.name))
        assert [each.identity for each in found] == named
        turned = [(name, namespace) for name in texts[1:] for namespace in texts]
        swapped = store.digests(number, PARTS.name, ("name", "namespace"))
        assert [each.identity for each in swapped] == turned
        with pytest.raises(SnapshotNotFoundError):
            next(store.digests(number + 1, PARTS.name), None)
        assert list(store.digests(number, "kit_unheard_of")) == []

    @needs("digests")
    def test_digests_tell_what_is_equal(self) -> None:
        """Object, columns and state apart, in one database and in two of a kind."""
        store, other = self.open(), self.open(self._path.with_name("other.db"))
        before = self._digests(store, [part(1), part(2), part(3), part(4), part(5)])
        again = self._digests(other, [part(1), part(2), part(3), part(4), part(5)])
        changed = Record(part(2).values, {**part(2).spec, "spec": {"size": 99}})
        resized = Record({**part(3).values, "size": 99}, part(3).spec)
        after = self._digests(
            store, [part(1), changed, resized, part(4, used=99), part(5, used=None)]
        )
        assert before == again
        same = [
            tuple(old == new for old, new in zip(*pair, strict=True))
            for pair in zip(before, after, strict=True)
        ]
        assert same[0] == (True, True, True)
        assert same[1][:2] == (False, False)
        assert same[2] == (True, False, True)
        assert same[3] == (True, True, False)
        assert same[4] == (True, True, False)
        assert after[4][2] == b""

    def _digests(self, store: AbleStore, records: list[Record]) -> list[tuple[bytes, ...]]:
        number = self._store(store, records)
        found = store.digests(number, PARTS.name)
        return [(each.content, each.columns, each.state) for each in found]

    @needs("digests")
    def test_only_some_records(self) -> None:
        """The rows of some keys, in their order, and none besides."""
        store = self.open()
        number = self._store(store, parts.parts(1203))
        keys = {each.identity[1]: each.key for each in store.digests(number, PARTS.name)}
        wanted = [f"part-{each:05}" for each in (1202, 3, 700, 0)]
        only = [keys[each] for each in wanted]
        rows = list(store.records(number, PARTS.name, objects=True, only=only))
        assert [row["name"] for row in rows] == wanted
        assert plain(rows[1]["spec"]) == plain(part(3).spec)
        assert list(store.records(number, PARTS.name, objects=False, only=[])) == []

    @needs("differing", "digests")
    def test_differing_records(self) -> None:
        """Those whose columns or state another snapshot has not, in order, and no others."""
        store = self.open()
        changed = Record(part(2).values, {**part(2).spec, "spec": {"size": 99}})
        unused = part(4, used=None)
        old = self._store(store, [part(1), part(2), part(3, used=7), unused, part(5)])
        new = self._store(store, [part(1), changed, part(3, used=8), unused, part(6)])
        same = self._store(store, [part(1), part(2), part(3, used=7), unused, part(5)])
        for one, other, only in ((old, new, (2, 3, 5)), (new, old, (2, 3, 6)), (old, same, ())):
            found = list(store.differing(one, other, PARTS.name))
            wanted = [f"part-{each:05}" for each in only]
            assert [each.identity[-1] for each in found] == wanted
            there = {each.key: each for each in store.digests(one, PARTS.name)}
            assert all(there[each.key] == each for each in found)
        turned = store.differing(old, new, PARTS.name, ("name", "namespace"))
        assert [each.identity[0] for each in turned] == ["part-00002", "part-00003", "part-00005"]
        assert list(store.differing(old, new, "kit_unheard_of")) == []
        for unknown in ((same + 1, old), (old, same + 1)):
            with pytest.raises(SnapshotNotFoundError):
                next(store.differing(*unknown, PARTS.name), None)

    @needs("sums")
    def test_sums(self) -> None:
        """Equal ones are of equal records only; each type that a snapshot speaks of is there."""
        store = self.open()
        grown = Record(part(1).values, {**part(1).spec, "spec": {"size": 99}})
        held: list[list[Record]] = [
            [],
            [part(1), part(2)],
            [part(1)],
            [part(1, used=99), part(2)],
            [part(1, used=None), part(2)],
            [part(1, polished=None), part(2)],
            [grown, part(2)],
            [part(1), part(1)],
        ]
        stored = [self._store(store, records) for records in held]
        found = store.sums([*stored, stored[-1] + 1])
        assert set(found) == set(stored)
        assert all(set(each) == {PARTS.name} for each in found.values())
        known = [each[PARTS.name] for each in found.values() if each[PARTS.name] is not None]
        assert len(set(known)) == len(known)

    @needs("sightings", "digests")
    def test_sightings(self) -> None:
        """One thing in each snapshot that has it, with the digests and values it has there."""
        store = self.open()
        changed = Record(part(2).values, {**part(2).spec, "spec": {"size": 99}})
        stored = [
            self._store(store, records)
            for records in (parts.parts(3), [part(1)], [part(1), changed], [part(2, used=99)])
        ]
        identity = {name: part(2).values[name] for name in PARTS.identity}
        found = list(store.sightings(PARTS.name, identity, ("used", "name", "unheard_of")))
        assert [each.snapshot_id for each in found] == [stored[0], stored[2], stored[3]]
        for each in found:
            digests = {one.key: one for one in store.digests(each.snapshot_id, PARTS.name)}
            one = digests[each.key]
            assert (each.content, each.columns, each.state) == (one.content, one.columns, one.state)
            [row] = store.records(each.snapshot_id, PARTS.name, objects=False, only=[each.key])
            assert each.values == (row["used"], row["name"], None)
        assert found[-1].values[0] == 99
        assert list(store.sightings(PARTS.name, {**identity, "name": "nothing"})) == []
        assert list(store.sightings("kit_unheard_of", identity)) == []

    @needs("sightings", "digests")
    def test_ever_stored(self) -> None:
        """Each combination of values once, of all snapshots; a column that is not known is null."""
        store = self.open()
        for records in (parts.parts(3), parts.parts(2), [part(7, namespace=None)]):
            self._store(store, records)
        found = list(store.ever_stored(PARTS.name, ("unheard_of", *PARTS.identity)))
        there = [(0, 1, 2), (7,)]
        known = {
            tuple(record.values[name] for name in PARTS.identity)
            for record in (*map(part, there[0]), part(7, namespace=None))
        }
        assert len(found) == len(known)
        assert {each[1:] for each in found} == known
        assert {each[0] for each in found} == {None}
        assert list(store.ever_stored("kit_unheard_of", ("name",))) == []

    @needs("series")
    def test_series(self) -> None:
        """What each record of some snapshots has in some columns, and nothing of the others."""
        store = self.open()
        held = [[part(1), part(2)], [part(1), part(2, used=99)], [part(1, used=None)], []]
        numbers = [self._store(store, records) for records in held]
        wanted = ("used", "unheard_of", *PARTS.identity)
        asked = [*numbers[:1], *numbers[2:], numbers[-1] + 1]
        found = [
            (number, values)
            for values, where in store.series(asked, PARTS.name, wanted)
            for number in where
        ]
        there = [
            (number, tuple(map(row.get, wanted)))
            for number in asked[:-1]
            for row in store.records(number, PARTS.name, objects=False)
        ]
        assert len(found) == len(there) == 3
        assert set(found) == set(there)
        assert list(store.series(numbers, "kit_unheard_of", wanted)) == []

    @needs("redaction_key")
    def test_redaction_key_lasts(self) -> None:
        """Another opening of the database has the same one."""
        key = self.open().redaction_key
        assert key
        assert self.open(create=False).redaction_key == key

    @needs("types")
    def test_types(self) -> None:
        """What is stored can be read when its plugin is gone: the database knows the type."""
        self._store(self.open(), parts.parts(1))
        (found,) = [each for each in self.open(create=False).types() if each.name == PARTS.name]
        assert found.columns == PARTS.columns
        assert found.identity == PARTS.identity

    @needs("types")
    def test_copy(self) -> None:
        """A snapshot copied into another database is the same there; copied twice, it is once."""
        source, target = self.open(), self.open(self._path.with_name("other.db"))
        self._store(target, parts.parts(1))
        number = self._store(source, parts.parts(203), notes=UNICODE, redaction="salt-of-source")
        for _ in range(2):
            for each in lacking(source.snapshots(), target):
                copy_snapshot(source, target, each)
        (copy,) = [each for each in target.snapshots() if each.notes == UNICODE]
        original = source.snapshot(number)
        assert replace(copy, id=0, counts={}) == replace(original, id=0, counts={})
        assert copy.counts[PARTS.name] == 203
        assert list(target.ledger(copy.id)) == list(source.ledger(number))
        before, after = self._rows(source, number), self._rows(target, copy.id)
        assert values(before) == values(after)
        assert plain(after[0]["spec"]) == plain(part(0).spec)
        self._insist_on_well(target)

    @needs("backup")
    def test_backup(self, tmp_path: Path) -> None:
        """A copy opens and holds the same."""
        store = self.open()
        number = self._store(store, parts.parts(3))
        store.backup(tmp_path / "copy.db")
        copy = self.open(tmp_path / "copy.db", create=False)
        assert self._column(copy, number, "size") == [0, 1, 2]

    @needs("backup", "restore")
    def test_restore(self, tmp_path: Path) -> None:
        """A backup is the database again, also where none is left; it stays as it is."""
        store = self.open()
        number = self._store(store, parts.parts(3))
        copy = tmp_path / "copy.db"
        store.backup(copy)
        self._store(store, parts.parts(1))
        restore = alone(self.storage).load_function(self.storage, self.storage.restore)
        for place in (self._path, self._path.with_name("new.db")):
            restore(self._request(place), copy)
            again = self.open(place, create=False)
            assert numbers(again) == [number]
            assert self._column(again, number, "size") == [0, 1, 2]
            self._insist_on_well(again)
        with pytest.raises(DatamodelError):
            restore(self._request(self._path), self._path)
        assert numbers(self.open(create=False)) == [number]


def _state(records: Sequence[Record]) -> str:
    fingerprint = ListFingerprint()
    for metadata in (record.spec["metadata"] for record in records):
        names = metadata["namespace"], metadata["name"]
        fingerprint.add(*names, metadata["uid"], metadata["resourceVersion"])
    return str(fingerprint)

"""A sound storage backend, and ways to spoil it; each class names the test that must see it."""

import hashlib
import json
import threading
from dataclasses import replace
from pathlib import Path

from k8s_datamodel.api import (
    RecordDigest,
    Sighting,
    SnapshotNotFoundError,
    SnapshotQuery,
    StorageError,
    StorageSpec,
    StoreSpace,
    StoreStats,
    ValuesSeen,
)
from k8s_datamodel.testing import StorageBackendContract

ALL = SnapshotQuery()
ALL_OF_IT = (
    "backup",
    "baselines",
    "note",
    "delete",
    "differing",
    "digests",
    "redaction_key",
    "reusable",
    "series",
    "sightings",
    "space",
    "stats",
    "sums",
    "types",
    "verify",
)
DATABASES = {}


class Database:
    """What all who open one path share; JSON text stands for what a server would keep."""

    def __init__(self, path):
        self.path = path
        self.lock = threading.Lock()
        self.snapshots = {}
        self.sorted_at = {}
        self.rows = {}
        self.ledgers = {}
        self.types = {}
        self.baselines = {}
        self.last = 0

    def copied(self):
        copy = Database(self.path)
        parts = vars(self).items()
        vars(copy).update({k: type(v)(v) for k, v in parts if isinstance(v, dict | int)})
        return copy


def restore(request, backup):
    path, backup = request.url.partition("://")[2], f"/{Path(backup)}"
    if path == backup:
        raise StorageError(f"{path}: this is the database itself")
    DATABASES[path] = DATABASES[backup].copied()
    return []


def restores_nothing(request, backup):
    return []


def text_of(type_, record):
    values = {column.name: record.values.get(column.name) for column in type_.columns}
    order = [values[name] for name in type_.identity]
    order = [(value is not None, value) for value in order]
    return order, json.dumps(values), json.dumps(record.spec)


def digest(values):
    return hashlib.sha256(json.dumps(values).encode()).digest()


class Writer:
    def __init__(self, store):
        self.store = store
        self.rows = {}

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self.rows = {}

    def write(self, resource_type, records):
        rows = self.rows.setdefault(resource_type.name, [])
        rows += [text_of(resource_type, record) for record in records]

    def amend(self, resource_type, values):
        rows = self.rows.get(resource_type.name, [])
        self.rows[resource_type.name] = [self.amended(resource_type, *row, values) for row in rows]

    def amended(self, type_, order, text, spec, values):
        row = json.loads(text)
        given = values.get(tuple(row[name] for name in type_.identity), {})
        return order, json.dumps({**row, **given}), spec

    def commit(self, snapshot, ledger):
        database = self.store.database
        with database.lock:
            number = self.store.next_id()
            database.last = number
            self.save(database, number, snapshot)
            database.ledgers[number] = list(ledger)
        return number

    def save(self, database, number, snapshot):
        database.rows[number] = self.rows
        times = [] if snapshot.created_at else database.sorted_at.values()
        database.sorted_at[number] = max([snapshot.timestamp, *times])
        stored = snapshot.created_at or "2024-03-15 11:00:00"
        made = replace(snapshot, id=number, created_at=stored)
        database.snapshots[number] = made


class Store:
    writer = Writer

    def __init__(self, request):
        path = request.url.partition("://")[2]
        if path not in DATABASES and not request.create:
            raise StorageError(f"{path}: no such database")
        self.database = DATABASES.setdefault(path, Database(path))

    @property
    def redaction_key(self):
        return hashlib.sha256(self.database.path.encode()).digest()

    def next_id(self):
        return self.database.last + 1

    def begin(self, types):
        self.database.types.update({each.name: each for each in types})
        return self.writer(self)

    def types(self):
        return list(self.database.types.values())

    def reusable(self, cluster, redaction):
        return None

    def snapshots(self, query=ALL):
        order = self.database.sorted_at
        found = sorted(self.database.snapshots.values(), key=lambda each: (order[each.id], each.id))
        if query.cluster_context is not None:
            found = [each for each in found if each.cluster.context == query.cluster_context]
        return found if query.limit is None else found[len(found) - query.limit :]

    def snapshot(self, snapshot_id):
        if snapshot_id not in self.database.snapshots:
            raise SnapshotNotFoundError(f"there is no snapshot {snapshot_id}")
        return self.database.snapshots[snapshot_id]

    def held(self, snapshot_id, resource_type):
        self.snapshot(snapshot_id)
        return sorted(self.database.rows[snapshot_id].get(resource_type, []))

    def records(self, snapshot_id, resource_type, *, objects, only=None):
        held = self.held(snapshot_id, resource_type)
        for _, values, spec in held if only is None else [held[each] for each in only]:
            row = json.loads(values)
            yield {**row, "spec": json.loads(spec)} if objects else row

    def digests(self, snapshot_id, resource_type, identity=()):
        found = []
        for key, (_, values, spec) in enumerate(self.held(snapshot_id, resource_type)):
            row, type_ = json.loads(values), self.database.types[resource_type]
            named = tuple(row[name] for name in identity or type_.identity)
            states = {each.name: row.pop(each.name) for each in type_.columns if each.volatile}
            state = digest(states) if any(each is not None for each in states.values()) else b""
            content = json.loads(spec)
            content["metadata"].pop("resourceVersion", None)
            digests = digest(content), digest([content, row]), state
            found.append(RecordDigest(named, key, *digests))
        return iter(sorted(found, key=lambda e: [(each is not None, each) for each in e.identity]))

    def differing(self, snapshot_id, other_id, resource_type, identity=()):
        other = {each[3:] for each in self.digests(other_id, resource_type)}
        found = self.digests(snapshot_id, resource_type, identity)
        return (each for each in found if each[3:] not in other)

    def sums(self, snapshot_ids):
        there = [number for number in snapshot_ids if number in self.database.snapshots]
        return {number: self.summed(number) for number in there}

    def summed(self, number):
        named = {each.resource_type for each in self.database.ledgers[number]} - {""}
        sums = {name: self.sum_of(number, name) for name in self.database.rows[number]}
        return {**dict.fromkeys(named), **sums}

    def sum_of(self, number, name):
        return str([each[2:] for each in self.digests(number, name)])

    def sightings(self, resource_type, identity, columns=()):
        for number in sorted(self.database.snapshots):
            rows = self.held(number, resource_type)
            for each in self.digests(number, resource_type, tuple(identity)):
                if each.identity == tuple(identity.values()):
                    row = json.loads(rows[each.key][1])
                    yield Sighting(number, *each[1:], tuple(map(row.get, columns)))

    def ever_stored(self, resource_type, columns):
        rows = [json.loads(r[1]) for n in self.database.rows for r in self.held(n, resource_type)]
        return iter(dict.fromkeys(tuple(map(row.get, columns)) for row in rows))

    def series(self, snapshot_ids, resource_type, columns):
        for number in self.database.snapshots.keys() & set(snapshot_ids):
            for _, text, *_ in self.held(number, resource_type):
                yield ValuesSeen(tuple(map(json.loads(text).get, columns)), [number])

    def ledger(self, snapshot_id):
        self.snapshot(snapshot_id)
        return self.database.ledgers[snapshot_id]

    def baselines(self):
        return dict(self.database.baselines)

    def set_baseline(self, name, snapshot_id):
        self.snapshot(snapshot_id)
        before = self.database.baselines.get(name)
        self.database.baselines[name] = snapshot_id
        return before

    def unset_baseline(self, name):
        return self.database.baselines.pop(name, None) is not None

    def note(self, snapshot_id, text, *, append=False):
        there = self.snapshot(snapshot_id)
        notes = f"{there.notes or ''} {text}" if append else text
        self.database.snapshots[snapshot_id] = replace(there, notes=notes)

    def delete(self, snapshot_ids):
        kept = self.database.baselines.values()
        wanted = [number for number in snapshot_ids if number not in kept]
        gone = [self.database.snapshots.pop(number, None) for number in wanted]
        return sum(each is not None for each in gone)

    def stats(self):
        found = self.snapshots()
        times = sorted(each.timestamp for each in found)
        records = {}
        for each in found:
            for name, rows in self.database.rows[each.id].items():
                records[name] = records.get(name, 0) + len(rows)
        return StoreStats(
            location=self.database.path,
            size=100,
            snapshots=len(found),
            first=times[0] if times else None,
            last=times[-1] if times else None,
            clusters={"kit": len(found)},
            records=records,
            storage={"snapshots": 60, "other": 40},
        )

    def space(self, order=()):
        used = 10 + len(self.database.snapshots)
        there = [number in self.database.snapshots for number in order]
        return StoreSpace(used, [sum(there[: at + 1]) for at in range(len(there))])

    def verify(self):
        return []

    def backup(self, path):
        DATABASES[f"/{Path(path)}"] = self.database.copied()

    def close(self):
        pass


class Sound(StorageBackendContract):
    catcher = ""


def spec(name):
    return StorageSpec("memory", f"{__name__}:{name}", restore=f"{__name__}:restore", can=ALL_OF_IT)


class TestSound(Sound):
    storage = spec("Store")


class Minimal:
    """What a backend must have, and nothing else."""

    def __init__(self, request):
        self.store = Store(request)
        for name in ("begin", "snapshots", "snapshot", "records", "ledger", "close"):
            setattr(self, name, getattr(self.store, name))


class TestMinimal(Sound):
    storage = replace(spec("Minimal"), can=(), restore="")


class TestCannotWhatItDeclares(Sound):
    storage = spec("Minimal")
    catcher = "test_empty_database"


class TestNotThere(Sound):
    storage = spec("NoSuchStore")
    catcher = "test_description_is_valid"


class Booleans(Store):
    def records(self, snapshot_id, resource_type, *, objects, only=None):
        for row in super().records(snapshot_id, resource_type, objects=objects, only=only):
            yield {**row, "polished": row["polished"] if row["polished"] is None else 0}


class TestBooleansAsNumbers(Sound):
    storage = spec("Booleans")
    catcher = "test_types_of_values"


class Lists(Store):
    def records(self, snapshot_id, resource_type, *, objects, only=None):
        for row in super().records(snapshot_id, resource_type, objects=objects, only=only):
            yield {**row, "colours": row["colours"] and ",".join(row["colours"]).split(",")}


class TestListsAsText(Sound):
    storage = spec("Lists")
    catcher = "test_unicode"


class Nulls(Store):
    def records(self, snapshot_id, resource_type, *, objects, only=None):
        for row in super().records(snapshot_id, resource_type, objects=objects, only=only):
            yield {**row, "internal": row["internal"] or ""}


class TestNullsAsEmptyText(Sound):
    storage = spec("Nulls")
    catcher = "test_nulls"


class Pages(Store):
    def records(self, snapshot_id, resource_type, *, objects, only=None):
        rows = list(super().records(snapshot_id, resource_type, objects=objects))
        return iter(rows[:1000])


class TestFirstPageOnly(Sound):
    storage = spec("Pages")
    catcher = "test_paging"


class Eager(Writer):
    def write(self, resource_type, records):
        super().write(resource_type, records)
        from k8s_datamodel.testing.parts import snapshot

        self.save(self.store.database, 999, snapshot())


class Dirty(Store):
    writer = Eager


class TestUncommittedIsVisible(Sound):
    storage = spec("Dirty")
    catcher = "test_uncommitted_is_invisible"


class HalfWriter(Writer):
    def __exit__(self, *exc_info):
        if exc_info[0]:
            from k8s_datamodel.testing.parts import snapshot

            self.commit(snapshot(), [])


class CommitsFailures(Store):
    writer = HalfWriter


class TestCommitsWhatFailed(Sound):
    storage = spec("CommitsFailures")
    catcher = "test_failed_writing_leaves_nothing"


class Reuses(Store):
    def next_id(self):
        return max(self.database.snapshots, default=0) + 1


class TestReusesNumbers(Sound):
    storage = spec("Reuses")
    catcher = "test_ids_are_never_used_twice"


class ByTime(Store):
    def snapshots(self, query=ALL):
        found = sorted(super().snapshots(replace(query, limit=None)), key=lambda s: s.timestamp)
        return found if query.limit is None else found[len(found) - query.limit :]


class TestAheadForEver(Sound):
    storage = spec("ByTime")
    catcher = "test_what_is_stored_is_the_latest"


class TestRestoresNothing(Sound):
    storage = replace(spec("Store"), restore=f"{__name__}:restores_nothing")
    catcher = "test_restore"


class ByNumber(Store):
    def snapshots(self, query=ALL):
        return sorted(super().snapshots(query), key=lambda each: each.id)


class TestOrderOfStoring(Sound):
    storage = spec("ByNumber")
    catcher = "test_order_of_snapshots"


class AllClusters(Store):
    def snapshots(self, query=ALL):
        return super().snapshots(SnapshotQuery(limit=query.limit))


class TestIgnoresTheCluster(Sound):
    storage = spec("AllClusters")
    catcher = "test_snapshots_of_one_cluster"


class KeepsAll(Store):
    def delete(self, snapshot_ids):
        return len(snapshot_ids)


class TestDeletesNothing(Sound):
    storage = spec("KeepsAll")
    catcher = "test_delete"


class AlwaysMakes(Store):
    def __init__(self, request):
        super().__init__(replace(request, create=True))


class TestAlwaysMakesOne(Sound):
    storage = spec("AlwaysMakes")
    catcher = "test_missing_database_is_not_made"


class OneSize(Store):
    def stats(self):
        return replace(super().stats(), size=101)


class TestStatsDoNotAddUp(Sound):
    storage = spec("OneSize")
    catcher = "test_stats_add_up"


class Falling(Store):
    def space(self, order=()):
        space = super().space(order)
        return replace(space, freed=[space.used, *space.freed[1:]] if order else ())


class TestSpaceThatFalls(Sound):
    storage = spec("Falling")
    catcher = "test_space"


class Suspicious(Store):
    def verify(self):
        return [f"snapshot {number} looks odd" for number in self.database.snapshots]


class TestFalseAlarms(Sound):
    storage = spec("Suspicious")
    catcher = "test_verify_is_clean"


class OneWriter(Store):
    def begin(self, types):
        writer = super().begin(types)
        writer.rows = self.database.__dict__.setdefault("pending", {})
        return writer


class TestWritersShareRows(Sound):
    storage = spec("OneWriter")
    catcher = "test_snapshots_are_apart"


class OneAtATime(Store):
    def begin(self, types):
        if self.database.__dict__.setdefault("writing", self) is not self:
            raise StorageError("the database is locked")
        return super().begin(types)


class TestLocksOthersOut(Sound):
    storage = spec("OneAtATime")
    catcher = "test_two_writers"


class OnlyObjects(Store):
    def differing(self, snapshot_id, other_id, resource_type, identity=()):
        other = {each.content for each in self.digests(other_id, resource_type)}
        found = self.digests(snapshot_id, resource_type, identity)
        return (each for each in found if each.content not in other)


class TestOverlooksStates(Sound):
    storage = spec("OnlyObjects")
    catcher = "test_differing_records"


class Stateless(Store):
    def sum_of(self, number, name):
        return str([each[2:4] for each in self.digests(number, name)])


class TestSumsNoStates(Sound):
    storage = spec("Stateless")
    catcher = "test_sums"


class Newest(Store):
    def sightings(self, resource_type, identity, columns=()):
        return iter(list(super().sightings(resource_type, identity, columns))[-1:])


class TestSeesTheNewestOnly(Sound):
    storage = spec("Newest")
    catcher = "test_sightings"


class Repeats(Store):
    def ever_stored(self, resource_type, columns):
        return iter([*super().ever_stored(resource_type, columns)] * 2)


class TestRepeatsWhatItStored(Sound):
    storage = spec("Repeats")
    catcher = "test_ever_stored"


class NewestState(Store):
    def series(self, snapshot_ids, resource_type, columns):
        return super().series(snapshot_ids[-1:], resource_type, columns)


class TestKnowsTheLastStateOnly(Sound):
    storage = spec("NewestState")
    catcher = "test_series"


class NewKeys(Store):
    @property
    def redaction_key(self):
        return str(id(self)).encode()


class TestAnotherKeyEachTime(Sound):
    storage = spec("NewKeys")
    catcher = "test_redaction_key_lasts"


class Zeroes(Writer):
    def save(self, database, number, snapshot):
        counts = {name: count or 0 for name, count in snapshot.counts.items()}
        super().save(database, number, replace(snapshot, counts=counts))


class CountsUnknown(Store):
    writer = Zeroes


class TestUnknownBecomesZero(Sound):
    storage = spec("CountsUnknown")
    catcher = "test_snapshot_comes_back"


class NoLedger(Store):
    def ledger(self, snapshot_id):
        return [each for each in super().ledger(snapshot_id) if not each.optional]


class TestForgetsInTheLedger(Sound):
    storage = spec("NoLedger")
    catcher = "test_ledger_comes_back"


class AlwaysSpecs(Store):
    def records(self, snapshot_id, resource_type, *, objects, only=None):
        return super().records(snapshot_id, resource_type, objects=True, only=only)


class TestAlwaysReadsSpecs(Sound):
    storage = spec("AlwaysSpecs")
    catcher = "test_specs_only_where_asked_for"


class OldTypes(Store):
    def types(self):
        return [replace(each, columns=each.columns[:2]) for each in super().types()]


class TestForgetsColumns(Sound):
    storage = spec("OldTypes")
    catcher = "test_types"


class NewName(Writer):
    def save(self, database, number, snapshot):
        super().save(database, number, replace(snapshot, uuid=f"{id(database)}-{number}"))


class Renames(Store):
    writer = NewName


class TestCopiesTwice(Sound):
    storage = spec("Renames")
    catcher = "test_copy"


class ByLocale(Store):
    def digests(self, snapshot_id, resource_type, identity=()):
        found = super().digests(snapshot_id, resource_type, identity)
        return iter(sorted(found, key=lambda each: [str(part).lower() for part in each.identity]))


class TestDigestsInAnotherOrder(Sound):
    storage = spec("ByLocale")
    catcher = "test_digests_are_in_order"


class Unequal(Store):
    def digests(self, snapshot_id, resource_type, identity=()):
        for each in super().digests(snapshot_id, resource_type, identity):
            yield each._replace(columns=digest([snapshot_id, each.columns.hex()]))


class TestDigestsOfTheSnapshot(Sound):
    storage = spec("Unequal")
    catcher = "test_digests_tell_what_is_equal"


class Together(Store):
    def digests(self, snapshot_id, resource_type, identity=()):
        for each in super().digests(snapshot_id, resource_type, identity):
            yield each._replace(state=each.columns)


class TestStatesWithColumns(Sound):
    storage = spec("Together")
    catcher = "test_digests_tell_what_is_equal"


class Unchosen(Store):
    def records(self, snapshot_id, resource_type, *, objects, only=None):
        wanted = None if only is None else sorted(only)
        return super().records(snapshot_id, resource_type, objects=objects, only=wanted)


class TestChosenInAnotherOrder(Sound):
    storage = spec("Unchosen")
    catcher = "test_only_some_records"


class Careless(Store):
    def delete(self, snapshot_ids):
        return sum(self.database.snapshots.pop(each, None) is not None for each in snapshot_ids)


class TestDeletesBaselines(Sound):
    storage = spec("Careless")
    catcher = "test_baselines"


class Deaf(Store):
    def note(self, snapshot_id, text, *, append=False):
        return super().note(snapshot_id, text)


class TestForgetsNotes(Sound):
    storage = spec("Deaf")
    catcher = "test_note"


class Completer(Writer):
    def amended(self, type_, order, text, spec, values):
        row = json.loads(text)
        given = values.get(tuple(row[name] for name in type_.identity), {})
        blank = {name: None for each in type_.deferred for name in each.columns}
        return order, json.dumps({**row, **blank, **given}), spec


class Blanks(Store):
    writer = Completer


class TestBlanksWhatIsNotAmended(Sound):
    storage = spec("Blanks")
    catcher = "test_deferred_columns"


class ByName(Writer):
    def amend(self, resource_type, values):
        wrong = {(name, namespace): given for (namespace, name), given in values.items()}
        super().amend(resource_type, wrong)


class Mistaken(Store):
    writer = ByName


class TestAmendsNothing(Sound):
    storage = spec("Mistaken")
    catcher = "test_deferred_columns"

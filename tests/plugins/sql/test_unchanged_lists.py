"""A list that did not change is kept whole: a snapshot holds the same as one that read it."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from k8s_datamodel.api import (
    ClusterInfo,
    Listing,
    ListRequest,
    Outcome,
    OvertakenError,
    Record,
    Resource,
    ResourceType,
    StorageError,
    UnchangedList,
    UnstorableError,
)
from k8s_datamodel.plugins.host import Host
from k8s_datamodel.plugins.registry import Registry
from k8s_datamodel.reading import type_reader
from k8s_datamodel.reading.once import unchanged
from k8s_datamodel.testing import manifests
from k8s_datamodel_plugins.sql.keeping import leases
from k8s_datamodel_plugins.sql.readers import unchanged_lists
from k8s_datamodel_plugins.sql.store import SqlStore
from k8s_datamodel_plugins.sql.writers.encoding import Encoder
from k8s_datamodel_plugins.sql.writers.writer import SqlSnapshotWriter
from support.reusing_source import CLUSTER, ReusingSource, digests, served, stored
from support.sql_stores import CLUSTER as PROD
from support.sql_stores import LEDGER, RESOURCE, WIDGETS, Backend, record, snapshot, widget

ROOT = Path(__file__).parents[3]
TOPICS = "topics.beaconmq.example"

Made = list[dict[str, Any]]


@pytest.fixture(scope="module")
def objects() -> Made:
    return served(manifests(ROOT / "docs" / "sample-cluster" / "before"))


@pytest.fixture(scope="module")
def registry() -> Registry:
    host = Host.discover()
    return Registry(Host([each for each in host.plugins if each.builtin]))


class Inventory:
    """A database of a cluster that changes."""

    def __init__(self, backend: Backend, made: Made, registry: Registry) -> None:
        self.backend, self.made, self.registry = backend, made, registry
        self.types: list[ResourceType] = list(registry.types)

    def next(self, source: ReusingSource | None = None, **options: Any) -> ReusingSource:
        """Stores the next snapshot; the source that was read for it."""
        source = source or ReusingSource(self.made)
        self.number = stored(self.backend.url, source, self.registry, self.types, **options).id
        return source

    def content(self) -> dict[str, list[str]]:
        """The digests of the newest snapshot's records."""
        return digests(self.backend.url, self.number, self.types)

    def next_is_full(self, **cluster: Any) -> ReusingSource:
        """Stores a snapshot, and one that reads everything: they hold the same."""
        info = replace(CLUSTER, **cluster)
        source = self.next(ReusingSource(self.made, info))
        found = self.content()
        self.next(ReusingSource(self.made, info), full=True)
        assert found == self.content()
        assert self.store().verify() == []
        return source

    def store(self) -> SqlStore:
        return self.backend.open(*self.types)

    def of_kind(self, kind: str) -> list[dict[str, Any]]:
        return [each for each in self.made if each["kind"] == kind]


@pytest.fixture
def inventory(sqlite_backend: Backend, objects: Made, registry: Registry) -> Inventory:
    found = Inventory(sqlite_backend, deepcopy(objects), registry)
    found.next()
    return found


def test_a_list_that_did_not_change_is_kept_whole(
    backend: Backend, objects: Made, registry: Registry
) -> None:
    found = Inventory(backend, deepcopy(objects), registry)
    first = found.next()
    before = found.content()
    assert not first.unchanged
    kinds = {each["apiVersion"] + each["kind"] for each in _instances(found)}
    for _ in range(2):
        source = found.next()
        # Of one a webhook converts what is stored, which may read otherwise tomorrow.
        assert len(source.unchanged) == len(kinds) - 1 > 3
        assert found.content() == before
        newest, first_one = found.store().snapshot(found.number), found.store().snapshot(1)
        assert newest.counts == first_one.counts
        ledgers = [
            [
                (each.resource_type, each.read, each.outcome.objects)
                for each in found.store().ledger(n)
            ]
            for n in (1, found.number)
        ]
        assert ledgers[0] == ledgers[1]
    assert found.store().verify() == []


def _instances(inventory: Inventory) -> Made:
    crds = inventory.of_kind("CustomResourceDefinition")
    kinds = {(each["spec"]["group"], each["spec"]["names"]["kind"]) for each in crds}
    return [
        each
        for each in inventory.made
        if (each["apiVersion"].rpartition("/")[0], each["kind"]) in kinds
    ]


class _Server(ReusingSource):
    """Counts as a server does, of which nothing is hidden."""

    def at_once(self) -> int:
        return 4


def test_a_kind_that_a_server_counted_and_has_none_is_not_listed(inventory: Inventory) -> None:
    names = {each["metadata"]["name"] for each in inventory.of_kind("CustomResourceDefinition")}
    kinds = {each["apiVersion"] + each["kind"] for each in _instances(inventory)}
    source = inventory.next(_Server(inventory.made))
    assert len(names & source.listed) == len(kinds) < len(names)
    assert names <= inventory.next().listed, "what files do not hold may be there all the same"


def _edit(inventory: Inventory) -> None:
    topic = inventory.of_kind("Topic")[0]
    topic["metadata"]["resourceVersion"] = "9000"
    topic["spec"]["edited"] = True


def _delete(inventory: Inventory) -> None:
    inventory.made.remove(inventory.of_kind("Topic")[0])


def _copied(inventory: Inventory, **metadata: Any) -> dict[str, Any]:
    made = deepcopy(inventory.of_kind("Topic")[0])
    made["metadata"] |= metadata
    return made


def _create(inventory: Inventory) -> None:
    made = _copied(inventory, name="a-new-one", uid="f" * 32, resourceVersion="9000")
    inventory.made.append(made)


def _make_anew(inventory: Inventory) -> None:
    made = _copied(inventory, uid="f" * 32, resourceVersion="9000")
    _delete(inventory)
    inventory.made.append(made)


def _restore(inventory: Inventory) -> None:
    """From a backup: the same version, though it was edited meanwhile, and stored so."""
    before = deepcopy(inventory.made)
    _edit(inventory)
    inventory.next()
    inventory.made[:] = before


def _change_definition(inventory: Inventory) -> None:
    for crd in inventory.of_kind("CustomResourceDefinition"):
        if crd["metadata"]["name"] == TOPICS:
            crd["metadata"]["generation"] += 1
            crd["metadata"]["resourceVersion"] = "9000"


CHANGES = [_edit, _delete, _create, _make_anew, _restore, _change_definition]


@pytest.mark.parametrize("change", CHANGES)
def test_a_list_that_changed_is_gone_through(
    inventory: Inventory, change: Callable[[Inventory], None]
) -> None:
    assert TOPICS in inventory.next().unchanged
    change(inventory)
    source = inventory.next_is_full()
    assert TOPICS not in source.unchanged
    assert source.unchanged
    assert TOPICS in inventory.next().unchanged


@pytest.mark.parametrize(
    "cluster", [{"version": "v1.31.0"}, {"uid": "another"}, {"source": "elsewhere"}]
)
def test_of_another_cluster_or_server_version_no_list_is_known(
    inventory: Inventory, cluster: dict[str, str]
) -> None:
    assert not inventory.next_is_full(**cluster).unchanged


def test_under_another_redaction_no_list_is_known(inventory: Inventory) -> None:
    before = inventory.content()
    assert not inventory.next(redact=False).unchanged
    assert not inventory.next().unchanged
    assert inventory.content() == before


@pytest.mark.parametrize("module", [type_reader, unchanged], ids=["type", "host"])
def test_other_code_goes_through_all_lists(
    inventory: Inventory, monkeypatch: pytest.MonkeyPatch, module: Any
) -> None:
    name = "code_stamp" if module is type_reader else "host_stamp"
    monkeypatch.setattr(module, name, lambda *given: "other code")
    assert not inventory.next_is_full().unchanged
    assert inventory.next().unchanged


class _Failing(ReusingSource):
    """Loses the connection at the end of the list of topics."""

    def list(self, request: ListRequest) -> Listing:
        listing = super().list(replace(request, reusable=None))
        if request.resource.name != TOPICS:
            return listing
        return Listing([*listing, Outcome("failed", "connection reset", objects=1)])


def test_a_list_that_was_not_read_to_its_end_is_not_known(inventory: Inventory) -> None:
    inventory.backend.execute("DELETE FROM kdm_lists")
    inventory.next(_Failing(inventory.made))
    source = inventory.next_is_full()
    assert source.unchanged
    assert TOPICS not in source.unchanged


_OTHER_ROW = """
UPDATE kdm_instances_refs SET row_id = (SELECT max(row_id) FROM kdm_instances_refs) WHERE
snapshot_id = 1
"""

DAMAGES = {
    "the number of a snapshot": "UPDATE kdm_lists SET snapshot_id = 2",
    "where it begins": "UPDATE kdm_lists SET first_ref = first_ref + 1",
    "how many": "UPDATE kdm_lists SET records = records + 1",
    "the sum": "UPDATE kdm_lists SET sum = (SELECT max(sum) FROM kdm_lists)",
    "the fingerprint": "UPDATE kdm_lists SET fingerprint = '1:00'",
    "the first identity": "UPDATE kdm_lists SET first_key = x'00'",
    "the last identity": "UPDATE kdm_lists SET last_key = x'ff'",
    "the note": "UPDATE kdm_lists SET note = '[]'",
    "the seal": "UPDATE kdm_lists SET seal = x'00'",
    "a text for a number": "UPDATE kdm_lists SET records = 'text'",
    "a number for a text": "UPDATE kdm_lists SET note = x'00ff'",
    "the definition": "UPDATE kdm_indexed SET context = 'another'",
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_an_entry_that_others_changed_is_not_believed(inventory: Inventory, damage: str) -> None:
    before = inventory.content()
    inventory.backend.execute(damage)
    assert any("kdm_lists" in each for each in inventory.store().verify())
    assert len(inventory.next().unchanged) <= 1  # the one that had the largest sum anyway
    assert inventory.content() == before
    assert inventory.store().verify() == []


def test_records_that_others_changed_are_not_kept(inventory: Inventory) -> None:
    before = inventory.content()
    inventory.backend.execute(_OTHER_ROW)
    assert len(inventory.next().unchanged) <= 1
    assert inventory.content() == before


def test_lists_of_a_deleted_snapshot_are_gone_through(inventory: Inventory) -> None:
    before = inventory.content()
    store = inventory.store()
    store.delete([1])
    assert store.verify() == []
    assert not inventory.next().unchanged
    assert inventory.content() == before
    assert inventory.next().unchanged


class _Deleting(ReusingSource):
    """The first snapshot goes when the last list is read."""

    def __init__(self, inventory: Inventory) -> None:
        super().__init__(inventory.made)
        self._inventory = inventory

    def list(self, request: ListRequest) -> Listing:
        if request.resource.kind == "Deployment":  # after the custom resources
            self._inventory.store().delete([1])
        return super().list(request)


def test_nothing_is_stored_if_what_is_kept_goes_meanwhile(inventory: Inventory) -> None:
    with pytest.raises(OvertakenError, match="another process deleted snapshots meanwhile"):
        inventory.next(_Deleting(inventory))
    assert inventory.store().snapshots() == []
    assert inventory.store().verify() == []
    inventory.next()


def test_a_note_holds_no_credential(inventory: Inventory) -> None:
    token = "ghp_" + "a1B2c3D4e5F6g7H8i9J0" * 2
    topic = inventory.of_kind("Topic")[0]
    topic["metadata"]["resourceVersion"] = "9000"
    topic["metadata"]["managedFields"][0]["manager"] = token
    inventory.next()
    assert TOPICS not in inventory.next().unchanged
    notes = inventory.backend.select("SELECT note FROM kdm_lists")
    assert notes
    assert token not in str(notes)


OTHERS = Resource("parts.example.org", "v1", "gadgets", "Gadget")


def _gadget(name: str, version: int = 1) -> Record:
    made = widget(name, version=version)
    return record({**made, "kind": "Gadget"})


def _store(store: SqlStore, *write: Record, keep: tuple[UnchangedList, ...] = ()) -> list[str]:
    """Stores records of the two resources; the names, in order."""
    with store.begin([WIDGETS]) as writer:
        for resource in (RESOURCE, OTHERS):
            writer.note_definition(resource, "defined")
            writer.note_list(WIDGETS, resource, "a note")
        writer.write(WIDGETS, write)
        for each in keep:
            writer.keep(WIDGETS, each)
        number = writer.commit(snapshot(), LEDGER)
    return [str(row["name"]) for row in store.records(number, "widgets", objects=False)]


def _known(
    store: SqlStore, resource: Resource, cluster: ClusterInfo = PROD
) -> UnchangedList | None:
    reusable = store.reusable(cluster, "salt-1")
    return reusable and reusable.unchanged_list("widgets", resource, "defined")


WIDGET = partial(widget, version=1)


def test_records_of_two_lists_stay_in_the_order_of_their_identities(backend: Backend) -> None:
    store = backend.open()
    widgets = [record(WIDGET(name)) for name in ("b", "d", "f")]
    _store(store, *widgets, _gadget("x"))
    known = _known(store, RESOURCE)
    assert known is not None
    assert (known.number, known.note) == (3, "a note")
    assert _store(store, _gadget("a"), _gadget("g"), keep=(known,)) == list("abdfg")
    again = _known(store, RESOURCE)
    assert again is not None
    assert _store(store, _gadget("c"), _gadget("g"), keep=(again,)) == list("bcdfg")
    torn = _known(store, RESOURCE)
    assert torn is not None
    assert torn.place.entry.snapshot_id == 2, "in the third they lie apart, which has no entry"
    assert store.verify() == []


def test_of_an_object_that_cannot_be_held_the_list_is_not_the_same(backend: Backend) -> None:
    store = backend.open()
    good, bad = record(widget("good")), record(widget("bad"), size=2**70)
    with store.begin([WIDGETS]) as writer:
        writer.note_definition(RESOURCE, "defined")
        writer.note_list(WIDGETS, RESOURCE, "a note")
        writer.write(WIDGETS, [good, bad])
        assert len(writer.finish()) == 1
        writer.commit(snapshot(), LEDGER)
    known = _known(store, RESOURCE)
    assert known is not None
    assert known.fingerprint.startswith("1:")


def test_who_made_what_was_not_stored_is_not_believed(
    inventory: Inventory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An object that the database cannot hold leaves a trace, and is then deleted."""
    bad = _copied(inventory, name="zbad", uid="f" * 32, resourceVersion="9000")
    bad["metadata"]["managedFields"][0]["manager"] = "quillstore-controller-manager"
    encode = Encoder._encode

    def refusing(encoder: Encoder, record: Record, *, anew: bool) -> Any:
        if encoder.name == "instances" and record.values.get("name") == "zbad":
            raise UnstorableError("not in this encoding")
        return encode(encoder, record, anew=anew)

    monkeypatch.setattr(Encoder, "_encode", refusing)
    inventory.made.append(bad)
    inventory.next()
    inventory.made.remove(bad)
    assert TOPICS not in inventory.next_is_full().unchanged


def test_a_lease_is_renewed_while_list_after_list_is_kept(
    inventory: Inventory, monkeypatch: pytest.MonkeyPatch
) -> None:
    renewed: list[int] = []
    monkeypatch.setattr(leases, "RENEW_SECONDS", -1)
    monkeypatch.setattr(SqlSnapshotWriter, "_store_all", lambda *given: None)
    monkeypatch.setattr(leases, "renew", lambda transaction, lease, place: renewed.append(lease))
    inventory.next()
    assert renewed


def test_a_database_that_cannot_be_read_gives_no_list(
    inventory: Inventory, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = inventory.content()

    def broken(*given: Any) -> Any:
        raise StorageError("a page is malformed")

    monkeypatch.setattr(unchanged_lists, "_sound", broken)
    assert not inventory.next().unchanged
    assert inventory.content() == before

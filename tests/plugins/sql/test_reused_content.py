"""A snapshot holds the same, digest by digest, whether its rows were made or found again.

``tests/data/digests-before-memos.json`` was written by the code that made everything anew each
time: to write it anew is to say that stored content may change. It lacks the operators, as what
counts as one changes with the rules.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from k8s_datamodel.api import Column, Read, Resource, ResourceType
from k8s_datamodel.plugins.host import Host
from k8s_datamodel.plugins.registry import Registry
from k8s_datamodel.reading import pipeline, type_reader
from k8s_datamodel.reading.once import facts, known_traces
from k8s_datamodel.testing import alone, manifests
from k8s_datamodel_plugins.sql.layout.version_index import memo_seal
from k8s_datamodel_plugins.sql.readers.reusable_objects import _Bodies
from support.reusing_source import CLUSTER, ReusingSource, digests, served, stored
from support.sql_stores import Backend

ROOT = Path(__file__).parents[3]
BEFORE = ROOT / "tests" / "data" / "digests-before-memos.json"

Made = list[dict[str, Any]]


@pytest.fixture(scope="module")
def objects() -> Made:
    return served(manifests(ROOT / "docs" / "sample-cluster" / "before"))


@pytest.fixture(scope="module")
def registry() -> Registry:
    host = Host.discover()
    return Registry(Host([each for each in host.plugins if each.builtin]))


@pytest.fixture(scope="module")
def types(registry: Registry) -> list[ResourceType]:
    return list(registry.types)


def test_first_next_and_full_are_what_they_were(
    backend: Backend, objects: Made, registry: Registry, types: list[ResourceType]
) -> None:
    before: dict[str, list[str]] = json.loads(BEFORE.read_text())
    every = []
    for full, reused in ((False, False), (False, True), (False, True), (True, False)):
        source = ReusingSource(objects)
        number = stored(backend.url, source, registry, types, full=full).id
        every.append(digests(backend.url, number, types))
        assert bool(source.reused) == reused
    assert every == [every[0]] * len(every)
    assert {name: every[0][name] for name in before} == before
    assert backend.open(*types).verify() == []


@pytest.fixture
def looked_into(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How many stored objects are read, by their kind."""
    found: Counter[str] = Counter()
    get = _Bodies.get

    def counted(bodies: _Bodies, uid: str) -> Any:
        item = get(bodies, uid)
        found[item["kind"]] += 1
        return item

    monkeypatch.setattr(_Bodies, "get", counted)
    return found


CRD, INSTANCE = "CustomResourceDefinition", "Broker"


class Inventory:
    """A database with a snapshot of the sample cluster, and its next ones."""

    def __init__(self, backend: Backend, made: Made, registry: Registry) -> None:
        self.backend, self.made, self.registry = backend, made, registry
        self.types = list(registry.types)
        self.first = self.next()

    def next(self, **cluster: Any) -> dict[str, list[str]]:
        source = ReusingSource(self.made, replace(CLUSTER, **cluster), whole_lists=False)
        number = stored(self.backend.url, source, self.registry, self.types).id
        return digests(self.backend.url, number, self.types)

    def problems(self) -> list[str]:
        return list(self.backend.open(*self.types).verify())


@pytest.fixture
def inventory(sqlite_backend: Backend, objects: Made, registry: Registry) -> Inventory:
    return Inventory(sqlite_backend, deepcopy(objects), registry)


def test_what_did_not_change_is_not_even_looked_into(
    inventory: Inventory, looked_into: Counter[str]
) -> None:
    assert inventory.next() == inventory.first
    assert not {CRD, INSTANCE} & looked_into.keys()


def _forged(backend: Backend) -> None:
    backend.execute("UPDATE kdm_memos SET body = replace(body, '[', '[ ')")


def _of_others(backend: Backend) -> None:
    backend.execute("UPDATE kdm_memos SET seal = (SELECT max(seal) FROM kdm_memos)")


def _of_another_version(backend: Backend) -> None:
    backend.execute("UPDATE kdm_memos SET resource_version = '0'")


def _no_text(backend: Backend) -> None:
    backend.execute("UPDATE kdm_memos SET body = x'00ff'")


@pytest.mark.parametrize("damage", [_forged, _of_others, _of_another_version, _no_text])
def test_a_memo_that_others_changed_is_not_believed(
    inventory: Inventory, looked_into: Counter[str], damage: Callable[[Backend], None]
) -> None:
    damage(inventory.backend)
    assert "is not what its seal says" in "".join(inventory.problems())
    assert inventory.next() == inventory.first
    assert CRD in looked_into
    assert inventory.problems() == []


def _sealed_with(backend: Backend, change: Callable[[str], str]) -> None:
    """Changes what was made of all objects, and seals it, as nobody but the store should."""
    find = (
        "SELECT object_id, digest, resource_version, m.body FROM kdm_memos m "
        "JOIN kdm_objects o ON o.id = m.object_id"
    )
    for number, digest, version, body in backend.select(find):
        text = change(body)
        seal = memo_seal(digest, version, text).hex()
        quoted = text.replace("'", "''")
        backend.execute(
            f"UPDATE kdm_memos SET body = '{quoted}', seal = x'{seal}' WHERE object_id = {number}"
        )


@pytest.mark.parametrize(
    "change",
    [
        lambda body: re.sub(r"\b[0-9a-f]{64}\b", "0" * 64, body),
        lambda body: re.sub(r"\b[0-9a-f]{64}\b", "no digest", body),
        lambda body: body.replace('["', '["x'),
        lambda body: "[]",
        lambda body: "{",
    ],
    ids=["rows that are gone", "no row", "other stamps", "another form", "no JSON"],
)
def test_what_cannot_be_used_is_made_anew(
    inventory: Inventory, looked_into: Counter[str], change: Callable[[str], str]
) -> None:
    _sealed_with(inventory.backend, change)
    assert inventory.next() == inventory.first
    assert CRD in looked_into
    looked_into.clear()
    assert inventory.next() == inventory.first
    assert not {CRD, INSTANCE} & looked_into.keys()


def test_other_code_makes_it_anew(
    inventory: Inventory, looked_into: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (facts, pipeline, type_reader):
        monkeypatch.setattr(module, "code_stamp", lambda *of: "other code")
    assert inventory.next() == inventory.first
    assert {CRD, INSTANCE} <= looked_into.keys()
    looked_into.clear()
    assert inventory.next() == inventory.first
    assert not {CRD, INSTANCE} & looked_into.keys()


def test_who_wrote_is_told_as_before_by_code_that_cannot_use_what_was_made(
    sqlite_backend: Backend, objects: Made, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store keeps no managed fields: such objects are read again."""
    wrote = {"manager": "beaconmq-coordinator", "fieldsV1": {"f:status": {"f:ready": {}}}}
    made = deepcopy(objects)
    for each in made:
        if each["kind"] == INSTANCE:
            each["metadata"]["managedFields"] = [wrote]
    inventory = Inventory(sqlite_backend, made, registry)
    monkeypatch.setattr(known_traces, "host_stamp", lambda: "other code")
    assert inventory.next() == inventory.first


def test_another_version_of_the_object_alone_has_another_memo(
    inventory: Inventory, looked_into: Counter[str]
) -> None:
    """Only its resourceVersion changed, so its content is stored already."""
    for each in inventory.made:
        each["metadata"]["resourceVersion"] += "0"
    assert inventory.next() == inventory.first
    assert inventory.problems() == []
    assert inventory.next() == inventory.first
    assert not {CRD, INSTANCE} & looked_into.keys()


def test_a_memo_holds_no_credential(inventory: Inventory) -> None:
    secret = "ghp_" + "a1B2c3D4e" * 4
    for each in inventory.made:
        name = each.get("spec", {}).get("group", "example.org")
        each["metadata"]["labels"] = {f"{name}/part": secret}
        each["metadata"]["resourceVersion"] += "1"
    inventory.next()
    kept = inventory.backend.select("SELECT body FROM kdm_memos")
    assert kept
    assert secret not in str(kept)
    assert secret not in str(inventory.backend.select("SELECT body FROM kdm_objects"))


def test_memos_go_with_what_the_index_knows(inventory: Inventory) -> None:
    count = "SELECT count(*) FROM kdm_memos"
    ((before,),) = inventory.backend.select(count)
    for each in inventory.made:
        if each["kind"] == CRD:
            each["metadata"]["resourceVersion"] += "0"
            each["metadata"]["labels"] = {"other": "content"}
    inventory.next()
    store = inventory.backend.open(*inventory.types)
    assert inventory.backend.select(count)[0][0] > before
    store.delete([1])
    assert inventory.backend.select(count) == [(before,)]
    store.delete([2])
    assert inventory.backend.select(count) == [(0,)]
    assert inventory.problems() == []


def test_files_leave_no_memo(sqlite_backend: Backend, objects: Made, registry: Registry) -> None:
    types = list(registry.types)
    source = ReusingSource(objects, replace(CLUSTER, source="file"))
    stored(sqlite_backend.url, source, registry, types)
    assert sqlite_backend.select("SELECT count(*) FROM kdm_memos") == [(0,)]


def test_rows_of_a_declared_type_are_found_again(
    sqlite_backend: Backend, objects: Made, looked_into: Counter[str]
) -> None:
    deployments = Resource("apps", "v1", "deployments", "Deployment")
    columns = (Column("replicas", "integer", path=".spec.replicas"),)
    declared = ResourceType(columns=columns, reads=(Read(deployments),))
    found = []
    for _ in range(2):
        number = stored(sqlite_backend.url, ReusingSource(objects), alone(declared), [declared]).id
        found.append(digests(sqlite_backend.url, number, [declared]))
    assert found[0] == found[1]
    assert looked_into.total() == 0
    store = sqlite_backend.open(declared)
    assert [row["replicas"] for row in store.records(number, "deployments", objects=False)]

"""Columns whose values come when all types are read: they are stored with the snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from k8s_datamodel.api import Column, Deferred, LedgerEntry, Record, ResourceType
from k8s_datamodel.reading.copying import copy_snapshot
from k8s_datamodel.reading.stored_moments import StoredMoment
from k8s_datamodel_plugins.sql.store import SqlStore
from support.sql_stores import (
    LEDGER,
    WIDGETS,
    Backend,
    record,
    snapshot,
    store_widgets,
    widget,
    widgets,
)

TYPE = replace(
    WIDGETS,
    columns=(*WIDGETS.columns, Column("users", "list", volatile=True)),
    deferred=(Deferred(("users", "why"), "why", (), "nowhere:users"),),
)


def _store(
    store: SqlStore,
    records: list[Record],
    amended: Mapping[tuple[Any, ...], Mapping[str, Any]],
    resource_type: ResourceType = TYPE,
) -> tuple[int, list[LedgerEntry]]:
    with store.begin([resource_type]) as writer:
        writer.write(resource_type, records)
        writer.amend(resource_type, amended)
        entries = list(writer.finish())
        said = snapshot(counts={"widgets": None if entries else len(records)}, complete=not entries)
        return writer.commit(said, (*LEDGER, *entries)), entries


def _rows(store: SqlStore, number: int) -> list[tuple[Any, ...]]:
    rows = store.records(number, "widgets", objects=False)
    return [(row["name"], row["users"], row["why"], row["in_use"]) for row in rows]


def test_amended_values_are_stored_and_others_stay(backend: Backend) -> None:
    store = backend.open(TYPE)
    given = [record(widget(name), in_use=n, why="early") for n, name in enumerate("abc")]
    amended = {
        ("shop", "a"): {"users": ["x", "y"], "why": None},
        ("shop", "b"): {"users": [], "why": None},
        ("shop", "unheard of"): {"users": ["z"]},
    }
    number, entries = _store(store, given, amended)
    assert entries == []
    kept = [("a", ["x", "y"], None, 0), ("b", [], None, 1), ("c", None, "early", 2)]
    assert _rows(store, number) == kept
    again, _ = _store(store, given, amended)
    assert _rows(store, again) == kept
    assert backend.select("SELECT count(*) FROM kdm_widgets_states") == [(3,)]
    assert store.verify() == []


def test_more_records_than_one_batch(backend: Backend) -> None:
    store = backend.open(TYPE)
    records = widgets(1201)
    amended = {
        ("shop", each.values["name"]): {"users": [each.values["name"]], "why": None}
        for each in records
    }
    number, _ = _store(store, records, amended)
    assert all(users == [name] for name, users, _, _ in _rows(store, number))
    assert backend.select("SELECT count(*) FROM widgets") == [(1201,)]
    assert store.verify() == []


def test_an_amended_value_that_no_database_holds_leaves_out_its_record(backend: Backend) -> None:
    store = backend.open(TYPE)
    given = [record(widget(name)) for name in "abc"]
    number, (entry,) = _store(store, given, {("shop", "b"): {"in_use": 2**70}})
    assert entry.outcome.reason.startswith('widgets "shop/b" cannot be stored: ')
    assert [row[0] for row in _rows(store, number)] == ["a", "c"]
    assert store.verify() == []


@pytest.mark.parametrize("objects", [True, False])
def test_a_snapshot_from_before_the_columns_says_so(backend: Backend, objects: bool) -> None:
    old = store_widgets(backend.open(), widgets(2))
    store = backend.open(TYPE)
    new, _ = _store(store, widgets(1), {("shop", "widget-00000"): {"users": []}})
    told = {
        number: [
            (row["users"], row["why"])
            for row in StoredMoment.of(store, store.snapshot(number), [TYPE]).rows(
                "widgets", objects=objects
            )
        ]
        for number in (old, new)
    }
    assert told == {old: [(None, "stored by an earlier version")] * 2, new: [([], None)]}


def test_a_copy_is_the_same(backend: Backend, tmp_path: Path) -> None:
    source = backend.open(TYPE)
    number, _ = _store(source, widgets(3), {("shop", "widget-00001"): {"users": ["x"]}})
    copy = Backend("sqlite", str(tmp_path / "copy.db"))
    target = copy.open(TYPE)
    copied = copy_snapshot(source, target, source.snapshot(number), [TYPE])
    assert _rows(target, copied) == _rows(source, number)
    assert target.snapshot(copied).digest == source.snapshot(number).digest
    assert target.verify() == []
    copy.close()

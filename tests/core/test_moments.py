"""A moment is the same whether it comes from a stored snapshot or from what a run reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from k8s_datamodel.api import StorageRequest
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.plugins.registry import Registry
from k8s_datamodel.reading import pipeline, storing
from k8s_datamodel.reading.moments import Moment
from k8s_datamodel.reading.run_moments import RunMoment
from k8s_datamodel.reading.stored_moments import StoredMoment, earlier
from k8s_datamodel.testing.memory_source import Ending, ObjectsSource
from k8s_datamodel_plugins.sql.store import SqlStore, open_store
from support.sql_stores import CLUSTER, WIDGETS, record, store_widgets, widget, widgets
from truth.shapes import WRITE, allowed, crd, workload

CRDS = "customresourcedefinitions.apiextensions.k8s.io"
NAMES = ["boats.harbour.example", "piers.harbour.example"]
OBJECTS = [
    *map(crd, NAMES),
    workload("port-operator", "port", account="moor"),
    *allowed("port", "moor", (["harbour.example"], ["boats", "boats/status"], WRITE)),
]


@pytest.fixture(scope="module")
def registry() -> Registry:
    return App(["--no-external-plugins"]).registry


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    request = StorageRequest(str(tmp_path / "inventory.db"), (WIDGETS,), create=True)
    with closing(open_store(request)) as opened:
        yield opened


@contextmanager
def read(registry: Registry, *names: str, **ending: Ending) -> Iterator[tuple[RunMoment, Any]]:
    source = ObjectsSource(OBJECTS, endings={CRDS: ending["crds"]} if ending else {})
    types = [registry.type(name) for name in names]
    with pipeline.start(lambda: source, registry, types) as run:
        yield RunMoment.of(run), source


def test_a_run_gives_complete_objects_only_where_they_are_asked_for(registry: Registry) -> None:
    with read(registry, "crds") as (moment, _):
        rows = list(moment.rows("crds"))
    assert [(row["name"], row["spec"]) for row in rows] == [(name, None) for name in NAMES]
    with read(registry, "crds") as (moment, _):
        assert [row["spec"] for row in moment.rows("crds", objects=True)] == OBJECTS[:2]
    assert (moment.number, moment.counts, moment.complete) == (None, {"crds": 2}, True)


def test_types_may_be_asked_for_in_any_order_and_each_list_is_read_once(
    registry: Registry,
) -> None:
    with read(registry, "crds", "operators") as (moment, source):
        operators = list(moment.rows("operators", objects=True))
        kept = [(row["name"], row["spec"]) for row in moment.rows("crds")]
        with pytest.raises(LookupError, match="crds were read without their objects"):
            list(moment.rows("crds", objects=True))
        with pytest.raises(LookupError, match="operators were read already"):
            list(moment.rows("operators"))
    assert [row["name"] for row in operators] == ["port-operator"]
    assert kept == [(name, None) for name in NAMES]
    assert source.listed.count(CRDS) == 1
    assert list(moment.rows("csvs")) == []


def test_counts_and_ledger_hold_when_all_is_read(registry: Registry) -> None:
    with read(registry, "crds", "operators", crds=Ending("forbidden")) as (moment, _):
        assert "operators" not in moment.counts
        moment.finish()
    assert (moment.counts["crds"], moment.counts["operators"]) == (None, 1)
    assert not moment.complete
    assert [entry.read for entry in moment.ledger if entry.incomplete] == [CRDS]
    with read(registry, "crds", "operators") as (moment, _):
        moment.keep_rest()
        assert [row["name"] for row in moment.rows("operators")] == ["port-operator"]


@contextmanager
def late(registry: Registry, monkeypatch: pytest.MonkeyPatch, of: Any) -> Iterator[Any]:
    """A run whose CRDs have their managers by another function."""
    load = Registry.load_function
    monkeypatch.setattr(
        Registry,
        "load_function",
        lambda self, spec, target: of if target.endswith(":managers") else load(self, spec, target),
    )
    types = [registry.type(name) for name in ("crds", "operators")]
    with pipeline.start(lambda: ObjectsSource(OBJECTS), registry, types) as run:
        yield run


def test_deferred_columns_see_what_was_read_and_fill_no_others(
    registry: Registry, store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def managers(moment: Moment) -> Any:
        names = [row["name"] for row in moment.rows("operators")]
        assert moment.counts == {"crds": 2, "operators": 1}
        return lambda row: {
            "managed_by": [*row, *names],
            "managed_by_reason": None,
            "established": 9,
        }

    with late(registry, monkeypatch, managers) as run:
        stored = storing.store(run, store, storing.StoreOptions())
    rows = list(store.records(stored.id, "crds", objects=False))
    assert [row["managed_by"] for row in rows] == [["name", "port-operator"]] * 2
    assert {row["established"] for row in rows} == {None}
    assert stored.complete


def test_a_function_of_deferred_columns_that_fails_is_in_the_ledger(
    registry: Registry, store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def managers(moment: Moment) -> Any:
        raise ZeroDivisionError("by nought")

    with late(registry, monkeypatch, managers) as run:
        stored = storing.store(run, store, storing.StoreOptions())
    [entry] = [each for each in store.ledger(stored.id) if each.incomplete]
    assert entry.read == "deferred columns (managed_by, managed_by_reason)"
    assert entry.outcome.reason == "ZeroDivisionError: by nought"
    rows = list(store.records(stored.id, "crds", objects=False))
    assert {row["managed_by_reason"] for row in rows} == {"operators were not read"}
    assert (stored.counts["crds"], stored.complete) == (2, False)


def test_a_snapshot_gives_rows_in_order_of_identity(store: SqlStore) -> None:
    counts = {"widgets": 3, "gadgets": 4}
    number = store_widgets(store, reversed(widgets(3)), counts=counts, complete=False)
    moment = StoredMoment.of(store, store.snapshot(number), [WIDGETS])
    names = ["widget-00000", "widget-00001", "widget-00002"]
    assert [row["name"] for row in moment.rows("widgets")] == names
    first = next(moment.rows("widgets", objects=True))
    assert first["spec"]["metadata"]["name"] == "widget-00000"
    assert "spec" not in next(moment.rows("widgets"))
    assert list(moment.rows("gadgets")) == []
    assert moment.counts == {"widgets": 3}
    assert (moment.number, moment.cluster(), moment.complete) == (number, CLUSTER, False)


def test_earlier_moments_are_of_the_same_cluster_the_newest_first(store: SqlStore) -> None:
    numbers = [
        store_widgets(store, widgets(size), timestamp=f"2024-03-1{size} 10:00:00")
        for size in (1, 2, 3)
    ]
    other = store_widgets(store, widgets(1), cluster=type(CLUSTER)("prod", "another"))
    now = StoredMoment.of(store, store.snapshot(numbers[2]), [WIDGETS])
    before = list(earlier(now, store))
    assert [each.number for each in before] == [numbers[1], numbers[0]]
    assert [len(list(each.rows("widgets"))) for each in before] == [2, 1]
    alone = StoredMoment.of(store, store.snapshot(other), [WIDGETS])
    assert list(earlier(alone, store)) == []


def test_earlier_rows_are_those_that_each_snapshot_has(store: SqlStore) -> None:
    many = widgets(6)
    held: list[list[Any]] = [
        many,
        [*many[:2], *widgets(7)[3:]],
        [*many[:2], *(record(widget(f"widget-{n:05}", 9), in_use=n) for n in (2, 3))],
        [],
        [*many[:1], *many[:1]],
        [*many[4:], *many[:1]],
        many,
    ]
    for records in held:
        whole = {"counts": {"widgets": len(records)}}
        store_widgets(store, records, **whole)
    store_widgets(store, [])
    now = StoredMoment.of(store, store.snapshot(len(held) + 1), [WIDGETS])
    names = [each.name for each in WIDGETS.columns]
    found = [(each.number, list(each.rows("widgets"))) for each in earlier(now, store)]
    assert [number for number, _ in found] == [7, 6, 5, 4, 3, 2, 1]
    for number, rows in found:
        stored = store.records(number or 0, "widgets", objects=False)
        assert rows == [{name: row[name] for name in names} for row in stored]

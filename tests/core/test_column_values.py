"""Where the values of columns come from: paths, functions, collectors."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import pytest

from k8s_datamodel.data.columns import Column
from k8s_datamodel.data.objects import KubernetesObject, Record, Resource
from k8s_datamodel.testing.collecting import collect
from k8s_datamodel.testing.memory_source import ObjectsSource
from k8s_datamodel.types.column_values import filler, utc
from k8s_datamodel.types.resource_types import Read, ResourceType

BOATS = Resource("sea.example", "v1", "boats", "Boat")
COLUMNS = (
    Column("name", show="table", path=".metadata.name"),
    Column("sails", "integer", path=".spec.sails"),
    Column("afloat", "boolean"),
)


def boat(name: str, **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "sea.example/v1",
        "kind": "Boat",
        "metadata": {"name": name},
        "spec": spec,
    }


def load(target: str) -> Any:
    module, _, name = target.partition(":")
    return getattr(importlib.import_module(module), name)


def filled(column: Column, thing: KubernetesObject) -> Any:
    return filler([column], load)(thing).values[column.name]


def test_a_collector_may_yield_objects_and_records_that_lack_columns() -> None:
    def yielded(reader: Any) -> Iterator[Record | KubernetesObject]:
        for item in reader.objects(BOATS):
            whole = item["metadata"]["name"] == "ark"
            yield item if whole else Record({"sails": 9, "afloat": True}, item)

    boats = ResourceType(
        name="boats", columns=COLUMNS, identity=("name",), collector=yielded, reads=(Read(BOATS),)
    )
    collected = collect(boats, ObjectsSource([boat("ark", sails=0), boat("gull", sails=2)]))
    assert collected.faults == []
    assert [record.values for record in collected.records] == [
        {"name": "ark", "sails": 0},
        {"name": "gull", "sails": 9, "afloat": True},
    ]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (Column("a", value=lambda thing: thing["spec"]["sails"] + 1), 3),
        (Column("a", value="builtins:sorted"), ["apiVersion", "kind", "metadata", "spec"]),
        (Column("a", path=".spec.sails", value=lambda sails: sails * 2), 4),
        (Column("a", path=".spec.crew[*]", value=lambda names: names), ["Ann", "Bo"]),
        (Column("a", path=".spec.nothing", value=lambda found: found is None), True),
        (Column("a", path=".spec.sails.deeper"), None),
        (Column("a", path=".spec.crew[1]"), "Bo"),
        (Column("a", path=".spec.crew[*]"), "Ann,Bo"),
    ],
)
def test_a_value_is_what_path_and_function_say(column: Column, value: Any) -> None:
    assert filled(column, boat("ark", sails=2, crew=["Ann", "Bo"])) == value


def test_what_is_no_record_is_left_for_the_checks_to_refuse() -> None:
    fill = filler(COLUMNS, load)
    assert fill("a boat") == "a boat"


@pytest.mark.parametrize(
    ("found", "time"),
    [
        ("2024-01-02T03:04:05Z", "2024-01-02 03:04:05"),
        ("2024-01-02T03:04:05.678+01:00", "2024-01-02 02:04:05"),
        (["2024-01-02T03:04:05Z"], "2024-01-02 03:04:05"),
        (["2024-01-02T03:04:05Z"] * 2, None),
        ("2024-01-02T03:04:05", None),
        ("yesterday", None),
        (7, None),
        (None, None),
    ],
)
def test_times_become_utc_text(found: Any, time: str | None) -> None:
    assert utc(found) == time

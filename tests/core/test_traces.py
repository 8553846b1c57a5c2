"""Who made objects, as a collector is told: counted once, listed or not, and what was unread."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from k8s_datamodel.api import (
    Column,
    Read,
    Record,
    Resource,
    ResourceType,
    Trace,
    TypeReader,
    trace_of,
)
from k8s_datamodel.testing import ObjectsSource, collect
from k8s_datamodel.testing.memory_source import Ending

GULLS = Resource("sea.example", "v1", "gulls", "Gull")
CRABS = Resource("sea.example", "v1", "crabs", "Crab")
NAMES = Resource("", "v1", "names", "Name")


def thing(kind: str, name: str, **metadata: Any) -> dict[str, Any]:
    return {"apiVersion": "sea.example/v1", "kind": kind, "metadata": {"name": name, **metadata}}


def entry(manager: str, *fields: str, **more: str) -> dict[str, Any]:
    of_metadata = {f"f:{each}": {} for each in fields if each != "status"}
    status: dict[str, Any] = {"f:status": {}} if "status" in fields else {}
    return {"manager": manager, "fieldsV1": {"f:metadata": of_metadata, **status}, **more}


CONTROLLED = {"apiVersion": "v1", "kind": "Owner", "controller": True}


@pytest.mark.parametrize(
    ("metadata", "trace"),
    [
        ({}, Trace()),
        ({"managedFields": None, "ownerReferences": "x"}, Trace()),
        ({"managedFields": [entry("a")]}, Trace((("a", ""),))),
        ({"managedFields": [entry("a", subresource="status")]}, Trace((("a", "status"),))),
        ({"managedFields": [entry("a", "status")]}, Trace((("a", ""), ("a", "status")))),
        ({"managedFields": [entry("a", "finalizers")]}, Trace((("a", ""), ("a", "finalizers")))),
        ({"ownerReferences": [CONTROLLED]}, Trace((), (("v1", "Owner"),))),
        ({"ownerReferences": [{**CONTROLLED, "controller": False}]}, Trace()),
    ],
)
def test_the_trace_of_an_object(metadata: dict[str, Any], trace: Trace) -> None:
    assert trace_of(thing("Gull", "g", **metadata)) == trace
    assert trace_of({"metadata": None}) == Trace()


def collector(reader: TypeReader) -> Iterator[Record]:
    for resource, traces in zip((GULLS, CRABS), reader.traces([GULLS, CRABS]), strict=True):
        found = None if traces is None else str([each.objects for each in traces])
        yield Record({"name": resource.kind, "traces": found}, {"kind": resource.kind})


TYPE = ResourceType(
    name="traces",
    identity=("name",),
    columns=(Column("name", show="table"), Column("traces")),
    collector=collector,
    reads=(Read(NAMES),),
)


def test_what_looks_alike_is_one_and_what_is_unread_is_none() -> None:
    gulls = [thing("Gull", name, managedFields=[entry("a")]) for name in ("one", "two")]
    endings = {GULLS.name: Ending("forbidden"), CRABS.name: Ending("forbidden")}
    for unread in ({}, {CRABS.name: endings[CRABS.name]}, endings):
        collected = collect(TYPE, ObjectsSource(gulls, endings=unread))
        found = {each.values["name"]: each.values["traces"] for each in collected.records}
        assert found == {
            "Gull": None if GULLS.name in unread else "[2]",
            "Crab": None if unread else "[]",
        }
        failed = [each for each in collected.ledger if each.outcome.status == "forbidden"]
        assert all(each.optional for each in failed)
        assert [each.read for each in failed] == ["instances (who wrote them)"][: len(unread)]
        assert not unread or failed[0].outcome.reason.endswith(" (and 1 more)") == (
            len(unread) == 2
        )

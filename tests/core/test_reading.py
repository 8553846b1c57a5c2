"""Rules of reading: how reads end, which type comes first, whose fault a fact is."""

from __future__ import annotations

from typing import Any

import pytest

from k8s_datamodel.api import (
    Column,
    Count,
    LedgerEntry,
    Outcome,
    Read,
    Record,
    Resource,
    ResourceType,
    Status,
)
from k8s_datamodel.reading.once.facts import Facts
from k8s_datamodel.reading.pipeline import in_reading_order
from k8s_datamodel.reading.reader import without_refused
from k8s_datamodel.reading.run_redactor import RedactedChunk
from k8s_datamodel.reading.type_reader import added, of_what_is_there
from k8s_datamodel.testing import Ending, ObjectsSource, collect

GULLS = Resource("birds.example", "v1", "gulls", "Gull")
TERNS = Resource("birds.example", "v1", "terns", "Tern")


def bird(kind: str, name: str) -> dict[str, Any]:
    return {"apiVersion": "birds.example/v1", "kind": kind, "metadata": {"name": name}}


def birds(name: str, *reads: Read, collector: Any = "m:c", **more: Any) -> ResourceType:
    columns = (Column("name", show="table"),)
    return ResourceType(
        name=name,
        command=name,
        singular=name[:-1],
        plural=name,
        columns=columns,
        identity=("name",),
        collector=collector,
        reads=reads,
        **more,
    )


def test_refused_objects_make_a_list_fail() -> None:
    whole = Outcome("complete", objects=5)
    assert without_refused(whole, []) == whole
    one = without_refused(whole, ["gull a is too deep"])
    assert (one.status, one.reason, one.objects) == ("failed", "gull a is too deep: left out", 4)
    three = without_refused(Outcome("forbidden", "no right"), ["a", "b", "c"])
    assert (three.status, three.objects) == ("forbidden", None)
    assert three.reason == "no right; a, and 2 more: left out"


def test_what_another_list_names_is_never_absent() -> None:
    found = of_what_is_there(Outcome("absent", "404", 404, objects=0))
    assert (found.status, found.http_code, found.objects) == ("failed", 404, None)
    assert found.reason == "404; another list says that this kind is served"
    assert of_what_is_there(Outcome("forbidden")) == Outcome("forbidden")


def test_counts_add_up_and_one_unknown_makes_the_sum_unknown() -> None:
    each = Outcome("complete", requests=1, bytes=10, seconds=0.5)
    two = added(added(Outcome("complete"), each, 3), each, 4)
    assert (two.requests, two.objects, two.bytes, two.seconds) == (2, 7, 20, 1.0)
    assert added(two, each, None).objects is None


def test_a_type_that_streams_a_list_comes_before_those_that_want_its_facts() -> None:
    wants = birds("wants", Read(GULLS, fact="m:f"))
    streams = birds("streams", Read(GULLS))
    assert [t.name for t in in_reading_order([wants, streams])] == ["streams", "wants"]


def test_types_that_wait_for_each_other_keep_their_order() -> None:
    one = birds("ones", Read(GULLS), Read(TERNS, fact="m:f"))
    two = birds("twos", Read(TERNS), Read(GULLS, fact="m:f"))
    assert in_reading_order([one, two]) == [one, two]


def test_a_maker_that_fails_is_asked_no_more() -> None:
    asked: list[str] = []

    def breaks(item: Any) -> str:
        asked.append(item["metadata"]["name"])
        raise SystemExit("broken")

    facts = Facts({"good": lambda item: item["kind"] or None, "bad": breaks})
    for name in ("a", "b"):
        chunk = [bird("Gull", name), bird("", name)]
        facts.take(RedactedChunk(chunk, chunk, []))
    assert facts.gathered["good"] == ["Gull", "Gull"]
    assert asked == ["a"]
    assert isinstance(facts.faults["bad"], SystemExit)
    assert "bad" not in facts.gathered


ENDS: dict[str, tuple[Status, bool, int | None]] = {
    "a list that was noted as skipped": ("skipped", False, None),
    "one that may not be read": ("forbidden", False, None),
    "one that only enriches": ("forbidden", True, 1),
    "one that was read": ("complete", False, 1),
}


@pytest.mark.parametrize("case", ENDS)
def test_what_a_collector_notes_decides_on_the_number(case: str) -> None:
    status, optional, number = ENDS[case]

    def collector(reader: Any) -> Any:
        for item in reader.objects(GULLS):
            yield Record({"name": item["metadata"]["name"]}, item)
        reader.note("terns", Outcome(status), optional=optional)

    source = ObjectsSource([bird("Gull", "a")])
    collected = collect(birds("gulls", Read(GULLS), collector=collector), source)
    assert collected.count == number
    assert LedgerEntry("gulls", "terns", Outcome(status), optional) in collected.ledger


def test_lists_come_with_their_resources_and_end_in_the_ledger() -> None:
    def collector(reader: Any) -> Any:
        for resource, chunk in reader.lists([(GULLS, ""), (TERNS, "")]):
            for item in chunk:
                assert item["kind"] == resource.kind
                yield Record({"name": item["metadata"]["name"]}, item)

    objects = [bird("Gull", "a"), bird("Gull", "b"), bird("Tern", "c")]
    endings = {TERNS.name: Ending("absent", chunks=1)}
    kind = birds("birds", collector=collector, on_request="birds")
    collected = collect(kind, ObjectsSource(objects, 1, endings))
    assert sorted(each.values["name"] for each in collected.records) == ["a", "b", "c"]
    assert {each.read: each.outcome.status for each in collected.ledger} == {
        GULLS.name: "complete",
        TERNS.name: "failed",
    }
    assert collected.count is None


def test_counts_that_end_alike_are_one_entry() -> None:
    def collector(reader: Any) -> Any:
        counts: list[Count] = list(reader.count([GULLS, TERNS]))
        assert [each.value for each in counts] == [2, 1]
        return ()

    objects = [bird("Gull", "a"), bird("Gull", "b"), bird("Tern", "c")]
    collected = collect(birds("birds", collector=collector), ObjectsSource(objects))
    [entry] = collected.ledger
    assert (entry.read, entry.outcome.objects) == ("instances (count)", 3)

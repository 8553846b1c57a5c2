"""A source that can do more is asked for later types' lists while the first ones are read."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cluster import manifests
from k8s_datamodel.api import Listing, ListRequest
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.data.asked import Asked
from k8s_datamodel.reading.pipeline import Run, start
from k8s_datamodel.testing import ObjectsSource

SAMPLE = Path(__file__).parents[2] / "docs" / "sample-cluster" / "before"
TYPES = ("crds", "operators", "olm")
STREAMED_LATER = {
    "clusterserviceversions.operators.coreos.com",
    "daemonsets.apps",
    "deployments.apps",
    "statefulsets.apps",
}
SECONDS = 60


class Elastic(ObjectsSource):
    """Can do so much at once; ``ahead`` is set when the lists of later types were asked for."""

    able = 9

    def __post_init__(self) -> None:
        super().__post_init__()
        self.ahead = threading.Event()

    def at_once(self) -> int:
        return self.able

    def list(self, request: ListRequest) -> Listing:
        found = super().list(request)
        if set(self.listed) >= STREAMED_LATER:
            self.ahead.set()
        return found


@pytest.fixture(scope="module")
def objects() -> list[dict[str, Any]]:
    return [dict(each) for each in manifests.read(SAMPLE)]


def run_of(source: ObjectsSource) -> Any:
    registry = App(["--no-external-plugins"]).registry
    types = [each for each in registry.types if each.name in TYPES]
    return start(lambda: source, registry, types)


def read(source: ObjectsSource) -> tuple[list[Any], dict[str, int | None], set[Any]]:
    with run_of(source) as run:
        records = [(type_.name, dict(record.values)) for type_, record in run.records()]
        ledger = {(e.resource_type, e.read, e.outcome.status, e.optional) for e in run.ledger}
        return records, run.counts, ledger


def test_what_is_read_ahead_is_read_once_and_is_the_same(objects: list[dict[str, Any]]) -> None:
    usual, elastic = ObjectsSource(objects), Elastic(objects)
    assert read(elastic) == read(usual)
    assert Counter(elastic.listed) == Counter(usual.listed)
    assert elastic.ahead.is_set()


def records_of(run: Run) -> Iterator[Any]:
    return iter(run.records())


def test_later_lists_are_on_their_way_after_the_first_record(
    objects: list[dict[str, Any]],
) -> None:
    source = Elastic(objects)
    with run_of(source) as run:
        next(records_of(run))
        assert source.ahead.wait(SECONDS)


def test_a_source_that_can_do_no_more_is_asked_in_order(objects: list[dict[str, Any]]) -> None:
    source = Elastic(objects)
    source.able = 4
    with run_of(source) as run:
        next(records_of(run))
        assert source.listed == ["customresourcedefinitions.apiextensions.k8s.io"]


class FirstIsLast(ObjectsSource):
    """Of the custom resources, the kind that is asked for first ends after another one did."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.another = threading.Event()
        self.first = ""

    def list(self, request: ListRequest) -> Listing:
        listing = super().list(request)
        if not request.definition:
            return listing
        self.first = self.first or request.resource.name

        def late() -> Iterator[Any]:
            if request.resource.name == self.first:
                self.another.wait(SECONDS)
            yield from listing
            yield listing.outcome

        def early() -> Iterator[Any]:
            try:
                yield from listing
                yield listing.outcome
            finally:  # the reader has its outcome
                self.another.set()

        return Listing(late() if request.resource.name == self.first else early())


def test_the_ledger_has_lists_in_the_order_asked_whichever_ends_first(
    objects: list[dict[str, Any]],
) -> None:
    source = FirstIsLast(objects)
    registry = App(["--no-external-plugins"]).registry
    types = [each for each in registry.types if each.name == "instances"]
    asked = Asked({"instances": ("*",)})
    with start(lambda: source, registry, types, asked=asked) as run:
        records = list(run.records())
        read = [each.read for each in run.ledger if each.resource_type == "instances"]
    assert records
    assert source.another.is_set()
    kinds = [read[0], *(name for name in names_of(objects) if name in read)]
    assert read == kinds


def names_of(objects: list[dict[str, Any]]) -> list[str]:
    definitions = [each for each in objects if each["kind"] == "CustomResourceDefinition"]
    return [each["metadata"]["name"] for each in definitions]


class Silent(Elastic):
    """Does not answer for deployments until it is closed."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.over = threading.Event()

    def list(self, request: ListRequest) -> Listing:
        listing = super().list(request)
        if request.resource.plural != "deployments":
            return listing

        def late() -> Iterator[Any]:
            self.over.wait(SECONDS)
            yield from listing
            yield listing.outcome

        return Listing(late())


def interrupted(source: Silent) -> None:
    with run_of(source) as run:
        next(records_of(run))
        assert source.ahead.wait(SECONDS)
        raise KeyboardInterrupt


def test_an_interrupt_does_not_wait_for_what_was_asked_ahead(
    objects: list[dict[str, Any]],
) -> None:
    source = Silent(objects)
    try:
        with pytest.raises(KeyboardInterrupt):
            interrupted(source)
        assert source.closed
        assert not source.over.is_set()
    finally:
        source.over.set()

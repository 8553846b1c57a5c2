"""The built-ins keep what the kit asks of everybody."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from k8s_datamodel.api import FormatterSpec
from k8s_datamodel.testing import (
    Ending,
    FormatterContract,
    ObjectsSource,
    ResourceTypeContract,
    StorageBackendContract,
    collect,
    manifests,
)
from k8s_datamodel_plugins.crds import TYPE as CRDS
from k8s_datamodel_plugins.formats import register_formatters
from k8s_datamodel_plugins.html import register_formatters as register_html_formatters
from k8s_datamodel_plugins.instances import TYPE as INSTANCES
from k8s_datamodel_plugins.metrics import register_formatters as register_metrics_formatters
from k8s_datamodel_plugins.olm import TYPE as CSVS
from k8s_datamodel_plugins.operators import TYPE as OPERATORS
from k8s_datamodel_plugins.sql import register_storage_backends
from support.parsed_html import elements

SAMPLES = manifests(Path(__file__).parents[2] / "docs" / "sample-cluster" / "before")


class TestCrds(ResourceTypeContract):
    resource_type = CRDS
    objects = SAMPLES
    # Counting must fail for the one, and a CRD be about to go for the other.
    unfilled = frozenset({"instance_count_reason", "terminating"})


class TestOperators(ResourceTypeContract):
    resource_type = OPERATORS
    objects = SAMPLES
    # No workload of the sample has a time, and none shares a kind with another that comes first.
    unfilled = frozenset({"creation_timestamp", "shared_crds"})


class TestCsvs(ResourceTypeContract):
    resource_type = CSVS
    objects = SAMPLES


class TestInstances(ResourceTypeContract):
    resource_type = INSTANCES
    objects = SAMPLES

    @pytest.mark.parametrize(
        ("pattern", "kinds"),
        [
            ("beaconmq.example/*", {"Broker", "Topic"}),
            ("*/brokers", {"Broker"}),
            ("BROKER", {"Broker"}),
            ("brokers.beaconmq.example", {"Broker"}),
            ("nothing", set()),
        ],
    )
    def test_patterns(self, pattern: str, kinds: set[str]) -> None:
        collected = collect(INSTANCES, ObjectsSource(SAMPLES), patterns=[pattern])
        assert {record.values["kind"] for record in collected.records} == kinds
        assert collected.count == len(collected.records)

    def test_one_list_that_fails_makes_the_number_unknown(self) -> None:
        endings = {"topics.beaconmq.example": Ending("forbidden")}
        collected = collect(INSTANCES, ObjectsSource(SAMPLES, endings=endings))
        assert collected.count is None
        assert "Broker" in {record.values["kind"] for record in collected.records}
        failed = [each for each in collected.ledger if each.incomplete]
        assert [each.read for each in failed] == ["topics.beaconmq.example"]


class TestSqlite(StorageBackendContract):
    storage = next(spec for spec in register_storage_backends() if spec.scheme == "sqlite")


def _format(name: str) -> FormatterSpec:
    return next(spec for spec in register_formatters() if spec.name == name)


class TestJson(FormatterContract):
    formatter = _format("json")

    def parse(self, content: bytes) -> object:
        return json.loads(content)


class TestYaml(FormatterContract):
    formatter = _format("yaml")

    def parse(self, content: bytes) -> object:
        return list(yaml.safe_load_all(content))


class TestCsv(FormatterContract):
    formatter = _format("csv")
    verbatim = True

    def parse(self, content: bytes) -> object:
        return list(csv.reader(io.StringIO(content.decode()), strict=True))


class TestName(FormatterContract):
    formatter = _format("name")


class TestPrometheus(FormatterContract):
    formatter = next(iter(register_metrics_formatters()))
    streams = False  # the samples of a metric stand together

    def parse(self, content: bytes) -> object:
        return list(text_string_to_metric_families(content.decode()))


class TestHtml(FormatterContract):
    formatter = next(iter(register_html_formatters()))

    def parse(self, content: bytes) -> object:
        return elements(content.decode())


class TestTable(FormatterContract):
    formatter = _format("table")
    streams = False


class TestWide(FormatterContract):
    formatter = _format("wide")
    streams = False


class TestRich(FormatterContract):
    formatter = _format("rich")
    streams = False


class TestJsonPath(FormatterContract):
    formatter = _format("jsonpath")
    argument = "{@}"
    streams = False


class TestJsonPathAsJson(FormatterContract):
    formatter = _format("jsonpath-as-json")
    argument = "{@}"
    streams = False

    def parse(self, content: bytes) -> object:
        return json.loads(content)


class TestCustomColumns(FormatterContract):
    formatter = _format("custom-columns")
    argument = "NAME:.name,snapshots:.snapshots"
    streams = False

"""The built-ins keep what the kit asks of everybody."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import yaml

from k8s_datamodel.api import FormatterSpec
from k8s_datamodel.testing import (
    FormatterContract,
    ResourceTypeContract,
    StorageBackendContract,
    manifests,
)
from k8s_datamodel_plugins.crds import TYPE as CRDS
from k8s_datamodel_plugins.formats import register_formatters
from k8s_datamodel_plugins.olm import TYPE as CSVS
from k8s_datamodel_plugins.operators import TYPE as OPERATORS
from k8s_datamodel_plugins.sql import register_storage_backends

SAMPLES = manifests(Path(__file__).parents[2] / "docs" / "sample-cluster" / "before")


class TestCrds(ResourceTypeContract):
    resource_type = CRDS
    objects = SAMPLES
    unfilled = frozenset({"instance_count_reason"})  # there is one where counting fails


class TestOperators(ResourceTypeContract):
    resource_type = OPERATORS
    objects = SAMPLES
    unfilled = frozenset({"creation_timestamp"})  # no workload of the sample has one


class TestCsvs(ResourceTypeContract):
    resource_type = CSVS
    objects = SAMPLES


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


class TestTable(FormatterContract):
    formatter = _format("table")
    streams = False


class TestWide(FormatterContract):
    formatter = _format("wide")
    streams = False


class TestRich(FormatterContract):
    formatter = _format("rich")
    streams = False

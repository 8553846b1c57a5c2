"""Prometheus' text format, version 0.0.4: the numbers of rows as gauges.

https://prometheus.io/docs/instrumenting/exposition_formats/. No sample has a time, as the textfile
collector of the node exporter takes none.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from prometheus_client import generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from k8s_datamodel.api import Column, Output, Page, Pages, Rows, UsageError

_PREFIX = "k8s_datamodel"
_NUMBERS = ("integer", "real", "boolean")
_NO_NAME = re.compile("[^a-z0-9_]")
# What drives terminals, turns text around, or ends a line for some reader. UTF-8 has no lone
# surrogates, and Prometheus' own reader stops at NUL. Line feeds are escaped by the format.
_UNWRITABLE = re.compile(
    "[\0-\t\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


class Prometheus:
    """A gauge for each column of numbers; what names a row are its labels.

    A gauge is called ``k8s_datamodel_``, the block, ``_``, the column; for a column ``value`` it is
    the block alone. A number that is not known has no sample there, but a 1 in a gauge that ends
    with ``_unknown``. Rows without columns of numbers are a 1 in a gauge that ends with ``_info``.
    """

    def write(self, page: Page, output: Output) -> None:
        """Write all rows, once they are read: samples of a metric stand together.

        Raises:
            UsageError: the page has no rows, or two of them with the same labels differ.
        """
        gauges = _Gauges()
        for labels, block in _blocks(page):
            gauges.add(block, labels)
        output.text.write(generate_latest(gauges).decode("utf-8"))


def _blocks(page: Page) -> Iterator[tuple[Mapping[str, Any], Rows]]:
    """All rows of a page, or of the pages in it, with what tells these pages apart."""
    many = page.of(Pages)
    for each in (inner for block in many for inner in block.pages):
        yield from ((each.naming(), rows) for rows in each.tables())
    if not many:
        yield from (({}, rows) for rows in page.tables())


class _Gauges(Collector):
    """Metrics by name, in the order in which they were first seen."""

    def __init__(self) -> None:
        self._found: dict[str, GaugeMetricFamily] = {}
        self._seen: dict[tuple[str, tuple[tuple[str, str], ...]], float] = {}

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """What there is."""
        yield from self._found.values()

    def add(self, block: Rows, more: Mapping[str, Any]) -> None:
        """The samples of a block's rows."""
        numbers = [
            each
            for each in block.columns
            if each.type in _NUMBERS and each.name not in block.identity
        ]
        naming = _naming(block)
        of = _name(block.command or block.key or block.title)
        for column in numbers:
            self._family(_metric(of, column), column.description or column.title)
        for row in block.rows:
            labels = {**more, **{each.key: row.get(each.name) for each in naming}}
            for column in numbers:
                self._number(_metric(of, column), labels, row.get(column.name))
            if not numbers:
                self._sample(f"{of}_info", block.title, labels, 1)

    def _number(self, name: str, labels: Mapping[str, Any], value: Any) -> None:
        if isinstance(value, (int, float)):
            self._sample(name, "", labels, value)
        else:
            self._sample(f"{name}_unknown", f"Of which {name} is not known", labels, 1)

    def _sample(self, name: str, text: str, labels: Mapping[str, Any], value: float) -> None:
        pairs = {_name(key): _label(each) for key, each in labels.items()}
        if len(pairs) < len(labels):
            numbers = Counter(map(_name, labels))
            twins = " and ".join(each for each in labels if numbers[_name(each)] > 1)
            raise UsageError(f"{twins} would be one label: choose another --output, such as json")
        known = (name, tuple(sorted(pairs.items())))
        if known in self._seen:
            if self._seen[known] == value:
                return
            raise UsageError(
                f"two rows are {name} of {pairs}, as what tells them apart is no label: choose "
                "another --output, such as json"
            )
        self._seen[known] = value
        self._family(name, text).add_sample(f"{_PREFIX}_{name}", pairs, value)

    def _family(self, name: str, text: str) -> GaugeMetricFamily:
        if name not in self._found:
            self._found[name] = GaugeMetricFamily(f"{_PREFIX}_{name}", _label(text))
        return self._found[name]


def _naming(block: Rows) -> Sequence[Column]:
    """The columns that are labels: what names a record of a type, else every text."""
    if block.command:
        return [each for each in block.columns if each.name in block.identity]
    return [each for each in block.columns if each.type == "text" or each.name in block.identity]


def _metric(of: str, column: Column) -> str:
    return of if column.key == "value" else f"{of}_{_name(column.key)}"


def _name(text: str) -> str:
    name = _NO_NAME.sub("_", text.lower())
    return f"_{name}" if name[:1].isdigit() else name


def _label(value: Any) -> str:
    r"""The text, with an escape such as ``\x1b`` for what no line can hold; empty for None.

    What is no single value is JSON.
    """
    if isinstance(value, (dict, list, tuple)):
        value = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    return "" if value is None else _UNWRITABLE.sub(_escape, str(value))


def _escape(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")

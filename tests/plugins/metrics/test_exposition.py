"""``-o prometheus``: which gauges there are of rows, and that any text is a label."""

from __future__ import annotations

import pytest
from prometheus_client.parser import text_string_to_metric_families

from k8s_datamodel.api import Column, Fields, Pages, Rows, UsageError
from k8s_datamodel_plugins.metrics.exposition import Prometheus
from support.format_samples import document, gadget, gadgets, widgets, written

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def samples(text: str) -> Samples:
    return {
        (each.name.removeprefix("k8s_datamodel_"), tuple(sorted(each.labels.items()))): each.value
        for family in text_string_to_metric_families(text)
        for each in family.samples
    }


def labels(name: str, namespace: str = "shop", **more: str) -> tuple[tuple[str, str], ...]:
    return tuple(sorted({"name": name, "namespace": namespace, **more}.items()))


def test_numbers_are_gauges_and_the_unknown_is_none() -> None:
    text = written(Prometheus(), gadgets(gadget(), gadget("two", ready=False, size=None)))
    assert samples(text) == {
        ("gadget_size", labels("one")): 3,
        ("gadget_size_unknown", labels("two")): 1,
        ("gadget_ready", labels("one")): 1,
        ("gadget_ready", labels("two")): 0,
    }
    assert "# TYPE k8s_datamodel_gadget_size gauge\n" in text


def test_rows_without_numbers_are_there() -> None:
    assert samples(written(Prometheus(), widgets("a"))) == {("widget_info", (("name", "a"),)): 1}


def test_a_column_called_value_has_the_name_of_its_block() -> None:
    columns = [Column("where"), Column("value", "real")]
    block = Rows(columns, [{"where": "x", "value": 1.5}], key="Depth of water")
    assert samples(written(Prometheus(), block)) == {("depth_of_water", (("where", "x"),)): 1.5}


def test_several_snapshots_are_told_apart() -> None:
    pages = Pages([document(gadgets(gadget()), snapshot_id=number) for number in (7, 8)])
    found = samples(written(Prometheus(), pages))
    assert ("gadget_size", labels("one", snapshot_id="7")) in found
    assert ("gadget_size", labels("one", snapshot_id="8")) in found


HOSTILE = {
    'a"b': 'a"b',
    "a\\b": "a\\b",
    "a\nb} 5\nup 1": "a\nb} 5\nup 1",
    "a\rb": "a\\rb",
    "\0": "\\x00",
    "\ud800": "\\ud800",
    "\x1b[2J": "\\x1b[2J",
    "a\u2028b": "a\\u2028b",
    "\u202egnp": "\\u202egnp",
    "": "",
    "日本語": "日本語",
    "x" * 10_000: "x" * 10_000,
}


@pytest.mark.parametrize(("text", "shown"), HOSTILE.items(), ids=range(len(HOSTILE)))
def test_any_text_is_a_label_and_nothing_else(text: str, shown: str) -> None:
    assert samples(written(Prometheus(), gadgets(gadget(text)))) == {
        ("gadget_size", labels(shown)): 3,
        ("gadget_ready", labels(shown)): 1,
    }


def test_what_has_no_rows_is_refused() -> None:
    with pytest.raises(UsageError, match="no rows"):
        written(Prometheus(), Fields({"a": 1}))


def test_columns_that_would_be_one_label_are_refused() -> None:
    block = Rows([Column("prod-eu"), Column("prod_eu")], [{"prod-eu": "1", "prod_eu": "2"}], "a")
    with pytest.raises(UsageError, match="prod-eu and prod_eu would be one label"):
        written(Prometheus(), block)


def test_rows_that_no_label_tells_apart_are_refused() -> None:
    with pytest.raises(UsageError, match="two rows are gadget_size of"):
        written(Prometheus(), gadgets(gadget(), gadget(size=4)))

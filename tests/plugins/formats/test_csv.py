from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest

from k8s_datamodel.api import Column, Fields, Pages, Rows, UsageError
from k8s_datamodel_plugins.formats.csv import Csv
from support.format_samples import document, gadget, gadgets, widgets, written

HEADING = ["name", "namespace", "group", "size", "ready", "parts", "labels", "notes"]


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def test_a_listing_has_all_columns_of_documents() -> None:
    text = written(Csv(), gadgets(gadget(), gadget("two", ready=False, size=None)))
    assert read(text) == [
        HEADING,
        ["one", "shop", "acme.io", "3", "true", "a,b", '{"tier":"1e3"}', ""],
        ["two", "shop", "acme.io", "", "false", "a,b", '{"tier":"1e3"}', ""],
    ]
    assert text.startswith("name,namespace,group,size,ready,parts,labels,notes\n")


def test_a_listing_without_rows_is_its_heading() -> None:
    assert written(Csv(), gadgets()) == ",".join(HEADING) + "\n"


@pytest.mark.parametrize("text", ['a"b', "a,b", "a\nb", "a\rb", "a\r\nb", " a ", "=1+1", "ä", "'"])
def test_text_comes_back_as_it_is(text: str) -> None:
    assert read(written(Csv(), gadgets(gadget(notes=text))))[1][-1] == text


def test_what_csv_or_utf8_cannot_hold_is_replaced() -> None:
    assert read(written(Csv(), gadgets(gadget(notes="\0\ud800"))))[1][-1] == "\ufffd\ufffd"


def test_the_complete_object_is_json_in_the_last_cell() -> None:
    spec = {"kind": "Gadget", "spec": {"a": ['"', 1, None]}}
    rows = read(written(Csv(), gadgets(gadget(spec=spec), objects=True, alone=True)))
    assert rows[0][-1] == "spec"
    assert json.loads(rows[1][-1]) == spec


def test_without_headers_the_first_line_is_a_row() -> None:
    assert written(Csv(), replace(widgets("a"), headers=False)) == "a\n"
    assert written(Csv(), Pages([document(replace(widgets("a"), headers=False))])) == "7,a\n"


def test_a_table_that_is_no_resource_types() -> None:
    table = Rows((Column("id", "integer"), Column("info", "json")), [{"id": 1, "info": [1]}])
    assert read(written(Csv(), table)) == [["id", "info"], ["1", "[1]"]]


def test_a_document_of_one_type_is_its_table() -> None:
    text = written(Csv(), document(gadgets(gadget()), ledger=[{"read": "x"}]))
    assert read(text)[1][:2] == ["one", "shop"]


def test_a_ledger_is_the_table_where_several_types_are_none() -> None:
    ledger = [{"read": "x", "status": "failed", "reason": "broke, at once"}]
    heading, row = read(written(Csv(), document(gadgets(), widgets(), ledger=ledger)))
    assert dict(zip(heading, row, strict=True))["reason"] == "broke, at once"


def test_a_document_of_several_types_says_what_to_choose() -> None:
    with pytest.raises(UsageError, match="--gadgets-only, --widgets-only"):
        written(Csv(), document(gadgets(), widgets()))


def test_many_documents_are_one_table_with_the_snapshots_number() -> None:
    documents = [document(widgets(name), snapshot_id=at) for at, name in enumerate("ab")]
    expected = [["snapshot_id", "name"], ["0", "a"], ["1", "b"]]
    assert read(written(Csv(), Pages(documents))) == expected


def test_a_value_is_a_line_for_each_leaf() -> None:
    text = written(Csv(), Fields({"total": 2, "clusters": {"prod": {"snapshots": 1}, "x": []}}))
    expected = [["key", "value"], ["total", "2"], ["clusters.prod.snapshots", "1"]]
    assert read(text) == [*expected, ["clusters.x", ""]]

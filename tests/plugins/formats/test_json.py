from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from k8s_datamodel.api import Column, Fields, Output, Pages, Rows
from k8s_datamodel_plugins.formats.json import Json
from support.format_samples import GADGETS, Counting, document, gadget, gadgets, widgets, written

LISTED = {
    "name": "one",
    "namespace": "shop",
    "group": "acme.io",
    "size": 3,
    "ready": True,
    "parts": ["a", "b"],
    "labels": {"tier": "1e3"},
    "notes": None,
}


def test_a_listing_is_an_array_of_objects_by_key_in_column_order() -> None:
    found = json.loads(written(Json(), gadgets(gadget(), gadget("two"))))
    assert found == [LISTED, LISTED | {"name": "two"}]
    assert list(found[0]) == list(LISTED)


def test_a_listing_without_rows_is_an_empty_array() -> None:
    assert written(Json(), gadgets()) == "[]\n"


def test_the_complete_object_comes_last_where_it_was_asked_for() -> None:
    row = gadget(spec={"kind": "Gadget", "spec": {"a": [1]}})
    found = json.loads(written(Json(), gadgets(row, objects=True)))
    assert list(found[0])[-1] == "spec"
    assert found[0]["spec"]["spec"]["a"] == [1]


def test_text_is_indented_by_two_and_ends_with_a_line_feed() -> None:
    table = Rows((Column("id", "integer"), Column("parts", "list")), [{"id": 1, "parts": ("a",)}])
    expected = '[\n  {\n    "id": 1,\n    "parts": [\n      "a"\n    ]\n  }\n]\n'
    assert written(Json(), table) == expected


def test_a_record_is_an_object() -> None:
    assert json.loads(written(Json(), gadgets(gadget(), alone=True))) == LISTED


def test_a_document_has_lists_as_text_that_is_never_null() -> None:
    section = gadgets(gadget(), gadget("two", parts=None), gadget("three", parts=[]))
    found = json.loads(written(Json(), document(section, widgets())))
    assert list(found) == ["snapshot", "gadgets", "widgets"]
    assert [each["parts"] for each in found["gadgets"]] == ["a,b", "", ""]
    assert found["gadgets"][0]["labels"] == {"tier": "1e3"}
    assert found["widgets"] == []
    assert found["snapshot"]["timestamp"] == "2024-03-15 10:30:15"


def test_a_document_has_a_ledger_only_where_it_was_asked_for() -> None:
    found = json.loads(written(Json(), document(widgets("a"), ledger=[{"read": "x"}])))
    assert list(found) == ["snapshot", "widgets", "ledger"]
    assert [each["read"] for each in found["ledger"]] == ["x"]


def test_many_documents_are_an_array() -> None:
    documents = (document(widgets(name), snapshot_id=at) for at, name in enumerate("ab"))
    found = json.loads(written(Json(), Pages(documents)))
    assert [(each["snapshot"]["id"], each["widgets"]) for each in found] == [
        (0, [{"name": "a"}]),
        (1, [{"name": "b"}]),
    ]
    assert written(Json(), Pages(iter(()))) == "[]\n"


def test_one_document_is_indented_as_json_itself_does() -> None:
    text = written(Json(), document(gadgets(gadget(spec={"a": {}}), objects=True)))
    assert text == json.dumps(json.loads(text), indent=2) + "\n"
    text = written(Json(), Pages([document(widgets("a"))]))
    assert text == json.dumps(json.loads(text), indent=2) + "\n"


def test_what_utf8_or_json_cannot_hold_breaks_nothing() -> None:
    values = {"lone": "\ud83d", "infinite": [float("inf")], "c1": "\x9b", "ä": "ä\u2028\x00"}
    text = written(Json(), Fields(values))
    assert json.loads(text) == values | {"infinite": [None]}
    assert "ä" in text
    assert "\x9b" not in text
    assert "\u2028" not in text


def test_rows_are_written_as_they_are_read() -> None:
    stream = Counting()
    written_before: list[int] = []

    def rows() -> Iterator[dict[str, Any]]:
        for number in range(3):
            written_before.append(stream.characters)
            yield gadget(str(number), notes="x" * 1000)

    section = GADGETS.block(rows())
    Json().write(document(section), Output(stream, None))  # type: ignore[arg-type]
    assert written_before[1] > 1000
    assert written_before[2] > written_before[1] + 1000


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_any_value_comes_back(value: Any) -> None:
    assert json.loads(written(Json(), Fields({"x": value}))) == {"x": value}

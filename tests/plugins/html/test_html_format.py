"""``-o html``: what stands in the document, without a browser."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from k8s_datamodel.api import Column, Fields, Level, Page, Pages, Rows, Text
from k8s_datamodel_plugins.html.listings.html_format import Html
from support.format_samples import document, gadget, gadgets, widgets, written
from support.parsed_html import Element, elements

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def made(page: Page | Rows | Fields | Text | Pages, *names: str) -> list[Element]:
    return elements(written(Html(), page), *names)


def outline(page: Page | Rows | Fields | Text | Pages) -> list[tuple[str, str]]:
    return [(each.name, each.text) for each in made(page, *HEADINGS)]


def test_a_listing_is_a_table_of_its_wide_columns() -> None:
    page = [gadget(), gadget("two", size=None)]
    cells = [each.text for each in made(gadgets(*page), "td", "th")]
    heads = ["Name", "Namespace", "Group", "Instances", "Ready", "Parts", "Notes"]
    assert cells == [
        *heads,
        *("one", "shop", "acme.io", "3", "yes", "a, b", "-"),
        *("two", "shop", "acme.io", "-", "yes", "a, b", "-"),
    ]
    assert [(e.name, e.attributes["scope"]) for e in made(gadgets(*page), "th")] == [
        *[("th", "col")] * len(heads),
        *[("th", "row")] * 2,
    ]
    assert [each.text for each in made(gadgets(*page), "caption", "title")] == ["Gadgets"] * 2


@pytest.mark.parametrize(
    ("count", "expected"), [(0, "0 Gadgets"), (1, "1 Gadget"), (2, "2 Gadgets")]
)
def test_it_says_how_many_rows_there_are(count: int, expected: str) -> None:
    page = gadgets(*[gadget(str(number)) for number in range(count)])
    assert [e.text for e in made(page, "p") if e.attributes.get("class") == "count"] == [expected]


def test_columns_that_lists_have_options_for_can_be_filtered() -> None:
    assert [e.text for e in made(gadgets(gadget()), "th") if "data-filter" in e.attributes] == [
        "Group"
    ]


def test_a_number_has_the_word_for_it() -> None:
    column = Column("sure", "real", levels=(Level("high", 0.8), Level("low", 0)))
    rows = Rows((Column("name"), column), [{"name": "a", "sure": 0.9}])
    assert [each.text for each in made(rows, "td")] == ["0.9 high"]


def test_words_that_say_how_it_is_are_badges_but_no_names() -> None:
    rows = Rows((Column("name"), Column("status")), [{"name": "failed", "status": "failed"}])
    assert [each.within[-1] for each in made(rows, "span")] == ["td"]


def test_rows_without_headers_have_none() -> None:
    assert made(replace(gadgets(gadget()), headers=False), "thead") == []


def test_a_record_is_what_is_known_of_it() -> None:
    found = gadget(labels={"tier": {"x": ["a", {"b": 1}]}})
    assert outline(gadgets(found, alone=True)) == [("h1", "Gadget shop/one")]
    names = [each.text for each in made(gadgets(found, alone=True), "dt")]
    assert names == [
        *("Name", "Namespace", "Group", "Instances", "Ready", "Parts", "Labels", "tier", "x"),
        *("b", "Notes"),
    ]


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (gadgets(gadget()), [("h1", "Gadgets")]),
        (
            document(gadgets(gadget()), widgets("a"), ledger=[]),
            [("h1", "Snapshot 7"), ("h2", "Gadgets"), ("h2", "Widgets"), ("h2", "Ledger")],
        ),
        (
            Pages([document(widgets("a")), document(widgets("b"), snapshot_id=8)], title="All"),
            [
                ("h1", "All"),
                *[("h2", "Snapshot 7"), ("h3", "Widgets")],
                *[("h2", "Snapshot 8"), ("h3", "Widgets")],
            ],
        ),
        (Fields({"a": 1}), [("h1", "k8s-datamodel")]),
        (Text(["x"], title="Words"), [("h1", "Words")]),
        (
            Page([Page([replace(widgets("a"), key="w")], "added", "What is new")]),
            [("h1", "k8s-datamodel"), ("h2", "What is new"), ("h3", "Widgets")],
        ),
        (
            Page([replace(widgets("a"), key="w"), replace(widgets("b"), key="v")], title="Both"),
            [("h1", "Both"), ("h2", "Widgets"), ("h2", "Widgets")],
        ),
    ],
)
def test_headings_say_what_belongs_to_what(
    page: Page | Rows | Fields | Text | Pages, expected: list[tuple[str, str]]
) -> None:
    assert outline(page) == expected


def test_ids_are_there_once() -> None:
    page = document(gadgets(gadget()), widgets("a"), ledger=[{"read": "x"}])
    ids = re.findall(' id="([^"]*)"', written(Html(), page))
    assert len(ids) == len(set(ids)) > 6


def test_text_stays_as_it_is() -> None:
    [text] = made(Text(["a\t<b>\n", "  c\x1b\n"]), "pre")
    assert text.text == "a\t<b>\n  c\\x1b\n"


def test_lines_for_people_stand_in_place_of_values() -> None:
    drawn = Fields({"a": 1}, drawn=["two\x1b", "lines"], page=True)
    assert [each.text for each in made(drawn, "pre", "dt")] == ["two\\x1b\nlines\n"]
    assert [each.text for each in made(replace(drawn, page=False), "pre", "dt")] == ["a"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([{"a": 1, "b": "<"}, {"a": None, "c": [2]}], [["a", "b", "c"], "1 < -", "- - 2"]),
        ({"x": {"a": 1}, "y": {"a": 2}}, [["", "a"], "x 1", "y 2"]),
        ([{"a": {"b": 1, "c": None}, "d": [{"e": 2}, 3]}], [["a", "d"], ["b 1", "e 23"]]),
        ([{"a": [], "b": {}}], [["a", "b"], "none none"]),
        ({"x": {"a": 1}, "y": {"b": 2}}, []),
        ({"x": {"a": 1}}, []),
        ([1, 2], []),
        ([{"a": 1}, 2], []),
    ],
)
def test_values_that_are_alike_are_a_table(value: object, expected: list[Any]) -> None:
    found = made(Fields({"value": value}), "tr", "th", "td")
    rows: list[list[str]] = []
    for each in found:
        if each.name == "tr":
            rows.append([])
        else:
            rows[-1].append(each.text.strip())
    assert rows == [each if isinstance(each, list) else each.split(" ") for each in expected]


def test_what_is_empty_says_so() -> None:
    values = {"a": [], "b": {}, "c": None, "d": "", "e": 0, "f": "x\ny"}
    assert [each.text for each in made(Fields(values), "dd")] == [
        "none",
        "none",
        "-",
        "",
        "0",
        "x\ny",
    ]


def test_what_is_nested_without_an_end_stays_readable() -> None:
    value: object = "core"
    for _ in range(100):
        value = {"a": [value, [1]]}
    assert "core" in written(Html(), Fields({"deep": value}))

"""Which rows filters keep, what least values mean, and what a name may name."""

from __future__ import annotations

import math
from typing import Any

import click
import pytest

from k8s_datamodel.base.errors import DatamodelError
from k8s_datamodel.cli.params.filters import (
    Least,
    filter_options,
    keyword,
    matching,
    matching_of,
)
from k8s_datamodel.cli.params.row_names import (
    display_name,
    may_be_named,
    named,
    only_one,
    sort_key,
)
from k8s_datamodel.data.columns import Column, Level
from k8s_datamodel.types.resource_types import ResourceType

SCORE = Column(
    "score", "integer", at_least="min-score", levels=(Level("high", 80), Level("medium", 50))
)
WIDGETS = ResourceType(
    name="widgets",
    command="widget",
    singular="Widget",
    plural="widgets",
    columns=(
        Column("group", show="table", filter="group"),
        Column("namespace", show="table"),
        Column("name", show="table", filter="name"),
        Column("size", "integer", filter="size-in-mm"),
        SCORE,
    ),
    identity=("group", "namespace", "name"),
    collector="nowhere:collect",
    reads=(),
)
ROW = {"group": "acme.io", "namespace": "shop", "name": "Web", "size": 12, "score": 79}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({}, True),
        ({"name": ("web",)}, True),
        ({"name": ("w*",)}, True),
        ({"name": ("W?B",)}, True),
        ({"name": ("[vw]eb",)}, True),
        ({"name": ("we",)}, False),
        ({"name": ("api", "web")}, True),
        ({"name": ("web",), "group": ("other.io",)}, False),
        ({"name": ("web",), "group": ("*.io",)}, True),
        ({"size_in_mm": ("1*",)}, True),
        ({"size_in_mm": ("2*",)}, False),
        ({"size_in_mm": ("12",)}, True),
        ({"size_in_mm": ("1",)}, False),
        ({"size_in_mm": (">10",)}, True),
        ({"size_in_mm": (">12", "<=12.0")}, True),
        ({"size_in_mm": (">10,<12",)}, False),
        ({"size_in_mm": ("!=12",)}, False),
        ({"name": ()}, True),
        ({"min_score": 79.0}, True),
        ({"min_score": 79.5}, False),
        ({"min_score": 0.0}, True),
        ({"min_score": 10.0, "name": ("api",)}, False),
        ({"other_option": ("nothing",)}, True),
    ],
)
def test_a_row_is_kept_when_every_filter_matches(given: dict[str, Any], kept: bool) -> None:
    assert matching(WIDGETS, given)(ROW) is kept


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"min_score": 0.0}, False),
        ({"name": ("*",)}, True),
        ({"name": ("",)}, True),
        ({"name": ("?*",)}, False),
    ],
)
def test_an_unknown_value_is_an_empty_text_and_at_least_nothing(
    given: dict[str, Any], kept: bool
) -> None:
    assert matching(WIDGETS, given)({"name": None, "score": None}) is kept


@pytest.mark.parametrize(
    ("row", "possible"),
    [
        ({}, True),
        ({"group": "acme.io"}, True),
        ({"group": "other.io"}, False),
        ({"group": "acme.io", "name": "api"}, False),
    ],
)
def test_rows_known_in_part_are_ruled_out_by_what_is_known(
    row: dict[str, Any], possible: bool
) -> None:
    given = {"group": ("acme.*",), "name": ("web",), "min_score": 99.0}
    assert matching_of(WIDGETS, given).conceivable(row) is possible


@pytest.mark.parametrize(
    ("text", "number"),
    [("high", 80), ("HIGH", 80), ("medium", 50), ("12", 12), ("-1.5", -1.5), ("1e3", 1000)],
)
def test_a_least_value_is_a_number_or_a_level(text: str, number: float) -> None:
    assert Least(SCORE).convert(text, None, None) == number


def test_a_least_value_may_be_infinite() -> None:
    assert Least(SCORE).convert("inf", None, None) == math.inf


@pytest.mark.parametrize("text", ["low", "", "nan", "12 points"])
def test_other_least_values_name_the_levels(text: str) -> None:
    with pytest.raises(click.BadParameter, match="high, medium"):
        Least(SCORE).convert(text, None, None)


def test_each_filter_and_each_least_value_is_an_option() -> None:
    options = click.command("list")(filter_options(WIDGETS)(lambda **_: None)).params
    assert [option.opts for option in options] == [
        ["--group"],
        ["--name"],
        ["--size-in-mm"],
        ["--min-score"],
    ]
    assert [option.name for option in options] == [
        keyword(each) for each in ("group", "name", "size-in-mm", "min-score")
    ]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Web", True),
        ("web", False),
        ("shop/Web", True),
        ("acme.io/shop/Web", True),
        ("acme.io/Web", True),
        ("ACME.io/Web", True),
        ("acme.io/shop", False),
        ("shop", False),
        ("", False),
    ],
)
def test_a_name_alone_or_behind_parts_of_its_identity_means_a_row(name: str, meant: bool) -> None:
    assert named(WIDGETS, name)(ROW) is meant


@pytest.mark.parametrize(
    ("name", "row", "possible"),
    [
        ("Web", {}, True),
        ("Web", {"group": "acme.io"}, True),
        ("shop/Web", {"group": "acme.io", "namespace": "other"}, False),
        ("acme.io/shop/Web", {"group": "acme.io"}, True),
        ("acme.io/shop/Web", {"group": "other.io"}, False),
        ("acme.io/shop/Web", {"group": "acme.io", "namespace": "other"}, False),
        ("acme.io/shop/Web", {"namespace": "other"}, False),
    ],
)
def test_what_is_known_of_rows_rules_them_out(
    name: str, row: dict[str, Any], possible: bool
) -> None:
    assert may_be_named(WIDGETS, name)(row) is possible


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        (ROW, "shop/Web"),
        ({"name": "Web", "namespace": None}, "Web"),
        ({"name": "Web", "namespace": ""}, "Web"),
        ({}, ""),
    ],
)
def test_names_for_people(row: dict[str, Any], shown: str) -> None:
    assert display_name(WIDGETS, row) == shown


def test_rows_stand_in_order_of_identity_without_a_namespace_first() -> None:
    rows = [{"group": "b"}, {"group": "a", "namespace": "x"}, {"group": "a", "namespace": None}]
    ordered = sorted(rows, key=sort_key(WIDGETS))
    assert ordered == [rows[2], rows[1], rows[0]]


def test_one_row_of_a_name_is_the_one() -> None:
    assert only_one(WIDGETS, [ROW], "Web", ["Web"]) is ROW


def test_several_rows_of_a_name_are_all_said() -> None:
    other = {**ROW, "namespace": "test"}
    with pytest.raises(DatamodelError, match=r"'Web'.* 2.*acme\.io/shop/Web, acme\.io/test/Web"):
        only_one(WIDGETS, [ROW, other], "Web", ["Web"])


@pytest.mark.parametrize(("name", "hint"), [("Wbe", "Web"), ("zzz", None)])
def test_a_name_of_no_row_brings_similar_ones(name: str, hint: str | None) -> None:
    with pytest.raises(DatamodelError) as caught:
        only_one(WIDGETS, [], name, ["Web", "Api"])
    assert f"Widget {name!r}" in str(caught.value)
    assert ("Web" in str(caught.value)) == (hint is not None)

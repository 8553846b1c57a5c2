"""A record is what its type says, or a fault in words."""

from __future__ import annotations

import re
from typing import Any

import pytest

from k8s_datamodel.api import Column, Record, ResourceType
from k8s_datamodel.reading.record_checks import Checks

SHOPS = ResourceType(
    name="shops",
    identity=("name",),
    collector="shops:collect",
    columns=(
        Column("name", show="table"),
        Column("size", "integer"),
        Column("weight", "real"),
        Column("open", "boolean"),
        Column("tags", "list"),
        Column("more", "json"),
    ),
)
SHOP = {"apiVersion": "acme.io/v1", "kind": "Shop", "metadata": {"name": "one"}}
TOKEN = "[redacted:01234567:0123456789abcdef]"
FAULTS = (TypeError, ValueError)


@pytest.mark.parametrize(
    ("column", "value", "fault"),
    [
        ("name", "two", ""),
        ("name", 1, "column 'name' is text, a record has int"),
        ("size", None, ""),
        ("size", 2**63 - 1, ""),
        ("size", 2**63, "more than 64 bits"),
        ("size", True, "column 'size' is integer, a record has bool"),
        ("size", 1.0, "column 'size' is integer, a record has float"),
        ("weight", 1, ""),
        ("weight", "1", "column 'weight' is real, a record has str"),
        ("open", False, ""),
        ("open", 0, "column 'open' is boolean, a record has int"),
        ("tags", ("a", "b"), ""),
        ("tags", "ab", "column 'tags' is list, a record has str"),
        ("tags", ["a", 1], "column 'tags' is list, a record has list"),
        ("more", {"a": [None, {"b": (1.5,)}]}, ""),
        ("more", {"a": {1}}, "column 'more' is json, a record has dict"),
        ("more", float("inf"), "column 'more' is json, a record has float"),
        ("other", 1, "'other', which is no column"),
    ],
)
def test_a_value_is_of_its_columns_type(column: str, value: Any, fault: str) -> None:
    checks = Checks(SHOPS, thorough=False)
    made = Record({"name": "one", column: value}, SHOP)
    if not fault:
        assert checks.checked(made) is made
        return
    with pytest.raises(FAULTS, match=re.escape(fault)):
        checks.checked(made)


@pytest.mark.parametrize(
    ("made", "fault"),
    [
        ("shop", "yielded str in place of a Record"),
        (Record({"size": 1}, SHOP), "lacks 'name', which is part of its identity"),
        (Record({"name": "one"}, ["shop"]), "spec of a record is list"),  # type: ignore[arg-type]
    ],
)
def test_a_record_is_whole(made: object, fault: str) -> None:
    with pytest.raises(FAULTS, match=re.escape(fault)):
        Checks(SHOPS, thorough=False).checked(made)


@pytest.mark.parametrize(
    ("second", "fault"),
    [
        (Record({"name": "one"}, SHOP), "two records have the identity one"),
        (Record({"name": "two"}, {**SHOP, "spec": b"x"}), "spec of a record cannot be stored"),
        (Record({"name": "two"}, SHOP), ""),
    ],
)
def test_only_a_thorough_check_looks_at_all_of_it(second: Record, fault: str) -> None:
    for thorough in (False, True):
        checks = Checks(SHOPS, thorough=thorough)
        checks.checked(Record({"name": "one"}, SHOP))
        if not (thorough and fault):
            assert checks.checked(second) is second
            continue
        with pytest.raises(ValueError, match=fault):
            checks.checked(second)


def test_a_token_in_the_place_of_a_number_is_null() -> None:
    made = Record({"name": TOKEN, "size": TOKEN, "open": TOKEN, "more": TOKEN}, SHOP)
    done = Checks(SHOPS, thorough=True).checked(made)
    assert done.values == {"name": TOKEN, "size": None, "open": None, "more": TOKEN}

"""Canonical JSON: what is stored of an object says all of it, always in the same words."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from k8s_datamodel_plugins.sql.layout.content import canonical

texts = st.text(max_size=8) | st.sampled_from(["null", ":null", "[null,null]", "\ud800", "é"])
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts
finite = scalars.filter(lambda value: not (isinstance(value, float) and math.isinf(value)))
values = st.recursive(
    finite,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


def plain(value: Any) -> str:
    """What the standard library makes of it."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@settings(max_examples=500)
@given(values)
@example(2**63)
@example(-(2**70))
@example({"b": None, "a": [None]})
@example([1e16, 1e-7, -0.0, 1.0, 5e-324])
def test_it_says_what_the_value_is(value: Any) -> None:
    text = canonical(value)
    text.encode()  # a database can hold it
    back = json.loads(text)
    assert back == value
    assert plain(back) == plain(value)  # 1 is not 1.0, -0.0 is not 0.0, keys keep their types
    assert canonical(back) == text


def test_keys_are_sorted_at_every_level_and_nothing_is_spaced() -> None:
    value = {"b": [{"z": 1, "é": 2, "a": None}], "a": "x y"}
    assert canonical(value) == '{"a":"x y","b":[{"a":null,"z":1,"é":2}]}'


@dataclass
class Point:
    x: int


@pytest.mark.parametrize("value", [math.nan, math.inf, date(2026, 1, 1), Point(1), {1, 2}])
@pytest.mark.parametrize("inside", [lambda v: v, lambda v: {"a": v}, lambda v: ["x", v]])
def test_what_json_does_not_have_is_refused(value: Any, inside: Any) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        canonical(inside(value))


def test_what_refers_to_itself_is_refused() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(ValueError, match=r"\w"):
        canonical(value)


def test_what_nests_deeper_than_a_fast_encoder_likes_is_kept() -> None:
    value: Any = 1
    for _ in range(600):
        value = [value]
    assert canonical(value) == plain(value)

"""Paths are written as the grammar says, are read back as they were, and patterns match them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8s_datamodel.comparing.field_paths import (
    AnyItem,
    AnyKey,
    Item,
    Member,
    parsed,
    parsed_path,
    written,
    written_path,
)

WRITTEN = [
    (("spec", "replicas"), "spec.replicas"),
    (("metadata", "labels", "app.kubernetes.io/name"), 'metadata.labels["app.kubernetes.io/name"]'),
    (("a.b", "c"), '["a.b"].c'),
    (("data", ""), 'data[""]'),
    (("data", "*"), 'data["*"]'),
    (("data", "ä"), 'data["ä"]'),
    (("data", 'q"]'), r'data["q\"]"]'),
    (("v", Item((("name", "v2"),)), "served"), "v[name=v2].served"),
    (("p", Item((("containerPort", 80), ("protocol", "TCP")))), "p[containerPort=80,protocol=TCP]"),
    (("p", Item((("a", "80"), ("b", None)))), 'p[a="80",b=null]'),
    (("p", Item((("a", "null"), ("b", True), ("c", "true")))), 'p[a="null",b=true,c="true"]'),
    (("p", Item((("a", "x y"), ("b.c", "a/b.c_d-e")))), 'p[a="x y","b.c"=a/b.c_d-e]'),
    (("p", Item((("a", "1.5"), ("b", "1.5.0"), ("c", "01")))), 'p[a="1.5",b=1.5.0,c=01]'),
    (("f", Member("a")), "f[=a]"),
    (("f", Member("a:b")), 'f[="a:b"]'),
    (("f", Member(1)), "f[=1]"),
    (("f", Member(-1.5)), "f[=-1.5]"),
    (("f", Member({"a": [1]})), 'f[={"a":[1]}]'),
    (("args", 3), "args[3]"),
    (("args", "3"), "args.3"),
    (("x", AnyItem(), AnyKey(), "y"), "x[*].*.y"),
    ((AnyKey(), "y"), "*.y"),
]

KEYS = st.text(max_size=6) | st.sampled_from(["name", "a.b", "*", "3", "null", "[", '"', "=a", ""])
VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | KEYS
)
ITEMS = st.lists(st.tuples(KEYS, VALUES), min_size=1, max_size=3).map(lambda k: Item(tuple(k)))
STEPS: Any = (
    KEYS
    | st.integers(min_value=0)
    | ITEMS
    | VALUES.map(Member)
    | st.builds(AnyKey)
    | st.builds(AnyItem)
)


@pytest.mark.parametrize(
    ("steps", "text"), WRITTEN, ids=lambda each: each if isinstance(each, str) else ""
)
def test_a_path_is_written_and_read(steps: Any, text: str) -> None:
    assert written(steps) == text
    assert parsed(text).steps == steps


@given(st.lists(STEPS, min_size=1, max_size=5).map(tuple))
def test_every_path_is_read_as_it_was(steps: Any) -> None:
    assert repr(parsed(written(steps)).steps) == repr(steps)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "a path names a field"),
        ("a..b", "a key follows"),
        ("a.", "a key follows"),
        ("a b", "a dot or a bracket begins"),
        ("a[", "stands in brackets"),
        ("a[name]", "= follows the key"),
        ("a[name=]", "a value follows"),
        ("a[name=x", "a bracket ] ends"),
        ("a[name=x y]", "a bracket ] ends"),
        ('a["x]', "this is no JSON"),
        ("a[-1]", "= follows the key"),
    ],
)
def test_what_is_no_path_is_said_with_the_place(text: str, what: str) -> None:
    with pytest.raises(ValueError, match="path") as caught:
        parsed(text)
    assert what.replace("[", "[") in str(caught.value)


COVERED = [
    ("spec", "spec.replicas", True, True),
    ("spec.replicas", "spec", False, True),
    ("spec.replicas", "spec.paused", False, False),
    ("a[*].c", "a[name=x].c", True, True),
    ("a[*].c", "a[3].c", True, True),
    ("a[*]", "a.c", False, False),
    ("a.*", "a.c.d", True, True),
    ("a.*", "a[0]", False, False),
    ("a[name=x]", "a[name=x,protocol=TCP].c", True, True),
    ("a[name=x,protocol=UDP]", "a[name=x,protocol=TCP]", False, False),
    ("a[=x]", "a[=x]", True, True),
    ("a[=1]", "a[=true]", False, False),
    ("a[1]", "a[1]", True, True),
    ("a[1]", "a.1", False, False),
]


@pytest.mark.parametrize(("pattern", "path", "covers", "touches"), COVERED)
def test_a_pattern_covers_a_field_and_its_parts(
    pattern: str, path: str, covers: bool, touches: bool
) -> None:
    steps: Any = parsed(path).steps
    assert parsed(pattern).covers(steps) is covers
    assert parsed(pattern).touches(steps) is touches


@pytest.mark.parametrize(
    "steps", [(), ("spec",), ("spec", "a.b", AnyItem(), AnyKey(), 0), (AnyKey(), "x y")]
)
def test_a_path_of_the_public_api_is_read_as_it_was_written(steps: tuple[Any, ...]) -> None:
    assert parsed_path(written_path(steps)) == steps


def test_a_path_of_the_public_api_names_no_item_by_what_it_is() -> None:
    with pytest.raises(ValueError, match="names an item by what it is"):
        parsed_path("spec[name=a]")

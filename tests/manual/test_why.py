"""docs/why.md names tests that are there, some for each promise."""

from __future__ import annotations

import ast
import re

from manual.pages import ROOT

PAGE = (ROOT / "docs" / "why.md").read_text(encoding="utf-8")
PROMISES = re.split(r"^## \d\. ", PAGE, flags=re.M)[1:]
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))


def test_the_named_tests_are_there() -> None:
    assert len(NAMED) > 20
    assert [each for each in NAMED if each[1] not in functions_of(each[0])] == []


def functions_of(file: str) -> list[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return [each.name for each in tree.body if isinstance(each, ast.FunctionDef)]


def test_each_promise_has_tests() -> None:
    assert len(PROMISES) == 5
    assert [len(re.findall("`tests/", each)) > 2 for each in PROMISES] == [True] * 5
    assert len(re.findall("`tests/", PAGE)) == len(
        re.findall(r"`tests/[\w/]+\.py::test_\w+`", PAGE)
    )

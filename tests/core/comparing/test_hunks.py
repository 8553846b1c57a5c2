"""A change as a unified diff of YAML shows what is told, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from k8s_datamodel.comparing.changes import Change
from k8s_datamodel.comparing.differences import PLAIN, Lens, object_changes
from k8s_datamodel.comparing.hunks import hunk, patched

SCRIPT = "".join(f"line {number}\n" for number in range(20))
OLD: dict[str, Any] = {
    "kind": "Thing",
    "list": [{"name": "a", "x": 1}, {"name": "b", "x": 2}],
    "text": SCRIPT,
    "args": ["--a", "--b", "--c"],
}
NEW: dict[str, Any] = {
    "kind": "Thing",
    "list": [{"name": "b", "x": 5}, {"name": "a", "x": 1}],
    "text": SCRIPT.replace("line 7\n", "line seven\n"),
    "args": ["--a", "--c", "--d"],
}


def lines(old: Any, new: Any, lens: Lens = PLAIN) -> list[str]:
    fields = object_changes(old or {}, new or {}, lens).fields
    change = Change("things", {"namespace": None, "name": "x"}, "changed", fields, old, new)
    found = list(hunk(change, 1))
    assert found[:2] != [] or not fields
    return [each for each in found[2:] if each[0] in "+-"]


def test_only_what_is_told() -> None:
    assert lines(OLD, NEW) == [
        *("-- --b", "+- --d", "-  x: 2", "+  x: 5", "-  line 7", "+  line seven"),
    ]


def test_what_a_manifest_does_not_name_stays() -> None:
    assert lines(OLD, {"kind": "Other"}, Lens(named="to")) == ["-kind: Thing", "+kind: Other"]


def test_a_whole_object() -> None:
    assert lines(None, {"a": 1}) == ["+a: 1"]
    assert lines({"a": 1}, None) == ["-a: 1"]


@pytest.mark.parametrize("pair", [(OLD, NEW), (NEW, OLD), (OLD, {}), ({}, NEW)])
def test_an_object_with_its_changes_is_the_other_but_for_order(pair: Any) -> None:
    made = patched(pair[0], object_changes(*pair).fields)
    assert not object_changes(made, pair[1])

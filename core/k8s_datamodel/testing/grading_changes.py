"""Grade changes of a resource type's things, as ``diff`` does."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from k8s_datamodel.data.findings import Finding, Grader
from k8s_datamodel.data.objects import Row
from k8s_datamodel.plugins.configuration import NO_CONFIGURATION
from k8s_datamodel.testing.alone import alone
from k8s_datamodel.types.field_checks import misfits
from k8s_datamodel.types.resource_types import ResourceType

_FOREIGN: Sequence[Any] = (None, "", "x", 7, True, [], [None], {}, {"": None})
"""What stands where a description has something else."""

_DEEPEST = 3
"""Keys from the object to what is replaced by something foreign."""


def grader_of(resource_type: ResourceType) -> Grader | None:
    """What grades a type's changes for a user without configuration; None if nothing does."""
    if not resource_type.grading:
        return None
    found = alone(resource_type).load_function(resource_type, resource_type.grading)
    grader: Grader = found(NO_CONFIGURATION)
    assert callable(grader), f"grading gives {grader!r}, which cannot be called"
    return grader


def check_grader(grader: Grader, row: Row) -> None:
    """Raise AssertionError where a grader does not say of one row what it must.

    Two equal rows mean nothing. Of what came, went, or has something foreign in its object, what
    is found are findings, which JSON can have, and the same again.
    """
    assert _findings(grader, row, copy.deepcopy(row)) == [], "two equal rows mean nothing"
    pairs: list[tuple[Row | None, Row | None]] = [(None, row), (row, None)]
    pairs += [pair for each in _foreign(row) for pair in ((row, each), (each, row))]
    for old, new in pairs:
        found = _findings(grader, old, new)
        assert found == _findings(grader, old, new), "the same change means two things"


def _findings(grader: Grader, old: Row | None, new: Row | None) -> list[dict[str, Any]]:
    found = grader(old, new)
    assert isinstance(found, Iterable), f"grading gives {found!r}, no findings"
    told = []
    for each in found:
        assert isinstance(each, Finding), f"grading gives {each!r}, no Finding"
        assert list(misfits(each, "finding")) == []
        assert each.rule, "a finding has no rule"
        assert each.message.strip(), f"{each.rule}: its message is empty"
        json.dumps(each.document(), allow_nan=False)
        told.append(each.document())
    return told


def _foreign(row: Row) -> Iterator[Row]:
    """The row with something foreign at one place of its object at a time."""
    spec = row["spec"]
    for path in _paths(spec):
        for value in _FOREIGN:
            thing = copy.deepcopy(spec)
            parent = thing
            for step in path[:-1]:
                parent = parent[step]
            parent[path[-1]] = value
            yield {**row, "spec": thing}
    for name in row:
        if name != "spec":
            yield {**row, name: None}


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if len(path) == _DEEPEST:
        return
    keys = list(value) if isinstance(value, dict) else range(min(1, len(value)))
    for key in keys:
        yield (*path, key)
        if isinstance(value[key], dict | list):
            yield from _paths(value[key], (*path, key))

"""Which values the fields had that ``--path`` names, when a thing came."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from k8s_datamodel.cli.histories.sights import Thing
from k8s_datamodel.cli.histories.timelines import Sight, Step
from k8s_datamodel.comparing.changes import FieldChange, Place
from k8s_datamodel.comparing.field_paths import Pattern, parts
from k8s_datamodel.comparing.values import MISSING
from k8s_datamodel.data.objects import Row
from k8s_datamodel.types.resource_types import ResourceType


def with_values(found: Iterable[Step], thing: Thing, sights: Sequence[Sight]) -> Iterator[Step]:
    """The steps; those with which the thing came have the fields that were asked for."""
    by_point = {each.at: each for each in sights}
    for step in found:
        if step.told in ("first-seen", "added"):
            row = thing.row(by_point[step.new])
            fields = list(_fields(row, thing.resource_type, thing.looks.paths))
            yield replace(step, fields=fields)
        else:
            yield step


def _fields(
    row: Row, resource_type: ResourceType, patterns: Sequence[Pattern]
) -> Iterator[FieldChange]:
    columns: dict[str, Any] = {
        each.key: row.get(each.name)
        for each in resource_type.columns
        if row.get(each.name) is not None
    }
    places: tuple[tuple[Place, Any], ...] = (
        ("object", row.get("spec") or {}),
        ("column", columns),
    )
    found = (
        FieldChange(place, steps, MISSING, value)
        for place, values in places
        for pattern in patterns
        for steps, value in parts(values, pattern.steps)
    )
    told: set[str] = set()
    for field in found:
        if field.path not in told:
            told.add(field.path)
            yield field

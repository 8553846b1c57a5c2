"""Compare the columns of two rows of one thing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from k8s_datamodel.comparing import shapes
from k8s_datamodel.comparing.changes import FieldChange, SideName, UnknownField
from k8s_datamodel.comparing.differences import Differences, Lens, covered, value_changes
from k8s_datamodel.comparing.field_paths import Path, Pattern
from k8s_datamodel.comparing.noise import both_without
from k8s_datamodel.comparing.shapes import Shape
from k8s_datamodel.comparing.values import identical
from k8s_datamodel.data.columns import Column
from k8s_datamodel.data.objects import Row
from k8s_datamodel.types.jsonpaths import parse
from k8s_datamodel.types.resource_types import EARLIER, ResourceType

_SET: Shape = ({"x-kubernetes-list-type": "set"},)
_REASON = "_reason"


@dataclass(slots=True)
class ColumnDifferences:
    """The columns that differ.

    Attributes:
        volatile: changes of columns that change without the object.
        derived: changes of columns that are made of the object, or of others beside it.
        unknown: columns of which nobody knows.
        unexplained: changes of columns that are null on one side, where nothing says why: its
            rules may not have had the column yet.
    """

    volatile: list[FieldChange] = field(default_factory=list)
    derived: list[FieldChange] = field(default_factory=list)
    unknown: list[UnknownField] = field(default_factory=list)
    unexplained: list[FieldChange] = field(default_factory=list)

    def told_as_unknown(self) -> Iterator[UnknownField]:
        """All that nobody knows, where both sides had the same rules."""
        yield from self.unknown
        for each in self.unexplained:
            side: SideName = "from" if each.old is None else "to"
            yield UnknownField("column", each.steps, side, "its value is null, which is not known")


@dataclass(frozen=True, slots=True)
class ColumnLens:
    """How the columns of one resource type are looked at.

    Attributes:
        elsewhere: why volatile columns cannot be compared; empty if they can.
        evidence: the side, or both, that lacks a read which only enriches; empty if none does.
        other_rules: other rules of ours made the columns of one side.
    """

    resource_type: ResourceType
    lens: Lens
    elsewhere: str = ""
    evidence: SideName | Literal[""] = ""
    other_rules: bool = False

    def differences(
        self, old: Row, new: Row, kind: str, shape: Shape, more: Sequence[Pattern] = ()
    ) -> ColumnDifferences:
        """The columns in which two rows differ.

        Args:
            old: the row of the side ``from``.
            new: the row of the side ``to``.
            kind: ``Kind.group`` of their objects.
            shape: of their objects.
            more: fields of the objects that are left out besides noise.
        """
        found = ColumnDifferences()
        patterns = [*self.lens.noise_of_kind(kind), *more]
        for column in self._compared():
            pair = old.get(column.name), new.get(column.name)
            if identical(*pair):
                continue
            self._column(found, column, pair, (old, new), patterns, shape)
        return found

    def add(self, found: Differences, columns: ColumnDifferences) -> list[FieldChange]:
        """Add the columns that differ to the fields of the object that do.

        Returns those that differ because other rules of ours made them; they are not added.
        """
        same_object = not found
        found.fields += columns.volatile
        found.unknown += columns.unknown if self.other_rules else columns.told_as_unknown()
        by_others = list(columns.unexplained) if self.other_rules else []
        if self.evidence:
            for each in columns.derived:
                if self._told_by_object(each, found.fields):
                    found.fields.append(each)
                else:
                    found.unknown.append(_unfounded(each, self.evidence))
        elif self.other_rules:
            for each in columns.derived:
                by_them = same_object or self._may_be_new(each, found.fields)
                (by_others if by_them else found.fields).append(each)
        else:
            found.fields += columns.derived
        return by_others

    def _may_be_new(self, column: FieldChange, fields: Sequence[FieldChange]) -> bool:
        """Whether the rules of one side may not have had a column: null, and no field says why."""
        return None in (column.old, column.new) and not self._told_by_object(column, fields)

    def _told_by_object(self, column: FieldChange, fields: Sequence[FieldChange]) -> bool:
        """Whether a derived column differs because of the object, whatever else it is made of."""
        if any(each.key == column.steps[0] and each.path for each in self.resource_type.columns):
            return True
        pairs = ((each.old, each.new) for each in fields if each.place == "object")
        return (column.old, column.new) in pairs

    def _compared(self) -> Iterator[Column]:
        """All columns but the identity and what only says why another one is null."""
        names = {column.name for column in self.resource_type.columns}
        for column in self.resource_type.columns:
            explains = column.name.endswith(_REASON) and column.name[: -len(_REASON)] in names
            if column.name not in self.resource_type.identity and not explains:
                yield column

    def _column(
        self,
        found: ColumnDifferences,
        column: Column,
        pair: tuple[Any, Any],
        rows: tuple[Row, Row],
        patterns: Sequence[Pattern],
        shape: Shape,
    ) -> None:
        path: Path = (column.key,)
        place = _names(column.path)
        own = self.lens.noise_of_columns(self.resource_type.name)
        if covered(path, own) or (place and covered(place, patterns)):
            return
        if column.volatile and None in pair:
            side: SideName = "from" if pair[0] is None else "to"
            row = rows[0] if pair[0] is None else rows[1]
            reason = row.get(column.name + _REASON)
            if reason in (None, EARLIER):
                found.unexplained.append(FieldChange("column", path, *pair))
            else:
                found.unknown.append(UnknownField("column", path, side, str(reason)))
            return
        inner = _below(place, patterns)
        old, new = _pruned(pair, [*inner, *_below(path, own)])
        of_value = _SET if column.type == "list" else _shape(shape, place)
        differences = value_changes("column", path, (old, new), self.lens, of_value)
        found.unknown += differences.unknown
        if column.volatile and self.elsewhere:
            found.unknown += [
                UnknownField("column", each.steps, "both", self.elsewhere)
                for each in differences.fields
            ]
        else:
            kept = found.volatile if column.volatile else found.derived
            kept += [each for each in differences.fields if not covered(each.steps, own)]


def _unfounded(change: FieldChange, side: SideName) -> UnknownField:
    return UnknownField("column", change.steps, side, "it was read with less evidence there")


@lru_cache(maxsize=1000)
def _names(path: str) -> tuple[str, ...]:
    """The keys that lead to a column's value in the object; none where it is made otherwise."""
    return parse(path).names if path else ()


def _below(place: Path, patterns: Sequence[Pattern]) -> list[Pattern]:
    """What patterns say below a place in the object."""
    if not place:
        return []
    found = (each for each in patterns if len(each.steps) > len(place) and each.touches(place))
    return [Pattern(each.steps[len(place) :]) for each in found]


def _pruned(pair: tuple[Any, Any], patterns: Sequence[Pattern]) -> tuple[Any, Any]:
    old, new = ({"": value} for value in pair)
    left = both_without(old, new, [Pattern(("", *each.steps)) for each in patterns])
    return left[0].get(""), left[1].get("")


def _shape(shape: Shape, place: Sequence[str]) -> Shape:
    if not place:
        return ()
    for key in place:
        shape = shapes.of_key(shape, key)
    return shape

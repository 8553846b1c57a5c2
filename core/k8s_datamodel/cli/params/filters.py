"""Filters of rows: patterns with wildcards, comparisons with numbers, and least values."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

import click
from click.decorators import FC

from k8s_datamodel.cli.params.candidates import Completed, values_of
from k8s_datamodel.cli.params.number_filters import Compare, comparison, is_misspelt, is_number
from k8s_datamodel.cli.params.options import together
from k8s_datamodel.cli.params.row_names import Test
from k8s_datamodel.data.columns import Column
from k8s_datamodel.data.objects import Row
from k8s_datamodel.types.resource_types import ResourceType

_NUMBERS = ("integer", "real")


class Least(Completed):
    """A number, or the name of one of a column's levels."""

    def __init__(self, column: Column) -> None:
        super().__init__("number", lambda *_: self._levels)
        self._levels = {level.name: level.least for level in column.levels}

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number that is meant."""
        try:
            number = self._levels.get(str(value).lower())
            number = float(value) if number is None else number
        except ValueError:
            number = math.nan
        if math.isnan(number):
            names = f" or one of {', '.join(self._levels)}" if self._levels else ""
            self.fail(f"{value!r} is no number{names}", param, ctx)
        return number


class Compared(Completed):
    """A number, a comparison with one, or a pattern."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text as it is, once it is no misspelt comparison."""
        text = str(value)
        if is_misspelt(text):
            self.fail(f"{text!r} is no comparison: use 0, '>100', '<=5' or '>0,<=5'", param, ctx)
        return text


def filter_options(resource_type: ResourceType) -> Callable[[FC], FC]:
    """One option for each column that may be filtered, one for each that has a least value."""
    columns = resource_type.columns
    patterns = [_pattern_option(resource_type, column) for column in columns if column.filter]
    least = [_least_option(column) for column in columns if column.at_least]
    return together(*patterns, *least)


def _pattern_option(resource_type: ResourceType, column: Column) -> Callable[[FC], FC]:
    numbers = column.type in _NUMBERS
    kind = Compared if numbers else Completed
    takes = "a number, '>100', '<=5' or '>0,<=5'" if numbers else "* and ? match"
    return click.option(
        f"--{column.filter}",
        multiple=True,
        type=kind(column.filter, values_of(resource_type, column.name)),
        metavar="NUMBER" if numbers else "PATTERN",
        help=f"{column.description or column.title}; {takes}, repeat for more.",
    )


def _least_option(column: Column) -> Callable[[FC], FC]:
    names = ", ".join(f"{level.name} ({level.least:g})" for level in column.levels)
    note = f"; or {names}" if names else ""
    return click.option(
        f"--{column.at_least}",
        type=Least(column),
        metavar="NUMBER|LEVEL" if names else "NUMBER",
        help=f"{column.description or column.title}: at least this{note}.",
    )


@dataclass(slots=True)
class ColumnFilter:
    """The patterns that one option gives for a column, of which one is enough.

    Attributes:
        column: whose values are matched.
        texts: as the user wrote them.
        matched: whether some value did.
        seen: the values while none matched, to name the nearest.
        unknown: rows whose number is not known, so that no comparison can hold.
    """

    column: Column
    texts: Sequence[str]
    matched: bool = False
    seen: set[Any] = field(default_factory=set)
    unknown: int = 0
    _tests: Sequence[Callable[[Any], bool]] = ()

    def __post_init__(self) -> None:
        numbers = self.column.type in _NUMBERS
        self._tests = [_test(text, numbers=numbers) for text in self.texts]

    def __call__(self, value: Any) -> bool:
        """Whether one of the patterns matches a value."""
        found = any(test(value) for test in self._tests)
        if found:
            self.matched = True
            self.seen.clear()
        elif value is None:
            self.unknown += self.column.type in _NUMBERS
        elif not self.matched:
            self.seen.add(value if is_number(value) else str(value))
        return found


def _test(text: str, *, numbers: bool) -> Callable[[Any], bool]:
    compare: Compare | None = comparison(text) if numbers else None
    if compare is not None:
        return lambda value: is_number(value) and compare(value)
    pattern = text.lower()
    return lambda value: fnmatchcase("" if value is None else str(value).lower(), pattern)


@dataclass(slots=True)
class Matching:
    """A test of rows: every filter must match.

    Attributes:
        filters: those that were given.
        least: numbers that columns must reach, by name.
        rows: how many it was asked about.
        kept: how many of them passed.
    """

    filters: Sequence[ColumnFilter]
    least: Mapping[str, float]
    rows: int = 0
    kept: int = 0

    def __call__(self, row: Row) -> bool:
        """Whether a row passes."""
        # Each filter sees each row: what is said of one that never matched needs all values.
        matches = [each(row.get(each.column.name)) for each in self.filters]
        passes = all(matches) and all(
            _reaches(row.get(name), wanted) for name, wanted in self.least.items()
        )
        self.rows += 1
        self.kept += passes
        return passes

    def conceivable(self, row: Row) -> bool:
        """The same for rows of which some columns are known only: whether they may match."""
        there = (each for each in self.filters if each.column.name in row)
        matches = [each(row[each.column.name]) for each in there]
        return all(matches)


def matching(resource_type: ResourceType, given: Mapping[str, Any]) -> Test:
    """A test of rows: every filter must match, one of its patterns is enough, case is ignored.

    A value that is not known is not at least anything, and no comparison holds for it.
    """
    return matching_of(resource_type, given)


def matching_of(resource_type: ResourceType, given: Mapping[str, Any]) -> Matching:
    """The same, which also knows why nothing matched."""
    columns = resource_type.columns
    filters = [
        ColumnFilter(column, found)
        for column in columns
        if column.filter and (found := given.get(keyword(column.filter)))
    ]
    least = {
        column.name: found
        for column in columns
        if column.at_least and (found := given.get(keyword(column.at_least))) is not None
    }
    return Matching(filters, least)


def keyword(option: str) -> str:
    """The name under which an option's value reaches a command."""
    return option.replace("-", "_")


def _reaches(value: Any, least: float) -> bool:
    return value is not None and float(value) >= least

"""Filters of rows: patterns with wildcards, and least values."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

import click
from click.decorators import FC

from k8s_datamodel.cli.params.candidates import Completed, values_of
from k8s_datamodel.cli.params.options import together
from k8s_datamodel.cli.params.row_names import Test
from k8s_datamodel.data.columns import Column
from k8s_datamodel.types.resource_types import ResourceType


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


def filter_options(resource_type: ResourceType) -> Callable[[FC], FC]:
    """One option for each column that may be filtered, one for each that has a least value."""
    columns = resource_type.columns
    patterns = [_pattern_option(resource_type, column) for column in columns if column.filter]
    least = [_least_option(column) for column in columns if column.at_least]
    return together(*patterns, *least)


def _pattern_option(resource_type: ResourceType, column: Column) -> Callable[[FC], FC]:
    return click.option(
        f"--{column.filter}",
        multiple=True,
        type=Completed(column.filter, values_of(resource_type, column.name)),
        metavar="PATTERN",
        help=f"{column.description or column.title}; * and ? match, repeat for more.",
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


def matching(resource_type: ResourceType, given: Mapping[str, Any]) -> Test:
    """A test of rows: every filter must match, one of its patterns is enough, case is ignored.

    A value that is not known is not at least anything.
    """
    patterns = _patterns(resource_type, given)
    least = {
        column.name: found
        for column in resource_type.columns
        if column.at_least and (found := given.get(keyword(column.at_least))) is not None
    }
    return lambda row: (
        all(_matches(row.get(name), wanted) for name, wanted in patterns.items())
        and all(_reaches(row.get(name), wanted) for name, wanted in least.items())
    )


def conceivable(resource_type: ResourceType, given: Mapping[str, Any]) -> Test:
    """The same for rows of which some columns are known only: whether they may match."""
    patterns = _patterns(resource_type, given)
    return lambda row: all(
        _matches(row[name], wanted) for name, wanted in patterns.items() if name in row
    )


def _patterns(resource_type: ResourceType, given: Mapping[str, Any]) -> dict[str, list[str]]:
    return {
        column.name: [pattern.lower() for pattern in found]
        for column in resource_type.columns
        if column.filter and (found := given.get(keyword(column.filter)))
    }


def keyword(option: str) -> str:
    """The name under which an option's value reaches a command."""
    return option.replace("-", "_")


def _reaches(value: Any, least: float) -> bool:
    return value is not None and float(value) >= least


def _matches(value: Any, patterns: Sequence[str]) -> bool:
    text = "" if value is None else str(value).lower()
    return any(fnmatchcase(text, pattern) for pattern in patterns)

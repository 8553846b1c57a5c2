"""Which rows a user asks for: filters with wildcards, and names."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

import click

from k8s_datamodel.errors import DatamodelError
from k8s_datamodel.model import ResourceType, Row

Test = Callable[[Row], bool]


def filter_options(resource_type: ResourceType) -> list[click.Parameter]:
    """One option for each column that may be filtered."""
    return [
        click.Option(
            [f"--{column.filter}", column.filter],
            multiple=True,
            metavar="PATTERN",
            help=f"{column.description or column.title}; * and ? match, repeat for more.",
        )
        for column in resource_type.columns
        if column.filter
    ]


def matching(resource_type: ResourceType, given: Mapping[str, Sequence[str]]) -> Test:
    """A test of rows: every filter must match, one of its patterns is enough, case is ignored."""
    wanted = {
        column.name: [pattern.lower() for pattern in given[column.filter]]
        for column in resource_type.columns
        if column.filter and given.get(column.filter)
    }
    return lambda row: all(_matches(row.get(name), patterns) for name, patterns in wanted.items())


def _matches(value: Any, patterns: Sequence[str]) -> bool:
    text = "" if value is None else str(value).lower()
    return any(fnmatchcase(text, pattern) for pattern in patterns)


def sort_key(resource_type: ResourceType) -> Callable[[Row], tuple[str, ...]]:
    """Order of listings: by identity, without namespace first."""
    return lambda row: tuple(str(row.get(name) or "") for name in resource_type.identity)


def display_name(resource_type: ResourceType, row: Row) -> str:
    """``name``, or ``namespace/name``: what ``get`` takes."""
    parts = [row.get(name) for name in resource_type.identity if name in ("namespace", "name")]
    return "/".join(str(part) for part in parts if part)


def named(resource_type: ResourceType, name: str) -> Test:
    """A test for the rows that a name may mean, with or without their namespace."""
    return lambda row: name in (display_name(resource_type, row), row.get("name"))


def only_one(
    resource_type: ResourceType, rows: Sequence[Row], name: str, all_names: Sequence[str]
) -> Row:
    """The one row of a name.

    Raises:
        DatamodelError: there is none (similar names are said), or more than one.
    """
    if len(rows) == 1:
        return rows[0]
    if rows:
        several = ", ".join(_distinct(resource_type, row) for row in rows)
        raise DatamodelError(f"{name!r} is the name of {len(rows)}: {several}")
    similar = difflib.get_close_matches(name, all_names, n=3)
    hint = f"; is it {' or '.join(similar)}?" if similar else ""
    raise DatamodelError(f"there is no {resource_type.singular} {name!r}{hint}")


def _distinct(resource_type: ResourceType, row: Row) -> str:
    return "/".join(str(row.get(each)) for each in resource_type.identity if row.get(each))

"""Lines on a listing in which nothing matches: the filter that no row meets, and near values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import click

from k8s_datamodel.base.near_names import near_names
from k8s_datamodel.base.plurals import counted
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.params.filters import ColumnFilter, Matching
from k8s_datamodel.cli.params.number_filters import is_number
from k8s_datamodel.cli.params.row_names import Test
from k8s_datamodel.types.resource_types import ResourceType

_FEW = 5


class Called(Protocol):
    """What has a name for one and a name for several: a resource type, or things of several."""

    @property
    def singular(self) -> str:
        """Of one."""

    @property
    def plural(self) -> str:
        """Of several."""


def misses(
    called: Called,
    tests: Sequence[Matching],
    others: Sequence[str],
    total: int,
    *,
    known: bool = True,
) -> list[str]:
    """One line for each filter that no row meets; else one that tells of all together.

    Args:
        called: the resource type whose rows were asked for, or what all of them are called.
        tests: those of each cluster, with the same filters.
        others: options that choose rows, too, such as ``--orphans``.
        total: how many rows there were.
        known: these were all rows. Otherwise only near values are told.
    """
    filters = list(zip(*(test.filters for test in tests), strict=True))
    lines = [line for same in filters for line in _missed(same)]
    if lines or not known:
        return lines
    if not total:
        return [f"there are no {called.plural}"]
    given = [f"--{same[0].column.filter} {text}" for same in filters for text in same[0].texts]
    least = (f"at least {number:g} {name}" for name, number in tests[0].least.items())
    every = ", ".join([*given, *least, *others])
    rows = counted(total, called.singular, called.plural)
    return [f"none of {rows} has {every}"] if every else []


def tell_misses(ctx: click.Context, resource_type: ResourceType, test: Test) -> None:
    """Say on stderr why no row passed the test of ``matching``, and what is near; else nothing.

    Args:
        ctx: of the command.
        resource_type: whose rows were tested, all of them by now.
        test: which tested them.
    """
    if isinstance(test, Matching) and test.rows:
        for line in missed(resource_type, test):
            ctx.ensure_object(App).say(line)


def missed(resource_type: ResourceType, test: Test) -> list[str]:
    """Why no row passed the test of ``matching``, and what is near, in lines; none if one passed.

    Args:
        resource_type: whose rows were tested, all of them by now.
        test: which tested them.
    """
    if not isinstance(test, Matching) or test.kept:
        return []
    return misses(resource_type, [test], (), test.rows)


def unknown(resource_type: ResourceType, tests: Sequence[Matching]) -> Iterator[str]:
    """Which numbers were not known, so that a comparison left rows out."""
    for same in zip(*(test.filters for test in tests), strict=True):
        if number := sum(each.unknown for each in same):
            rows = counted(number, resource_type.singular, resource_type.plural)
            column = same[0].column
            yield f"--{column.filter} leaves out {rows} whose {column.key} is not known"


def _missed(same: Sequence[ColumnFilter]) -> Iterator[str]:
    """The line on a filter, which is that of each cluster, if no value met it."""
    values = set().union(*(each.seen for each in same))
    if not values or any(each.matched for each in same):
        return
    wanted = " or ".join(f'"{text}"' for text in same[0].texts)
    yield f"no {same[0].column.filter} {wanted}{_instead(same[0].texts, values)}"


def _instead(texts: Sequence[str], values: set[Any]) -> str:
    if all(map(is_number, values)):
        least, most = min(values), max(values)
        return f"; there is {least:,}" if least == most else f"; there are {least:,} to {most:,}"
    names = sorted(map(str, values))
    near = list(dict.fromkeys(each for text in texts for each in near_names(text, names)))
    if not near and len(names) <= _FEW:
        near = names
    verb = "are" if len(near) > 1 else "is"
    return f"; there {verb} {', '.join(near)}" if near else ""

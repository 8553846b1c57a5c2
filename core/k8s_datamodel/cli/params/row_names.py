"""Names of rows: the rows that a name may mean, and the order of rows."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from itertools import takewhile

from k8s_datamodel.base.errors import DatamodelError
from k8s_datamodel.data.objects import Row
from k8s_datamodel.types.resource_types import ResourceType

Test = Callable[[Row], bool]

_ALL_PARTS = 2


def sort_key(resource_type: ResourceType) -> Callable[[Row], tuple[str, ...]]:
    """Order of listings: by identity, without namespace first."""
    return lambda row: tuple(str(row.get(name) or "") for name in resource_type.identity)


def display_name(resource_type: ResourceType, row: Row) -> str:
    """``name``, or ``namespace/name``: what ``get`` takes."""
    parts = [row.get(name) for name in resource_type.identity if name in ("namespace", "name")]
    return "/".join(str(part) for part in parts if part)


def named(resource_type: ResourceType, name: str) -> Test:
    """A test for the rows that a name may mean: alone, with its namespace, or with all it has."""
    return lambda row: (
        name
        in (
            row.get("name"),
            display_name(resource_type, row),
            _distinct(resource_type, row),
        )
    )


def may_be_named(resource_type: ResourceType, name: str) -> Test:
    """The same for rows of which some columns are known only: whether the name may mean them.

    Only a name that says all of an identity, which has more parts than ``namespace/name``, rules
    anything out.
    """

    def test(row: Row) -> bool:
        given = list(takewhile(lambda column: column in row, resource_type.identity))
        start = "".join(f"{row[column]}/" for column in given)
        return name.count("/") < _ALL_PARTS or name.startswith(start)

    return test


def only_one(
    resource_type: ResourceType, rows: Sequence[Row], name: str, all_names: Sequence[str]
) -> Row:
    """The one row of a name. Raises DatamodelError, with similar names if there is none."""
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

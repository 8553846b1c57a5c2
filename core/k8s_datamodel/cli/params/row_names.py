"""Names of rows: the rows that a name may mean, and the order of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import combinations

from k8s_datamodel.base.errors import DatamodelError
from k8s_datamodel.base.near_names import near_names
from k8s_datamodel.data.objects import Row
from k8s_datamodel.types.resource_types import ResourceType

Test = Callable[[Row], bool]


def sort_key(resource_type: ResourceType) -> Callable[[Row], tuple[str, ...]]:
    """Order of listings: by identity, without namespace first."""
    return lambda row: tuple(str(row.get(name) or "") for name in resource_type.identity)


def display_name(resource_type: ResourceType, row: Row) -> str:
    """``name``, or ``namespace/name``: what ``get`` takes."""
    parts = [row.get(name) for name in resource_type.identity if name in ("namespace", "name")]
    return "/".join(str(part) for part in parts if part)


def named(resource_type: ResourceType, name: str) -> Test:
    """A test for the rows that a name may mean: alone, or behind parts of what identifies a row.

    ``namespace/name`` and ``kind/name`` are such; the case of letters matters in the name only.
    """
    possible = may_be_named(resource_type, name)
    return lambda row: (
        name == row.get("name")
        or possible({column: row.get(column) for column in resource_type.identity})
    )


def may_be_named(resource_type: ResourceType, name: str) -> Test:
    """The same for rows of which some columns are known only: whether the name may mean them."""
    parts = name.split("/")
    has_name = "name" in resource_type.identity

    def test(row: Row) -> bool:
        columns = [each for each in resource_type.identity if each not in row or row[each]]
        return any(
            ("name" in chosen or not has_name) and all(map(partial(_is, row), chosen, parts))
            for chosen in combinations(columns, len(parts))
        )

    return test


def _is(row: Row, column: str, part: str) -> bool:
    """Whether a column of a row has this value, or may have it."""
    if column not in row:
        return True
    value = str(row[column])
    return value == part or (column != "name" and value.lower() == part.lower())


def also_found(resource_type: ResourceType, name: str) -> Test:
    """A test for rows that ``found_by`` columns give this name, or two of them with a dot between.

    Such as ``cert``, ``Certificate``, ``cert.cert-manager.io``; case is ignored.
    """
    wanted = name.lower()
    cuts = [at for at, letter in enumerate(wanted) if letter == "."]

    def test(row: Row) -> bool:
        values = set(_values(row, resource_type.found_by))
        return wanted in values or any(
            wanted[:at] in values and wanted[at + 1 :] in values for at in cuts
        )

    return test


def _values(row: Row, columns: Iterable[str]) -> Iterator[str]:
    for column in columns:
        value = row.get(column)
        each = value if isinstance(value, (list, tuple)) else [value]
        yield from (str(item).lower() for item in each if item)


def meant(resource_type: ResourceType, rows: Sequence[Row], name: str) -> list[Row]:
    """Those of some rows that a name means: by their names, or else by ``found_by`` columns."""
    return list(filter(named(resource_type, name), rows)) or list(
        filter(also_found(resource_type, name), rows)
    )


def only_one(
    resource_type: ResourceType, rows: Sequence[Row], name: str, all_names: Sequence[str]
) -> Row:
    """The one row of a name. Raises DatamodelError, with similar names if there is none."""
    if len(rows) == 1:
        return rows[0]
    if rows:
        several = ", ".join(_distinct(resource_type, row) for row in rows)
        raise DatamodelError(f"{name!r} is the name of {len(rows)}: {several}")
    similar = near_names(name, all_names)
    hint = f"; is it {' or '.join(similar)}?" if similar else ""
    raise DatamodelError(f"there is no {resource_type.singular} {name!r}{hint}")


def _distinct(resource_type: ResourceType, row: Row) -> str:
    return "/".join(str(row.get(each)) for each in resource_type.identity if row.get(each))

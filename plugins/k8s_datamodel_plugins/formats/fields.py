"""Mappings as lines for people: ``key: value``, nested ones indented."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from k8s_datamodel.api import Rows
from k8s_datamodel_plugins.formats.cells import cell, printable, with_level

_STEP = "  "


def record(rows: Rows) -> tuple[str, dict[str, Any]]:
    """The heading of rows that are one record, and its columns by title.

    The complete object is for JSON and YAML, unless its type says otherwise.
    """
    row = next(iter(rows.rows))
    values = {column.title: with_level(column, row.get(column.name)) for column in rows.columns}
    if rows.object_shown:
        values["Object"] = row.get("spec")
    return heading(rows.singular, row, rows.identity), values


def heading(title: str, values: Mapping[str, Any], identity: Sequence[str]) -> str:
    """The title, and what tells one of several by that title from the others."""
    name = "/".join(cell(values.get(each)) for each in identity)
    return f"{title} {name}" if name else title


def field_lines(value: Mapping[str, Any], pad: str = "") -> Iterator[str]:
    """Lines without line feeds, values of one mapping in one column."""
    keys = {key: printable(str(key)) + ":" for key in value}
    width = max((len(keys[key]) for key, each in value.items() if _is_short(each)), default=0)
    for key, each in value.items():
        if _is_short(each):
            yield f"{pad}{keys[key]:<{width}} {cell(each)}"
        else:
            yield f"{pad}{keys[key]}"
            yield from _nested(each, pad + _STEP)


def _is_short(value: Any) -> bool:
    """Whether it stands in one line: a scalar, or a list of scalars."""
    if isinstance(value, str):
        return "\n" not in value
    if isinstance(value, (list, tuple)):
        return not any(isinstance(each, (Mapping, list, tuple)) for each in value)
    return not (isinstance(value, Mapping) and value)


def _nested(value: Any, pad: str) -> Iterator[str]:
    if isinstance(value, str):
        yield from (pad + printable(line) for line in value.splitlines())
    elif isinstance(value, Mapping):
        yield from field_lines(value, pad)
    else:
        for each in value:
            yield from _item(each, pad)


def _item(value: Any, pad: str) -> Iterator[str]:
    lines = [f"{pad}{_STEP}{cell(value)}"] if _is_short(value) else _nested(value, pad + _STEP)
    mark = f"{pad}- "
    for line in lines:
        yield mark + line[len(mark) :]
        mark = pad + _STEP

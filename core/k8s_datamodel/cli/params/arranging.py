"""Options of listings for the order of rows, the columns and the headings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import click
from click.decorators import FC

from k8s_datamodel.base.errors import UsageError
from k8s_datamodel.base.near_names import near_names
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.params.candidates import Completed, named
from k8s_datamodel.cli.params.options import together
from k8s_datamodel.data.columns import Column
from k8s_datamodel.data.objects import Row
from k8s_datamodel.data.pages import Rows
from k8s_datamodel.types.ordering import ordered
from k8s_datamodel.types.resource_types import ResourceType
from k8s_datamodel.types.templates import Template, item_of, parse_relaxed

_OF_PATHS = ".[{"


def arranging_options(resource_type: ResourceType) -> Callable[[FC], FC]:
    """``--sort-by``, ``--columns`` and ``--no-headers``; ``Arrangement.of`` reads them."""
    derived = (column for each in resource_type.derived for column in each.columns)
    keys = [column.key for column in (*resource_type.columns, *derived)]
    return together(
        click.option(
            "--sort-by",
            type=Completed("key", lambda *_: keys),
            callback=named,
            metavar="COLUMN|JSONPATH",
            help="Order of the rows: a column's key or a JSONPath of the objects, missing first.",
        ),
        click.option(
            "--columns",
            type=Completed("keys", lambda *_: keys),
            metavar="KEY,KEY",
            help="Only these columns, in this order; keys are those of --output json.",
        ),
        click.option("--no-headers", is_flag=True, help="Tables and CSV without headings."),
    )


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How a listing is arranged.

    Attributes:
        sort_by: as the user wrote it, for messages.
        sorted_by: the name of a column.
        path: or a path in the objects.
        columns: the only ones, in their order; all if empty.
        headers: tables have headings.
    """

    sort_by: str = ""
    sorted_by: str = ""
    path: Template | None = None
    columns: tuple[Column, ...] = ()
    headers: bool = True

    @classmethod
    def of(
        cls, ctx: click.Context, there: Sequence[Column], output: str, given: Mapping[str, Any]
    ) -> Arrangement:
        """What the options say of a listing with some columns. Raises UsageError."""
        sort_by, sorted_by, path = given["sort_by"] or "", "", None
        if sort_by and (column := _called(sort_by, there)):
            sorted_by = column.name
        elif sort_by:
            path = _path(sort_by, there)
        names = (given["columns"] or "").split(",") if given["columns"] is not None else []
        spec = ctx.ensure_object(App).registry.formatters.get(output.partition("=")[0])
        if names and spec and spec.argument:
            raise UsageError(f"--columns cannot be used with --output {spec.name}")
        columns = tuple(_column(name.strip(), there) for name in names)
        return cls(sort_by, sorted_by, path, columns, not given["no_headers"])

    @property
    def needs_objects(self) -> bool:
        """Whether rows are ordered by what only the complete object has."""
        return self.path is not None

    def arranged(self, block: Rows) -> Rows:
        """The rows in their order, with the columns that are wanted. Raises UsageError."""
        rows = self._ordered(block) if self.sort_by else block.rows
        if not self.columns:
            return replace(block, rows=rows, headers=self.headers)
        names = tuple(column.name for column in self.columns)
        return replace(block, rows=rows, headers=self.headers, columns=self.columns, shown=names)

    def _ordered(self, block: Rows) -> Sequence[Row]:
        rows = list(block.rows)
        try:
            if self.path is None:
                return ordered(rows, lambda row: row.get(self.sorted_by))
            values = [_first(self.path, _item(block, row)) for row in rows]
            if rows and all(value is None for value in values):
                raise UsageError(f"--sort-by {self.sort_by}: no object has this")
            order = ordered(range(len(rows)), values.__getitem__)
            return [rows[number] for number in order]
        except ValueError as error:
            raise UsageError(f"--sort-by {self.sort_by}: {error}") from None


def _first(path: Template, item: Any) -> Any:
    return next((value for values in path.find(item) for value in values), None)


def _item(block: Rows, row: Row) -> Any:
    keys = {column.key: row.get(column.name) for column in block.columns}
    return item_of({**keys, "spec": row.get("spec")})


def _called(text: str, columns: Sequence[Column]) -> Column | None:
    """The column with this key, or else with this name; in any case of letters."""
    wanted = text.lower()
    by_key = (column for column in columns if column.key.lower() == wanted)
    by_name = (column for column in columns if column.name.lower() == wanted)
    return next(by_key, None) or next(by_name, None)


def _column(text: str, columns: Sequence[Column]) -> Column:
    if found := _called(text, columns):
        return found
    raise UsageError(f"there is no column {text!r}{_nearest(text, columns)}")


def _nearest(text: str, columns: Sequence[Column]) -> str:
    keys = [column.key for column in columns]
    near = near_names(text, keys)
    hint = f"; is it {' or '.join(near)}" if near else ""
    return f"{hint}; there are {', '.join(keys)}"


def _path(text: str, columns: Sequence[Column]) -> Template:
    if not any(mark in text for mark in _OF_PATHS):
        raise UsageError(
            f"--sort-by: there is no column {text!r}{_nearest(text, columns)}; "
            "a JSONPath begins with a dot"
        )
    try:
        return parse_relaxed(text)
    except ValueError as error:
        raise UsageError(f"--sort-by: invalid JSONPath {text!r}: {error}") from None

"""Mappings as names and values; what is nested in them as tables, where it is one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from k8s_datamodel.api import Column, Rows
from k8s_datamodel_plugins.html.shell.html_documents import environment
from k8s_datamodel_plugins.html.shell.printed_values import is_name, lines
from k8s_datamodel_plugins.html.shell.shown_values import content_of
from k8s_datamodel_plugins.html.tables.table_views import table

_NONE = Markup('<span class="muted">none</span>')
_DEEPEST = 8
"""How far mappings stand in mappings; what is deeper is JSON."""


class NestedValues:
    """Makes the HTML of values.

    Args:
        numbers: for the ids of tables.
    """

    def __init__(self, numbers: Iterator[int]) -> None:
        self._numbers = numbers

    def fields(self, values: Mapping[str, Any], level: int = 0) -> Markup:
        """Each name with its value."""
        each = (
            Markup("<div><dt>{}</dt><dd>{}</dd></div>\n").format(
                lines(str(name)), self._shown(str(value) if _names(name, value) else value, level)
            )
            for name, value in values.items()
        )
        return Markup('<dl class="fields">\n{}</dl>').format(_joined(each))

    def _shown(self, value: Any, level: int) -> Markup:
        if value in ([], (), {}):
            return _NONE
        if isinstance(value, str) and "\n" in value:
            return Markup('<pre tabindex="0">{}</pre>').format(lines(value))
        if level < _DEEPEST and isinstance(value, Mapping):
            if _is_even(value):
                return self._table([{"": name, **each} for name, each in value.items()])
            return self.fields(value, level + 1)
        if level < _DEEPEST and isinstance(value, (list, tuple)) and any(map(_is_nested, value)):
            return self._list(value, level)
        return content_of(value)

    def _list(self, values: Sequence[Any], level: int) -> Markup:
        if all(isinstance(each, Mapping) for each in values):
            return self._table(values)
        return _items(self._shown(each, level + 1) for each in values)

    def _table(self, values: Sequence[Mapping[str, Any]]) -> Markup:
        """A row for each mapping, a column for each name."""
        names = dict.fromkeys(name for each in values for name in each)
        columns = [_column(name, [each.get(name) for each in values]) for name in names]
        rows = ({name: _in_cell(value) for name, value in each.items()} for each in values)
        view = table(Rows(columns, rows), f"table-{next(self._numbers)}", quiet=True)
        made = environment().get_template("html/tables/table.html").render(view=view)
        return Markup(made)  # noqa: S704 - a template of ours escaped it


def _names(key: str, value: Any) -> bool:
    return type(value) is int and is_name(str(key))


def _column(name: str, values: Sequence[Any]) -> Column:
    known = [each for each in values if each is not None]
    numbers = bool(known) and all(type(each) in (int, float) for each in known)
    return Column(name, "integer" if numbers else "text", title=name or " ")


def _in_cell(value: Any) -> Any:
    """A value that a cell of a table can hold: of what is nested the names and values in lines."""
    if value in ([], (), {}):
        return _NONE
    if isinstance(value, Mapping):
        return _in_line(value)
    if isinstance(value, (list, tuple)) and any(isinstance(each, Mapping) for each in value):
        return _items(
            _in_line(each) if isinstance(each, Mapping) else content_of(each) for each in value
        )
    return value


def _in_line(values: Mapping[str, Any]) -> Markup:
    known = ((name, value) for name, value in values.items() if value not in (None, [], {}))
    pairs = (
        Markup('<span class="muted">{}</span> {}').format(lines(str(name)), content_of(value))
        for name, value in known
    )
    return Markup("; ").join(pairs)


def _items(each: Iterable[Markup]) -> Markup:
    return Markup("<ul>{}</ul>").format(_joined(Markup("<li>{}</li>").format(e) for e in each))


def _is_even(value: Mapping[str, Any]) -> bool:
    """Whether it is several mappings with the same names, and nothing nested in them."""
    inner = list(value.values())
    return (
        len(inner) > 1
        and all(isinstance(each, Mapping) and each for each in inner)
        and all(each.keys() == inner[0].keys() for each in inner)
        and not any(_is_nested(one) for each in inner for one in each.values())
    )


def _is_nested(value: Any) -> bool:
    return isinstance(value, (Mapping, list, tuple))


def _joined(parts: Iterable[Markup]) -> Markup:
    return Markup("").join(parts)

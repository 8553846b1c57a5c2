"""The cells of records: numbers with their past, lists that lead to what they name, evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from k8s_datamodel.api import Column, Row
from k8s_datamodel_plugins.html.charts.drawing import text
from k8s_datamodel_plugins.html.charts.sparks import sparkline
from k8s_datamodel_plugins.html.shell.shown_values import Badge, Drawn, content_of
from k8s_datamodel_plugins.object_parts import mapping, sequence
from k8s_datamodel_plugins.report.definition_facts import CRDS
from k8s_datamodel_plugins.report.places import Places, name_of
from k8s_datamodel_plugins.report.reported import TypePart
from k8s_datamodel_plugins.report.sections.lined import folded

OPERATORS = "operators"
"""The resource type that knows who manages what."""

CHOSEN: Mapping[str, Sequence[str]] = {
    CRDS: (
        "name",
        "kind",
        "version",
        "instance_count",
        "over_time:instance_count",
        "managed_by",
        "served_versions",
        "scope",
        "terminating",
    ),
    OPERATORS: (
        "name",
        "namespace",
        "operator_framework",
        "version",
        "ready_replicas",
        "managed_crds",
        "evidence",
        "confidence",
        "image",
        "operator_type",
        "framework_name",
    ),
}
"""Columns in the order in which a report shows them; of other types those of wide tables."""

_FEW = 6
"""Items of a list that stand in a cell; more are folded."""

_NUMBERS = ("integer", "real")
_OVER_TIME = "over_time:"
_UNKNOWN = Drawn(Markup('<span class="muted">unknown</span>'), None)
_TARGET = Markup('{} <span class="muted">({})</span>')


def columns_of(part: TypePart) -> Sequence[Column]:
    """The columns that a report shows of a type, with the past of its numbers.

    A column without any value is left out, unless it names the records or is a number.
    """
    derived = {column.name for each in part.type.derived for column in each.columns}
    named = {each.name: each for each in part.type.columns if each.name not in derived}
    chosen = CHOSEN.get(part.name) or [*_usual(part, named.values())]
    found = (_over_time(part, each) if _OVER_TIME in each else named.get(each) for each in chosen)
    return [each for each in found if each and _says_something(part, each)]


def _usual(part: TypePart, columns: Iterable[Column]) -> Iterator[str]:
    for each in columns:
        if each.show != "never":
            yield each.name
            if each.volatile and each.type in _NUMBERS:
                yield _OVER_TIME + each.name


def _over_time(part: TypePart, name: str) -> Column | None:
    """The column with the past of a number; None where that never changed, or is not known."""
    number = name.removeprefix(_OVER_TIME)
    series = (each.values.get(number, ()) for each in part.numbers.values())
    if any(len({value for value in each if value is not None}) > 1 for each in series):
        return Column(name, title="Over time", show="table", align="right")
    return None


def _says_something(part: TypePart, column: Column) -> bool:
    needed = column.name in part.type.identity or column.type in _NUMBERS
    over_time = column.name.startswith(_OVER_TIME)
    return needed or over_time or any(row.get(column.name) is not None for row in part.rows)


@dataclass(frozen=True, slots=True)
class RecordCells:
    """Makes the cells of the records of a type."""

    part: TypePart
    places: Places

    def row(self, row: Row, columns: Sequence[Column]) -> dict[str, Any]:
        """A row of the table."""
        return {each.name: self._cell(each, row) for each in columns}

    def _cell(self, column: Column, row: Row) -> Any:
        if own := _OWN.get((self.part.name, column.name)):
            return own(self, row)
        if column.name.startswith(_OVER_TIME):
            return self._past(column.name.removeprefix(_OVER_TIME), row)
        value = row.get(column.name)
        if value is None and column.volatile and column.type in _NUMBERS:
            return _UNKNOWN
        return self._listed(value) if column.type == "list" else value

    def _past(self, column: str, row: Row) -> Drawn | None:
        series = self.part.numbers.get(self.part.identity(row))
        if series is None:
            return None
        values = series.values[column]
        title = self.part.type.column(column).title
        label = f"{title} of {name_of(self.part, row)}"
        return Drawn(sparkline(values, label), values[-1] if values else None)

    def _listed(self, values: Any) -> Any:
        """What a list names, leading there where the report shows it; a long list is folded."""
        if values is None:
            return None
        named = [self.places.somewhere(str(each)) for each in sequence(values)]
        if len(named) <= _FEW:
            return named
        summary = f"{len(named):,}: {named[0]}, ..."
        return Drawn(folded(summary, [content_of(each) for each in named]), len(named))

    def managers(self, row: Row) -> Any:
        """Who manages a CRD; that nobody does, and that it is not known."""
        names = row.get("managed_by")
        if names is None:
            return _UNKNOWN  # the reasons stand above the table, once
        return self._listed(names) if names else Badge("orphan", "warn")

    def ready(self, row: Row) -> Any:
        """How many pods of an operator are ready, of how many."""
        ready, wanted = row.get("ready_replicas"), row.get("replicas")
        said = f"{'?' if ready is None else ready} of {'?' if wanted is None else wanted}"
        if ready is None or wanted is None:
            return Drawn(text(said), None)
        short = ready < wanted
        return Drawn(content_of(Badge(said, "bad")) if short else text(said), ready - wanted)

    def evidence(self, row: Row) -> Drawn | None:
        """Why it is an operator, a line each; the first, which is the strongest, is in sight."""
        found = [mapping(each) for each in sequence(row.get("evidence"))]
        if not found:
            return None
        more = f", {len(found) - 1} more" if len(found) > 1 else ""
        summary = f"{found[0].get('strength')} {found[0].get('kind')}{more}"
        return Drawn(folded(summary, list(map(_finding, found))), len(found))


def _finding(found: Mapping[str, Any]) -> Markup:
    said = text("{strength} {kind}: {reason}".format_map({**_NOTHING, **found}))
    target = found.get("object")
    return _TARGET.format(said, text(str(target))) if target else said


_NOTHING = dict.fromkeys(("strength", "kind", "reason"), "")

_OWN: Mapping[tuple[str, str], Callable[[RecordCells, Row], Any]] = {
    (CRDS, "managed_by"): RecordCells.managers,
    (OPERATORS, "ready_replicas"): RecordCells.ready,
    (OPERATORS, "evidence"): RecordCells.evidence,
}
"""Cells that say more than the value of their column, by type and column."""

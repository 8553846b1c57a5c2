"""Select the rows of one type from a moment, with their derived columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

from k8s_datamodel.base.plurals import counted
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.params.row_names import Test, display_name, sort_key
from k8s_datamodel.cli.rows.earlier_moments import store_of_past
from k8s_datamodel.data.objects import Row
from k8s_datamodel.reading.moments import Moment
from k8s_datamodel.reading.run_moments import RunMoment
from k8s_datamodel.reading.stored_moments import earlier
from k8s_datamodel.types.resource_types import Derived, ResourceType


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rows of one type are wanted, and with what.

    Attributes:
        objects: with the complete objects.
        keeping: the derived columns choose rows, too; without it they only enrich.
        conceivable: whether a row of which some columns are known only may pass.
        filters: the part of the test that options for columns make; None if there is none.
    """

    type: ResourceType
    test: Test
    objects: bool = False
    derived: Sequence[Derived] = ()
    keeping: bool = False
    conceivable: Test = lambda row: True
    filters: Test | None = None

    @property
    def shown(self) -> ResourceType:
        """The type with the derived columns behind its own."""
        columns = (column for each in self.derived for column in each.columns)
        return replace(self.type, columns=(*self.type.columns, *columns))

    def needed(self, app: App) -> list[ResourceType]:
        """The types in use whose rows the answer needs: its own, then the others."""
        there = {each.name for each in app.registry.types}
        others = {name for each in self.derived for name in each.types if name in there}
        return [app.registry.type(name) for name in (self.type.name, *sorted(others))]


@dataclass(frozen=True, slots=True)
class Selected:
    """The rows of a moment that a selection keeps.

    Attributes:
        rows: in order of identity.
        names: of all rows, also of those that did not pass.
        known: the number of rows means something.
        filters: the selection's.
        undecided: why it is not known of some rows whether they belong to the answer.
    """

    moment: Moment
    rows: Sequence[Row]
    names: Sequence[str]
    known: bool
    undecided: Sequence[str]
    filters: Test | None


def select(app: App, selection: Selection, moment: Moment) -> Selected:
    """Read a moment to its end, and keep what is wanted of it."""
    rows, names = [], []
    for row in moment.rows(selection.type.name, objects=selection.objects):
        names.append(display_name(selection.type, row))
        if selection.test(row):
            rows.append(row)
    rows.sort(key=sort_key(selection.type))
    if rows and selection.derived and isinstance(moment, RunMoment):
        moment.keep_rest()
    moment.finish()
    known = moment.counts.get(selection.type.name) is not None
    rows = _derived(app, selection, moment, rows) if rows else []
    undecided = []
    for derived in selection.derived if selection.keeping else ():
        if unknown := [row for row in rows if row.get(derived.keeps) is None]:
            undecided.append(_undecided(selection.type, derived, unknown))
        rows = [row for row in rows if row.get(derived.keeps)]
    return Selected(moment, rows, names, known and not undecided, undecided, selection.filters)


def _derived(app: App, selection: Selection, moment: Moment, rows: Sequence[Row]) -> list[Row]:
    """The rows with their derived columns."""
    with ExitStack() as stack:
        values = [
            app.registry.load_function(selection.type, each.target)(
                moment, _history(app, moment, stack)
            )
            for each in selection.derived
        ]
        return [
            {**row, **{name: value for of in values for name, value in of(row).items()}}
            for row in rows
        ]


def _history(app: App, moment: Moment, stack: ExitStack) -> Iterator[Moment]:
    """What was stored of the cluster before; the store is opened when that is first asked for."""
    store = store_of_past(app, moment, stack)
    if store is not None:
        yield from earlier(moment, store)


def _undecided(resource_type: ResourceType, derived: Derived, unknown: Sequence[Row]) -> str:
    rows = counted(len(unknown), resource_type.singular, resource_type.plural)
    whys = "; ".join(sorted({str(row.get(derived.why)) for row in unknown}))
    return f"--{derived.flag}: not known for {rows}: {whys}"

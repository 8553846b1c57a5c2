"""Collect the rows of one resource type from one moment or from several clusters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

import click

from k8s_datamodel.base.errors import DatabaseNotFoundError, UsageError
from k8s_datamodel.cli.frame.app import App, Task
from k8s_datamodel.cli.frame.fleet import CLUSTER, Attempt
from k8s_datamodel.cli.frame.missing import lacks
from k8s_datamodel.cli.params.context_options import several
from k8s_datamodel.cli.params.named_snapshots import later, tell_ahead
from k8s_datamodel.cli.params.row_names import Test, display_name, sort_key
from k8s_datamodel.cli.params.snapshot_options import stored_line
from k8s_datamodel.cli.rows.opened_moments import opened
from k8s_datamodel.data.objects import Record, Row
from k8s_datamodel.reading import storing
from k8s_datamodel.reading.moments import Moment, earlier, row_of, run_of
from k8s_datamodel.reading.pipeline import Run
from k8s_datamodel.reading.reader import Asked
from k8s_datamodel.types.resource_types import Derived, ResourceType

UNKNOWN = "unknown"
"""In place of a number that nobody knows."""


@dataclass(slots=True)
class Found:
    """Rows of one type that pass a test, with their derived columns.

    Attributes:
        keeping: the derived columns choose rows, too; without it they only enrich.
        conceivable: whether a row of which some columns are known only may pass.
        filters: the part of the test that options for columns make; None if there is none.
        rows: in order of identity.
        names: of all rows, also of those that did not pass.
        known: the number of rows means something.
        undecided: why it is not known of some rows whether they belong to the answer.
    """

    type: ResourceType
    test: Test
    objects: bool = False
    derived: Sequence[Derived] = ()
    keeping: bool = False
    conceivable: Test = lambda row: True
    filters: Test | None = None
    rows: list[Row] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    known: bool = True
    undecided: list[str] = field(default_factory=list)
    moment: Moment | None = None

    @property
    def shown(self) -> ResourceType:
        """The type with the derived columns behind its own."""
        columns = (column for each in self.derived for column in each.columns)
        return replace(self.type, columns=(*self.type.columns, *columns))

    def needed(self, app: App) -> list[str]:
        """Names of the types in use whose rows the answer needs: its own, then the others."""
        there = {each.name for each in app.registry.types}
        others = {name for each in self.derived for name in each.types if name in there}
        return [self.type.name, *sorted(others)]

    def gather(
        self,
        ctx: click.Context,
        snapshot: str | None = None,
        options: storing.StoreOptions | None = None,
        task: Task | None = None,
    ) -> None:
        """Read a stored snapshot if one is named, else the source; store on the way if asked."""
        app = ctx.ensure_object(App)
        asked = None if options else Asked(test=self.conceivable)  # all that is stored, is
        reading = opened(
            ctx, self.needed(app), snapshot, task, asked, storing=bool(options), told=False
        )
        with reading as moment:
            if options and (run := run_of(moment)):
                self._store(app, moment, run, options)
            else:
                for row in moment.rows(self.type.name, objects=self.objects):
                    self._take(row)
                moment.finish(keep=bool(self.rows))
            self.moment = moment
            self.known = moment.counts.get(self.type.name) is not None
            self.rows.sort(key=sort_key(self.type))
            if self.derived and self.rows:
                self._derive(app, moment)
        for derived in self.derived if self.keeping else ():
            self._keep(derived)

    def _store(self, app: App, moment: Moment, run: Run, options: storing.StoreOptions) -> None:
        others: dict[str, list[Row]] = defaultdict(list)

        def seen(resource_type: ResourceType, record: Record) -> None:
            if resource_type.name == self.type.name:
                self._take(row_of(resource_type, record, objects=self.objects))
            else:
                others[resource_type.name].append(row_of(resource_type, record, objects=False))

        with app.store(create=True) as store:
            stored = storing.store(run, store, options, seen, app.stored.add)
            ahead = later(store)
        moment.keep(others)
        app.say(stored_line(stored, run.types))
        tell_ahead(app, ahead)

    def _take(self, row: Row) -> None:
        self.names.append(display_name(self.type, row))
        if self.test(row):
            self.rows.append(row)

    def _derive(self, app: App, moment: Moment) -> None:
        with ExitStack() as stack:
            values = [
                app.registry.load_function(self.type, each.target)(
                    moment, _history(app, moment, stack)
                )
                for each in self.derived
            ]
            self.rows = [
                {**row, **{name: value for of in values for name, value in of(row).items()}}
                for row in self.rows
            ]

    def _keep(self, derived: Derived) -> None:
        unknown = [row for row in self.rows if row.get(derived.keeps) is None]
        self.rows = [row for row in self.rows if row.get(derived.keeps)]
        if unknown:
            self.known = False
            number = len(unknown)
            noun = self.type.singular if number == 1 else self.type.plural
            whys = "; ".join(sorted({str(row.get(derived.why)) for row in unknown}))
            self.undecided.append(f"--{derived.flag}: not known for {number:,} {noun}: {whys}")

    @property
    def number(self) -> int | str:
        """How many rows passed, or that it is not known."""
        return len(self.rows) if self.known else UNKNOWN

    def doubt(self, name: str, rows: Sequence[Row]) -> bool:
        """Whether a row of this name, which means these, may be among what was not read.

        That is then undecided.
        """
        moment = self.moment
        assert moment is not None  # noqa: S101 - it was gathered
        broken = any(each.incomplete and not each.resource_type for each in moment.ledger)
        doubtful = not rows and (broken or not self.known)
        if doubtful and not lacks(moment, self.type):
            text = f"{self.type.singular} {name!r} is not among what could be read"
            self.undecided.append(text)
        return doubtful

    def end(self, app: App, context: str = "") -> None:
        """Say what is missing, and of which context if there are several."""
        of = f"{context}: " if context else ""
        for text in self.undecided:
            app.missing.add(f"{of}{text}")
        if self.moment:
            others = [each.name for each in self.moment.types if each.name != self.type.name]
            enriching = () if self.keeping else others
            if context:
                app.missing.of_context(context, self.moment, enriching)
            else:
                app.missing.of(self.moment, (self.type,), enriching)


def _history(app: App, moment: Moment, stack: ExitStack) -> Iterator[Moment]:
    """What was stored of the cluster before; the store is opened when that is first asked for."""
    try:
        store = moment.store or stack.enter_context(app.store())
    except DatabaseNotFoundError:  # nothing was ever stored
        return
    yield from earlier(moment, store)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found in one moment, or in each of several clusters.

    Attributes:
        type: with the derived columns; of several clusters with the cluster as its first column.
        attempts: in the order of the contexts; one without a context for one moment.
    """

    type: ResourceType
    attempts: Sequence[Attempt[Found]]

    @classmethod
    def gather(
        cls,
        ctx: click.Context,
        make: Callable[[], Found],
        snapshot: str | None = None,
        options: storing.StoreOptions | None = None,
    ) -> Answer:
        """Read what the user named; ``make`` creates an empty ``Found`` for each moment."""
        first = make()
        shown = first.shown
        fleet = several(ctx, snapshot)
        if fleet is None:
            first.gather(ctx, snapshot, options)
            return cls(shown, [Attempt("", first)])
        if any(column.name == CLUSTER.name for column in shown.columns):
            raise UsageError(f"{shown.plural} have a {CLUSTER.name} of their own: name one context")
        app = ctx.ensure_object(App)
        types = [app.registry.type(name) for name in first.needed(app)]
        app.registry.preload(types)
        if options:  # what is wrong with the database is told once, before any cluster is read
            with app.store(create=True) as store:
                storing.begin(store, types)

        def read(task: Task) -> Found:
            found = make()
            found.gather(ctx, None, options, task)
            return found

        columns, identity = (CLUSTER, *shown.columns), (CLUSTER.name, *shown.identity)
        return cls(replace(shown, columns=columns, identity=identity), fleet.each(read))

    @property
    def several(self) -> bool:
        """Whether it is of several clusters."""
        return any(attempt.context for attempt in self.attempts)

    @property
    def rows(self) -> list[Row]:
        """All rows: cluster by cluster."""
        return [
            {**row, CLUSTER.name: attempt.context} if attempt.context else row
            for attempt in self.attempts
            for row in (attempt.result.rows if attempt.result else ())
        ]

    def end(self, app: App) -> None:
        """Say what is missing."""
        for attempt in self.attempts:
            if attempt.result:
                attempt.result.end(app, attempt.context)

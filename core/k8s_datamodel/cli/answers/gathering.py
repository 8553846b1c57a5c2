"""Rows of one type that a user asks for, of one source or of several clusters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import click

from k8s_datamodel.base.errors import UsageError
from k8s_datamodel.cli.answers.inventory import Inventory, inventory, row_of
from k8s_datamodel.cli.answers.lookups import Others, needed_types, widened
from k8s_datamodel.cli.frame.app import App, Task
from k8s_datamodel.cli.frame.fleet import CLUSTER, Attempt, Fleet
from k8s_datamodel.cli.params.named_snapshots import later, tell_ahead
from k8s_datamodel.cli.params.row_names import Test, display_name, sort_key
from k8s_datamodel.cli.params.snapshot_options import stored_line
from k8s_datamodel.data.ledger import LedgerEntry
from k8s_datamodel.data.objects import Record, Row
from k8s_datamodel.reading import pipeline
from k8s_datamodel.reading.holding import begin
from k8s_datamodel.reading.reader import Asked
from k8s_datamodel.types.listings import Section
from k8s_datamodel.types.resource_types import Lookup, ResourceType

UNKNOWN = "unknown"
"""In place of a number that nobody knows."""


@dataclass(slots=True)
class Found:
    """Rows of one type that pass a test, with what lookups tell of them.

    Attributes:
        specs: whether they keep their complete objects.
        keeping: the lookups choose rows too; without it they only enrich.
        conceivable: whether a row of which some columns are known only may pass.
        names: of all rows, also of those that did not pass.
        known: the number of rows means something.
        needs: names of the other types that the lookups need.
        undecided: why it is not known of some rows whether a lookup keeps them.
    """

    type: ResourceType
    test: Test
    specs: bool = False
    lookups: Sequence[Lookup] = ()
    keeping: bool = False
    conceivable: Test = lambda row: True
    rows: list[Row] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    needs: list[str] = field(default_factory=list)
    known: bool = True
    undecided: list[str] = field(default_factory=list)
    source: Inventory | None = None

    @property
    def shown(self) -> ResourceType:
        """The type with the columns of the lookups."""
        return widened(self.type, self.lookups)

    def gather(
        self,
        ctx: click.Context,
        snapshot: str | None,
        options: pipeline.StoreOptions | None = None,
        task: Task | None = None,
    ) -> None:
        """Read a stored snapshot if one is named, else the source; store on the way if asked."""
        app = ctx.ensure_object(App)
        others = Others(app)
        self.needs = needed_types(app, self.lookups)
        asked = None if options else Asked(test=self.conceivable)  # all that is stored, is
        names = [self.type.name, *self.needs]
        with inventory(
            ctx, names, snapshot, task, asked, storing=bool(options), told=False
        ) as source:
            if options and source.run:
                self._store(app, source.run, options, others)
            else:
                for resource_type, row in source.rows(specs=self.specs):
                    self._take(resource_type, row, others)
            self.known = source.counts.get(self.type.name) is not None
            self.source = source
            if self.lookups and self.rows:
                self.rows = others.look_up(self.type, self.lookups, source, self.rows)
        for lookup in self.lookups if self.keeping else ():
            self._keep(lookup)

    def _store(
        self, app: App, run: pipeline.Run, options: pipeline.StoreOptions, others: Others
    ) -> None:
        def seen(resource_type: ResourceType, record: Record) -> None:
            self._take(resource_type, row_of(resource_type, record), others)

        with app.store(create=True) as store:
            stored = pipeline.store(run, store, options, seen, app.stored.add)
            ahead = later(store)
        app.say(stored_line(stored, run.types))
        tell_ahead(app, ahead)

    def _take(self, resource_type: ResourceType, row: Row, others: Others) -> None:
        if resource_type.name != self.type.name:
            others.take(resource_type, row)
            return
        self.names.append(display_name(self.type, row))
        if self.test(row):
            self.rows.append(row if self.specs else {**row, "spec": None})

    def _keep(self, lookup: Lookup) -> None:
        unknown = [row for row in self.rows if row.get(lookup.keeps) is None]
        self.rows = [row for row in self.rows if row.get(lookup.keeps)]
        if unknown:
            self.known = False
            number = len(unknown)
            noun = self.type.singular if number == 1 else self.type.plural
            whys = "; ".join(sorted({str(row.get(lookup.why)) for row in unknown}))
            self.undecided.append(f"--{lookup.flag}: not known for {number:,} {noun}: {whys}")

    @property
    def number(self) -> int | str:
        """How many rows passed, or that it is not known."""
        return len(self.rows) if self.known else UNKNOWN

    @property
    def enriching(self) -> Sequence[str]:
        """Names of the types without whose rows the answer is whole."""
        return () if self.keeping else self.needs

    @property
    def reads(self) -> Sequence[LedgerEntry]:
        """What was read for the answer, without what only enriches it."""
        ledger = self.source.ledger if self.source else ()
        return [entry for entry in ledger if entry.resource_type not in self.enriching]

    def doubt(self, name: str) -> bool:
        """Whether a row of this name may be among what was not read; that is then undecided."""
        broken = any(each.incomplete and not each.resource_type for each in self.reads)
        doubtful = not self.rows and (broken or not self.known)
        if doubtful and not (self.source and self.source.lacks(self.type)):
            text = f"{self.type.singular} {name!r} is not among what could be read"
            self.undecided.append(text)
        return doubtful

    def end(self, app: App) -> None:
        """Say what is missing."""
        for text in self.undecided:
            app.missing.add(text)
        if self.source:
            app.missing.of(self.source, (self.type,), self.enriching)


@dataclass(frozen=True, slots=True)
class FoundInSeveral:
    """The same of several clusters.

    Attributes:
        type: with the cluster as its first column.
        attempts: what was found of each, in the order of the contexts.
    """

    type: ResourceType
    attempts: Sequence[Attempt[Found]]

    @classmethod
    def gather(
        cls,
        ctx: click.Context,
        fleet: Fleet,
        make: Callable[[], Found],
        options: pipeline.StoreOptions | None = None,
    ) -> FoundInSeveral:
        """Read each cluster of a fleet; ``make`` gives what takes the rows of one of them."""
        first = make()
        sample = first.shown
        if any(column.name == CLUSTER.name for column in sample.columns):
            raise UsageError(
                f"{sample.plural} have a {CLUSTER.name} of their own: name one context"
            )
        app = ctx.ensure_object(App)
        needed = (first.type.name, *needed_types(app, first.lookups))
        types = [app.registry.type(name) for name in needed]
        app.registry.preload(types)
        if options:  # what is wrong with the database is told once, before any cluster is read
            with app.store(create=True) as store:
                begin(store, types)

        def read(task: Task) -> Found:
            found = make()
            found.gather(ctx, None, options, task)
            return found

        named = replace(
            sample,
            columns=(CLUSTER, *sample.columns),
            identity=(CLUSTER.name, *sample.identity),
        )
        return cls(named, fleet.each(read))

    def section(self, *, specs: bool) -> Section:
        """All rows: cluster by cluster, in the order of the contexts."""
        rows: list[Row] = []
        for attempt in self.attempts:
            if attempt.result:
                found = sorted(attempt.result.rows, key=sort_key(attempt.result.type))
                rows += [{**row, CLUSTER.name: attempt.context} for row in found]
        return Section(self.type, rows, specs)

    def end(self, app: App) -> None:
        """Say what is missing of each cluster."""
        for attempt in self.attempts:
            if attempt.result:
                for text in attempt.result.undecided:
                    app.missing.add(f"{attempt.context}: {text}")
                app.missing.evidence(attempt.result.reads, attempt.context)
                app.missing.reads(attempt.result.reads, context=attempt.context)

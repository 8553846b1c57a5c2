"""Rows of one type that a user asks for, of one source or of several clusters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import click

from k8s_datamodel import pipeline
from k8s_datamodel.cli.app import App
from k8s_datamodel.cli.fleet import CLUSTER, Attempt, Fleet, Task
from k8s_datamodel.cli.inventory import Inventory, inventory, row_of
from k8s_datamodel.cli.selection import Test, display_name, sort_key
from k8s_datamodel.cli.stored import stored_line
from k8s_datamodel.errors import UsageError
from k8s_datamodel.model import Record, ResourceType, Row, Section

UNKNOWN = "unknown"
"""In place of a number that nobody knows."""


@dataclass(slots=True)
class Found:
    """Rows of one type that pass a test.

    Attributes:
        names: of all rows, also of those that did not pass.
        known: the number of rows means something.
    """

    type: ResourceType
    test: Test
    specs: bool = False
    rows: list[Row] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    known: bool = True
    source: Inventory | None = None

    def gather(
        self,
        ctx: click.Context,
        snapshot: str | None,
        options: pipeline.StoreOptions | None = None,
        task: Task | None = None,
    ) -> None:
        """Read a stored snapshot if one is named, else the source; store on the way if asked."""
        with inventory(ctx, [self.type.name], snapshot, task) as source:
            if options and source.run:
                self._store(ctx.ensure_object(App), source.run, options)
            else:
                for _, row in source.rows(specs=self.specs):
                    self._take(row)
            self.known = source.counts.get(self.type.name) is not None
            self.source = source

    def _store(self, app: App, run: pipeline.Run, options: pipeline.StoreOptions) -> None:
        with app.store(create=True) as store:
            stored = pipeline.store(run, store, options, self._take_record)
        app.say(stored_line(stored, [self.type]))

    def _take_record(self, resource_type: ResourceType, record: Record) -> None:
        self._take(row_of(resource_type, record))

    def _take(self, row: Row) -> None:
        self.names.append(display_name(self.type, row))
        if self.test(row):
            self.rows.append(row if self.specs else {**row, "spec": None})

    @property
    def number(self) -> int | str:
        """How many rows passed, or that it is not known."""
        return len(self.rows) if self.known else UNKNOWN

    def end(self, ctx: click.Context, *, allow_incomplete: bool) -> None:
        """Say what is missing; end with exit code 3 if something is."""
        if self.source:
            self.source.end(ctx, allow_incomplete=allow_incomplete)


@dataclass(frozen=True, slots=True)
class FoundInSeveral:
    """The same of several clusters.

    Attributes:
        type: with the cluster as its first column.
        attempts: what was found of each, in the order of the contexts.
    """

    type: ResourceType
    attempts: Sequence[Attempt[Found]]
    fleet: Fleet

    @classmethod
    def gather(
        cls,
        ctx: click.Context,
        fleet: Fleet,
        make: Callable[[], Found],
        options: pipeline.StoreOptions | None = None,
    ) -> FoundInSeveral:
        """Read each cluster of a fleet; ``make`` gives what takes the rows of one of them."""
        sample = make().type
        if any(column.name == CLUSTER.name for column in sample.columns):
            raise UsageError(
                f"{sample.plural} have a {CLUSTER.name} of their own: name one context"
            )
        app = ctx.ensure_object(App)
        app.registry.preload([sample])
        if options:  # what is wrong with the database is told once, before any cluster is read
            with app.store(create=True) as store:
                store.begin([sample])

        def read(task: Task) -> Found:
            found = make()
            found.gather(ctx, None, options, task)
            return found

        named = replace(
            sample,
            columns=(CLUSTER, *sample.columns),
            identity=(CLUSTER.name, *sample.identity),
        )
        return cls(named, fleet.each(read), fleet)

    def section(self, *, specs: bool) -> Section:
        """All rows: cluster by cluster, in the order of the contexts."""
        rows: list[Row] = []
        for attempt in self.attempts:
            if attempt.result:
                found = sorted(attempt.result.rows, key=sort_key(attempt.result.type))
                rows += [{**row, CLUSTER.name: attempt.context} for row in found]
        return Section(self.type, rows, specs)

    def end(self, ctx: click.Context, *, allow_incomplete: bool, failed: bool = False) -> None:
        """Say what is missing; end with 1 if a cluster failed, 3 if something could not be read."""
        app = ctx.ensure_object(App)
        incomplete = False
        for attempt in self.attempts:
            failed = failed or attempt.result is None
            source = attempt.result.source if attempt.result else None
            if source and not source.complete:
                incomplete = True
                app.tell(source.ledger, context=attempt.context)
        self.fleet.end(ctx, failed=failed, incomplete=incomplete and not allow_incomplete)

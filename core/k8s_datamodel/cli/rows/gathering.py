"""Select the rows of one type from one moment, or from one of each of several clusters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import click

from k8s_datamodel.base.errors import UsageError
from k8s_datamodel.cli.frame.app import App, Task
from k8s_datamodel.cli.frame.fleet import CLUSTER, Attempt
from k8s_datamodel.cli.moments.moment_openers import stored_now
from k8s_datamodel.cli.moments.named_snapshots import later, tell_ahead
from k8s_datamodel.cli.params.context_options import several
from k8s_datamodel.cli.params.snapshot_options import stored_line
from k8s_datamodel.cli.rows.opened_moments import named_moment
from k8s_datamodel.cli.rows.selecting import Selected, Selection, select
from k8s_datamodel.data.asked import Asked
from k8s_datamodel.data.objects import Row
from k8s_datamodel.reading.storing import StoreOptions, begin
from k8s_datamodel.types.resource_types import ResourceType


@dataclass(frozen=True, slots=True)
class Answer:
    """What was selected from one moment, or from one of each of several clusters.

    Attributes:
        type: with the derived columns; of several clusters with the cluster as its first column.
        attempts: in the order of the contexts; one without a context for one moment.
        stored: the moments are snapshots that were stored on the way.
    """

    selection: Selection
    type: ResourceType
    attempts: Sequence[Attempt[Selected]]
    stored: bool = False

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
        """Say what is missing, and of which context if there are several."""
        others = [each.name for each in self.selection.needed(app)[1:]]
        enriching = () if self.selection.keeping else others
        for attempt in self.attempts:
            if found := attempt.result:
                app.missing.undecided(found.undecided, attempt.context)
                if attempt.context or self.stored:
                    app.missing.of_run(found.moment, enriching, attempt.context)
                else:
                    app.missing.of(found.moment, (self.selection.type,), enriching)


def gather(
    ctx: click.Context,
    make: Callable[[], Selection],
    snapshot: str | None = None,
    options: StoreOptions | None = None,
) -> Answer:
    """Read what the user named; store it on the way if there are ``options``.

    ``make`` gives a selection for each moment, as a test may count what it sees.
    """
    fleet = several(ctx, snapshot)
    selection = make()
    shown = selection.shown
    if fleet is None:
        attempts = [Attempt("", _selected(ctx, selection, snapshot, options))]
        return Answer(selection, shown, attempts, bool(options))
    if any(column.name == CLUSTER.name for column in shown.columns):
        raise UsageError(f"{shown.plural} have a {CLUSTER.name} of their own: name one context")
    app = ctx.ensure_object(App)
    types = selection.needed(app)
    app.registry.preload(types)
    if options:  # what is wrong with the database is told once, before any cluster is read
        with app.store(create=True) as store:
            begin(store, types)
    columns, identity = (CLUSTER, *shown.columns), (CLUSTER.name, *shown.identity)
    return Answer(
        selection,
        replace(shown, columns=columns, identity=identity),
        fleet.each(lambda task: _selected(ctx, make(), None, options, task)),
        bool(options),
    )


def _selected(
    ctx: click.Context,
    selection: Selection,
    snapshot: str | None,
    options: StoreOptions | None,
    task: Task | None = None,
) -> Selected:
    app = ctx.ensure_object(App)
    types = selection.needed(app)
    if options is None:
        asked = Asked(test=selection.conceivable)
        with named_moment(ctx, types, snapshot, task, asked, types[:1]) as moment:
            return select(app, selection, moment)
    with stored_now(app, types, options, task) as stored:
        app.say(stored_line(stored.snapshot, types))
        tell_ahead(app, later(stored.store))
        return select(app, selection, stored)

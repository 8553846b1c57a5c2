"""``database store``: one cluster, a dump, or several clusters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import click

from k8s_datamodel.cli.frame.app import App, Task
from k8s_datamodel.cli.frame.fleet import Attempt, Fleet
from k8s_datamodel.cli.frame.output import though_nobody_reads, write_page
from k8s_datamodel.cli.frame.used_settings import reads
from k8s_datamodel.cli.moments.moment_openers import stored_now
from k8s_datamodel.cli.moments.named_snapshots import later, tell_ahead
from k8s_datamodel.cli.params.context_options import contexts_options, several
from k8s_datamodel.cli.params.options import allow_incomplete_option, output_option
from k8s_datamodel.cli.params.per_type import Collecting, collected
from k8s_datamodel.cli.params.snapshot_options import stored_line, timing_lines
from k8s_datamodel.data.columns import Column
from k8s_datamodel.data.pages import Fields, Page, Rows
from k8s_datamodel.data.snapshots import Snapshot
from k8s_datamodel.data.timings import Timings
from k8s_datamodel.reading import documents
from k8s_datamodel.types.resource_types import ResourceType

if TYPE_CHECKING:
    from k8s_datamodel.data.asked import Asked
    from k8s_datamodel.reading.stored_moments import StoredMoment
    from k8s_datamodel.reading.storing import StoreOptions


@dataclass(frozen=True, slots=True)
class _Stored:
    """A moment that was stored, the snapshots with a time ahead of now, and where the time went."""

    moment: StoredMoment
    ahead: Sequence[Snapshot]
    timings: Timings | None

    @property
    def snapshot(self) -> Snapshot:
        """The moment's."""
        return self.moment.snapshot


@dataclass(frozen=True, slots=True)
class _Job:
    """What is stored of each source, and how."""

    app: App
    types: Sequence[ResourceType]
    asked: Asked
    options: StoreOptions
    timed: bool

    def run(self, task: Task | None = None) -> _Stored:
        """Store what the settings name, or a task's cluster; each in a connection of its own."""
        timings: list[Timings] = []
        options = replace(self.options, timed=timings.append) if self.timed else self.options
        with stored_now(self.app, self.types, options, task, self.asked) as moment:
            return _Stored(moment, later(moment.store), next(iter(timings), None))

    def tell(self, stored: _Stored, context: str = "") -> None:
        """Say what was stored, and what is missing in it."""
        snapshot = stored.snapshot
        self.app.say(stored_line(snapshot, self.types))
        for line in timing_lines(snapshot, stored.timings) if stored.timings else ():
            self.app.say(line)
        patterns = {each for found in self.asked.patterns.values() for each in found}
        for entry in stored.moment.ledger:
            if entry.read in patterns and entry.outcome.status == "absent":
                of = f"{context}: " if context else ""
                self.app.say(f"{of}{entry.read}: {entry.outcome.reason}")
        missing = self.app.missing
        missing.evidence(stored.moment.ledger, context)
        missing.reads(stored.moment.ledger, f"; see database show {snapshot.id} --ledger", context)


GROUP = click.Group("database")


@GROUP.command(
    "store",
    cls=Collecting,
    help="Collect a snapshot of a cluster or a dump and store it.\n\n"
    "With several contexts each is a snapshot of its own, and one that fails keeps no other from "
    "being stored. Exit code 1 when one failed, else 3 when one is incomplete, else 0.",
    epilog="Example: k8s-datamodel --context prod database store --notes 'before upgrade'\n\n"
    "Example: k8s-datamodel database store --contexts 'prod-*,staging' --parallel 3",
)
@click.option("--notes", help="Words to keep with the snapshot.")
@click.option("--no-redact", is_flag=True, help="Keep literals that look like credentials.")
@click.option("--full", is_flag=True, help="Read everything, also what is known.")
@click.option("--timings", is_flag=True, help="Tell and keep where the time went.")
@contexts_options()
@output_option(None, " of the stored snapshot's summary")
@allow_incomplete_option()
@reads("stored")
@click.pass_context
def _store(
    ctx: click.Context,
    /,
    notes: str | None,
    no_redact: bool,
    full: bool,
    timings: bool,
    output: str | None,
    **flags: Any,
) -> None:
    from k8s_datamodel.reading.storing import StoreOptions  # noqa: PLC0415 - the help needs no pipeline

    app = ctx.ensure_object(App)
    types, asked = collected(ctx, flags)
    options = StoreOptions(notes=notes, redact=not no_redact, full=full)
    job = _Job(app, types, asked, options, timings)
    fleet = several(ctx)
    block = _store_several(fleet, job) if fleet else _store_one(job)
    if output:
        with though_nobody_reads(app):
            write_page(ctx, Page([block]), output)


def _store_one(job: _Job) -> Fields:
    stored = job.run()
    job.tell(stored)
    tell_ahead(job.app, stored.ahead)
    return Fields(documents.head(stored.snapshot, job.app.registry.types, stored.timings))


def _store_several(fleet: Fleet, job: _Job) -> Rows:
    """Store every context; the database is tried before any of them is read."""

    def done(attempt: Attempt[_Stored]) -> None:
        if attempt.result:
            job.tell(attempt.result, attempt.context)

    from k8s_datamodel.reading.storing import begin  # noqa: PLC0415 - as in App.run

    with job.app.store(create=True) as store:
        job.app.registry.preload(job.types)
        begin(store, job.types)
    attempts = fleet.each(job.run, done)
    stored = [attempt.result for attempt in attempts if attempt.result]
    for each in stored[-1:]:
        tell_ahead(job.app, each.ahead)
    _tell_same(job.app, [each.snapshot for each in stored])
    job.app.say(_sum(attempts))
    return _table(attempts, job)


def _tell_same(app: App, snapshots: Sequence[Snapshot]) -> None:
    """Contexts of one cluster may have different rights: each is stored, and that is said."""
    by_uid: dict[str, list[str]] = defaultdict(list)
    for each in snapshots:
        by_uid[each.cluster.key].append(each.cluster.context)
    for contexts in by_uid.values():
        if len(contexts) > 1:
            app.say(f"{', '.join(contexts)} are contexts of the same cluster: each was stored.")


def _sum(attempts: Sequence[Attempt[_Stored]]) -> str:
    failed = [each.context for each in attempts if each.result is None]
    partly = [
        each.context for each in attempts if each.result and not each.result.snapshot.complete
    ]
    text = f"{len(attempts) - len(failed)} of {len(attempts)} contexts stored."
    for what, contexts in (("Not stored", failed), ("Incomplete", partly)):
        text += f" {what}: {', '.join(contexts)}." if contexts else ""
    return text


def _table(attempts: Sequence[Attempt[_Stored]], job: _Job) -> Rows:
    """A row for every context, in the order given; what failed has no id, and says why."""
    stored = [each.result.snapshot for each in attempts if each.result]
    table = documents.snapshot_table(stored, job.app.registry.types)
    heads = iter(table.rows)
    more = (Column("timings", "json"),) if job.timed else ()
    columns = (*table.columns, *more, Column("error", show="table"))
    nothing: Mapping[str, Any] = {column.name: None for column in columns}
    rows = [
        {**next(heads), **_timed(each.result), "error": None}
        if each.result
        else {**nothing, "cluster_context": each.context, "complete": False, "error": each.error}
        for each in attempts
    ]
    return replace(table, columns=columns, rows=rows)


def _timed(stored: _Stored) -> Mapping[str, Any]:
    return {"timings": stored.timings.document()} if stored.timings else {}

"""Rows of resource types from wherever the user said: a cluster, a dump, or a stored snapshot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import click

from k8s_datamodel.base.threads import result_of
from k8s_datamodel.cli.frame.app import App, Task
from k8s_datamodel.cli.params.named_snapshots import named_snapshot
from k8s_datamodel.cli.params.snapshot_options import with_snapshot
from k8s_datamodel.contracts.stores import Store
from k8s_datamodel.data.ledger import LedgerEntry
from k8s_datamodel.data.objects import Record, Row
from k8s_datamodel.data.snapshots import ClusterInfo, Snapshot
from k8s_datamodel.reading.documents import asked_for, section
from k8s_datamodel.reading.pipeline import Run
from k8s_datamodel.reading.reader import Asked
from k8s_datamodel.types.resource_types import ResourceType


def row_of(resource_type: ResourceType, record: Record) -> Row:
    """A record as a row: every column, and ``spec``."""
    values = {column.name: record.values.get(column.name) for column in resource_type.columns}
    return {**values, "spec": record.spec}


@dataclass(frozen=True, slots=True)
class Inventory:
    """What a run collects, or what a stored snapshot holds.

    Attributes:
        types: whose rows there are.
        run: of a live reading; None for a snapshot.
        store: of a snapshot; None for a live reading.
        snapshot: the stored one; None for a live reading.
        dump: the run reads no live server.
        stored: the ledger of the snapshot.
    """

    types: Sequence[ResourceType]
    run: Run | None = None
    store: Store | None = None
    snapshot: Snapshot | None = None
    dump: bool = False
    stored: Sequence[LedgerEntry] = ()

    def rows(self, *, specs: bool = True) -> Iterator[tuple[ResourceType, Row]]:
        """All rows, type by type; ``counts`` and ``complete`` hold when this is through.

        ``specs``: whether rows of a snapshot have ``spec``; live ones always do.
        """
        if self.run:
            for resource_type, record in self.run.records():
                yield resource_type, row_of(resource_type, record)
            if self.dump:  # its unreadable files are found when it is described
                self.cluster()
        elif self.store and self.snapshot:
            for resource_type in self.types:
                for row in section(self.store, self.snapshot, resource_type, specs=specs).rows:
                    yield resource_type, row

    def cluster(self) -> ClusterInfo:
        """What is known of the cluster as a whole."""
        if self.run:
            return result_of(self.run.session.describe())
        assert self.snapshot is not None  # noqa: S101 - one of the two is there
        return self.snapshot.cluster

    @property
    def counts(self) -> Mapping[str, int | None]:
        """Rows by name of type; None where the number is not known."""
        return self.run.counts if self.run else self.snapshot.counts if self.snapshot else {}

    @property
    def ledger(self) -> Sequence[LedgerEntry]:
        """What was read, and how that ended."""
        return self.run.ledger if self.run else self.stored

    def has_read(self, resource_type: ResourceType) -> bool:
        """Whether anything was read for a type, or tried to be."""
        return any(entry.resource_type == resource_type.name for entry in self.ledger)

    def lacks(self, resource_type: ResourceType) -> bool:
        """Whether it is a snapshot that was stored without a type."""
        unknown = self.counts.get(resource_type.name) is None
        return self.snapshot is not None and unknown and not self.has_read(resource_type)

    def why_unheld(self, resource_type: ResourceType) -> str:
        """Why there may be some of a type of which nothing was found; empty where that is known.

        A dump that holds no object of it, nor a list that says so, tells nothing.
        """
        reads = [
            entry.outcome
            for entry in self.ledger
            if entry.resource_type == resource_type.name and not entry.optional
        ]
        unheld = all(each.status == "skipped" and not each.objects for each in reads)
        if self.counts.get(resource_type.name) is not None or not unheld:
            return ""
        return next((each.reason for each in reads), "")

    def asked_for(self, resource_type: ResourceType) -> bool:
        """Whether it is about a type: about one on request only if that was asked for."""
        return asked_for(resource_type, self.counts, self.ledger)

    @property
    def complete(self) -> bool:
        """Whether nothing that matters was left unread."""
        return self.run.complete if self.run else self.snapshot is None or self.snapshot.complete


@contextmanager
def inventory(
    ctx: click.Context,
    type_names: Sequence[str],
    snapshot: str | None = None,
    task: Task | None = None,
    asked: Asked | None = None,
    *,
    storing: bool = False,
    told: bool = True,
    about: Sequence[ResourceType] | None = None,
) -> Iterator[Inventory]:
    """Open what the user named.

    Args:
        ctx: of the command, for the global options.
        type_names: of the types whose rows are wanted.
        snapshot: ``--snapshot``; None to read the source.
        task: one of several contexts; None for the source that the global options name.
        asked: what is wanted of the types; None for all of each.
        storing: what is read becomes a snapshot.
        told: what it lacks is said when the command is through, and makes the exit code; not for
            one of several contexts.
        about: see ``Missing.of``.

    Raises:
        UsageError: there is no such type or snapshot, or it does not go with another option.
        SourceError, StorageError: it cannot be opened.
    """
    app = ctx.ensure_object(App)
    types = [app.registry.type(name) for name in type_names]
    if snapshot is None:
        with app.run(types, task, asked, storing=storing) as run:
            moment = Inventory(types, run=run, dump=bool(app.settings.source) and task is None)
            if told and task is None:
                app.missing.of(moment, about)
            yield moment
        return
    with_snapshot(ctx)
    with app.store() as store:
        found = named_snapshot(app, store, snapshot)
        moment = Inventory(types, store=store, snapshot=found, stored=store.ledger(found.id))
        if told:
            app.missing.of(moment, about)
        yield moment

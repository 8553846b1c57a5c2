"""Open the moment that the user named: of a cluster, a dump, or a stored snapshot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click

from k8s_datamodel.base.clock import now
from k8s_datamodel.cli.frame.app import App, Task
from k8s_datamodel.cli.frame.missing import lacks
from k8s_datamodel.cli.moments.moment_openers import collected_now, read_now, stored_before
from k8s_datamodel.cli.moments.named_snapshots import insist_on_cluster
from k8s_datamodel.cli.params.snapshot_options import shown_line, with_snapshot
from k8s_datamodel.data.asked import ALL, Asked
from k8s_datamodel.data.objects import KubernetesObject, Resource
from k8s_datamodel.data.pages import Page
from k8s_datamodel.reading.documents import document
from k8s_datamodel.reading.moments import Moment
from k8s_datamodel.reading.run_moments import RunMoment
from k8s_datamodel.reading.stored_moments import StoredMoment, earlier
from k8s_datamodel.reading.storing import StoreOptions
from k8s_datamodel.types.resource_types import Read, ResourceType


@contextmanager
def opened(
    ctx: click.Context,
    type_names: Sequence[str],
    snapshot: str | None = None,
    task: Task | None = None,
    *,
    told: bool = True,
    about: Sequence[ResourceType] | None = None,
) -> Iterator[Moment]:
    """Open what the user named.

    Args:
        ctx: of the command, for the global options.
        type_names: of the types whose rows are wanted.
        snapshot: ``--snapshot``; None to read the source.
        task: one of several contexts; None for the source that the global options name.
        told: what the moment lacks is said when the command is through, and makes the exit code;
            not for one of several contexts.
        about: the types that the answer is about; None for all. It lacks everything if a snapshot
            was stored without any of them.

    Raises:
        UsageError: there is no such type or snapshot, or it does not go with another option.
        SourceError, StorageError: it cannot be opened.
    """
    app = ctx.ensure_object(App)
    types = [app.registry.type(name) for name in type_names]
    with named_moment(ctx, types, snapshot, task, about=about or types) as moment:
        if told and task is None:
            app.missing.of(moment, about)
        yield moment


@contextmanager
def named_moment(
    ctx: click.Context,
    types: Sequence[ResourceType],
    snapshot: str | None = None,
    task: Task | None = None,
    asked: Asked | None = None,
    about: Sequence[ResourceType] = (),
) -> Iterator[Moment]:
    """The moment that ``--snapshot``, a task or else the global options name.

    ``about`` are the types of the answer: ``latest`` of one is the newest snapshot that has it.
    """
    if snapshot is None:
        with read_now(ctx.ensure_object(App), types, task, asked) as read:
            yield read
    else:
        with _stored(ctx, types, snapshot, about) as stored:
            yield stored


@contextmanager
def _stored(
    ctx: click.Context,
    types: Sequence[ResourceType],
    snapshot: str,
    about: Sequence[ResourceType] = (),
) -> Iterator[StoredMoment]:
    app = ctx.ensure_object(App)
    with_snapshot(ctx)
    with stored_before(app, types, snapshot) as found:
        insist_on_cluster(app, found.snapshot)
        newest = len(about) == 1 and snapshot.rpartition(":")[2] == "latest"
        moment = _newest_with(app, found, about[0]) if newest else found
        app.say(shown_line(moment.snapshot, now()))
        yield moment


def _newest_with(app: App, moment: StoredMoment, wanted: ResourceType) -> StoredMoment:
    """The moment, or the newest before it of its cluster that was stored with a type."""
    if not lacks(moment, wanted):
        return moment
    for before in earlier(moment, moment.store):
        if not lacks(before, wanted):
            app.say(
                f"Snapshot {moment.number} was stored without {wanted.plural}: "
                f"{before.number} is the newest with them."
            )
            return before
    return moment


def also_listed(ctx: click.Context, moment: Moment) -> Iterator[Resource]:
    """The further lists that objects of the types' lists name, such as those of custom resources.

    The ledger has how the lists ended whose objects name them.
    """
    load = ctx.ensure_object(App).registry.load_function
    for each in moment.types:
        for read in each.reads:
            if read.also_lists:
                resource_of = load(each, read.also_lists)
                yield from filter(None, map(resource_of, _objects(moment, read, each.name)))


def _objects(moment: Moment, read: Read, type_name: str) -> Iterator[KubernetesObject]:
    """The objects of one of a type's lists: read now, or those that a snapshot has records of."""
    if isinstance(moment, RunMoment):
        return moment.objects(read, type_name)
    complete = (row.get("spec") or {} for row in moment.rows(type_name, objects=True))
    return (each for each in complete if each.get("kind") == read.resource.kind)


@contextmanager
def exported(
    ctx: click.Context,
    types: Sequence[ResourceType],
    snapshot: str | None = None,
    asked: Asked = ALL,
    *,
    objects: bool = True,
    ledger: bool = False,
    redact: bool = True,
) -> Iterator[Page]:
    """One page of what the user named, collected now or stored. Write it before this is left.

    What is collected waits in a database of its own until all is there: the head of a document
    tells what is in it, and memory holds no cluster. At the end it is said what could not be read.

    Args:
        ctx: of the command, for the global options.
        types: whose records the page has.
        snapshot: ``--snapshot``; None to read the source.
        asked: what is wanted of them.
        objects: with the complete objects.
        ledger: with what was read and what was not.
        redact: replace literals that look like credentials, in what is collected.

    Raises:
        UsageError: there is no such snapshot.
        SourceError, StorageError: it cannot be opened.
    """
    app = ctx.ensure_object(App)
    if snapshot is None:
        reading = collected_now(app, types, StoreOptions(redact=redact), asked)
    else:
        reading = _stored(ctx, types, snapshot)
    with reading as moment:
        yield document(moment, app.registry.types, objects=objects, ledger=ledger)
    app.missing.reads(moment.ledger)

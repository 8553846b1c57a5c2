"""Open the moment that the user named: of a cluster, a dump, or a stored snapshot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

import click

from k8s_datamodel.base.clock import now
from k8s_datamodel.cli.frame.app import App, Task
from k8s_datamodel.cli.params.named_snapshots import named_snapshot
from k8s_datamodel.cli.params.snapshot_options import shown_line, with_snapshot
from k8s_datamodel.data.objects import Resource
from k8s_datamodel.data.pages import Page
from k8s_datamodel.reading.documents import document
from k8s_datamodel.reading.moments import Moment, read_by
from k8s_datamodel.reading.reader import ALL, Asked
from k8s_datamodel.reading.storing import StoreOptions
from k8s_datamodel.reading.storing import store as store_snapshot
from k8s_datamodel.types.resource_types import ResourceType


@contextmanager
def opened(
    ctx: click.Context,
    type_names: Sequence[str],
    snapshot: str | None = None,
    task: Task | None = None,
    asked: Asked | None = None,
    *,
    storing: bool = False,
    told: bool = True,
    about: Sequence[ResourceType] | None = None,
) -> Iterator[Moment]:
    """Open what the user named.

    Args:
        ctx: of the command, for the global options.
        type_names: of the types whose rows are wanted.
        snapshot: ``--snapshot``; None to read the source.
        task: one of several contexts; None for the source that the global options name.
        asked: what is wanted of the types; None for all of each.
        storing: what is read becomes a snapshot.
        told: what the moment lacks is said when the command is through, and makes the exit code;
            not for one of several contexts.
        about: see ``Missing.of``.

    Raises:
        UsageError: there is no such type or snapshot, or it does not go with another option.
        SourceError, StorageError: it cannot be opened.
    """
    app = ctx.ensure_object(App)
    types = [app.registry.type(name) for name in type_names]
    with ExitStack() as stack:
        if snapshot is None:
            run = stack.enter_context(app.run(types, task, asked, storing=storing))
            moment = read_by(run, dump=bool(app.settings.source) and task is None)
        else:
            with_snapshot(ctx)
            store = stack.enter_context(app.store())
            found = named_snapshot(app, store, snapshot)
            app.say(shown_line(found, now()))
            moment = Moment.stored(store, found, types)
        if told and task is None:
            app.missing.of(moment, about)
        yield moment


def also_listed(ctx: click.Context, moment: Moment) -> Iterator[Resource]:
    """The further lists that objects of the types' lists name, such as those of custom resources.

    The ledger has how the lists ended whose objects name them.
    """
    load = ctx.ensure_object(App).registry.load_function
    for each in moment.types:
        for read in each.reads:
            if read.also_lists:
                resource_of = load(each, read.also_lists)
                yield from filter(None, map(resource_of, moment.objects(read, each.name)))


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
        reading = _scratch(app, types, asked, redact)
    else:
        reading = opened(ctx, [each.name for each in types], snapshot, told=False)
    with reading as moment:
        yield document(moment, app.registry.types, objects=objects, ledger=ledger)
    app.missing.reads(moment.ledger)


@contextmanager
def _scratch(
    app: App, types: Sequence[ResourceType], asked: Asked, redact: bool
) -> Iterator[Moment]:
    with app.scratch() as store:
        with app.run(types, asked=asked) as run:
            made = store_snapshot(run, store, StoreOptions(redact=redact))
        yield Moment.stored(store, made, types, scratch=True)

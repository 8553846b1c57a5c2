"""One document of a cluster, a dump, or a stored snapshot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import click

from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.params.named_snapshots import named_snapshot
from k8s_datamodel.cli.params.snapshot_options import with_snapshot
from k8s_datamodel.data.pages import Page
from k8s_datamodel.reading import documents, pipeline
from k8s_datamodel.reading.reader import ALL, Asked
from k8s_datamodel.types.resource_types import ResourceType


@contextmanager
def exported(
    ctx: click.Context,
    types: Sequence[ResourceType],
    snapshot: str | None = None,
    asked: Asked = ALL,
    *,
    specs: bool = True,
    ledger: bool = False,
    redact: bool = True,
) -> Iterator[Page]:
    """One page of what the user named, collected now or stored. Write it before this is left.

    What is collected waits in a database of its own until all is there: the head of a document
    tells what is in it, and memory holds no cluster. At the end it is said what could not be read.

    Args:
        ctx: of the command, for the global options.
        types: whose sections the document has.
        snapshot: ``--snapshot``; None to read the source.
        asked: what is wanted of them.
        specs: with the complete objects.
        ledger: with what was read and what was not.
        redact: replace literals that look like credentials, in what is collected.

    Raises:
        UsageError: there is no such snapshot.
        SourceError, StorageError: it cannot be opened.
    """
    app = ctx.ensure_object(App)
    every = app.registry.types
    without = tuple(each.name for each in every if each not in types)
    options = documents.DocumentOptions(specs, ledger, without=without)
    if snapshot is None:
        with app.scratch() as store:
            with app.run(types, asked=asked) as run:
                made = pipeline.store(run, store, pipeline.StoreOptions(redact=redact))
            page = documents.document(store, made, every, replace(options, unstored=True))
            yield page
        app.missing.reads(run.ledger)
        return
    with_snapshot(ctx)
    with app.store() as store:
        found = named_snapshot(app, store, snapshot)
        page = documents.document(store, found, every, options)
        yield page
        app.missing.reads(store.ledger(found.id))
